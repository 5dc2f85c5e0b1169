package mirror

import (
	"context"
	"slices"

	"switchboard/internal/api"
	"switchboard/internal/api/wire"
)

// endpointAdopter takes over endpoint services, whitelists and endpoints.
type endpointAdopter interface {
	// AdoptEndpointServices makes the services of a project those that its region has.
	AdoptEndpointServices(ctx context.Context, project string, services []api.EndpointService) error
	// AdoptPermissions does the same for the whitelist of one of them; described says that
	// the region told the descriptions.
	AdoptPermissions(ctx context.Context, project, service string, entries []api.Permission, described bool) error
	// AdoptServiceConnections does for what is connected to one of them.
	AdoptServiceConnections(ctx context.Context, project, service string, connections []api.Endpoint) error
	// AdoptEndpoints does for the project's own endpoints.
	AdoptEndpoints(ctx context.Context, project string, endpoints []api.Endpoint) error
}

var (
	servicePart  = part{kind: api.KindEndpointService}
	endpointPart = part{kind: api.KindEndpoint}
)

// The most that one call lists (spec/whitelist.md §1.1, §1.6), and that is kept of a list.
const (
	entriesPage  = 500
	servicesPage = 1000
	maxListed    = 10_000
)

// lookServices reads the endpoint services.
func (m *Service) lookServices(ctx context.Context, r *region) (func(context.Context) error, error) {
	all, err := listed(ctx, r, listing[api.EndpointService]{
		call: r.call("ListEndpointService"), page: servicesPage, most: maxListed, read: wire.EndpointServicesIn,
		id: func(v *api.EndpointService) string { return v.ID },
	})
	if err != nil {
		return nil, err
	}
	all = slices.DeleteFunc(all, func(v api.EndpointService) bool { return !identifies(v.ID) || leaving(v.State) })
	for i := range all {
		all[i].State = serviceState(all[i].State)
	}
	return func(ctx context.Context) error { return m.plane.AdoptEndpointServices(ctx, r.scope.Project, all) }, nil
}

// leaving reports whether a service is on its way out, or is only remembered.
func leaving(state api.EndpointServiceState) bool {
	return state == api.EndpointServiceDeleting || state == "deleted"
}

// serviceState is a state that there are words for.
func serviceState(state api.EndpointServiceState) api.EndpointServiceState {
	switch state {
	case api.EndpointServiceAvailable, api.EndpointServiceFailed:
		return state
	}
	return api.EndpointServiceCreating
}

// lookPermissions reads the whitelist of a service that is known here.
func (m *Service) lookPermissions(ctx context.Context, r *region, service string) (func(context.Context) error, error) {
	entries, described, err := m.whitelist(ctx, r, service)
	if err != nil {
		return nil, err
	}
	return func(ctx context.Context) error {
		return m.plane.AdoptPermissions(ctx, r.scope.Project, service, entries, described)
	}, nil
}

// whitelist is that of a service as the region has it.
func (m *Service) whitelist(ctx context.Context, r *region, service string) (entries []api.Permission, described bool, err error) {
	back, err := m.knownSlot(ctx, r, service)
	if err != nil {
		return nil, false, err
	}
	defer back()
	described = true
	entries, err = listed(ctx, r, listing[api.Permission]{
		call: r.call("ListServicePermissionsDetails", "service", service), page: entriesPage, most: api.MaxPermissions,
		read: func(body []byte) ([]api.Permission, int, error) {
			found, err := wire.PermissionsIn(body)
			described = described && found.Described
			return found.Items, found.Total, err
		},
		id: func(e *api.Permission) string { return e.ID },
	})
	return slices.DeleteFunc(entries, func(e api.Permission) bool { return !identifies(e.ID) }), described, err
}

// knownSlot waits for a slot to read what a service has, if that is known here: whoever
// asks for another one must not have it asked for there.
func (m *Service) knownSlot(ctx context.Context, r *region, service string) (back func(), err error) {
	if _, err := m.plane.EndpointService(ctx, r.scope, service); err != nil {
		return nil, err
	}
	return r.slot(ctx)
}

// lookEndpoints reads the project's endpoints, or what is connected to a service.
func (m *Service) lookEndpoints(ctx context.Context, r *region, service string) (func(context.Context) error, error) {
	if service != "" {
		return m.lookServiceConnections(ctx, r, service)
	}
	all, err := listed(ctx, r, listing[api.Endpoint]{
		call: r.call("ListEndpoints"), page: servicesPage, most: maxListed, read: wire.EndpointsIn, id: endpointID,
	})
	if err != nil {
		return nil, err
	}
	all = standing(all)
	return func(ctx context.Context) error { return m.plane.AdoptEndpoints(ctx, r.scope.Project, all) }, nil
}

func (m *Service) lookServiceConnections(ctx context.Context, r *region, service string) (func(context.Context) error, error) {
	back, err := m.knownSlot(ctx, r, service)
	if err != nil {
		return nil, err
	}
	defer back()
	all, err := listed(ctx, r, listing[api.Endpoint]{
		call: r.call("ListServiceConnections", "service", service), page: servicesPage, most: maxListed,
		read: wire.ServiceConnectionsIn, id: endpointID,
	})
	if err != nil {
		return nil, err
	}
	all = standing(all)
	return func(ctx context.Context) error {
		return m.plane.AdoptServiceConnections(ctx, r.scope.Project, service, all)
	}, nil
}

func endpointID(e *api.Endpoint) string { return e.ID }

// standing are the endpoints that can be kept here, in states that there are words for.
func standing(all []api.Endpoint) []api.Endpoint {
	all = slices.DeleteFunc(all, func(e api.Endpoint) bool { return !identifies(e.ID) })
	for i := range all {
		all[i].State = endpointState(all[i].State)
	}
	return all
}

func endpointState(state api.EndpointState) api.EndpointState {
	if slices.Contains(api.EndpointStates, state) {
		return state
	}
	return api.EndpointFailed
}
