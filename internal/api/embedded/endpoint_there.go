package embedded

import (
	"cmp"
	"context"
	"time"

	"github.com/uptrace/bun"

	"switchboard/internal/api"
	"switchboard/internal/api/store"
)

// keepEndpoint writes down an endpoint of the project as its region made it.
func (p *Plane) keepEndpoint(ctx context.Context, s api.Scope, e *api.Endpoint) (api.Endpoint, error) {
	var row *endpointRow
	err := p.db.InTx(ctx, func(ctx context.Context, tx bun.Tx) (err error) {
		if row, err = seenEndpoint(ctx, tx, s, consumer, e); err != nil {
			return err
		}
		row.CreatedBy, row.UpdatedBy = s.Actor.User, s.Actor.User
		if _, err := tx.NewInsert().Model(row).On("CONFLICT (id, project_id, side) DO UPDATE").
			Set("created_by = EXCLUDED.created_by").Exec(ctx); err != nil {
			return err
		}
		if err := row.showOwner(ctx, tx); err != nil {
			return err
		}
		return row.record(ctx, tx, s, "create", s.Project, nil, row.audited())
	})
	if err != nil {
		return api.Endpoint{}, err
	}
	return row.endpoint(), nil
}

// seenEndpoint makes the row of an endpoint that one of its sides sees. Whose endpoint it
// is no region tells its consumer: the account is that of the project's own services.
func seenEndpoint(ctx context.Context, tx bun.Tx, s api.Scope, from side, e *api.Endpoint) (*endpointRow, error) {
	now := time.Now()
	row := &endpointRow{
		ID: e.ID, Marker: e.Marker, ProjectID: s.Project, Side: from, AccountID: e.Account, ServiceID: e.Service, ServiceName: e.ServiceName,
		VPCID: e.VPCID, SubnetID: e.SubnetID, Description: e.Description, Tags: encode(e.Tags), State: e.State,
		CreatedAt: told(e.Created.At, now), UpdatedAt: told(cmp.Or(e.Updated.At, e.Created.At), now),
	}
	if row.AccountID != "" || from == owner {
		return row, nil
	}
	var accounts []string
	err := tx.NewSelect().Model((*serviceRow)(nil)).Column("account_id").Where("project_id = ? AND away", s.Project).
		Where("account_id <> ''").OrderExpr("id").Limit(1).Scan(ctx, &accounts)
	if len(accounts) > 0 {
		row.AccountID = accounts[0]
	}
	return row, err
}

// told is when a region says that something was done, or now if it does not.
func told(at, now time.Time) int64 {
	if at.IsZero() {
		at = now
	}
	return store.Micros(at)
}

// showOwner shows an endpoint to its service's owner, too, if that is the same project,
// which then needs not be told of it a second time.
func (r *endpointRow) showOwner(ctx context.Context, tx bun.Tx) error {
	var services []serviceRow
	err := tx.NewSelect().Model(&services).Where("id = ? AND project_id = ?", r.ServiceID, r.ProjectID).Where(standing).Scan(ctx)
	if err != nil || len(services) == 0 {
		return err
	}
	other := *r
	other.Side, other.AccountID, other.ServiceName = owner, services[0].AccountID, services[0].Name
	_, err = tx.NewInsert().Model(&other).On("CONFLICT DO NOTHING").Exec(ctx)
	return err
}

// leave removes an endpoint of a project in a region, on both of its sides if both are
// the project's.
func (r *endpointRow) leave(ctx context.Context, tx bun.Tx, s api.Scope) error {
	_, err := tx.NewDelete().Model((*endpointRow)(nil)).Where("id = ? AND project_id = ?", r.ID, r.ProjectID).Exec(ctx)
	if err != nil {
		return err
	}
	return r.record(ctx, tx, s, "delete", s.Project, r.audited(), nil)
}
