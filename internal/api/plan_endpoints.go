package api

import (
	"cmp"
	"context"
)

// serviceView is an endpoint service as the audit log has it.
type serviceView struct {
	Name        string        `json:"name"`
	VPCID       string        `json:"vpc_id"`
	PortID      string        `json:"port_id"`
	VIPPortID   string        `json:"vip_port_id,omitempty"`
	ServerType  ServerType    `json:"server_type"`
	Ports       []PortMapping `json:"ports"`
	Approval    bool          `json:"approval_enabled"`
	TCPProxy    string        `json:"tcp_proxy"`
	Description string        `json:"description,omitempty"`
	Tags        []Tag         `json:"tags,omitempty"`
	Everyone    *entryView    `json:"everyone,omitempty"`
}

func (v *EndpointService) view() serviceView {
	view := serviceView{v.Name, v.VPCID, v.PortID, v.VIPPortID, v.ServerType, v.Ports, v.Approval, v.TCPProxy, v.Description, v.Tags, nil}
	if v.Everyone != nil {
		view.Everyone = new(v.Everyone.view())
	}
	return view
}

// Plan implements Deed.
func (d CreateEndpointService) Plan(ctx context.Context, to Service, s Scope) (Plan, error) {
	n := d.Draft.Complete()
	after := serviceView{n.ShortName, n.VPCID, n.PortID, n.VIPPortID, n.ServerType, n.Ports, n.Approval, n.TCPProxy, n.Description, n.Tags, nil}
	return Plan{Deed: d, About: d.About(), After: after}, to.ValidateEndpointService(ctx, s, d.Draft)
}

// Plan implements Deed.
func (d UpdateEndpointService) Plan(ctx context.Context, to Service, s Scope) (Plan, error) {
	stored, err := to.EndpointService(ctx, s, d.Draft.ID)
	if err == nil {
		err = bind(&d.Draft.Version, stored.Version, stored.Updated)
	}
	if err != nil {
		return Plan{}, err
	}
	n, before := d.Draft.Complete(), stored.view()
	after := serviceView{
		before.Name, stored.VPCID, n.PortID, n.VIPPortID, cmp.Or(n.ServerType, stored.ServerType), n.Ports, n.Approval, n.TCPProxy,
		n.Description, n.Tags, before.Everyone,
	}
	if n.ShortName != stored.ShortName {
		after.Name = n.ShortName
	}
	plan := Plan{Deed: d, About: d.About().named(stored.Name), Before: before, After: after, State: seen(before, stored.Version)}
	return plan, to.ValidateEndpointService(ctx, s, d.Draft)
}

// Plan implements Deed.
func (d DeleteEndpointService) Plan(ctx context.Context, to Service, s Scope) (Plan, error) {
	stored, err := to.EndpointService(ctx, s, d.ID)
	if err == nil {
		err = bind(&d.Version, stored.Version, stored.Updated)
	}
	before := stored.view()
	return Plan{Deed: d, About: d.About().named(stored.Name), Before: before, State: seen(before, stored.Version)}, err
}

// endpointView is an endpoint as the audit log has it.
type endpointView struct {
	ID          string        `json:"id,omitempty"`
	Account     string        `json:"account,omitempty"`
	Service     string        `json:"service"`
	Description string        `json:"description,omitempty"`
	State       EndpointState `json:"state,omitempty"`
}

func (e *Endpoint) view() endpointView {
	return endpointView{e.ID, e.Account, e.ServiceName, e.Description, e.State}
}

// Plan implements Deed.
func (d CreateEndpoint) Plan(ctx context.Context, to Service, s Scope) (Plan, error) {
	if err := Refuse(d.Draft.Problems()); err != nil {
		return Plan{}, err
	}
	offer, err := to.DescribeEndpointService(ctx, s, d.Draft.Service, "")
	after := endpointView{Service: offer.Name, Description: d.Draft.Description}
	return Plan{Deed: d, About: d.About().named(offer.Name), After: after}, err
}

// Plan implements Deed.
func (d DeleteEndpoint) Plan(ctx context.Context, to Service, s Scope) (Plan, error) {
	stored, err := to.Endpoint(ctx, s, d.ID)
	before := stored.view()
	return Plan{Deed: d, About: d.About().named(stored.ServiceName), Before: before, State: before}, err
}

// Plan implements Deed.
func (d AcceptConnection) Plan(ctx context.Context, to Service, s Scope) (Plan, error) {
	return d.About().answered(ctx, to, s, d, d.Endpoint, EndpointAccepted)
}

// Plan implements Deed.
func (d RejectConnection) Plan(ctx context.Context, to Service, s Scope) (Plan, error) {
	return d.About().answered(ctx, to, s, d, d.Endpoint, EndpointRejected)
}

// answered plans what the owner of a service says to an endpoint.
func (a About) answered(ctx context.Context, to Service, s Scope, d Deed, endpoint string, state EndpointState) (Plan, error) {
	found, err := to.ListServiceConnections(ctx, s, a.ID, EndpointQuery{ID: endpoint, Limit: 1})
	if err == nil && len(found.Items) == 0 {
		err = Errorf(NotFound, "endpoint.not_found")
	}
	if err != nil {
		return Plan{}, err
	}
	before := found.Items[0].view()
	after := before
	after.State = state
	return Plan{Deed: d, About: a.named(found.Items[0].ServiceName), Before: before, After: after, State: before}, nil
}
