package embedded

import (
	"cmp"
	"context"
	"time"

	"github.com/uptrace/bun"

	"switchboard/internal/api"
	"switchboard/internal/api/store"
)

const noService = "endpoint_service.not_found"

// EndpointService implements api.EndpointServices.
func (p *Plane) EndpointService(ctx context.Context, s api.Scope, id string) (api.EndpointService, error) {
	page, err := p.ListEndpointServices(ctx, s, api.EndpointServiceQuery{ID: id, Limit: 1})
	if err == nil && (id == "" || len(page.Items) == 0) {
		err = api.Errorf(api.NotFound, noService)
	}
	if err != nil {
		return api.EndpointService{}, err
	}
	svc := page.Items[0]
	svc.Uncovered, err = count(ctx, p.findServiceConnections(id, api.EndpointQuery{Uncovered: true}, admitted(svc.Account, time.Now())))
	return svc, err
}

// serviceOf finds a service of the project.
func (p *Plane) serviceOf(ctx context.Context, s api.Scope, id string) (*serviceRow, error) {
	row := new(serviceRow)
	return row, find(ctx, p.db.Read, s.Project, row, noService, "id = ? AND "+standing, id)
}

// lockService is serviceOf for a change of the service, its whitelist or its
// connections.
func lockService(ctx context.Context, tx bun.Tx, s api.Scope, id string) (*serviceRow, error) {
	row := new(serviceRow)
	err := lock(ctx, tx, s.Project, row, noService, id)
	if err == nil && row.State == api.EndpointServiceDeleting {
		err = api.Errorf(api.NotFound, noService)
	}
	return row, err
}

// DescribeEndpointService implements api.EndpointServices.
func (p *Plane) DescribeEndpointService(ctx context.Context, s api.Scope, id, name string) (api.EndpointService, error) {
	if id == "" && name == "" || !store.Storable(id, name) {
		return api.EndpointService{}, api.Errorf(api.NotFound, noService)
	}
	row := new(serviceRow)
	query := p.db.Read.NewSelect().Model(row).Where(standing).Where("NOT away")
	if id != "" {
		query = query.Where("id = ?", id)
	}
	if name != "" {
		query = query.Where("name = ?", name)
	}
	if err := orMissing(query.Scan(ctx), noService); err != nil {
		return api.EndpointService{}, err
	}
	account, err := accountOf(ctx, p.db.Read, s.Project)
	if err != nil {
		return api.EndpointService{}, err
	}
	access, err := row.access(ctx, p.db.Read, account, time.Now())
	if err == nil && !access.Allowed {
		err = api.Errorf(api.NotFound, noService)
	}
	if err != nil {
		return api.EndpointService{}, err
	}
	return row.offer(), nil
}

// accountOf is whose project it is.
func accountOf(ctx context.Context, db bun.IDB, project string) (account string, err error) {
	err = db.NewSelect().TableExpr("projects").Column("account_id").Where("id = ?", project).Scan(ctx, &account)
	return account, err
}

// lockProject is accountOf for a change of how much the project has.
func lockProject(ctx context.Context, tx bun.Tx, project string) (account string, err error) {
	_, err = tx.NewUpdate().TableExpr("projects").Set("name = name").Where("id = ?", project).
		Returning("account_id").Exec(ctx, &account)
	return account, err
}

// ValidateEndpointService implements api.EndpointServices.
func (p *Plane) ValidateEndpointService(ctx context.Context, s api.Scope, d api.EndpointServiceDraft) error {
	d = d.Complete()
	if d.ID == "" {
		return api.Refuse(d.Problems(nil))
	}
	row, err := p.serviceOf(ctx, s, d.ID)
	if err != nil {
		return err
	}
	return row.judge(ctx, p.db.Read, &d)
}

// judge judges a complete draft of the service. What is fixed may be left out.
func (r *serviceRow) judge(ctx context.Context, db bun.IDB, d *api.EndpointServiceDraft) error {
	d.VPCID, d.ServerType = cmp.Or(d.VPCID, r.VPCID), cmp.Or(d.ServerType, r.ServerType)
	stored := []api.EndpointService{r.service()}
	if err := tellOpen(ctx, db, stored, time.Now()); err != nil {
		return err
	}
	return api.Refuse(d.Problems(&stored[0]))
}

// CreateEndpointService implements api.EndpointServices.
func (p *Plane) CreateEndpointService(ctx context.Context, s api.Scope, d api.EndpointServiceDraft) (api.EndpointService, error) {
	d = d.Complete()
	if err := api.Refuse(d.Problems(nil)); err != nil {
		return api.EndpointService{}, err
	}
	made, done, err := there(ctx, p, s, api.CreateEndpointService{Draft: d})
	if err != nil {
		return api.EndpointService{}, err
	}
	defer done()
	if made.Made != nil {
		return p.keepService(ctx, s, made.Made)
	}
	row := &serviceRow{
		ID: store.NewID(), ProjectID: s.Project, Region: d.Region, State: api.EndpointServiceAvailable, Version: 1,
	}
	row.describe(&d, s, time.Now())
	row.CreatedAt, row.CreatedBy = row.UpdatedAt, row.UpdatedBy
	err = p.db.InTx(ctx, func(ctx context.Context, tx bun.Tx) (err error) {
		if row.AccountID, err = lockProject(ctx, tx, s.Project); err != nil {
			return err
		}
		n, err := tx.NewSelect().Model((*serviceRow)(nil)).Where("project_id = ?", s.Project).Where(standing).Count(ctx)
		if err != nil {
			return err
		}
		if n >= api.MaxEndpointServices {
			return api.Errorf(api.Limit, "endpoint_service.too_many", "max", api.MaxEndpointServices)
		}
		if _, err := tx.NewInsert().Model(row).Exec(ctx); err != nil {
			return err
		}
		return store.Record(ctx, tx, s, store.Event{
			Action: "create", Kind: api.KindEndpointService, ID: row.ID, Name: row.Name, After: row.audited(),
		})
	})
	return row.service(), err
}

// UpdateEndpointService implements api.EndpointServices.
func (p *Plane) UpdateEndpointService(ctx context.Context, s api.Scope, d api.EndpointServiceDraft) (api.EndpointService, error) {
	made, done, err := p.updateThere(ctx, s, d.Complete())
	if err != nil {
		return api.EndpointService{}, err
	}
	defer done()
	err = p.db.InTx(ctx, func(ctx context.Context, tx bun.Tx) error {
		row, err := lockService(ctx, tx, s, d.ID)
		if err != nil {
			return err
		}
		before := *row
		if made.Made != nil {
			row.take(made.Made)
			row.UpdatedAt, row.UpdatedBy = store.Micros(time.Now()), s.Actor.User
		} else {
			if d.Version != 0 && d.Version != row.Version {
				return serviceChanged(row.UpdatedBy)
			}
			if err := row.judge(ctx, tx, &made.Draft); err != nil {
				return err
			}
			row.describe(&made.Draft, s, time.Now())
		}
		return row.replace(ctx, tx, s, &before)
	})
	if err != nil {
		return api.EndpointService{}, err
	}
	return p.EndpointService(ctx, s, d.ID)
}

// replace writes the locked service in the place of what it was before.
func (r *serviceRow) replace(ctx context.Context, tx bun.Tx, s api.Scope, before *serviceRow) error {
	r.Version++
	if _, err := tx.NewUpdate().Model(r).WherePK().Exec(ctx); err != nil {
		return err
	}
	if err := r.renameEndpoints(ctx, tx, before.Name); err != nil {
		return err
	}
	return store.Record(ctx, tx, s, store.Event{
		Action: "update", Kind: api.KindEndpointService, ID: r.ID, Name: r.Name, Before: before.audited(), After: r.audited(),
	})
}

func serviceChanged(by string) error {
	return api.Errorf(api.Conflict, "endpoint_service.changed", "by", api.By(by))
}
