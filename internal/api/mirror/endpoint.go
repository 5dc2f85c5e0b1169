package mirror

import (
	"context"

	"switchboard/internal/api"
)

// Endpoint implements api.Endpoints.
func (m *Service) Endpoint(ctx context.Context, s api.Scope, id string) (api.Endpoint, error) {
	if err := m.fresh(ctx, s, endpointPart); err != nil {
		return api.Endpoint{}, err
	}
	return m.plane.Endpoint(ctx, s, id)
}

// ListEndpoints implements api.Endpoints.
func (m *Service) ListEndpoints(ctx context.Context, s api.Scope, q api.EndpointQuery) (api.Page[api.Endpoint], error) {
	if err := m.fresh(ctx, s, endpointPart); err != nil {
		return api.Page[api.Endpoint]{}, err
	}
	return m.plane.ListEndpoints(ctx, s, q)
}

// CountEndpoints implements api.Endpoints.
func (m *Service) CountEndpoints(ctx context.Context, s api.Scope, q api.EndpointQuery) (int, error) {
	if err := m.fresh(ctx, s, endpointPart); err != nil {
		return 0, err
	}
	return m.plane.CountEndpoints(ctx, s, q)
}

// DeleteEndpoint implements api.Endpoints.
func (m *Service) DeleteEndpoint(ctx context.Context, s api.Scope, id string) error {
	err := m.plane.DeleteEndpoint(ctx, s, id)
	if api.CodeOf(err) != api.NotFound {
		return err
	}
	if away, failed := m.Away(ctx, s.Project); failed != nil || !away || m.fresh(ctx, s, endpointPart) != nil {
		return err
	}
	return m.plane.DeleteEndpoint(ctx, s, id)
}

// ListServiceConnections implements api.Endpoints.
func (m *Service) ListServiceConnections(ctx context.Context, s api.Scope, service string, q api.EndpointQuery) (api.Page[api.Endpoint], error) {
	if err := m.freshService(ctx, s, service, api.KindPermission, api.KindEndpoint); err != nil {
		return api.Page[api.Endpoint]{}, err
	}
	return m.plane.ListServiceConnections(ctx, s, service, q)
}

// CountServiceConnections implements api.Endpoints.
func (m *Service) CountServiceConnections(ctx context.Context, s api.Scope, service string, q api.EndpointQuery) (int, error) {
	if err := m.freshService(ctx, s, service, api.KindPermission, api.KindEndpoint); err != nil {
		return 0, err
	}
	return m.plane.CountServiceConnections(ctx, s, service, q)
}

// AcceptConnection implements api.Endpoints.
func (m *Service) AcceptConnection(ctx context.Context, s api.Scope, service, endpoint string) (api.Endpoint, error) {
	return again(ctx, m, s, service, api.KindEndpoint, func() (api.Endpoint, error) {
		return m.plane.AcceptConnection(ctx, s, service, endpoint)
	})
}

// RejectConnection implements api.Endpoints.
func (m *Service) RejectConnection(ctx context.Context, s api.Scope, service, endpoint string) (api.Endpoint, error) {
	return again(ctx, m, s, service, api.KindEndpoint, func() (api.Endpoint, error) {
		return m.plane.RejectConnection(ctx, s, service, endpoint)
	})
}
