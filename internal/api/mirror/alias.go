package mirror

import (
	"context"

	"switchboard/internal/api"
)

// ListAliases implements api.Aliases.
func (m *Service) ListAliases(ctx context.Context, s api.Scope, q api.AliasQuery) (api.Page[api.Alias], error) {
	var err error
	if q.Function == "" {
		err = m.fresh(ctx, s, aliasesPart)
	} else {
		err = m.freshFunction(ctx, s, q.Function)
	}
	if err != nil {
		return api.Page[api.Alias]{}, err
	}
	return m.plane.ListAliases(ctx, s, q)
}

// AliasesOf implements api.Aliases.
func (m *Service) AliasesOf(ctx context.Context, s api.Scope, function string) ([]api.Alias, error) {
	if err := m.freshFunction(ctx, s, function); err != nil {
		return nil, err
	}
	return m.plane.AliasesOf(ctx, s, function)
}

// Alias implements api.Aliases.
func (m *Service) Alias(ctx context.Context, s api.Scope, id string) (api.Alias, error) {
	if err := m.freshAlias(ctx, s, id); err != nil {
		return api.Alias{}, err
	}
	return m.plane.Alias(ctx, s, id)
}

// FindAlias implements api.Aliases.
func (m *Service) FindAlias(ctx context.Context, s api.Scope, function, name string) (api.Alias, error) {
	if err := m.freshFunction(ctx, s, function); err != nil {
		return api.Alias{}, err
	}
	return m.plane.FindAlias(ctx, s, function, name)
}

// Ramps implements api.Ramps. One ends if the alias was led elsewhere in the region.
func (m *Service) Ramps(ctx context.Context, s api.Scope, alias string, limit int) ([]api.Ramp, error) {
	if err := m.freshAlias(ctx, s, alias); err != nil {
		return nil, err
	}
	return m.plane.Ramps(ctx, s, alias, limit)
}

// freshAlias has the function of an alias read that is known here.
func (m *Service) freshAlias(ctx context.Context, s api.Scope, id string) error {
	if away, err := m.Away(ctx, s.Project); err != nil || !away {
		return err
	}
	stored, err := m.plane.Alias(ctx, s, id)
	if api.CodeOf(err) == api.NotFound {
		return nil
	}
	if err != nil {
		return err
	}
	return m.fresh(ctx, s, functionPart(stored.Function.ID))
}
