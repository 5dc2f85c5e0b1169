package governance

import (
	"context"

	"switchboard/internal/api"
)

// ListAliases implements api.Aliases.
func (g *Service) ListAliases(ctx context.Context, s api.Scope, q api.AliasQuery) (api.Page[api.Alias], error) {
	if err := see(s); err != nil {
		return api.Page[api.Alias]{}, err
	}
	return g.next.ListAliases(ctx, s, q)
}

// AliasesOf implements api.Aliases.
func (g *Service) AliasesOf(ctx context.Context, s api.Scope, function string) ([]api.Alias, error) {
	if err := see(s); err != nil {
		return nil, err
	}
	return g.next.AliasesOf(ctx, s, function)
}

// Alias implements api.Aliases.
func (g *Service) Alias(ctx context.Context, s api.Scope, id string) (api.Alias, error) {
	if err := see(s); err != nil {
		return api.Alias{}, err
	}
	return g.next.Alias(ctx, s, id)
}

// FindAlias implements api.Aliases.
func (g *Service) FindAlias(ctx context.Context, s api.Scope, function, name string) (api.Alias, error) {
	if err := see(s); err != nil {
		return api.Alias{}, err
	}
	return g.next.FindAlias(ctx, s, function, name)
}

// ValidateAlias implements api.Aliases.
func (g *Service) ValidateAlias(ctx context.Context, s api.Scope, function, id string, d api.AliasDraft) error {
	if err := g.act(ctx, s, api.RoleEditor); err != nil {
		return err
	}
	return g.next.ValidateAlias(ctx, s, function, id, d)
}

// CreateAlias implements api.Aliases.
func (g *Service) CreateAlias(ctx context.Context, s api.Scope, function string, d api.AliasDraft) (api.Alias, error) {
	if err := g.govern(ctx, s, api.CreateAlias{Function: function, Draft: d}); err != nil {
		return api.Alias{}, err
	}
	return g.next.CreateAlias(ctx, s, function, d)
}

// UpdateAlias implements api.Aliases.
func (g *Service) UpdateAlias(ctx context.Context, s api.Scope, id string, d api.AliasDraft, version int64) (api.Alias, error) {
	if err := g.govern(ctx, s, api.UpdateAlias{ID: id, Draft: d, Version: version}); err != nil {
		return api.Alias{}, err
	}
	return g.next.UpdateAlias(ctx, s, id, d, version)
}

// PromoteAlias implements api.Aliases.
func (g *Service) PromoteAlias(ctx context.Context, s api.Scope, id string, version int64) (api.Alias, error) {
	if err := g.govern(ctx, s, api.PromoteAlias{ID: id, Version: version}); err != nil {
		return api.Alias{}, err
	}
	return g.next.PromoteAlias(ctx, s, id, version)
}

// AbortAlias implements api.Aliases.
func (g *Service) AbortAlias(ctx context.Context, s api.Scope, id string, version int64) (api.Alias, error) {
	if err := g.act(ctx, s, api.RoleEditor); err != nil {
		return api.Alias{}, err
	}
	return g.next.AbortAlias(ctx, s, id, version)
}

// DeleteAlias implements api.Aliases.
func (g *Service) DeleteAlias(ctx context.Context, s api.Scope, id string, version int64) error {
	if err := g.govern(ctx, s, api.DeleteAlias{ID: id, Version: version}); err != nil {
		return err
	}
	return g.next.DeleteAlias(ctx, s, id, version)
}

// PastAlias implements api.Aliases.
func (g *Service) PastAlias(ctx context.Context, s api.Scope, id, change string) (api.AliasDraft, error) {
	if err := see(s); err != nil {
		return api.AliasDraft{}, err
	}
	return g.next.PastAlias(ctx, s, id, change)
}
