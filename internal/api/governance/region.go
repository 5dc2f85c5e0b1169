package governance

import (
	"context"

	"switchboard/internal/api"
)

// Regions implements api.Regions.
func (g *Service) Regions(ctx context.Context, s api.Scope) ([]api.Region, error) {
	if err := see(s); err != nil {
		return nil, err
	}
	regions, err := g.next.Regions(ctx, s)
	for i := range regions {
		if err == nil {
			err = g.offer(ctx, s, &regions[i])
		}
	}
	return regions, err
}

// Region implements api.Regions.
func (g *Service) Region(ctx context.Context, s api.Scope, name string) (api.Region, error) {
	if err := see(s); err != nil {
		return api.Region{}, err
	}
	region, err := g.next.Region(ctx, s, name)
	if err != nil {
		return api.Region{}, err
	}
	return region, g.offer(ctx, s, &region)
}

// ValidateRegion implements api.Regions.
func (g *Service) ValidateRegion(ctx context.Context, s api.Scope, name string, d api.RegionDraft) error {
	if err := g.act(ctx, s, api.RoleAdministrator); err != nil {
		return err
	}
	return g.next.ValidateRegion(ctx, s, name, d)
}

// TestRegion implements api.Regions.
func (g *Service) TestRegion(ctx context.Context, s api.Scope, name string, d api.RegionDraft) (api.Check, error) {
	if err := g.act(ctx, s, api.RoleAdministrator); err != nil {
		return api.Check{}, err
	}
	return g.next.TestRegion(ctx, s, name, d)
}

// CreateRegion implements api.Regions.
func (g *Service) CreateRegion(ctx context.Context, s api.Scope, d api.RegionDraft) (api.Region, error) {
	if err := g.act(ctx, s, api.RoleAdministrator); err != nil {
		return api.Region{}, err
	}
	return g.next.CreateRegion(ctx, s, d)
}

// UpdateRegion implements api.Regions.
func (g *Service) UpdateRegion(ctx context.Context, s api.Scope, name string, d api.RegionDraft, version int64) (api.Region, error) {
	if err := g.act(ctx, s, api.RoleAdministrator); err != nil {
		return api.Region{}, err
	}
	return g.next.UpdateRegion(ctx, s, name, d, version)
}

// DeleteRegion implements api.Regions.
func (g *Service) DeleteRegion(ctx context.Context, s api.Scope, name string, version int64) error {
	if err := g.act(ctx, s, api.RoleAdministrator); err != nil {
		return err
	}
	return g.next.DeleteRegion(ctx, s, name, version)
}

// Browse implements api.Regions.
func (g *Service) Browse(ctx context.Context, s api.Scope, folder, cursor string, limit int) (api.Page[api.Entry], error) {
	if err := g.act(ctx, s, api.RoleEditor); err != nil {
		return api.Page[api.Entry]{}, err
	}
	return g.next.Browse(ctx, s, folder, cursor, limit)
}
