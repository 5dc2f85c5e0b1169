package embedded

import (
	"context"
	"time"

	"github.com/uptrace/bun"

	"switchboard/internal/api"
	"switchboard/internal/api/jobs"
	"switchboard/internal/api/store"
)

// expireBatch is how many expired entries one transaction takes away.
const expireBatch = 1000

// dueServices are those with entries that have expired.
func dueServices(p *Plane, now time.Time) *bun.SelectQuery {
	return p.db.Read.NewSelect().TableExpr("permissions AS e").Join("JOIN endpoint_services AS s ON s.id = e.service_id").
		ColumnExpr("DISTINCT s.project_id, s.id, '' AS part, ? AS due", store.Micros(now.Truncate(turn))).
		Where("e.expires_at <= ?", store.Micros(now))
}

// expireDue takes the expired entries of a service away. Of several processes
// one finds them.
func (p *Plane) expireDue(ctx context.Context, t jobs.Task) error {
	job := api.Scope{Project: t.Project, Actor: api.Actor{Way: api.WayJob}}
	for n := expireBatch; n == expireBatch && ctx.Err() == nil; {
		err := p.changeWhitelist(ctx, job, t.ID, func(ctx context.Context, tx bun.Tx, svc *serviceRow, now time.Time) error {
			first := tx.NewSelect().Model((*permissionRow)(nil)).Column("id").Where("service_id = ?", svc.ID).
				Where("expires_at <= ?", store.Micros(now)).OrderExpr("expires_at, id").Limit(expireBatch)
			entries := svc.Entries
			err := svc.expire(ctx, tx, now, func(q *bun.DeleteQuery) *bun.DeleteQuery { return q.Where("id IN (?)", first) })
			n = int(entries - svc.Entries)
			return err
		})
		if api.CodeOf(err) == api.NotFound {
			return nil // the service was deleted meanwhile
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// expire takes away entries of the locked service that have expired, as far as
// narrow picks them.
func (r *serviceRow) expire(ctx context.Context, tx bun.Tx, now time.Time, narrow func(*bun.DeleteQuery) *bun.DeleteQuery) error {
	var rows []permissionRow
	gone := tx.NewDelete().Model((*permissionRow)(nil)).Where("service_id = ?", r.ID).Where("expires_at <= ?", store.Micros(now))
	if _, err := narrow(gone).Returning("*").Exec(ctx, &rows); err != nil || len(rows) == 0 {
		return err
	}
	if err := r.count(ctx, tx, -len(rows)); err != nil {
		return err
	}
	job := api.Scope{Project: r.ProjectID, Actor: api.Actor{Way: api.WayJob}}
	return r.record(ctx, tx, job, "expire", auditedPermissions(rows), nil)
}
