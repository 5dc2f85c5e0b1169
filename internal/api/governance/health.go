package governance

import (
	"context"
	"time"

	"switchboard/internal/api"
)

// Recheck implements api.Health.
func (g *Service) Recheck(ctx context.Context, s api.Scope, kind api.Kind, id string) (api.Check, error) {
	if err := g.act(ctx, s, api.RoleEditor); err != nil {
		return api.Check{}, err
	}
	return g.next.Recheck(ctx, s, kind, id)
}

// Schedule implements api.Health.
func (g *Service) Schedule(ctx context.Context, s api.Scope, kind api.Kind, id string, every time.Duration) error {
	if err := g.act(ctx, s, api.RoleEditor); err != nil {
		return err
	}
	return g.next.Schedule(ctx, s, kind, id, every)
}

// PastChecks implements api.Health.
func (g *Service) PastChecks(ctx context.Context, s api.Scope, kind api.Kind, id, cursor string, limit int) (api.Page[api.PastCheck], error) {
	if err := see(s); err != nil {
		return api.Page[api.PastCheck]{}, err
	}
	return g.next.PastChecks(ctx, s, kind, id, cursor, limit)
}

// Episodes implements api.Health.
func (g *Service) Episodes(ctx context.Context, s api.Scope, kind api.Kind, id string, limit int) ([]api.Episode, error) {
	if err := see(s); err != nil {
		return nil, err
	}
	return g.next.Episodes(ctx, s, kind, id, limit)
}

// Hook implements api.Health.
func (g *Service) Hook(ctx context.Context, s api.Scope) (api.Hook, error) {
	if err := api.Allow(s.Actor, api.RoleAdmin); err != nil {
		return api.Hook{}, err
	}
	return g.next.Hook(ctx, s)
}

// SetHook implements api.Health.
func (g *Service) SetHook(ctx context.Context, s api.Scope, d api.HookDraft) error {
	if err := g.act(ctx, s, api.RoleAdmin); err != nil {
		return err
	}
	return g.next.SetHook(ctx, s, d)
}

// TestHook implements api.Health.
func (g *Service) TestHook(ctx context.Context, s api.Scope) error {
	if err := g.act(ctx, s, api.RoleAdmin); err != nil {
		return err
	}
	return g.next.TestHook(ctx, s)
}

// StartRun implements api.Health.
func (g *Service) StartRun(ctx context.Context, s api.Scope, kind api.Kind, ids []string) (api.Run, error) {
	if err := g.act(ctx, s, api.RoleEditor); err != nil {
		return api.Run{}, err
	}
	return g.next.StartRun(ctx, s, kind, ids)
}

// Run implements api.Health.
func (g *Service) Run(ctx context.Context, s api.Scope, id string) (api.Run, error) {
	if err := see(s); err != nil {
		return api.Run{}, err
	}
	return g.next.Run(ctx, s, id)
}

// CancelRun implements api.Health.
func (g *Service) CancelRun(ctx context.Context, s api.Scope, id string) error {
	if err := g.act(ctx, s, api.RoleEditor); err != nil {
		return err
	}
	return g.next.CancelRun(ctx, s, id)
}
