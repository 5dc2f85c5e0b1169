package governance

import (
	"context"

	"switchboard/internal/api"
)

// ListPolicies implements api.Policies.
func (g *Service) ListPolicies(ctx context.Context, s api.Scope, q api.PolicyQuery) (api.Page[api.Policy], error) {
	if err := see(s); err != nil {
		return api.Page[api.Policy]{}, err
	}
	return g.next.ListPolicies(ctx, s, q)
}

// Policy implements api.Policies.
func (g *Service) Policy(ctx context.Context, s api.Scope, id string) (api.Policy, error) {
	if err := see(s); err != nil {
		return api.Policy{}, err
	}
	return g.next.Policy(ctx, s, id)
}

// ValidatePolicy implements api.Policies.
func (g *Service) ValidatePolicy(ctx context.Context, s api.Scope, id string, d api.PolicyDraft) error {
	if err := g.act(ctx, s, api.RoleEditor); err != nil {
		return err
	}
	return g.next.ValidatePolicy(ctx, s, id, d)
}

// CreatePolicy implements api.Policies.
func (g *Service) CreatePolicy(ctx context.Context, s api.Scope, d api.PolicyDraft) (api.Policy, error) {
	if err := g.govern(ctx, s, api.CreatePolicy{Draft: d}); err != nil {
		return api.Policy{}, err
	}
	return g.next.CreatePolicy(ctx, s, d)
}

// UpdatePolicy implements api.Policies.
func (g *Service) UpdatePolicy(ctx context.Context, s api.Scope, id string, d api.PolicyDraft, version int64) (api.Policy, error) {
	if err := g.govern(ctx, s, api.UpdatePolicy{ID: id, Draft: d, Version: version}); err != nil {
		return api.Policy{}, err
	}
	return g.next.UpdatePolicy(ctx, s, id, d, version)
}

// EnablePolicy implements api.Policies.
func (g *Service) EnablePolicy(ctx context.Context, s api.Scope, id string, enabled bool) error {
	if err := g.govern(ctx, s, api.EnablePolicy{ID: id, Enabled: enabled}); err != nil {
		return err
	}
	return g.next.EnablePolicy(ctx, s, id, enabled)
}

// DeletePolicy implements api.Policies.
func (g *Service) DeletePolicy(ctx context.Context, s api.Scope, id string, version int64) error {
	if err := g.govern(ctx, s, api.DeletePolicy{ID: id, Version: version}); err != nil {
		return err
	}
	return g.next.DeletePolicy(ctx, s, id, version)
}
