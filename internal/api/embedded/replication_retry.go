package embedded

import (
	"cmp"
	"context"

	"github.com/uptrace/bun"

	"switchboard/internal/api"
	"switchboard/internal/api/store"
)

// RetryReplication implements api.Replications.
func (p *Plane) RetryReplication(ctx context.Context, s api.Scope, id string) (api.ReplicationRun, error) {
	deed := api.RetryReplication{Run: id}
	return begin(ctx, p, s, deed, func(d api.RetryReplication) []api.Queued { return d.Made }, func(ctx context.Context, tx bun.Tx) (*replicationRow, []recordRow, error) {
		old := new(replicationRow)
		if err := find(ctx, tx, s.Project, old, noReplication, "id = ?", id); err != nil {
			return nil, nil, err
		}
		if old.EndedAt == 0 {
			return nil, nil, api.Errorf(api.Conflict, "replication.not_ended")
		}
		if _, err := holdPolicy(ctx, tx, s.Project, old.PolicyID); err != nil {
			return nil, nil, err
		}
		a, problems, err := p.aim(ctx, tx, s, api.Destination{Region: old.Region, Project: old.DestinationID})
		if err != nil {
			return nil, nil, err
		}
		if err := api.Refuse(problems); err != nil {
			return nil, nil, err
		}
		a.policy = api.Used{ID: old.PolicyID, Name: old.PolicyName}
		run := p.newReplication(s, a)
		run.Accelerate, run.RetryOf = old.Accelerate, old.ID
		if run.PolicyID != "" {
			if err := run.free(ctx, tx); err != nil {
				return nil, nil, err
			}
		}
		records, err := a.again(ctx, tx, run, old)
		return run, records, err
	})
}

// again are records of a new run for what an earlier one left out.
func (a *aim) again(ctx context.Context, tx bun.Tx, run, old *replicationRow) ([]recordRow, error) {
	var left []recordRow
	err := tx.NewSelect().Model(&left).Column("backup_id", "replica_name", "replica_description").
		Where("project_id = ? AND run_id = ? AND status IN (?)", old.ProjectID, old.ID, lostRecords).Scan(ctx)
	if err != nil {
		return nil, err
	}
	named := make(map[string]*recordRow, len(left))
	for i := range left {
		named[left[i].BackupID] = &left[i]
	}
	claims := a.claims(tx).ColumnExpr("1")
	if run.PolicyID == "" { // one by hand goes again after its replica was deleted
		claims = claims.Where("r.present")
	}
	of := tx.NewSelect().TableExpr("replication_records AS o").ColumnExpr("o.backup_id").
		Where("o.run_id = ? AND o.status IN (?)", old.ID, lostRecords)
	var backups []backupRow
	err = a.eligible(tx).Column(copiedColumns...).Where("backup_row.id IN (?) AND backup_row.project_id = ?", of, old.ProjectID).
		Where("NOT EXISTS (?)", claims).OrderExpr("created_at, id").Scan(ctx, &backups)
	if err != nil {
		return nil, err
	}
	if len(backups) == 0 {
		return nil, api.Errorf(api.Invalid, "replication.nothing_to_retry")
	}
	records := run.records(backups)
	for i := range records {
		before := named[records[i].BackupID]
		records[i].ReplicaName, records[i].ReplicaDescription = before.ReplicaName, before.ReplicaDescription
	}
	return records, nil
}

// CancelReplication implements api.Replications. Who drives the run here gives up at
// once, in another process with his next beat; what he wrote by then is taken away.
func (p *Plane) CancelReplication(ctx context.Context, s api.Scope, id string) (api.ReplicationRun, error) {
	away, err := p.away(ctx, s.Project)
	if err != nil {
		return api.ReplicationRun{}, err
	}
	var event *eventRow
	err = p.db.InTx(ctx, func(ctx context.Context, tx bun.Tx) (err error) {
		row, err := lockReplication(ctx, tx, s.Project, id)
		if err != nil || row.EndedAt > 0 {
			return err
		}
		if away { // no call of the dialect does that
			return api.Errorf(api.Conflict, "replication.not_cancelled", "region", row.SourceRegion)
		}
		row.StoppedBy = cmp.Or(s.Actor.User, s.Actor.UserID, string(s.Actor.Way), "?")
		if err := p.skipAll(ctx, tx, row, fault(api.FaultCancelled, "")); err != nil {
			return err
		}
		event, err = p.endReplication(ctx, tx, row, s, "cancel")
		return err
	})
	if err != nil {
		return api.ReplicationRun{}, err
	}
	p.drives.cancel(id)
	p.announce(ctx, event)
	return p.ReplicationRun(ctx, s, id)
}

// lockReplication reads a run and keeps others from changing it, or its records,
// until the transaction ends.
func lockReplication(ctx context.Context, tx bun.Tx, project, id string) (*replicationRow, error) {
	if !store.Storable(id) {
		return nil, api.Errorf(api.NotFound, noReplication)
	}
	row := new(replicationRow)
	_, err := tx.NewUpdate().Model(row).Set("driver = driver").Where("id = ? AND project_id = ?", id, project).
		Returning("*").Exec(ctx, row)
	return row, orMissing(err, noReplication)
}

// skipAll skips what waits or is being copied. Of the latter there may be something
// left at the destination.
func (p *Plane) skipAll(ctx context.Context, tx bun.Tx, run *replicationRow, why *api.Fault) error {
	now := p.now()
	_, err := tx.NewUpdate().Model((*recordRow)(nil)).Set("status = ?, present = ?, fault = ?", api.ReplicationSkipped, false, encode(why)).
		Set("ended_at = ?, updated_at = ?", store.Micros(now), store.Micros(now)).
		Set("retry_at = CASE WHEN began_at > 0 THEN ? ELSE 0 END", store.Micros(now.Add(driveLease))).
		Where("run_id = ? AND status IN (?)", run.ID, unfinishedRecords).Exec(ctx)
	return err
}
