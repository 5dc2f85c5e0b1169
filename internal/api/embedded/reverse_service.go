package embedded

import (
	"context"

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
			r.tell(stored.Audited(), nil)
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
	var was api.AuditedEndpointService
	if _, err := r.before(&was); err != nil {
		return err
	}
	entries := was.Permissions
	was.Permissions, was.Everyone = nil, nil
	d := was.Draft(r.Change.ObjectID)
	if r.Change.Action == "delete" {
		return r.remakeService(ctx, d, was, entries)
	}
	if !there {
		return gone()
	}
	d.ID, d.Version, r.Version = stored.ID, stored.Version, stored.Version
	if !r.tell(stored.Audited(), was) {
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
func (r *reversal) remakeService(ctx context.Context, d api.EndpointServiceDraft, was api.AuditedEndpointService, entries *int) error {
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

// endpoint takes back what became of an endpoint: of one of the project's own, or of
// one that connects to a service of the project.
func (r *reversal) endpoint(ctx context.Context) error {
	var was, became api.AuditedEndpoint
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
	row, err := r.endpointRow(ctx, id)
	there, err := presence(err)
	if err != nil || !there {
		return err
	}
	if row.ProjectID != r.s.Project || row.Side == owner { // whoever connects removes it
		return final("reverse.endpoint")
	}
	r.tell(row.audited(), nil)
	r.Deed = api.DeleteEndpoint{ID: id}
	return nil
}

// endpointRow finds an endpoint that lives here, or one in a region as the project sees it:
// as its own rather than as one of a service.
func (r *reversal) endpointRow(ctx context.Context, id string) (*endpointRow, error) {
	row := new(endpointRow)
	err := r.p.db.Read.NewSelect().Model(row).Where("id = ?", id).Where("project_id = ? OR side = ?", r.s.Project, bothSides).
		OrderExpr("side").Limit(1).Scan(ctx)
	return row, orMissing(err, noEndpoint)
}

// resettle accepts or rejects an endpoint as it was before. One that waited before
// cannot be made to wait again.
func (r *reversal) resettle(ctx context.Context, id string, was api.AuditedEndpoint) error {
	row, err := r.endpointRow(ctx, id)
	if api.CodeOf(err) == api.NotFound || err == nil && row.ServiceID != r.Change.ObjectID {
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
