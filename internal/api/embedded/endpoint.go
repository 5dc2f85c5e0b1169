package embedded

import (
	"context"
	"time"

	"github.com/uptrace/bun"

	"switchboard/internal/api"
	"switchboard/internal/api/store"
)

const noEndpoint = "endpoint.not_found"

// Endpoint implements api.Endpoints.
func (p *Plane) Endpoint(ctx context.Context, s api.Scope, id string) (api.Endpoint, error) {
	row := new(endpointRow)
	if err := find(ctx, p.db.Read, s.Project, row, noEndpoint, "id = ? AND "+consumed, id); err != nil {
		return api.Endpoint{}, err
	}
	return row.endpoint(), nil
}

// CreateEndpoint implements api.Endpoints.
func (p *Plane) CreateEndpoint(ctx context.Context, s api.Scope, d api.EndpointDraft) (api.Endpoint, error) {
	if err := api.Refuse(d.Problems()); err != nil {
		return api.Endpoint{}, err
	}
	made, done, err := there(ctx, p, s, api.CreateEndpoint{Draft: d})
	if err != nil {
		return api.Endpoint{}, err
	}
	defer done()
	if made.Made != nil {
		return p.keepEndpoint(ctx, s, made.Made)
	}
	var row *endpointRow
	err = p.db.InTx(ctx, func(ctx context.Context, tx bun.Tx) error {
		now := time.Now()
		account, err := lockProject(ctx, tx, s.Project)
		if err != nil {
			return err
		}
		svc, err := lockOffer(ctx, tx, d.Service)
		if err != nil {
			return err
		}
		if err := svc.admit(ctx, tx, account, now); err != nil {
			return err
		}
		n, err := tx.NewSelect().Model((*endpointRow)(nil)).Where("project_id = ?", s.Project).Count(ctx)
		if err != nil {
			return err
		}
		if n >= api.MaxEndpoints {
			return api.Errorf(api.Limit, "endpoint.too_many", "max", api.MaxEndpoints)
		}
		row = svc.newEndpoint(s, account, &d, now)
		if _, err := tx.NewInsert().Model(row).Exec(ctx); err != nil {
			return err
		}
		return row.record(ctx, tx, s, "create", svc.ProjectID, nil, row.audited())
	})
	if err != nil {
		return api.Endpoint{}, err
	}
	return row.endpoint(), nil
}

// lockOffer is lockService for a service of any project that lives here, to connect to
// it.
func lockOffer(ctx context.Context, tx bun.Tx, id string) (*serviceRow, error) {
	row := new(serviceRow)
	_, err := tx.NewUpdate().Model(row).Set("version = version").Where("id = ? AND NOT away", id).Where(standing).Returning("*").Exec(ctx, row)
	return row, orMissing(err, noService)
}

// admit is Forbidden to an account that may not connect.
func (r *serviceRow) admit(ctx context.Context, db bun.IDB, account string, now time.Time) error {
	access, err := r.access(ctx, db, account, now)
	if err == nil && !access.Allowed {
		err = api.Errorf(api.Forbidden, "endpoint.not_admitted", "account", account)
	}
	return err
}

// DeleteEndpoint implements api.Endpoints.
func (p *Plane) DeleteEndpoint(ctx context.Context, s api.Scope, id string) error {
	_, done, err := there(ctx, p, s, api.DeleteEndpoint{ID: id})
	if err != nil {
		return err
	}
	defer done()
	return p.db.InTx(ctx, func(ctx context.Context, tx bun.Tx) error {
		row := new(endpointRow)
		if err := find(ctx, tx, s.Project, row, noEndpoint, "id = ? AND "+consumed, id); err != nil {
			return err
		}
		if row.Side == consumer {
			return row.leave(ctx, tx, s)
		}
		svc, err := lockOffer(ctx, tx, row.ServiceID)
		if err != nil {
			return err
		}
		if err := find(ctx, tx, s.Project, row, noEndpoint, "id = ? AND "+consumed, id); err != nil {
			return err
		}
		if _, err := tx.NewDelete().Model(row).WherePK().Exec(ctx); err != nil {
			return err
		}
		return row.record(ctx, tx, s, "delete", svc.ProjectID, row.audited(), nil)
	})
}

// record writes down what became of an endpoint in both projects that it is
// about, each time so that it is found by the service's id. The other side learns
// the account, not the person; of one in a region it learns from there.
func (r *endpointRow) record(ctx context.Context, tx bun.Tx, s api.Scope, action, otherSide string, before, after any) error {
	e := store.Event{Action: action, Kind: api.KindEndpoint, ID: r.ServiceID, Name: r.ServiceName, Before: before, After: after}
	err := store.Record(ctx, tx, s, e)
	if err != nil || otherSide == s.Project || r.Side != bothSides {
		return err
	}
	return store.Record(ctx, tx, api.Scope{Project: otherSide, Actor: api.Actor{Way: s.Actor.Way}}, e)
}

// renameEndpoints tells the endpoints of a locked service, which was called
// otherwise, how it is called now.
func (r *serviceRow) renameEndpoints(ctx context.Context, tx bun.Tx, was string) error {
	if r.Name == was {
		return nil
	}
	_, err := tx.NewUpdate().Model((*endpointRow)(nil)).Set("service_name = ?", r.Name).Where("service_id = ?", r.ID).
		Where("project_id = ? OR "+offered, r.ProjectID).Exec(ctx)
	return err
}

// dropEndpoints deletes the endpoints of a locked service: Conflict if one is
// connected, unless the service is gone already.
func (r *serviceRow) dropEndpoints(ctx context.Context, tx bun.Tx, s api.Scope) error {
	var rows []endpointRow
	if err := tx.NewSelect().Model(&rows).Where("service_id = ?", r.ID).Where(offered).OrderExpr("id").Scan(ctx); err != nil {
		return err
	}
	connected := 0
	for i := range rows {
		if rows[i].State == api.EndpointAccepted {
			connected++
		}
	}
	if connected > 0 && !r.Away {
		return api.Errorf(api.Conflict, "endpoint_service.in_use", "count", connected)
	}
	for i := range rows {
		if err := rows[i].record(ctx, tx, s, "delete", rows[i].ProjectID, rows[i].audited(), nil); err != nil {
			return err
		}
	}
	_, err := tx.NewDelete().Model((*endpointRow)(nil)).Where("service_id = ?", r.ID).
		Where("project_id = ? OR "+offered, r.ProjectID).Exec(ctx)
	return err
}
