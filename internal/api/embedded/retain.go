package embedded

import (
	"context"
	"slices"
	"time"

	"github.com/uptrace/bun"

	"switchboard/internal/api"
	"switchboard/internal/api/jobs"
	"switchboard/internal/api/store"
)

// taskRetain is a project with backups whose time is up.
const taskRetain jobs.Kind = "retain"

// dueRetentions finds what is to be looked at because the time of a backup is up, by
// policies.
func dueRetentions(p *Plane, now time.Time) *bun.SelectQuery {
	return here(p.db.Read.NewSelect().Model((*backupRow)(nil)).
		ColumnExpr("DISTINCT project_id, policy_id AS id, '' AS part, ? AS due", store.Micros(now.Truncate(turn))).
		Where("expires_at > 0 AND expires_at <= ?", store.Micros(now)).
		Where("status = 'error' OR status = 'available' AND kind = 'backup' AND NOT adopted"))
}

// retainDue removes what is not kept any more.
func (p *Plane) retainDue(ctx context.Context, t jobs.Task) error {
	if err := p.removeFailed(ctx, t.Project, t.ID); err != nil {
		return err
	}
	return p.retainPolicy(ctx, t.Project, t.ID)
}

// removeFailed removes backups of a policy that failed some time ago.
func (p *Plane) removeFailed(ctx context.Context, project, policy string) error {
	return p.db.InTx(ctx, func(ctx context.Context, tx bun.Tx) error {
		if _, err := holdPolicy(ctx, tx, project, policy); err != nil {
			return err
		}
		var ids []string
		err := tx.NewSelect().Model((*backupRow)(nil)).Column("id").
			Where("expires_at > 0 AND expires_at <= ?", store.Micros(p.now())).
			Where("project_id = ? AND policy_id = ? AND status = ?", project, policy, api.BackupError).
			OrderExpr("id").Limit(eraseBatch).Scan(ctx, &ids)
		if err != nil {
			return err
		}
		return p.expire(ctx, tx, project, policy, ids)
	})
}

// retainPolicy removes the backups that a policy does not keep, resource by resource.
// Backups of a policy that is gone, or has no schedule of backups that runs, are kept.
func (p *Plane) retainPolicy(ctx context.Context, project, policy string) error {
	rules, err := p.retentions(ctx, project, policy)
	if err != nil {
		return err
	}
	var resources []string
	err = p.kept(p.db.Read, project, policy).ColumnExpr("DISTINCT resource_id").Scan(ctx, &resources)
	for _, resource := range resources {
		if err == nil {
			err = p.retainResource(ctx, project, policy, resource, rules)
		}
	}
	return err
}

// retentions are the rules of a policy's backups, of schedules that run: without one
// all are kept. Of several, what one keeps is kept.
func (p *Plane) retentions(ctx context.Context, project, policy string) (rules []api.Retention, err error) {
	var operations []operationRow
	err = p.db.Read.NewSelect().Model(&operations).Where("project_id = ? AND policy_id = ?", project, policy).
		Where("type = ? AND enabled", api.OperationBackup).Scan(ctx)
	for i := range operations {
		rules = append(rules, operations[i].definition().Retention)
	}
	return rules, err
}

// kept finds the backups that retention is about. What was taken over is kept for as
// long as somebody else keeps it, and replicas stay where they are.
func (p *Plane) kept(db bun.IDB, project, policy string) *bun.SelectQuery {
	return db.NewSelect().Model((*backupRow)(nil)).Where("project_id = ? AND policy_id = ?", project, policy).
		Where("status = ? AND kind = ? AND NOT adopted", api.BackupAvailable, api.BackupOriginal)
}

// retainResource removes the backups of a resource that no rule keeps, unless they are
// being replicated, and notes of the others when the time of the first rule is up.
func (p *Plane) retainResource(ctx context.Context, project, policy, resource string, rules []api.Retention) error {
	return p.db.InTx(ctx, func(ctx context.Context, tx bun.Tx) error {
		if _, err := holdPolicy(ctx, tx, project, policy); err != nil {
			return err
		}
		var rows []backupRow
		err := p.kept(tx, project, policy).Where("resource_id = ?", resource).Column("id", "created_at", "expires_at").
			OrderExpr("created_at DESC, id DESC").Scan(ctx, &rows)
		if err != nil || len(rows) == 0 {
			return err
		}
		busy, err := busyBackups(ctx, tx, project, p.kept(tx, project, policy).Where("resource_id = ?", resource))
		if err != nil {
			return err
		}
		now := p.now()
		expired := expiredBackups(rows, rules, now)
		var gone []string
		for i := range rows {
			if expired[i] && !busy[rows[i].ID] {
				gone = append(gone, rows[i].ID)
			} else if err := rows[i].keepUntil(ctx, tx, rules, expired[i], now); err != nil {
				return err
			}
		}
		return p.expire(ctx, tx, project, policy, gone)
	})
}

// expiredBackups are those that no rule keeps; without rules there are none.
func expiredBackups(rows []backupRow, rules []api.Retention, now time.Time) []bool {
	created := make([]time.Time, len(rows))
	for i := range rows {
		created[i] = store.Time(rows[i].CreatedAt)
	}
	expired := make([]bool, len(rows))
	for i := range rules {
		for j, by := range rules[i].Expired(created, now) {
			expired[j] = by && (i == 0 || expired[j])
		}
	}
	return expired
}

// busyRetry is when a backup is looked at again that is being replicated.
const busyRetry = time.Hour

// keepUntil notes when a backup that is kept is to be looked at again.
func (r *backupRow) keepUntil(ctx context.Context, tx bun.Tx, rules []api.Retention, expired bool, now time.Time) error {
	var until int64
	for i := range rules {
		if at := rules[i].Until(store.Time(r.CreatedAt)); at.After(now) && (until == 0 || store.Micros(at) > until) {
			until = store.Micros(at)
		}
	}
	if expired {
		until = store.Micros(now.Add(busyRetry))
	}
	if until == r.ExpiresAt {
		return nil
	}
	r.ExpiresAt = until
	return update(ctx, tx, r, "expires_at")
}

// busyBackups are those of some backups that are being replicated.
func busyBackups(ctx context.Context, tx bun.Tx, project string, some *bun.SelectQuery) (map[string]bool, error) {
	var ids []string
	err := tx.NewSelect().Model((*recordRow)(nil)).Column("backup_id").
		Where("project_id = ? AND backup_id IN (?) AND status IN (?)", project, some.Column("id"), unfinishedRecords).Scan(ctx, &ids)
	busy := make(map[string]bool, len(ids))
	for _, id := range ids {
		busy[id] = true
	}
	return busy, err
}

// expire begins to delete backups that are not kept, and writes that down.
func (p *Plane) expire(ctx context.Context, tx bun.Tx, project, policy string, ids []string) error {
	for batch := range slices.Chunk(ids, eraseBatch) {
		n, err := p.setDeleting(ctx, tx, tx.NewSelect().Model((*backupRow)(nil)).Column("id").Where("project_id = ? AND id IN (?)", project, bun.List(batch)))
		if err != nil {
			return err
		}
		job := api.Scope{Project: project, Actor: api.Actor{Way: api.WayJob}}
		err = store.Record(ctx, tx, job, store.Event{
			Action: "prune", Kind: api.KindPolicy, ID: policy, Before: map[string]any{"backups": n, "ids": batch[:min(len(batch), api.MaxAuditedNames)]},
		})
		if err != nil {
			return err
		}
	}
	return nil
}
