package embedded

import (
	"context"
	"time"

	"github.com/uptrace/bun"

	"switchboard/internal/api"
	"switchboard/internal/api/jobs"
	"switchboard/internal/api/store"
)

// standing is the one condition for services that are there: every query of them
// has it. What does not fulfil it was deleted, and only its records are left.
const standing = "state <> '" + string(api.EndpointServiceDeleting) + "'"

// deletionBatch is how many entries of a deleted service one transaction takes
// away.
const deletionBatch = 1000

// DeleteEndpointService implements api.EndpointServices. What waits to connect,
// or was rejected, goes with it, and so does what was to be added. The entries
// may be many: they are taken away later.
func (p *Plane) DeleteEndpointService(ctx context.Context, s api.Scope, id string, version int64) error {
	_, done, err := there(ctx, p, s, api.DeleteEndpointService{ID: id, Version: version})
	if err != nil {
		return err
	}
	defer done()
	err = p.db.InTx(ctx, func(ctx context.Context, tx bun.Tx) error {
		row, err := lockService(ctx, tx, s, id)
		if err != nil {
			return err
		}
		if version != 0 && version != row.Version && !row.Away {
			return serviceChanged(row.UpdatedBy)
		}
		return row.end(ctx, tx, s)
	})
	if err == nil {
		p.nudge(ctx, jobs.Task{Kind: taskDeletion, Project: s.Project, ID: id, Due: store.Micros(time.Now())})
	}
	return err
}

// end has the locked service be gone, but for its entries.
func (r *serviceRow) end(ctx context.Context, tx bun.Tx, s api.Scope) error {
	before, err := r.auditedWhole(ctx, tx, time.Now())
	if err != nil {
		return err
	}
	if err := r.dropEndpoints(ctx, tx, s); err != nil {
		return err
	}
	if _, err := tx.NewDelete().Model((*additionRow)(nil)).Where("service_id = ?", r.ID).Exec(ctx); err != nil {
		return err
	}
	r.State = api.EndpointServiceDeleting
	if err := update(ctx, tx, r, "state"); err != nil {
		return err
	}
	return store.Record(ctx, tx, s, store.Event{
		Action: "delete", Kind: api.KindEndpointService, ID: r.ID, Name: r.Name, Before: before,
	})
}

// auditedWhole is the locked service as the audit log keeps it when it ends: with
// what its whitelist came to.
func (r *serviceRow) auditedWhole(ctx context.Context, tx bun.Tx, now time.Time) (api.AuditedEndpointService, error) {
	expired, err := count(ctx, r.expired(tx, now))
	if err != nil {
		return api.AuditedEndpointService{}, err
	}
	stored := []api.EndpointService{r.service()}
	err = tellOpen(ctx, tx, stored, now)
	whole := stored[0].AuditedOpen()
	whole.Permissions = new(int(r.Entries) - expired)
	return whole, err
}

// dueDeletions are the services that were deleted and still have records.
func dueDeletions(p *Plane, now time.Time) *bun.SelectQuery {
	return p.db.Read.NewSelect().Model((*serviceRow)(nil)).
		ColumnExpr("project_id, id, '' AS part, ? AS due", store.Micros(now.Truncate(turn))).Where("state = ?", api.EndpointServiceDeleting)
}

// workDeletion takes away what is left of a deleted service, batch after batch.
// Several processes may do so at once, and one that is killed leaves the rest to
// another.
func (p *Plane) workDeletion(ctx context.Context, t jobs.Task) error {
	for more := true; more && ctx.Err() == nil; {
		err := p.db.InTx(ctx, func(ctx context.Context, tx bun.Tx) (err error) {
			row := new(serviceRow)
			if err := lock(ctx, tx, t.Project, row, noService, t.ID); err != nil {
				return err
			}
			if row.State != api.EndpointServiceDeleting {
				return api.Errorf(api.NotFound, noService)
			}
			more, err = row.wither(ctx, tx)
			return err
		})
		if api.CodeOf(err) == api.NotFound {
			return nil // another was faster
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// wither takes away the next few entries of a locked service that was deleted,
// and with the last ones the service.
func (r *serviceRow) wither(ctx context.Context, tx bun.Tx) (more bool, err error) {
	some := tx.NewSelect().Model((*permissionRow)(nil)).Column("id").Where("service_id = ?", r.ID).Limit(deletionBatch)
	gone, err := tx.NewDelete().Model((*permissionRow)(nil)).Where("id IN (?)", some).Exec(ctx)
	if err != nil {
		return false, err
	}
	n, err := gone.RowsAffected()
	if err != nil || n == deletionBatch {
		return true, err
	}
	_, err = tx.NewDelete().Model(r).WherePK().Exec(ctx)
	return false, err
}
