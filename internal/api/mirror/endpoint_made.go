package mirror

import (
	"cmp"
	"context"
	"net/url"
	"slices"

	"switchboard/internal/api"
	"switchboard/internal/api/cloud"
	"switchboard/internal/api/wire"
)

// madeEndpoints reads back what became of endpoint services and endpoints. Without an
// answer it is looked for.
func (m *Service) madeEndpoints(ctx context.Context, r *region, s api.Scope, d api.Deed, answers []cloud.Answer) (api.Deed, error) {
	switch d := d.(type) {
	case api.CreateEndpointService:
		v, err := m.createdService(ctx, r, s, &d.Draft, answers)
		if err != nil {
			return nil, err
		}
		d.Made = &v
		m.note(ctx, r, api.KindEndpointService, v.ID, formOfDraft(d.Draft), formOf(&v))
		return d, nil
	case api.UpdateEndpointService:
		v, err := m.listedService(ctx, r, d.Draft.ID)
		if err != nil {
			return d, err
		}
		d.Made = &v
		m.note(ctx, r, api.KindEndpointService, v.ID, formOfDraft(d.Draft), formOf(&v))
		return d, nil
	case api.DeleteEndpointService:
		_, err := m.listedService(ctx, r, d.ID)
		return d, gone(answers, err)
	case api.CreateEndpoint:
		e, err := m.createdEndpoint(ctx, r, s, &d.Draft, answers)
		if err != nil {
			return nil, err
		}
		d.Made = &e
		return d, nil
	case api.DeleteEndpoint:
		if len(answers) > 0 {
			return d, nil
		}
		_, err := r.ask(ctx, r.call("ListEndpointInfoDetails", "endpoint", d.ID))
		return d, gone(answers, err)
	case api.AcceptConnection:
		return d, m.settled(ctx, r, d.Service, d.Endpoint, api.EndpointAccepted, answers)
	case api.RejectConnection:
		return d, m.settled(ctx, r, d.Service, d.Endpoint, api.EndpointRejected, answers)
	}
	return d, nil
}

// gone is nil if there was an answer, or something cannot be found any more.
func gone(answers []cloud.Answer, err error) error {
	switch {
	case len(answers) > 0 || api.CodeOf(err) == api.NotFound:
		return nil
	case err != nil:
		return err
	}
	return api.Errorf(api.NotFound, "vpcep.unread")
}

// listedService is one service as the list has it, which alone tells whose it is.
func (m *Service) listedService(ctx context.Context, r *region, id string) (api.EndpointService, error) {
	call := r.call("ListEndpointService")
	call.Query = url.Values{"id": {id}}
	return m.oneService(ctx, r, call, func(v *api.EndpointService) bool { return v.ID == id })
}

func (m *Service) oneService(ctx context.Context, r *region, call wire.Call, wanted func(*api.EndpointService) bool) (api.EndpointService, error) {
	body, err := r.ask(ctx, call)
	if err != nil {
		return api.EndpointService{}, err
	}
	all, _, err := wire.EndpointServicesIn(body)
	if err != nil {
		return api.EndpointService{}, err
	}
	for i := range all {
		if v := &all[i]; identifies(v.ID) && !leaving(v.State) && wanted(v) {
			v.State = serviceState(v.State)
			return *v, nil
		}
	}
	return api.EndpointService{}, api.Errorf(api.NotFound, "endpoint_service.not_found")
}

// createdService is the service that a draft became. If nobody said which, it is the
// newest one that is like it and not known here.
func (m *Service) createdService(ctx context.Context, r *region, s api.Scope, d *api.EndpointServiceDraft, answers []cloud.Answer) (api.EndpointService, error) {
	if len(answers) == 0 {
		call := r.call("ListEndpointService")
		call.Query = url.Values{"limit": {"100"}, "sort_key": {"create_at"}, "sort_dir": {"desc"}}
		return m.oneService(ctx, r, call, func(v *api.EndpointService) bool {
			return v.ShortName == d.ShortName && v.VPCID == d.VPCID && v.PortID == d.PortID && !m.knows(ctx, s, v.ID)
		})
	}
	said, err := wire.EndpointServiceIn(answers[0].Body)
	if err == nil && !identifies(said.ID) {
		err = wire.ErrNoAnswer
	}
	if err != nil {
		return said, err
	}
	if v, err := m.listedService(ctx, r, said.ID); err == nil {
		return v, nil
	}
	said.State = serviceState(said.State)
	return said, nil
}

// createdEndpoint is the endpoint that a draft became, as with createdService.
func (m *Service) createdEndpoint(ctx context.Context, r *region, s api.Scope, d *api.EndpointDraft, answers []cloud.Answer) (e api.Endpoint, err error) {
	if len(answers) == 0 {
		e, err = m.newestEndpoint(ctx, r, s, d)
	} else {
		e, err = wire.EndpointIn(answers[0].Body)
	}
	if err == nil && !identifies(e.ID) {
		err = wire.ErrNoAnswer
	}
	e.State, e.Service = endpointState(e.State), cmp.Or(e.Service, d.Service)
	return e, err
}

func (m *Service) newestEndpoint(ctx context.Context, r *region, s api.Scope, d *api.EndpointDraft) (api.Endpoint, error) {
	call := r.call("ListEndpoints")
	call.Query = url.Values{"limit": {"100"}, "sort_key": {"create_at"}, "sort_dir": {"desc"}}
	body, err := r.ask(ctx, call)
	if err != nil {
		return api.Endpoint{}, err
	}
	all, _, err := wire.EndpointsIn(body)
	i := slices.IndexFunc(all, func(e api.Endpoint) bool {
		if e.Service != d.Service || e.VPCID != d.VPCID || e.Description != d.Description {
			return false
		}
		_, err := m.plane.Endpoint(ctx, s, e.ID)
		return err != nil
	})
	if err != nil || i < 0 {
		return api.Endpoint{}, cmp.Or(err, error(api.Errorf(api.NotFound, "endpoint.not_found")))
	}
	return all[i], nil
}

// settled makes sure, if there was no answer, that a connection is in a state.
func (m *Service) settled(ctx context.Context, r *region, service, endpoint string, state api.EndpointState, answers []cloud.Answer) error {
	if len(answers) > 0 {
		return nil
	}
	call := r.call("ListServiceConnections", "service", service)
	call.Query = url.Values{"id": {endpoint}}
	body, err := r.ask(ctx, call)
	if err != nil {
		return err
	}
	all, _, err := wire.ServiceConnectionsIn(body)
	if err != nil || slices.ContainsFunc(all, func(e api.Endpoint) bool { return e.ID == endpoint && e.State == state }) {
		return err
	}
	return api.Errorf(api.NotFound, "endpoint.not_found")
}

// serviceForm is a service by the fields of its form.
type serviceForm struct {
	Name        string            `json:"service_name"`
	VPCID       string            `json:"vpc_id"`
	PortID      string            `json:"port_id"`
	VIPPortID   string            `json:"vip_port_id"`
	ServerType  api.ServerType    `json:"server_type"`
	Ports       []api.PortMapping `json:"ports"`
	Approval    bool              `json:"approval_enabled"`
	TCPProxy    string            `json:"tcp_proxy"`
	Description string            `json:"description"`
	Tags        []api.Tag         `json:"tags"`
}

func formOfDraft(d api.EndpointServiceDraft) serviceForm {
	d = d.Complete()
	return serviceForm{
		d.ShortName, d.VPCID, d.PortID, d.VIPPortID, d.ServerType, d.Ports, d.Approval, d.TCPProxy, d.Description, append([]api.Tag{}, d.Tags...),
	}
}

func formOf(v *api.EndpointService) serviceForm {
	return serviceForm{
		v.ShortName, v.VPCID, v.PortID, v.VIPPortID, v.ServerType, v.Ports, v.Approval, v.TCPProxy, v.Description, append([]api.Tag{}, v.Tags...),
	}
}
