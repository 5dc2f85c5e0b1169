package embedded

import (
	"context"
	"errors"
	"time"

	"github.com/uptrace/bun"

	"switchboard/internal/api"
	"switchboard/internal/api/jobs"
	"switchboard/internal/api/objects"
	"switchboard/internal/api/store"
)

// taskTidy is a run of which something may be left at the destination that no record
// needs.
const taskTidy jobs.Kind = "tidy"

// Times of what was left: how often it is tried to remove it, and how long.
const (
	tidyAgain  = time.Minute
	tidyLatest = 24 * time.Hour
	tidyGiveUp = 30 * 24 * time.Hour
	tidyBatch  = 200
	cleanTime  = 10 * time.Second // of a drive that is given up
)

// dueLeft finds the runs of which records left something. It waits until nobody can
// be copying them any more.
func dueLeft(p *Plane, now time.Time) *bun.SelectQuery {
	return here(p.db.Read.NewSelect().Model((*recordRow)(nil)).ColumnExpr("project_id, run_id AS id, '' AS part, MIN(retry_at) AS due").
		Where("retry_at > 0 AND ended_at > 0 AND retry_at <= ?", store.Micros(now)).GroupExpr("project_id, run_id"))
}

// tidyDue removes what is left of a run.
func (p *Plane) tidyDue(ctx context.Context, t jobs.Task) error {
	for ctx.Err() == nil {
		var ids []string
		err := p.db.Read.NewSelect().Model((*recordRow)(nil)).Column("id").Where("run_id = ? AND ended_at > 0", t.ID).
			Where("retry_at > 0 AND retry_at <= ?", store.Micros(p.now())).OrderExpr("id").Limit(tidyBatch).Scan(ctx, &ids)
		if err != nil || len(ids) == 0 {
			return err
		}
		if err := p.tidy(ctx, ids); err != nil {
			return err
		}
	}
	return ctx.Err()
}

// tidy removes what records that ended without a replica left at the destination:
// pieces, and what a driver made visible after it had lost its run.
func (p *Plane) tidy(ctx context.Context, ids []string) error {
	if len(ids) == 0 {
		return nil
	}
	var rows []recordRow
	err := p.db.Read.NewSelect().Model(&rows).Where("id IN (?) AND status IN (?) AND retry_at > 0", bun.List(ids), lostRecords).Scan(ctx)
	for i := range rows {
		err = errors.Join(err, p.tidyRecord(ctx, &rows[i]))
	}
	return err
}

func (p *Plane) tidyRecord(ctx context.Context, row *recordRow) error {
	next, left := int64(0), p.remove(ctx, row)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if left != nil && api.CodeOf(left) != api.NotFound { // that the region is gone takes all with it
		since := p.now().Sub(store.Time(row.EndedAt))
		if next = store.Micros(p.now().Add(min(max(since, tidyAgain), tidyLatest))); since > tidyGiveUp {
			next = 0
		}
	}
	return p.db.InTx(ctx, func(ctx context.Context, tx bun.Tx) error {
		_, err := tx.NewUpdate().Model((*recordRow)(nil)).Set("retry_at = ?", next).
			Where("id = ? AND status IN (?) AND retry_at = ?", row.ID, lostRecords, row.RetryAt).Exec(ctx)
		return err
	})
}

// remove removes the object of a record, and the pieces of it.
func (p *Plane) remove(ctx context.Context, row *recordRow) error {
	to, err := p.store(ctx, row.Region)
	if err != nil {
		return err
	}
	t := objects.Transfer{To: to, Key: row.object(), Resume: row.Resume}
	return errors.Join(t.Abandon(ctx), to.Delete(ctx, row.object()))
}

// clean puts away what a drive leaves that does not end its run: how far it was is
// written down once more; what it copied for a run that has ended is removed, and so
// is what it made visible after somebody else had done so, and that was deleted by
// now.
func (d *copying) clean(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, cleanTime)
	defer cancel()
	_ = d.tryWrite(ctx, func(ctx context.Context, tx bun.Tx) error {
		return d.writeProgress(ctx, tx, 0, store.Micros(d.p.now()))
	})
	var ids []string
	for id := range d.open {
		ids = append(ids, id)
	}
	if len(ids) == 0 || d.p.tidy(ctx, ids) != nil {
		return
	}
	var gone []recordRow
	replica := d.p.db.Read.NewSelect().TableExpr("backups AS b").ColumnExpr("1").Where("b.id = record_row.replica_id")
	err := d.p.db.Read.NewSelect().Model(&gone).Where("id IN (?) AND status = ?", bun.List(ids), api.ReplicationSucceeded).
		Where("NOT EXISTS (?)", replica).Scan(ctx)
	for i := range gone {
		err = errors.Join(err, d.p.remove(ctx, &gone[i]))
	}
}
