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
	err := p.db.InTx(ctx, func(ctx context.Context, tx bun.Tx) error {
		row, err := lockService(ctx, tx, s, id)
		if err != nil {
			return err
		}
		if version != 0 && version != row.Version {
			return serviceChanged(row.UpdatedBy)
		}
		before, err := row.auditedWhole(ctx, tx, time.Now())
		if err != nil {
			return err
		}
		if err := row.dropEndpoints(ctx, tx, s); err != nil {
			return err
		}
		if _, err := tx.NewDelete().Model((*additionRow)(nil)).Where("service_id = ?", id).Exec(ctx); err != nil {
			return err
		}
		row.State = api.EndpointServiceDeleting
		if err := update(ctx, tx, row, "state"); err != nil {
			return err
		}
		return store.Record(ctx, tx, s, store.Event{
			Action: "delete", Kind: api.KindEndpointService, ID: id, Name: row.Name, Before: before,
		})
	})
	if err == nil {
		p.nudge(ctx, jobs.Task{Kind: taskDeletion, Project: s.Project, ID: id, Due: store.Micros(time.Now())})
	}
	return err
}

// auditedWhole is the locked service as the audit log keeps it when it ends: with
// what its whitelist came to.
func (r *serviceRow) auditedWhole(ctx context.Context, tx bun.Tx, now time.Time) (auditedService, error) {
	whole := r.audited()
	expired, err := count(ctx, r.expired(tx, now))
	if err != nil {
		return whole, err
	}
	entries := int(r.Entries) - expired
	whole.Permissions = &entries
	stored := []api.EndpointService{r.service()}
	if err := tellOpen(ctx, tx, stored, now); err != nil {
		return whole, err
	}
	if everyone := stored[0].Everyone; everyone != nil {
		audited := auditedPermissionOf(everyone)
		whole.Everyone = &audited
	}
	return whole, nil
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
