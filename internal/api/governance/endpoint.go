package governance

import (
	"context"

	"switchboard/internal/api"
)

// CreateEndpoint implements api.Endpoints.
func (g *Service) CreateEndpoint(ctx context.Context, s api.Scope, d api.EndpointDraft) (api.Endpoint, error) {
	if err := g.govern(ctx, s, api.CreateEndpoint{Draft: d}); err != nil {
		return api.Endpoint{}, err
	}
	return g.next.CreateEndpoint(ctx, s, d)
}

// Endpoint implements api.Endpoints.
func (g *Service) Endpoint(ctx context.Context, s api.Scope, id string) (api.Endpoint, error) {
	if err := see(s); err != nil {
		return api.Endpoint{}, err
	}
	return g.next.Endpoint(ctx, s, id)
}

// ListEndpoints implements api.Endpoints.
func (g *Service) ListEndpoints(ctx context.Context, s api.Scope, q api.EndpointQuery) (api.Page[api.Endpoint], error) {
	if err := see(s); err != nil {
		return api.Page[api.Endpoint]{}, err
	}
	return g.next.ListEndpoints(ctx, s, q)
}

// CountEndpoints implements api.Endpoints.
func (g *Service) CountEndpoints(ctx context.Context, s api.Scope, q api.EndpointQuery) (int, error) {
	if err := see(s); err != nil {
		return 0, err
	}
	return g.next.CountEndpoints(ctx, s, q)
}

// DeleteEndpoint implements api.Endpoints.
func (g *Service) DeleteEndpoint(ctx context.Context, s api.Scope, id string) error {
	if err := g.govern(ctx, s, api.DeleteEndpoint{ID: id}); err != nil {
		return err
	}
	return g.next.DeleteEndpoint(ctx, s, id)
}

// ListServiceConnections implements api.Endpoints.
func (g *Service) ListServiceConnections(ctx context.Context, s api.Scope, service string, q api.EndpointQuery) (api.Page[api.Endpoint], error) {
	if err := see(s); err != nil {
		return api.Page[api.Endpoint]{}, err
	}
	return g.next.ListServiceConnections(ctx, s, service, q)
}

// CountServiceConnections implements api.Endpoints.
func (g *Service) CountServiceConnections(ctx context.Context, s api.Scope, service string, q api.EndpointQuery) (int, error) {
	if err := see(s); err != nil {
		return 0, err
	}
	return g.next.CountServiceConnections(ctx, s, service, q)
}

// AcceptConnection implements api.Endpoints.
func (g *Service) AcceptConnection(ctx context.Context, s api.Scope, service, endpoint string) (api.Endpoint, error) {
	if err := g.govern(ctx, s, api.AcceptConnection{Service: service, Endpoint: endpoint}); err != nil {
		return api.Endpoint{}, err
	}
	return g.next.AcceptConnection(ctx, s, service, endpoint)
}

// RejectConnection implements api.Endpoints.
func (g *Service) RejectConnection(ctx context.Context, s api.Scope, service, endpoint string) (api.Endpoint, error) {
	if err := g.act(ctx, s, api.RoleEditor); err != nil {
		return api.Endpoint{}, err
	}
	return g.next.RejectConnection(ctx, s, service, endpoint)
}
