package api

import "context"

// Plan implements Deed.
func (d CreateEndpointService) Plan(ctx context.Context, to Service, s Scope) (Plan, error) {
	return Plan{Deed: d, About: d.About(), After: d.Draft.audited(nil)}, to.ValidateEndpointService(ctx, s, d.Draft)
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
	plan := Plan{
		Deed: d, About: d.About().named(stored.Name), Before: stored.Audited(), After: d.Draft.audited(&stored),
		State: seen(stored.AuditedOpen(), stored.Version),
	}
	return plan, to.ValidateEndpointService(ctx, s, d.Draft)
}

// Plan implements Deed.
func (d DeleteEndpointService) Plan(ctx context.Context, to Service, s Scope) (Plan, error) {
	stored, err := to.EndpointService(ctx, s, d.ID)
	if err == nil {
		err = bind(&d.Version, stored.Version, stored.Updated)
	}
	before, state := stored.AuditedOpen(), seen(stored.AuditedOpen(), stored.Version)
	before.Permissions = &stored.Permissions
	return Plan{Deed: d, About: d.About().named(stored.Name), Before: before, State: state}, err
}

// Plan implements Deed.
func (d CreateEndpoint) Plan(ctx context.Context, to Service, s Scope) (Plan, error) {
	if err := Refuse(d.Draft.Problems()); err != nil {
		return Plan{}, err
	}
	offer, err := to.DescribeEndpointService(ctx, s, d.Draft.Service, "")
	after := AuditedEndpoint{Service: offer.Name, Description: d.Draft.Description}
	return Plan{Deed: d, About: d.About().named(offer.Name), After: after}, err
}

// Plan implements Deed.
func (d DeleteEndpoint) Plan(ctx context.Context, to Service, s Scope) (Plan, error) {
	stored, err := to.Endpoint(ctx, s, d.ID)
	before := stored.Audited()
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
	before := found.Items[0].Audited()
	after := before
	after.State = state
	return Plan{Deed: d, About: a.named(found.Items[0].ServiceName), Before: before, After: after, State: before}, nil
}
