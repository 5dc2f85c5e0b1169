package embedded

import (
	"context"
	"strings"
	"time"

	"github.com/uptrace/bun"

	"switchboard/internal/api"
	"switchboard/internal/api/store"
)

// take takes over what a region says of a service. Whose it is only lists tell.
func (r *serviceRow) take(v *api.EndpointService) {
	r.Name, r.ShortName, r.VPCID, r.PortID, r.VIPPortID, r.ServerType = v.Name, v.ShortName, v.VPCID, v.PortID, v.VIPPortID, v.ServerType
	r.Ports, r.Tags = encode(v.Ports), encode(v.Tags)
	r.Approval, r.ServiceType, r.TCPProxy, r.Description, r.State = v.Approval, v.Type, v.TCPProxy, v.Description, v.State
	r.Region, _, _ = strings.Cut(v.Name, ".")
	if v.Account != "" {
		r.AccountID = v.Account
	}
}

// newSeenService makes the row of a service that a project's region has.
func newSeenService(s api.Scope, v *api.EndpointService) *serviceRow {
	at := told(v.Created.At, time.Now())
	row := &serviceRow{
		ID: v.ID, ProjectID: s.Project, Away: true, CreatedAt: at, CreatedBy: s.Actor.User, UpdatedAt: at, UpdatedBy: s.Actor.User, Version: 1,
	}
	row.take(v)
	return row
}

// keepService writes down a service of the project as its region made it. Another process
// may have seen it there meanwhile.
func (p *Plane) keepService(ctx context.Context, s api.Scope, v *api.EndpointService) (api.EndpointService, error) {
	row := newSeenService(s, v)
	err := p.db.InTx(ctx, func(ctx context.Context, tx bun.Tx) error {
		if _, err := tx.NewInsert().Model(row).On("CONFLICT (id) DO UPDATE").
			Set("created_by = EXCLUDED.created_by, updated_by = EXCLUDED.updated_by").
			Where("s.project_id = EXCLUDED.project_id").Exec(ctx); err != nil {
			return err
		}
		return store.Record(ctx, tx, s, store.Event{
			Action: "create", Kind: api.KindEndpointService, ID: row.ID, Name: row.Name, After: row.audited(),
		})
	})
	return row.service(), err
}

// updateThere makes a complete draft in the region that the project lives in. What is fixed
// may be left out of it.
func (p *Plane) updateThere(ctx context.Context, s api.Scope, d api.EndpointServiceDraft) (made api.UpdateEndpointService, done func(), err error) {
	made, done = api.UpdateEndpointService{Draft: d}, func() {}
	if away, err := p.away(ctx, s.Project); err != nil || !away {
		return made, done, err
	}
	row, err := p.serviceOf(ctx, s, d.ID)
	if err == nil {
		err = row.judge(ctx, p.db.Read, &made.Draft)
	}
	if err != nil {
		return made, done, err
	}
	return there(ctx, p, s, made)
}
