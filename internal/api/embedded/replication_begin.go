package embedded

import (
	"context"

	"github.com/uptrace/bun"

	"switchboard/internal/api"
	"switchboard/internal/api/store"
)

// copiedColumns are what a record takes over of its backup.
var copiedColumns = []string{"id", "name", "description", "resource_name", "checkpoint_id", "created_at", "size"}

// newReplication is a run that begins now.
func (p *Plane) newReplication(s api.Scope, a aim) *replicationRow {
	return &replicationRow{
		ID: store.NewID(), ProjectID: s.Project, PolicyID: a.policy.ID, PolicyName: a.policy.Name, SourceRegion: a.source,
		Region: a.destination.Region, DestinationID: a.destination.Project, ProjectName: a.projectName,
		Actor: encode(s.Actor), StartedAt: store.Micros(p.now()),
	}
}

// records are those of a run that copies backups. The replicas have their ids
// already, so that a copy that is cut off and carried on is the same object;
// replicas of a checkpoint are in one again.
func (r *replicationRow) records(backups []backupRow) []recordRow {
	checkpoints := map[string]string{}
	rows := make([]recordRow, len(backups))
	for i := range backups {
		b := &backups[i]
		if checkpoints[b.CheckpointID] == "" {
			checkpoints[b.CheckpointID] = store.NewID()
		}
		rows[i] = recordRow{
			ID: store.NewID(), RunID: r.ID, ProjectID: r.ProjectID, PolicyID: r.PolicyID, Status: api.ReplicationWaiting, Present: true,
			BackupID: b.ID, BackupName: b.Name, ResourceName: b.ResourceName, CheckpointID: b.CheckpointID, BackupAt: b.CreatedAt,
			SourceRegion: r.SourceRegion, Region: r.Region, DestinationID: r.DestinationID,
			ReplicaCheckpointID: checkpoints[b.CheckpointID], ReplicaID: store.NewID(),
			ReplicaName: b.Name, ReplicaDescription: b.Description, Auto: r.Auto, Size: b.Size,
			CreatedAt: r.StartedAt, UpdatedAt: r.StartedAt,
		}
		r.Total++
		r.TotalBytes += b.Size
	}
	return rows
}

// free refuses a second run of the same policy, by hand or on a schedule.
func (r *replicationRow) free(ctx context.Context, tx bun.Tx) error {
	id, err := underWay(ctx, tx, r.ProjectID, r.PolicyID, r.Auto)
	if err == nil && id != "" {
		err = api.Errorf(api.Conflict, "replication.under_way", "run", id)
	}
	return err
}

// recordBatch is how many records one statement inserts.
const recordBatch = 250

// insert stores a run and its records.
func (r *replicationRow) insert(ctx context.Context, tx bun.Tx, s api.Scope, records []recordRow) error {
	if err := roomForBackups(ctx, tx, r.DestinationID, len(records)); err != nil {
		return err
	}
	if _, err := tx.NewInsert().Model(r).Exec(ctx); err != nil {
		return err
	}
	for left := records; len(left) > 0; left = left[min(recordBatch, len(left)):] {
		batch := left[:min(recordBatch, len(left))]
		if _, err := tx.NewInsert().Model(&batch).Exec(ctx); err != nil {
			return err
		}
	}
	return store.Record(ctx, tx, s, store.Event{
		Action: "start", Kind: api.KindReplication, ID: r.ID, Name: r.title(records), After: r.audited(),
	})
}

// title is what people call the run: the policy, or the backup that it is of.
func (r *replicationRow) title(records []recordRow) string {
	if r.PolicyID == "" && len(records) > 0 {
		return records[0].BackupName
	}
	return r.PolicyName
}
