package embedded

import (
	"context"
	"slices"
	"strings"
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
		Where("e.expires_at <= ?", store.Micros(now)).Where("s." + standing)
}

// expireDue takes the expired entries of a service away. Of several processes
// one finds them.
func (p *Plane) expireDue(ctx context.Context, t jobs.Task) error {
	away, err := p.away(ctx, t.Project)
	if err != nil {
		return err
	}
	if away {
		return p.expireThere(ctx, t.Project, t.ID)
	}
	job := api.Scope{Project: t.Project, Actor: api.Actor{Way: api.WayJob}}
	for n := expireBatch; n == expireBatch && ctx.Err() == nil; {
		err := p.changeWhitelist(ctx, job, t.ID, func(ctx context.Context, tx bun.Tx, svc *serviceRow, now time.Time) (err error) {
			n, err = svc.expire(ctx, tx, svc.expired(tx, now).OrderExpr("expires_at, id").Limit(expireBatch))
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

// expired finds the entries of the service that have expired.
func (r *serviceRow) expired(db bun.IDB, now time.Time) *bun.SelectQuery {
	return db.NewSelect().Model((*permissionRow)(nil)).Where("service_id = ?", r.ID).Where("expires_at <= ?", store.Micros(now))
}

// expire takes expired entries of the locked service away.
func (r *serviceRow) expire(ctx context.Context, tx bun.Tx, expired *bun.SelectQuery) (n int, err error) {
	var ids []string
	if err := expired.Column("id").Scan(ctx, &ids); err != nil || len(ids) == 0 {
		return 0, err
	}
	rows, err := r.drop(ctx, tx, ids, 0)
	if err != nil {
		return 0, err
	}
	job := api.Scope{Project: r.ProjectID, Actor: api.Actor{Way: api.WayJob}}
	return len(rows), r.record(ctx, tx, job, "expire", auditedPermissions(rows).Brief(), nil)
}

// drop deletes entries of the locked service that are in force at a time, in
// microseconds.
func (r *serviceRow) drop(ctx context.Context, tx bun.Tx, ids []string, at int64) (rows []permissionRow, err error) {
	_, err = tx.NewDelete().Model((*permissionRow)(nil)).Where("id IN (?)", bun.List(ids)).Where(ofService, r.ID).
		Where(inForce, at).Returning("*").Exec(ctx, &rows)
	if err != nil {
		return nil, err
	}
	slices.SortFunc(rows, func(a, b permissionRow) int { return strings.Compare(a.ID, b.ID) })
	return rows, r.count(ctx, tx, -len(rows))
}
