package mirror

import (
	"context"
	"net/url"

	"switchboard/internal/api"
	"switchboard/internal/api/wire"
)

// listAge is how many times older than m.age what single services have may be for a list
// of them: to read the whitelists of all takes many calls.
const listAge = 60

// ListEndpointServices implements api.EndpointServices. What the whitelists and
// connections of all come to is shown as far as it is known.
func (m *Service) ListEndpointServices(ctx context.Context, s api.Scope, q api.EndpointServiceQuery) (api.Page[api.EndpointService], error) {
	if err := m.freshServices(ctx, s); err != nil {
		return api.Page[api.EndpointService]{}, err
	}
	return m.plane.ListEndpointServices(ctx, s, q)
}

// freshServices is fresh for all services with what they have.
func (m *Service) freshServices(ctx context.Context, s api.Scope) error {
	r, err := m.region(ctx, s.Project)
	if err != nil || r == nil {
		return err
	}
	if err := m.await(ctx, m.wait, r, m.age, servicePart); err != nil {
		return err
	}
	all, err := m.plane.ListEndpointServices(ctx, s, api.EndpointServiceQuery{Limit: api.MaxWirePage})
	if err != nil {
		return err
	}
	var parts []part
	for i := range all.Items {
		id := all.Items[i].ID
		parts = append(parts, part{api.KindPermission, id}, part{api.KindEndpoint, id})
	}
	return m.await(ctx, m.wait, r, listAge*m.age, parts...)
}

// freshService is fresh for a service, and for what it has of some kinds.
func (m *Service) freshService(ctx context.Context, s api.Scope, id string, kinds ...api.Kind) error {
	r, err := m.region(ctx, s.Project)
	if err != nil || r == nil {
		return err
	}
	known := m.knows(ctx, s, id)
	parts := []part{servicePart}
	if known {
		parts = append(parts, partsOf(id, kinds)...)
	}
	if err := m.await(ctx, m.wait, r, m.age, parts...); err != nil || known || !m.knows(ctx, s, id) {
		return err
	}
	return m.await(ctx, m.wait, r, m.age, partsOf(id, kinds)...)
}

// knows reports whether a service of the project is known here.
func (m *Service) knows(ctx context.Context, s api.Scope, id string) bool {
	_, err := m.plane.EndpointService(ctx, s, id)
	return err == nil
}

func partsOf(id string, kinds []api.Kind) []part {
	parts := make([]part, len(kinds))
	for i, kind := range kinds {
		parts[i] = part{kind, id}
	}
	return parts
}

// CountEndpointServices implements api.EndpointServices.
func (m *Service) CountEndpointServices(ctx context.Context, s api.Scope, q api.EndpointServiceQuery) (int, error) {
	if err := m.fresh(ctx, s, servicePart); err != nil {
		return 0, err
	}
	return m.plane.CountEndpointServices(ctx, s, q)
}

// EndpointService implements api.EndpointServices.
func (m *Service) EndpointService(ctx context.Context, s api.Scope, id string) (api.EndpointService, error) {
	if err := m.freshService(ctx, s, id, api.KindPermission, api.KindEndpoint); err != nil {
		return api.EndpointService{}, err
	}
	return m.plane.EndpointService(ctx, s, id)
}

// ValidateEndpointService implements api.EndpointServices.
func (m *Service) ValidateEndpointService(ctx context.Context, s api.Scope, d api.EndpointServiceDraft) error {
	if d.ID != "" {
		if err := m.freshService(ctx, s, d.ID, api.KindPermission); err != nil {
			return err
		}
	}
	return m.plane.ValidateEndpointService(ctx, s, d)
}

// maxServiceName is how long the whole name of a service may be (spec/whitelist.md §1.6).
const maxServiceName = 128

// DescribeEndpointService implements api.EndpointServices. Whose service it is, and who may
// connect to it, the region knows.
func (m *Service) DescribeEndpointService(ctx context.Context, s api.Scope, id, name string) (api.EndpointService, error) {
	r, err := m.region(ctx, s.Project)
	if err != nil {
		return api.EndpointService{}, err
	}
	if r == nil {
		return m.plane.DescribeEndpointService(ctx, s, id, name)
	}
	missing := api.Errorf(api.NotFound, "endpoint_service.not_found")
	call := r.call("ListServiceDescribeDetails")
	switch {
	case id != "" && identifies(id):
		call.Query = url.Values{"id": {id}}
	case id == "" && serviceName(name):
		call.Query = url.Values{"endpoint_service_name": {name}}
	default:
		return api.EndpointService{}, missing
	}
	body, err := r.ask(ctx, call)
	if err != nil {
		return api.EndpointService{}, err
	}
	found, err := wire.EndpointServiceIn(body)
	if err != nil || !identifies(found.ID) || id != "" && found.ID != id || name != "" && found.Name != name {
		return api.EndpointService{}, missing
	}
	return api.EndpointService{ID: found.ID, Name: found.Name, ShortName: found.ShortName, Type: found.Type, Created: found.Created}, nil
}

func serviceName(text string) bool {
	for _, c := range []byte(text) {
		if c <= ' ' || c > '~' {
			return false
		}
	}
	return text != "" && len(text) <= maxServiceName
}

// blind is the plane for judging what is about to be made in a region: which services there
// are to connect to, and for whom, is for the region to say.
type blind struct{ Plane }

// DescribeEndpointService implements api.EndpointServices.
func (b blind) DescribeEndpointService(_ context.Context, _ api.Scope, id, name string) (api.EndpointService, error) {
	return api.EndpointService{ID: id, Name: name}, nil
}

// again does something with what a service has. If what is kept here refuses it, that may
// be old: it is read, and then the thing is done once more.
func again[T any](ctx context.Context, m *Service, s api.Scope, service string, kind api.Kind, do func() (T, error)) (T, error) {
	result, err := do()
	if code := api.CodeOf(err); code != api.NotFound && code != api.Conflict {
		return result, err
	}
	if away, failed := m.Away(ctx, s.Project); failed != nil || !away {
		return result, err
	}
	if failed := m.freshService(ctx, s, service, kind); failed != nil {
		return result, err
	}
	return do()
}

// UpdateEndpointService implements api.EndpointServices.
func (m *Service) UpdateEndpointService(ctx context.Context, s api.Scope, d api.EndpointServiceDraft) (api.EndpointService, error) {
	return again(ctx, m, s, d.ID, api.KindPermission, func() (api.EndpointService, error) { return m.plane.UpdateEndpointService(ctx, s, d) })
}

// DeleteEndpointService implements api.EndpointServices.
func (m *Service) DeleteEndpointService(ctx context.Context, s api.Scope, id string, version int64) error {
	_, err := again(ctx, m, s, id, api.KindEndpoint, func() (any, error) { return nil, m.plane.DeleteEndpointService(ctx, s, id, version) })
	return err
}
