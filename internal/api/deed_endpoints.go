package api

import "context"

// CreateEndpointService stores an endpoint service.
type CreateEndpointService struct {
	Draft EndpointServiceDraft
	// Made is the service as its region made it, in the deed as it is made there.
	Made *EndpointService `json:"-"`
}

// About implements Deed.
func (d CreateEndpointService) About() About {
	return About{Kind: KindEndpointService, Action: ActionCreate, Name: d.Draft.ShortName}
}

// Do implements Deed.
func (d CreateEndpointService) Do(ctx context.Context, to Service, s Scope) error {
	_, err := to.CreateEndpointService(ctx, s, d.Draft)
	return err
}

// UpdateEndpointService replaces an endpoint service.
type UpdateEndpointService struct {
	Draft EndpointServiceDraft
	// Public says that it is the last that kept others out: every account is on the
	// whitelist, and from now on nobody accepts connections.
	Public bool
	Made   *EndpointService `json:"-"` // as in CreateEndpointService
}

// About implements Deed.
func (d UpdateEndpointService) About() About {
	if d.Public {
		return About{Kind: KindPermission, Action: ActionEveryone, ID: d.Draft.ID}
	}
	return About{Kind: KindEndpointService, Action: ActionUpdate, ID: d.Draft.ID}
}

// Do implements Deed.
func (d UpdateEndpointService) Do(ctx context.Context, to Service, s Scope) error {
	_, err := to.UpdateEndpointService(ctx, s, d.Draft)
	return err
}

// DeleteEndpointService removes an endpoint service with its whitelist.
type DeleteEndpointService struct {
	ID      string
	Version int64
}

// About implements Deed.
func (d DeleteEndpointService) About() About {
	return About{Kind: KindEndpointService, Action: ActionDelete, ID: d.ID}
}

// Do implements Deed.
func (d DeleteEndpointService) Do(ctx context.Context, to Service, s Scope) error {
	return to.DeleteEndpointService(ctx, s, d.ID, d.Version)
}

// CreateEndpoint connects the project to a service.
type CreateEndpoint struct {
	Draft EndpointDraft
	Made  *Endpoint `json:"-"` // as in CreateEndpointService
}

// About implements Deed.
func (d CreateEndpoint) About() About {
	return About{Kind: KindEndpoint, Action: ActionCreate, ID: d.Draft.Service}
}

// Do implements Deed.
func (d CreateEndpoint) Do(ctx context.Context, to Service, s Scope) error {
	_, err := to.CreateEndpoint(ctx, s, d.Draft)
	return err
}

// DeleteEndpoint removes one of the project's endpoints.
type DeleteEndpoint struct {
	ID string
}

// About implements Deed.
func (d DeleteEndpoint) About() About {
	return About{Kind: KindEndpoint, Action: ActionDelete, ID: d.ID}
}

// Do implements Deed.
func (d DeleteEndpoint) Do(ctx context.Context, to Service, s Scope) error {
	return to.DeleteEndpoint(ctx, s, d.ID)
}

// AcceptConnection lets an endpoint connect.
type AcceptConnection struct {
	Service, Endpoint string
}

// About implements Deed.
func (d AcceptConnection) About() About {
	return About{Kind: KindEndpoint, Action: ActionUpdate, ID: d.Service}
}

// Do implements Deed.
func (d AcceptConnection) Do(ctx context.Context, to Service, s Scope) error {
	_, err := to.AcceptConnection(ctx, s, d.Service, d.Endpoint)
	return err
}

// RejectConnection ends what an endpoint connects.
type RejectConnection struct {
	Service, Endpoint string
}

// About implements Deed.
func (d RejectConnection) About() About {
	return About{Kind: KindEndpoint, Action: ActionUpdate, ID: d.Service}
}

// Do implements Deed.
func (d RejectConnection) Do(ctx context.Context, to Service, s Scope) error {
	_, err := to.RejectConnection(ctx, s, d.Service, d.Endpoint)
	return err
}
