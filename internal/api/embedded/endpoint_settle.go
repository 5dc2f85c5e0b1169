package embedded

import (
	"context"
	"time"

	"github.com/uptrace/bun"

	"switchboard/internal/api"
	"switchboard/internal/api/store"
)

// AcceptConnection implements api.Endpoints.
func (p *Plane) AcceptConnection(ctx context.Context, s api.Scope, service, endpoint string) (api.Endpoint, error) {
	d := api.AcceptConnection{Service: service, Endpoint: endpoint}
	return p.settle(ctx, s, d, service, endpoint, "accept", api.EndpointAccepted)
}

// RejectConnection implements api.Endpoints.
func (p *Plane) RejectConnection(ctx context.Context, s api.Scope, service, endpoint string) (api.Endpoint, error) {
	d := api.RejectConnection{Service: service, Endpoint: endpoint}
	return p.settle(ctx, s, d, service, endpoint, "reject", api.EndpointRejected)
}

// settle puts a connection into a state, in its region first. One that is in it stays as
// it is.
func (p *Plane) settle(ctx context.Context, s api.Scope, d api.Deed, service, endpoint, action string, state api.EndpointState) (api.Endpoint, error) {
	done, err := p.settleThere(ctx, s, d, service, endpoint, state)
	if err != nil {
		return api.Endpoint{}, err
	}
	defer done()
	var row *endpointRow
	err = p.changeWhitelist(ctx, s, service, func(ctx context.Context, tx bun.Tx, svc *serviceRow, now time.Time) (err error) {
		if row, err = svc.unsettled(ctx, tx, endpoint, state, now); err != nil || row.State == state {
			return err
		}
		before := row.audited()
		if err := row.enter(ctx, tx, state, now); err != nil {
			return err
		}
		return row.record(ctx, tx, s, action, row.ProjectID, before, row.audited())
	})
	if err != nil {
		return api.Endpoint{}, err
	}
	return row.connection(), nil
}

// unsettled finds a connection of the service that may be put into a state, or is in it.
func (r *serviceRow) unsettled(ctx context.Context, db bun.IDB, endpoint string, state api.EndpointState, now time.Time) (*endpointRow, error) {
	row := new(endpointRow)
	if !store.Storable(endpoint) {
		return row, api.Errorf(api.NotFound, noEndpoint)
	}
	err := db.NewSelect().Model(row).Where("id = ? AND service_id = ?", endpoint, r.ID).Where(offered).Scan(ctx)
	if err != nil || row.State == state || state != api.EndpointAccepted {
		return row, orMissing(err, noEndpoint)
	}
	return row, r.admit(ctx, db, row.AccountID, now)
}

// enter puts an endpoint into a state, on both of its sides if both are the project's.
func (r *endpointRow) enter(ctx context.Context, tx bun.Tx, state api.EndpointState, now time.Time) error {
	r.State, r.UpdatedAt, r.UpdatedBy = state, store.Micros(now), ""
	_, err := tx.NewUpdate().Model(r).Column("state", "updated_at", "updated_by").Where("id = ? AND project_id = ?", r.ID, r.ProjectID).Exec(ctx)
	return err
}

// settleThere settles a connection in the region that the project lives in, if it is to be
// settled otherwise than it is.
func (p *Plane) settleThere(ctx context.Context, s api.Scope, d api.Deed, service, endpoint string, state api.EndpointState) (done func(), err error) {
	done = func() {}
	if away, err := p.away(ctx, s.Project); err != nil || !away {
		return done, err
	}
	svc, err := p.serviceOf(ctx, s, service)
	if err != nil {
		return done, err
	}
	row, err := svc.unsettled(ctx, p.db.Read, endpoint, state, time.Now())
	if err != nil || row.State == state {
		return done, err
	}
	_, done, err = there(ctx, p, s, d)
	return done, err
}
