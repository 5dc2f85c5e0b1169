package governance

import (
	"context"

	"switchboard/internal/api"
)

// StartRamp implements api.Ramps.
func (g *Service) StartRamp(ctx context.Context, s api.Scope, alias string, d api.RampDraft, version int64) (api.Ramp, error) {
	if err := g.govern(ctx, s, api.StartRamp{Alias: alias, Draft: d, Version: version}); err != nil {
		return api.Ramp{}, err
	}
	return g.next.StartRamp(ctx, s, alias, d, version)
}

// ValidateRamp implements api.Ramps.
func (g *Service) ValidateRamp(ctx context.Context, s api.Scope, alias string, d api.RampDraft) error {
	if err := g.act(ctx, s, api.RoleEditor); err != nil {
		return err
	}
	return g.next.ValidateRamp(ctx, s, alias, d)
}

// Ramps implements api.Ramps.
func (g *Service) Ramps(ctx context.Context, s api.Scope, alias string, limit int) ([]api.Ramp, error) {
	if err := see(s); err != nil {
		return nil, err
	}
	return g.next.Ramps(ctx, s, alias, limit)
}

// SteerRamp implements api.Ramps. Where a change of an alias has to be approved, its
// ramp was, with the time that each step holds: only an approver may cut that short.
func (g *Service) SteerRamp(ctx context.Context, s api.Scope, alias string, do api.RampDeed, at int) (api.Ramp, error) {
	needed := api.RoleEditor
	if do == api.RampNext {
		approved, err := g.NeedsApproval(ctx, s, api.KindAlias, api.ActionUpdate)
		if err != nil {
			return api.Ramp{}, err
		}
		if approved {
			needed = api.RoleApprover
		}
	}
	if err := g.act(ctx, s, needed); err != nil {
		return api.Ramp{}, err
	}
	return g.next.SteerRamp(ctx, s, alias, do, at)
}
