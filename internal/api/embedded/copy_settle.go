package embedded

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/uptrace/bun"

	"switchboard/internal/api"
	"switchboard/internal/api/store"
)

// verdict is what becomes of a pack after a try.
type verdict struct {
	done, lost, again []*copied
	retry             time.Time
	now               time.Time
}

// judge tells what arrived from what failed, and from what is tried again after a
// wait.
func (d *copying) judge(pack []*copied, wait time.Duration, final bool) *verdict {
	now := d.p.now()
	v := &verdict{now: now, retry: now.Add(wait)}
	for _, c := range pack {
		switch {
		case c.fault == nil:
			v.done = append(v.done, c)
		case final || !passing(c.fault):
			v.lost = append(v.lost, c)
		default:
			c.rec.note(now, c.fault.Message, c.fault.Detail)
			c.rec.note(now, api.M("replication.again", "seconds", int(wait.Seconds())), "")
			v.again = append(v.again, c)
		}
	}
	return v
}

// settle writes down what became of a pack: replicas and their records in one
// transaction. It returns what is to be tried again.
func (d *copying) settle(ctx context.Context, pack []*copied, wait time.Duration, final bool) (again []*copied, err error) {
	v := d.judge(pack, wait, final)
	err = d.writeRecords(ctx, func(ctx context.Context, tx bun.Tx) error {
		return d.move(ctx, tx, pack, func() error { return d.settleAll(ctx, tx, v) })
	})
	if err != nil {
		return nil, err
	}
	d.mu.Lock()
	for _, c := range slices.Concat(v.done, v.lost) {
		delete(d.open, c.rec.ID)
	}
	d.mu.Unlock()
	if len(v.done) > 0 {
		d.arrived.Add(int64(len(v.done)))
		d.hopeless.Store(false)
	}
	// The run may have ended with these, and the drive with it. What is left is found again.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), cleanTime)
	defer cancel()
	_ = d.p.tidy(ctx, recordIDs(v.lost))
	return v.again, nil
}

func (d *copying) settleAll(ctx context.Context, tx bun.Tx, v *verdict) error {
	if err := d.succeed(ctx, tx, v); err != nil {
		return err
	}
	for _, c := range v.lost {
		if err := d.lose(ctx, tx, c, api.ReplicationFailed, c.fault, v.now); err != nil {
			return err
		}
	}
	for _, c := range v.again {
		_, err := tx.NewUpdate().Model((*recordRow)(nil)).Set("fault = ?, log = ?, resume = ?", encode(c.fault), c.rec.Log, c.noted()).
			Set("retry_at = ?, updated_at = ?", store.Micros(v.retry), store.Micros(v.now)).
			Where("id = ? AND status = ?", c.rec.ID, api.ReplicationRunning).Exec(ctx)
		if err != nil {
			return err
		}
	}
	return nil
}

// succeed makes replicas of what arrived, with their records. It does so once: what
// has ended already, because this was written before, is left as it is.
func (d *copying) succeed(ctx context.Context, tx bun.Tx, v *verdict) error {
	if len(v.done) == 0 {
		return nil
	}
	var ids []string
	err := tx.NewSelect().Model((*recordRow)(nil)).Column("id").
		Where("id IN (?) AND status = ?", bun.List(recordIDs(v.done)), api.ReplicationRunning).Scan(ctx, &ids)
	if err != nil || len(ids) == 0 {
		return err
	}
	arrived := slices.DeleteFunc(slices.Clone(v.done), func(c *copied) bool { return !slices.Contains(ids, c.rec.ID) })
	if err := d.addCheckpoints(ctx, tx, arrived, v.now); err != nil {
		return err
	}
	replicas := make([]backupRow, len(arrived))
	for i, c := range arrived {
		replicas[i] = c.replica(v.now)
	}
	if _, err := tx.NewInsert().Model(&replicas).Exec(ctx); err != nil {
		return err
	}
	if err := tellSums(ctx, tx, arrived); err != nil {
		return err
	}
	_, err = tx.NewUpdate().Model((*recordRow)(nil)).Set("status = ?, bytes = size, fault = '', resume = ''", api.ReplicationSucceeded).
		Set("ended_at = ?, updated_at = ?, retry_at = 0", store.Micros(v.now), store.Micros(v.now)).
		Where("id IN (?)", bun.List(ids)).Exec(ctx)
	return err
}

// replica is the backup that a copy is in its project.
func (c *copied) replica(now time.Time) backupRow {
	r, b := &c.rec, &c.source
	replica := backupRow{
		ID: r.ReplicaID, ProjectID: r.DestinationID, Region: r.Region, CheckpointID: r.ReplicaCheckpointID,
		ResourceID: b.ResourceID, ResourceName: b.ResourceName, Path: b.Path, Name: r.ReplicaName, Description: r.ReplicaDescription,
		Status: api.BackupAvailable, Kind: api.BackupReplica, Archive: b.Archive, Auto: r.Auto, ObjectKey: r.object(),
		Size: b.Size, Bytes: b.Size, Sum: string(c.sum), Tags: b.Tags, CopyFrom: r.SourceRegion, SourceID: r.BackupID,
		CreatedAt: b.CreatedAt, UpdatedAt: store.Micros(now), FinishedAt: store.Micros(now), Version: 1,
	}
	replica.index()
	return replica
}

// addCheckpoints makes the checkpoints that replicas are in, as those of their
// sources are, if they are not there yet.
func (d *copying) addCheckpoints(ctx context.Context, tx bun.Tx, arrived []*copied, now time.Time) error {
	sources := map[string]string{} // by the ids of replicas
	for _, c := range arrived {
		sources[c.rec.ReplicaCheckpointID] = c.rec.CheckpointID
	}
	rows := make([]checkpointRow, 0, len(sources))
	for id, source := range sources {
		var found []checkpointRow
		if err := tx.NewSelect().Model(&found).Where("id = ?", source).Scan(ctx); err != nil {
			return err
		}
		row := checkpointRow{Resources: "[]", CreatedAt: store.Micros(now)}
		if len(found) > 0 { // else it was forgotten meanwhile
			row = found[0]
		}
		row.ID, row.ProjectID, row.Region, row.PolicyID = id, d.row.DestinationID, d.row.Region, ""
		row.Auto, row.Actor, row.Message, row.Driver, row.DrivenUntil = d.row.Auto, d.row.Actor, "", "", 0
		if row.EndedAt == 0 {
			row.EndedAt = store.Micros(now)
		}
		rows = append(rows, row)
	}
	_, err := tx.NewInsert().Model(&rows).On("CONFLICT (id) DO NOTHING").Exec(ctx)
	return err
}

// tellSums gives the backups that were read whole for the first time their sums.
func tellSums(ctx context.Context, tx bun.Tx, arrived []*copied) error {
	var values []string
	var args []any
	for _, c := range arrived {
		if c.source.Sum == "" && c.sum != "" {
			values, args = append(values, "(?, ?)"), append(args, c.source.ID, string(c.sum))
		}
	}
	if len(values) == 0 {
		return nil
	}
	_, err := tx.NewRaw("UPDATE backups SET sum = v.column2 FROM (VALUES "+strings.Join(values, ", ")+") AS v"+
		" WHERE backups.id = v.column1 AND backups.sum = ''", args...).Exec(ctx)
	return err
}
