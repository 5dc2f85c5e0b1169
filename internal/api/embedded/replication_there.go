package embedded

import (
	"context"
	"errors"

	"github.com/uptrace/bun"

	"switchboard/internal/api"
	"switchboard/internal/api/store"
)

// planned is a run that was found to be right, and the records of it.
type planned = func(context.Context, bun.Tx) (*replicationRow, []recordRow, error)

// beginThere has the region that the project lives in copy what the deed says. What it
// says that it copies is written down as the run that plan makes: from then on its
// records are the region's (AdoptRecords). With nothing to copy nothing is stored.
func beginThere[D api.Deed](ctx context.Context, p *Plane, s api.Scope, d D, queued func(D) []api.Queued, plan planned) (api.ReplicationRun, error) {
	var run *replicationRow
	err := p.judged(ctx, func(ctx context.Context, tx bun.Tx) (err error) {
		run, _, err = plan(ctx, tx)
		return err
	})
	if err != nil {
		return api.ReplicationRun{}, err
	}
	made, done, err := there(ctx, p, s, d)
	if err != nil {
		return api.ReplicationRun{}, err
	}
	defer done()
	queue := queued(made)
	if queue == nil {
		return api.ReplicationRun{}, unheard()
	}
	run.Total, run.TotalBytes = 0, 0
	if len(queue) > 0 {
		err = p.db.InTx(ctx, func(ctx context.Context, tx bun.Tx) error { return run.keepQueued(ctx, tx, s, queue) })
	}
	if errors.Is(err, store.ErrDuplicate) {
		err = unheard()
	}
	if err != nil {
		return api.ReplicationRun{}, err
	}
	if run.Total == 0 {
		run.ID, run.EndedAt = "", run.StartedAt
		return run.run(), nil
	}
	return p.ReplicationRun(ctx, s, run.ID)
}

// keepQueued stores a run of what a region began to copy, in the order in which it does.
func (r *replicationRow) keepQueued(ctx context.Context, tx bun.Tx, s api.Scope, queue []api.Queued) error {
	records, backups := make([]string, len(queue)), make([]string, len(queue))
	for i := range queue {
		records[i], backups[i] = queue[i].Record, queue[i].Backup
	}
	foreign, err := foreignRecords(ctx, tx, r.ProjectID, r.Region, records, backups)
	if err != nil {
		return err
	}
	found, err := backupsByID(ctx, tx, r.ProjectID, backups)
	if err != nil {
		return err
	}
	var copied []backupRow
	var ids []string
	for _, q := range queue {
		if foreign[q.Record] || foreign[q.Backup] {
			continue
		}
		b, known := found[q.Backup]
		if !known {
			b = backupRow{ID: q.Backup, Name: q.Backup}
		}
		copied, ids = append(copied, b), append(ids, q.Record)
		foreign[q.Record], foreign[q.Backup] = true, true // each once
	}
	if len(copied) == 0 {
		return nil
	}
	rows := r.records(copied)
	for i := range rows {
		rows[i].ID, rows[i].ReplicaID, rows[i].ReplicaCheckpointID = ids[i], "", ""
	}
	if err := r.makeRoom(ctx, tx, ids, backups); err != nil {
		return err
	}
	return r.insert(ctx, tx, s, rows)
}

// makeRoom removes what another process may have found of records meanwhile. What is
// begun anew at a destination is not there, nor on its way, by an earlier record.
func (r *replicationRow) makeRoom(ctx context.Context, tx bun.Tx, records, backups []string) error {
	var runs []string
	err := tx.NewSelect().Model((*recordRow)(nil)).ColumnExpr("DISTINCT run_id").
		Where("project_id = ? AND id IN (?)", r.ProjectID, bun.List(records)).Scan(ctx, &runs)
	if err != nil {
		return err
	}
	if len(runs) > 0 {
		_, err := tx.NewDelete().Model((*recordRow)(nil)).Where("project_id = ? AND id IN (?)", r.ProjectID, bun.List(records)).Exec(ctx)
		if err != nil {
			return err
		}
		_, err = tx.NewDelete().Model((*replicationRow)(nil)).Where("project_id = ? AND id IN (?)", r.ProjectID, bun.List(runs)).
			Where("NOT EXISTS (SELECT 1 FROM replication_records AS r WHERE r.run_id = replication_row.id)").Exec(ctx)
		if err != nil {
			return err
		}
	}
	_, err = tx.NewUpdate().Model((*recordRow)(nil)).Set("present = ?", false).
		Set("status = CASE WHEN status = 'success' THEN status ELSE 'fail' END").
		Set("fault = CASE WHEN status = 'success' THEN fault ELSE ? END", encode(vanished())).
		Set("ended_at = CASE WHEN ended_at > 0 THEN ended_at ELSE ? END", r.StartedAt).
		Where("project_id = ? AND region = ? AND backup_id IN (?) AND present", r.ProjectID, r.Region, bun.List(backups)).Exec(ctx)
	return err
}

// vanished is why a copy did not end well that its region does not tell of any more.
func vanished() *api.Fault {
	return &api.Fault{Code: api.FaultInternal, Message: api.M("replication.vanished"), Hint: api.M("replication.vanished_hint")}
}

// backupsByID finds backups of a project, as far as records take them over.
func backupsByID(ctx context.Context, tx bun.Tx, project string, ids []string) (map[string]backupRow, error) {
	found := make(map[string]backupRow, len(ids))
	for len(ids) > 0 {
		n := min(recordBatch, len(ids))
		var rows []backupRow
		err := tx.NewSelect().Model(&rows).Column(copiedColumns...).Where("project_id = ? AND id IN (?)", project, bun.List(ids[:n])).Scan(ctx)
		if err != nil {
			return nil, err
		}
		for i := range rows {
			found[rows[i].ID] = rows[i]
		}
		ids = ids[n:]
	}
	return found, nil
}

// foreignRecords finds ids of records that other projects have, and of backups that are
// at a destination for them; region may be empty for any.
func foreignRecords(ctx context.Context, tx bun.Tx, project, region string, records, backups []string) (map[string]bool, error) {
	foreign, err := heldElsewhere(ctx, tx, (*recordRow)(nil), project, records)
	for len(backups) > 0 && err == nil {
		n := min(recordBatch, len(backups))
		var found []string
		query := tx.NewSelect().Model((*recordRow)(nil)).ColumnExpr("DISTINCT backup_id").
			Where("backup_id IN (?) AND project_id <> ? AND present", bun.List(backups[:n]), project)
		if region != "" {
			query = query.Where("region = ?", region)
		}
		err = query.Scan(ctx, &found)
		for _, id := range found {
			foreign[id] = true
		}
		backups = backups[n:]
	}
	return foreign, err
}
