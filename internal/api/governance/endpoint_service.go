package governance

import (
	"context"

	"switchboard/internal/api"
)

// ListEndpointServices implements api.EndpointServices.
func (g *Service) ListEndpointServices(ctx context.Context, s api.Scope, q api.EndpointServiceQuery) (api.Page[api.EndpointService], error) {
	if err := see(s); err != nil {
		return api.Page[api.EndpointService]{}, err
	}
	return g.next.ListEndpointServices(ctx, s, q)
}

// CountEndpointServices implements api.EndpointServices.
func (g *Service) CountEndpointServices(ctx context.Context, s api.Scope, q api.EndpointServiceQuery) (int, error) {
	if err := see(s); err != nil {
		return 0, err
	}
	return g.next.CountEndpointServices(ctx, s, q)
}

// EndpointService implements api.EndpointServices.
func (g *Service) EndpointService(ctx context.Context, s api.Scope, id string) (api.EndpointService, error) {
	if err := see(s); err != nil {
		return api.EndpointService{}, err
	}
	return g.next.EndpointService(ctx, s, id)
}

// DescribeEndpointService implements api.EndpointServices.
func (g *Service) DescribeEndpointService(ctx context.Context, s api.Scope, id, name string) (api.EndpointService, error) {
	if err := see(s); err != nil {
		return api.EndpointService{}, err
	}
	return g.next.DescribeEndpointService(ctx, s, id, name)
}

// ValidateEndpointService implements api.EndpointServices.
func (g *Service) ValidateEndpointService(ctx context.Context, s api.Scope, d api.EndpointServiceDraft) error {
	if err := g.act(ctx, s, api.RoleEditor); err != nil {
		return err
	}
	return g.next.ValidateEndpointService(ctx, s, d)
}

// CreateEndpointService implements api.EndpointServices.
func (g *Service) CreateEndpointService(ctx context.Context, s api.Scope, d api.EndpointServiceDraft) (api.EndpointService, error) {
	if err := g.govern(ctx, s, api.CreateEndpointService{Draft: d}); err != nil {
		return api.EndpointService{}, err
	}
	return g.next.CreateEndpointService(ctx, s, d)
}

// UpdateEndpointService implements api.EndpointServices. A change that did not make the
// service public when that was asked must not by the time it is made: the draft loses its
// word for it, and the transaction, which has the service locked, refuses it then.
func (g *Service) UpdateEndpointService(ctx context.Context, s api.Scope, d api.EndpointServiceDraft) (api.EndpointService, error) {
	deed := api.UpdateEndpointService{Draft: d}
	if err := g.act(ctx, s, api.RoleEditor); err != nil {
		return api.EndpointService{}, err
	}
	if !d.Approval {
		stored, err := g.next.EndpointService(ctx, s, d.ID)
		if err != nil {
			return api.EndpointService{}, err
		}
		deed.Public = stored.Approval && stored.Everyone != nil
	}
	deed.Draft.Everyone = d.Everyone && deed.Public
	if err := g.govern(ctx, s, deed); err != nil {
		return api.EndpointService{}, err
	}
	return g.next.UpdateEndpointService(ctx, s, deed.Draft)
}

// DeleteEndpointService implements api.EndpointServices.
func (g *Service) DeleteEndpointService(ctx context.Context, s api.Scope, id string, version int64) error {
	if err := g.govern(ctx, s, api.DeleteEndpointService{ID: id, Version: version}); err != nil {
		return err
	}
	return g.next.DeleteEndpointService(ctx, s, id, version)
}
