package embedded

import (
	"context"
	"strings"

	"switchboard/internal/api"
)

// endpointService takes a change of an endpoint service back.
func (r *reversal) endpointService(ctx context.Context) error {
	stored, err := r.p.EndpointService(ctx, r.s, r.Change.ObjectID)
	there, err := presence(err)
	if err != nil {
		return err
	}
	switch r.Change.Action {
	case "create":
		if there {
			r.Version = stored.Version
			r.tell(auditService(&stored), nil)
			r.Deed = api.DeleteEndpointService{ID: stored.ID, Version: stored.Version}
			if stored.Permissions > 0 {
				r.note("reverse.whitelist_goes", "count", stored.Permissions)
			}
		}
		return nil
	case "update", "delete":
	default:
		return final("reverse.event")
	}
	var was auditedService
	if _, err := r.before(&was); err != nil {
		return err
	}
	entries := was.Permissions
	was.Permissions, was.Everyone = nil, nil
	d := was.draft(r.Change.ObjectID)
	if r.Change.Action == "delete" {
		return r.remakeService(ctx, d, was, entries)
	}
	if !there {
		return gone()
	}
	d.ID, d.Version, r.Version = stored.ID, stored.Version, stored.Version
	if !r.tell(auditService(&stored), was) {
		return nil
	}
	if err := r.p.ValidateEndpointService(ctx, r.s, d); err != nil {
		return err
	}
	r.Deed = api.UpdateEndpointService{Draft: d}
	return nil
}

// remakeService makes a service anew, without its whitelist. Names are given more
// than once, so that one of the same name is another.
func (r *reversal) remakeService(ctx context.Context, d api.EndpointServiceDraft, was auditedService, entries *int) error {
	if err := r.p.ValidateEndpointService(ctx, r.s, d); err != nil {
		return err
	}
	if entries != nil && *entries > 0 {
		r.note("reverse.whitelist_stays", "count", *entries)
	}
	r.tell(nil, was)
	r.Deed = api.CreateEndpointService{Draft: d}
	return nil
}

// draft describes the service as it was, whose whole name is "region.short.id" or
// less.
func (a *auditedService) draft(id string) api.EndpointServiceDraft {
	d := api.EndpointServiceDraft{
		VPCID: a.VPCID, PortID: a.PortID, VIPPortID: a.VIPPortID, ServerType: a.ServerType, Ports: a.Ports, Approval: a.Approval,
		TCPProxy: a.TCPProxy, Description: a.Description, Tags: a.Tags,
	}
	rest := strings.TrimSuffix(strings.TrimSuffix(a.Name, id), ".")
	d.Region, d.ShortName, _ = strings.Cut(rest, ".")
	return d
}

// endpoint takes back what became of an endpoint: of one of the project's own, or of
// one that connects to a service of the project.
func (r *reversal) endpoint(ctx context.Context) error {
	var was, became auditedEndpoint
	had, err := r.before(&was)
	if err != nil {
		return err
	}
	if _, err := r.after(&became); err != nil {
		return err
	}
	id := became.ID
	if had {
		id = was.ID
	}
	switch r.Change.Action {
	case "create":
		return r.unmakeEndpoint(ctx, id)
	case "accept", "reject":
		return r.resettle(ctx, id, was)
	}
	return final("reverse.endpoint")
}

func (r *reversal) unmakeEndpoint(ctx context.Context, id string) error {
	row := new(endpointRow)
	there, err := presence(find(ctx, r.p.db.Read, r.s.Project, row, noEndpoint, "id = ?", id))
	if err != nil || !there {
		return err
	}
	r.tell(row.audited(), nil)
	r.Deed = api.DeleteEndpoint{ID: id}
	return nil
}

// resettle accepts or rejects an endpoint as it was before. One that waited before
// cannot be made to wait again.
func (r *reversal) resettle(ctx context.Context, id string, was auditedEndpoint) error {
	row := new(endpointRow)
	err := orMissing(r.p.db.Read.NewSelect().Model(row).Where("id = ? AND service_id = ?", id, r.Change.ObjectID).Scan(ctx), noEndpoint)
	if api.CodeOf(err) == api.NotFound {
		return gone()
	}
	if err != nil || !r.tell(row.audited(), was) {
		return err
	}
	if _, err := r.p.serviceOf(ctx, r.s, r.Change.ObjectID); err != nil { // the other side settled it
		return final("reverse.endpoint")
	}
	switch was.State {
	case api.EndpointAccepted:
		r.Deed = api.AcceptConnection{Service: row.ServiceID, Endpoint: id}
	case api.EndpointRejected:
		r.Deed = api.RejectConnection{Service: row.ServiceID, Endpoint: id}
	default:
		return final("reverse.endpoint")
	}
	return nil
}
