package wire

import (
	"context"
	"slices"

	"switchboard/internal/api"
)

func (p *program) aboutEndpoints(ctx context.Context, d api.Deed) error {
	switch d := d.(type) {
	case api.CreateEndpointService:
		return p.add("CreateEndpointService", nil, newServiceOf(&d.Draft), nil)
	case api.UpdateEndpointService:
		return p.updateService(ctx, &d.Draft)
	case api.DeleteEndpointService:
		return p.add("DeleteEndpointService", p.service(d.ID), nil, nil)
	case api.CreateEndpoint:
		body := endpointBody(d.Draft)
		body.Service = p.at.id(api.KindEndpointService, body.Service)
		return p.add("CreateEndpoint", nil, body, nil)
	case api.DeleteEndpoint:
		return p.add("DeleteEndpoint", pathParams{"endpoint": p.at.id(api.KindEndpoint, d.ID)}, nil, nil)
	case api.AcceptConnection:
		return p.decide(d.Service, d.Endpoint, receiveEndpoint)
	case api.RejectConnection:
		return p.decide(d.Service, d.Endpoint, rejectEndpoint)
	}
	return p.aboutWhitelist(ctx, d)
}

func (p *program) service(id string) pathParams {
	return pathParams{"service": p.at.id(api.KindEndpointService, id)}
}

func (p *program) decide(service, endpoint, action string) error {
	body := decisionBody{[]string{p.at.id(api.KindEndpoint, endpoint)}, action}
	return p.add("AcceptOrRejectEndpoint", p.service(service), body, nil)
}

// newServiceOf is the body of a create.
func newServiceOf(d *api.EndpointServiceDraft) *endpointServiceBody {
	body := &endpointServiceBody{
		PortID: &d.PortID, VPCID: &d.VPCID, VIPPortID: given(d.VIPPortID), ServerType: &d.ServerType, Name: given(d.ShortName),
		Approval: &d.Approval, Type: given(d.Type), TCPProxy: given(d.TCPProxy), Description: given(d.Description), Ports: new(array(d.Ports)),
	}
	if len(d.Tags) > 0 {
		body.Tags = &d.Tags
	}
	return body
}

// updateService says all that can be changed; what cannot, or is no part of the
// documented call, only if it is another.
func (p *program) updateService(ctx context.Context, d *api.EndpointServiceDraft) error {
	stored, err := p.from.EndpointService(ctx, p.scope, d.ID)
	if err != nil {
		return err
	}
	body := &endpointServiceBody{
		PortID: &d.PortID, VPCID: changed(d.VPCID, stored.VPCID), VIPPortID: changed(d.VIPPortID, stored.VIPPortID),
		ServerType: changed(d.ServerType, stored.ServerType), Name: &d.ShortName, Approval: &d.Approval, Type: changed(d.Type, stored.Type),
		TCPProxy: given(d.TCPProxy), Description: &d.Description, Ports: new(array(d.Ports)),
	}
	if d.TCPProxy == "" { // the default, and not what is there
		body.TCPProxy = &api.TCPProxies[0]
	}
	if !slices.Equal(d.Tags, stored.Tags) {
		body.Tags = new(array(d.Tags))
	}
	return p.add("UpdateEndpointService", p.service(d.ID), body, nil)
}
