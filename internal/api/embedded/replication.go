package embedded

import (
	"context"
	"errors"

	"github.com/uptrace/bun"

	"switchboard/internal/api"
	"switchboard/internal/api/jobs"
	"switchboard/internal/api/store"
)

// startTries is how often a replication is begun anew because another one was
// quicker to take the same backups.
const startTries = 3

// StartReplication implements api.Replications.
func (p *Plane) StartReplication(ctx context.Context, s api.Scope, d api.ReplicationDraft) (api.ReplicationRun, error) {
	deed := api.StartReplication{Draft: d}
	return begin(ctx, p, s, deed, func(d api.StartReplication) []api.Queued { return d.Made }, func(ctx context.Context, tx bun.Tx) (*replicationRow, []recordRow, error) {
		policy := new(policyRow)
		if err := lock(ctx, tx, s.Project, policy, noPolicy, d.Policy); err != nil {
			return nil, nil, err
		}
		a, err := p.aimPolicy(ctx, tx, s, policy, api.Destination{Region: d.Region, Project: d.Project})
		if err != nil {
			return nil, nil, err
		}
		run := p.newReplication(s, a)
		run.Accelerate, run.Auto = d.Accelerate, d.Auto
		if err := run.free(ctx, tx); err != nil {
			return nil, nil, err
		}
		var backups []backupRow
		err = a.candidates(tx).Column(copiedColumns...).OrderExpr("created_at, id").Scan(ctx, &backups)
		return run, run.records(backups), err
	})
}

// ReplicateBackup implements api.Replications.
func (p *Plane) ReplicateBackup(ctx context.Context, s api.Scope, backup string, d api.BackupReplicationDraft) (api.ReplicationRun, error) {
	deed := api.ReplicateBackup{Backup: backup, Draft: d}
	return begin(ctx, p, s, deed, func(d api.ReplicateBackup) []api.Queued { return d.Made }, func(ctx context.Context, tx bun.Tx) (*replicationRow, []recordRow, error) {
		row := new(backupRow)
		if err := find(ctx, tx, s.Project, row, noBackup, "id = ?", backup); err != nil {
			return nil, nil, err
		}
		if _, err := holdPolicy(ctx, tx, s.Project, row.PolicyID); err != nil {
			return nil, nil, err
		}
		a, problems, err := p.aim(ctx, tx, s, api.Destination{Region: d.Region, Project: d.Project})
		if err != nil {
			return nil, nil, err
		}
		if row.Kind == api.BackupReplica {
			problems = []api.Problem{{Path: "backup", Message: api.M("replication.is_replica")}}
		}
		if err := api.Refuse(append(problems, d.Problems()...)); err != nil {
			return nil, nil, err
		}
		if err := a.allows(ctx, tx, row); err != nil {
			return nil, nil, err
		}
		run := p.newReplication(s, a)
		run.Accelerate = d.Accelerate
		records := run.records([]backupRow{*row})
		records[0].ReplicaName, records[0].ReplicaDescription = d.Name, d.Description
		if d.Name == "" {
			records[0].ReplicaName = api.ReplicaName(row.ID)
		}
		return run, records, nil
	})
}

// allows refuses a backup that cannot be copied, or that is there: one by hand goes
// again after its replica was deleted.
func (a *aim) allows(ctx context.Context, tx bun.Tx, row *backupRow) error {
	if row.Status != api.BackupAvailable {
		return api.Errorf(api.Conflict, "replication.not_available", "name", row.Name)
	}
	var present []recordRow
	err := tx.NewSelect().Model(&present).Column("status").
		Where("backup_id = ? AND region = ? AND present", row.ID, a.destination.Region).Limit(1).Scan(ctx)
	if err != nil || len(present) == 0 {
		return err
	}
	if a.cloud && present[0].Status == api.ReplicationSucceeded {
		return nil // whether it is there still, the region knows
	}
	return isThere(present[0].Status, a.destination.Region)
}

func isThere(status api.ReplicationStatus, region string) error {
	key := "replication.on_its_way"
	if status == api.ReplicationSucceeded {
		key = "replication.there"
	}
	return api.Refuse([]api.Problem{{Path: "region", Message: api.M(key, "region", region)}})
}

// begin stores the run that plan makes, with its records, and has it worked. With
// nothing to copy nothing is stored. Of several who begin the same at the same time
// the database lets one; the others plan again, and see. In a project that lives in a
// region the deed is made there: queued is what that said.
func begin[D api.Deed](ctx context.Context, p *Plane, s api.Scope, d D, queued func(D) []api.Queued, plan planned) (api.ReplicationRun, error) {
	if away, err := p.away(ctx, s.Project); err != nil {
		return api.ReplicationRun{}, err
	} else if away {
		return beginThere(ctx, p, s, d, queued, plan)
	}
	var run *replicationRow
	var err error
	for range startTries {
		err = p.db.InTx(ctx, func(ctx context.Context, tx bun.Tx) error {
			planned, records, err := plan(ctx, tx)
			if run = planned; err != nil || len(records) == 0 {
				return err
			}
			return run.insert(ctx, tx, s, records)
		})
		if !errors.Is(err, store.ErrDuplicate) {
			break
		}
	}
	if err != nil {
		return api.ReplicationRun{}, err
	}
	if run.Total == 0 {
		run.ID, run.EndedAt = "", run.StartedAt
		return run.run(), nil
	}
	p.nudge(ctx, jobs.Task{Kind: taskCopy, Project: s.Project, ID: run.ID, Due: run.StartedAt})
	return run.run(), nil
}
