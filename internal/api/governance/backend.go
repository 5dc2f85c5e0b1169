package governance

import (
	"context"

	"switchboard/internal/api"
)

// Backend implements api.Backends. Who is no admin is not told who signs in.
func (g *Service) Backend(ctx context.Context, s api.Scope) (api.Backend, error) {
	if err := see(s); err != nil {
		return api.Backend{}, err
	}
	b, err := g.backends.Backend(ctx, s)
	if api.Allow(s.Actor, api.RoleAdmin) != nil {
		b.Access, b.Domain, b.User = "", "", ""
	}
	return b, err
}

// ValidateBackend implements api.Backends.
func (g *Service) ValidateBackend(ctx context.Context, s api.Scope, d api.BackendDraft) error {
	if err := g.act(ctx, s, api.RoleAdmin); err != nil {
		return err
	}
	return g.backends.ValidateBackend(ctx, s, d)
}

// TestBackend implements api.Backends.
func (g *Service) TestBackend(ctx context.Context, s api.Scope, d api.BackendDraft) (api.Check, error) {
	if err := g.act(ctx, s, api.RoleAdmin); err != nil {
		return api.Check{}, err
	}
	return g.backends.TestBackend(ctx, s, d)
}

// SetBackend implements api.Backends.
func (g *Service) SetBackend(ctx context.Context, s api.Scope, d api.BackendDraft, depth api.Depth) (api.Backend, error) {
	if err := g.act(ctx, s, api.RoleAdmin); err != nil {
		return api.Backend{}, err
	}
	return g.backends.SetBackend(ctx, s, d, depth)
}

// Freshness implements api.Backends.
func (g *Service) Freshness(ctx context.Context, s api.Scope, kind api.Kind, of string) (api.Freshness, error) {
	if err := see(s); err != nil {
		return api.Freshness{}, err
	}
	return g.backends.Freshness(ctx, s, kind, of)
}

// Refresh implements api.Backends. It changes nothing, so that every reader may.
func (g *Service) Refresh(ctx context.Context, s api.Scope, kind api.Kind, of string) (api.Freshness, error) {
	if err := see(s); err != nil {
		return api.Freshness{}, err
	}
	return g.backends.Refresh(ctx, s, kind, of)
}

// NotKept implements api.Backends.
func (g *Service) NotKept(ctx context.Context, s api.Scope, kind api.Kind, id string) ([]string, error) {
	if err := see(s); err != nil {
		return nil, err
	}
	return g.backends.NotKept(ctx, s, kind, id)
}
