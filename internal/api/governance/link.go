package governance

import (
	"context"

	"switchboard/internal/api"
)

// ListLinks implements api.Links.
func (g *Service) ListLinks(ctx context.Context, s api.Scope, q api.LinkQuery) (api.Page[api.Link], error) {
	if err := see(s); err != nil {
		return api.Page[api.Link]{}, err
	}
	return g.next.ListLinks(ctx, s, q)
}

// Link implements api.Links.
func (g *Service) Link(ctx context.Context, s api.Scope, id string) (api.Link, error) {
	if err := see(s); err != nil {
		return api.Link{}, err
	}
	return g.next.Link(ctx, s, id)
}

// FindLink implements api.Links.
func (g *Service) FindLink(ctx context.Context, s api.Scope, cluster, name string) (api.Link, error) {
	if err := see(s); err != nil {
		return api.Link{}, err
	}
	return g.next.FindLink(ctx, s, cluster, name)
}

// ListClusters implements api.Links.
func (g *Service) ListClusters(ctx context.Context, s api.Scope) (api.Clusters, error) {
	if err := see(s); err != nil {
		return api.Clusters{}, err
	}
	return g.next.ListClusters(ctx, s)
}

// ValidateLink implements api.Links.
func (g *Service) ValidateLink(ctx context.Context, s api.Scope, d api.LinkDraft) error {
	if err := g.act(ctx, s, api.RoleEditor); err != nil {
		return err
	}
	return g.next.ValidateLink(ctx, s, d)
}

// TestLink implements api.Links.
func (g *Service) TestLink(ctx context.Context, s api.Scope, d api.LinkDraft) (api.Check, error) {
	if err := g.act(ctx, s, api.RoleEditor); err != nil {
		return api.Check{}, err
	}
	return g.next.TestLink(ctx, s, d)
}

// CreateLink implements api.Links.
func (g *Service) CreateLink(ctx context.Context, s api.Scope, d api.LinkDraft, depth api.Depth) (api.Link, error) {
	if err := g.govern(ctx, s, api.CreateLink{Draft: d, Depth: depth}); err != nil {
		return api.Link{}, err
	}
	return g.next.CreateLink(ctx, s, d, depth)
}

// UpdateLink implements api.Links.
func (g *Service) UpdateLink(ctx context.Context, s api.Scope, d api.LinkDraft, depth api.Depth) (api.Link, error) {
	if err := g.govern(ctx, s, api.UpdateLink{Draft: d, Depth: depth}); err != nil {
		return api.Link{}, err
	}
	return g.next.UpdateLink(ctx, s, d, depth)
}

// EnableLink implements api.Links.
func (g *Service) EnableLink(ctx context.Context, s api.Scope, id string, enabled bool) error {
	var err error
	if enabled {
		err = g.govern(ctx, s, api.EnableLink{ID: id, Enabled: true})
	} else {
		err = g.act(ctx, s, api.RoleEditor) // a brake needs no approval
	}
	if err != nil {
		return err
	}
	return g.next.EnableLink(ctx, s, id, enabled)
}

// ExportLinks implements api.Links.
func (g *Service) ExportLinks(ctx context.Context, s api.Scope, sel api.Selection[api.LinkQuery]) ([]api.Link, error) {
	if err := see(s); err != nil {
		return nil, err
	}
	return g.next.ExportLinks(ctx, s, sel)
}

// DeleteLink implements api.Links.
func (g *Service) DeleteLink(ctx context.Context, s api.Scope, id string, version int64) error {
	if err := g.govern(ctx, s, api.DeleteLink{ID: id, Version: version}); err != nil {
		return err
	}
	return g.next.DeleteLink(ctx, s, id, version)
}
