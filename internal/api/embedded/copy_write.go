package embedded

import (
	"context"
	"time"

	"github.com/uptrace/bun"

	"switchboard/internal/api"
	"switchboard/internal/api/store"
)

// figures are what a run counts of some of its records.
type figures struct{ Succeeded, Failed, Skipped, Bytes int64 }

// figuresOf counts records. What was copied of one that failed or was skipped does
// not count.
func figuresOf(ctx context.Context, tx bun.Tx, ids []string) (f figures, err error) {
	err = tx.NewSelect().Model((*recordRow)(nil)).
		ColumnExpr("COUNT(CASE WHEN status = ? THEN 1 END) AS succeeded", api.ReplicationSucceeded).
		ColumnExpr("COUNT(CASE WHEN status = ? THEN 1 END) AS failed", api.ReplicationFailed).
		ColumnExpr("COUNT(CASE WHEN status = ? THEN 1 END) AS skipped", api.ReplicationSkipped).
		ColumnExpr("COALESCE(SUM(CASE WHEN status NOT IN (?) THEN bytes END), 0) AS bytes", lostRecords).
		Where("id IN (?)", bun.List(ids)).Scan(ctx, &f)
	return f, err
}

// move lets f change some records of the run, whose figures move with them. The
// caller holds the run.
func (d *copying) move(ctx context.Context, tx bun.Tx, some []*copied, f func() error) error {
	if len(some) == 0 {
		return nil
	}
	ids := recordIDs(some)
	before, err := figuresOf(ctx, tx, ids)
	if err != nil {
		return err
	}
	if err := f(); err != nil {
		return err
	}
	after, err := figuresOf(ctx, tx, ids)
	if err != nil || before == after {
		return err
	}
	_, err = tx.NewUpdate().Model((*replicationRow)(nil)).
		Set("succeeded = succeeded + ?, failed = failed + ?", after.Succeeded-before.Succeeded, after.Failed-before.Failed).
		Set("skipped = skipped + ?, bytes = bytes + ?", after.Skipped-before.Skipped, after.Bytes-before.Bytes).
		Where("id = ?", d.row.ID).Exec(ctx)
	return err
}

func recordIDs(some []*copied) []string {
	ids := make([]string, len(some))
	for i, c := range some {
		ids[i] = c.rec.ID
	}
	return ids
}

// start notes that a pack is being copied, after what is to be copied was looked at
// once more: what was deleted meanwhile is skipped.
func (d *copying) start(ctx context.Context, pack []*copied) (left []*copied, err error) {
	err = d.writeRecords(ctx, func(ctx context.Context, tx bun.Tx) error {
		if err := readSources(ctx, tx, pack); err != nil {
			return err
		}
		now := d.p.now()
		return d.move(ctx, tx, pack, func() error {
			left = nil
			for _, c := range pack {
				if d.eligible(c) {
					left = append(left, c)
					continue
				}
				if err := d.lose(ctx, tx, c, api.ReplicationSkipped, fault(api.FaultIneligible, ""), now); err != nil {
					return err
				}
			}
			return d.startRecords(ctx, tx, left, now)
		})
	})
	if err != nil {
		return nil, err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, c := range left {
		c.staged, c.fault, c.tried = nil, nil, true
		d.open[c.rec.ID] = c
	}
	return left, nil
}

// readSources reads the backups of a pack.
func readSources(ctx context.Context, tx bun.Tx, pack []*copied) error {
	ids := make([]string, len(pack))
	for i, c := range pack {
		ids[i] = c.rec.BackupID
	}
	var rows []backupRow
	if err := tx.NewSelect().Model(&rows).Where("id IN (?)", bun.List(ids)).Scan(ctx); err != nil {
		return err
	}
	found := make(map[string]backupRow, len(rows))
	for i := range rows {
		found[rows[i].ID] = rows[i]
	}
	for _, c := range pack {
		c.source = found[c.rec.BackupID]
	}
	return nil
}

// eligible reports whether the backup of a record can still be copied.
func (d *copying) eligible(c *copied) bool {
	b := &c.source
	return b.Status == api.BackupAvailable && b.Kind == api.BackupOriginal && b.ProjectID == d.row.ProjectID &&
		b.Region == d.row.SourceRegion && b.Size == c.rec.Size
}

// startRecords marks records as being copied.
func (d *copying) startRecords(ctx context.Context, tx bun.Tx, left []*copied, now time.Time) error {
	if len(left) == 0 {
		return nil
	}
	_, err := tx.NewUpdate().Model((*recordRow)(nil)).Set("status = ?, attempts = attempts + 1", api.ReplicationRunning).
		Set("began_at = CASE WHEN began_at = 0 THEN ? ELSE began_at END", store.Micros(now)).
		Set("updated_at = ?, retry_at = 0", store.Micros(now)).
		Where("id IN (?) AND status IN (?)", bun.List(recordIDs(left)), unfinishedRecords).Exec(ctx)
	for _, c := range left {
		if err != nil {
			return err
		}
		if c.rec.Status == api.ReplicationRunning && !c.tried { // whoever copied it before was cut off
			err = update(ctx, tx, &c.rec, "log")
		}
	}
	return err
}

// lose ends a record without a replica. What there may be of it at the destination
// is removed afterwards: by whoever copied it or, if that does not come about, by
// whoever finds it.
func (d *copying) lose(ctx context.Context, tx bun.Tx, c *copied, status api.ReplicationStatus, why *api.Fault, now time.Time) error {
	tidy := int64(0)
	if c.rec.BeganAt > 0 || c.tried {
		tidy = store.Micros(now.Add(driveLease))
	}
	_, err := tx.NewUpdate().Model((*recordRow)(nil)).Set("status = ?, present = ?", status, false).
		Set("fault = ?, log = ?, resume = ?", encode(why), c.rec.Log, c.noted()).Set("bytes = ?", min(c.bytes.Load(), c.rec.Size)).
		Set("ended_at = ?, updated_at = ?, retry_at = ?", store.Micros(now), store.Micros(now), tidy).
		Where("id = ? AND status IN (?)", c.rec.ID, unfinishedRecords).Exec(ctx)
	return err
}

// writeProgress writes down how far the run is, and each of the larger objects that
// are on their way.
func (d *copying) writeProgress(ctx context.Context, tx bun.Tx, rate, seen int64) error {
	d.mu.Lock()
	var some []*copied
	for _, c := range d.open {
		if c.rec.Size >= smallObject {
			some = append(some, c)
		}
	}
	d.mu.Unlock()
	err := d.move(ctx, tx, some, func() error {
		for _, c := range some {
			_, err := tx.NewUpdate().Model((*recordRow)(nil)).
				Set("bytes = ?, resume = ?, updated_at = ?", min(c.bytes.Load(), c.rec.Size), c.noted(), seen).
				Where("id = ? AND status = ?", c.rec.ID, api.ReplicationRunning).Exec(ctx)
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	_, err = tx.NewUpdate().Model((*replicationRow)(nil)).Set("rate = ?, seen_at = ?", rate, seen).Where("id = ?", d.row.ID).Exec(ctx)
	return err
}
