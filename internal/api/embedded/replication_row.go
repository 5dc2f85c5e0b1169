package embedded

import (
	"context"
	"time"

	"github.com/uptrace/bun"

	"switchboard/internal/api"
	"switchboard/internal/api/store"
)

const (
	noReplication = "replication.not_found"
	noRecord      = "replication.record_not_found"
)

// unfinishedRecords are the statuses of records that something is still to be done
// for; a backup with a record that is claimed is not replicated by a policy again,
// even if its replica was deleted.
var (
	unfinishedRecords = bun.List([]api.ReplicationStatus{api.ReplicationWaiting, api.ReplicationRunning})
	claimedRecords    = bun.List([]api.ReplicationStatus{
		api.ReplicationWaiting, api.ReplicationRunning, api.ReplicationSucceeded,
	})
	lostRecords = bun.List([]api.ReplicationStatus{api.ReplicationFailed, api.ReplicationSkipped})
)

// replicationRow is a run as it is stored.
type replicationRow struct {
	bun.BaseModel `bun:"table:replication_runs"`

	ID            string `bun:"id,pk"`
	ProjectID     string
	PolicyID      string
	PolicyName    string
	SourceRegion  string
	Region        string
	DestinationID string
	Accelerate    bool
	Auto          bool
	RetryOf       string
	Actor         string
	StartedAt     int64
	EndedAt       int64
	StoppedBy     string
	Total         int64
	Succeeded     int64
	Failed        int64
	Skipped       int64
	TotalBytes    int64
	Bytes         int64
	Rate          int64
	SeenAt        int64
	Driver        string
	DrivenUntil   int64

	// What its list looks up beside.
	ProjectName string `bun:",scanonly"`
	Running     int64  `bun:",scanonly"`
}

// run is the row as the domain knows it.
func (r *replicationRow) run() api.ReplicationRun {
	return api.ReplicationRun{
		ID: r.ID, Policy: r.PolicyID, PolicyName: r.PolicyName, Source: r.SourceRegion,
		Destination: api.Destination{Region: r.Region, Project: r.DestinationID}, ProjectName: r.ProjectName,
		Accelerate: r.Accelerate, Auto: r.Auto, RetryOf: r.RetryOf,
		Started: api.Stamp{At: store.Time(r.StartedAt), By: r.scope().Actor.User},
		Ended:   store.Time(r.EndedAt), StoppedBy: r.StoppedBy,
		Total: int(r.Total), Succeeded: int(r.Succeeded), Failed: int(r.Failed), Skipped: int(r.Skipped), Running: int(r.Running),
		TotalBytes: r.TotalBytes, Bytes: r.Bytes, Rate: r.Rate, Seen: store.Time(r.SeenAt),
	}
}

// scope is that of who started it.
func (r *replicationRow) scope() api.Scope {
	s := api.Scope{Project: r.ProjectID}
	decode(r.Actor, &s.Actor)
	return s
}

// audited is the run for the audit log.
func (r *replicationRow) audited() api.AuditedReplication {
	return api.AuditedReplication{
		Policy: r.PolicyName, Source: r.SourceRegion, Region: r.Region, Project: r.DestinationID, Accelerate: r.Accelerate,
		Auto: r.Auto, RetryOf: r.RetryOf, StoppedBy: r.StoppedBy,
		AuditedFigures: &api.AuditedFigures{
			Total: r.Total, Succeeded: r.Succeeded, Failed: r.Failed, Skipped: r.Skipped, TotalBytes: r.TotalBytes, Bytes: r.Bytes,
		},
	}
}

// recordRow is a replication record as it is stored. RetryAt is when a copy is
// tried again; of one that failed or was skipped, when what it left at the
// destination is to be removed.
type recordRow struct {
	bun.BaseModel `bun:"table:replication_records"`

	ID                  string `bun:"id,pk"`
	RunID               string
	ProjectID           string
	PolicyID            string
	Status              api.ReplicationStatus
	Present             bool
	BackupID            string
	BackupName          string
	ResourceName        string
	CheckpointID        string
	BackupAt            int64
	SourceRegion        string
	Region              string
	DestinationID       string
	ReplicaCheckpointID string
	ReplicaID           string
	ReplicaName         string
	ReplicaDescription  string
	Auto                bool
	Size                int64
	Bytes               int64
	Attempts            int64
	CreatedAt           int64
	BeganAt             int64
	EndedAt             int64
	UpdatedAt           int64
	RetryAt             int64
	Fault               string
	Log                 string
	Resume              string
}

// record is the row as the domain knows it, without its log.
func (r *recordRow) record() api.ReplicationRecord {
	record := api.ReplicationRecord{
		ID: r.ID, Run: r.RunID, Policy: r.PolicyID, Status: r.Status, Backup: api.Used{ID: r.BackupID, Name: r.BackupName},
		Resource: r.ResourceName, Checkpoint: r.CheckpointID, BackupAt: store.Time(r.BackupAt),
		Source: r.SourceRegion, Project: r.ProjectID, Destination: api.Destination{Region: r.Region, Project: r.DestinationID},
		Auto: r.Auto, Size: r.Size, Bytes: r.Bytes, Attempts: int(r.Attempts), Created: store.Time(r.CreatedAt),
		Began: store.Time(r.BeganAt), Ended: store.Time(r.EndedAt), Updated: store.Time(r.UpdatedAt),
	}
	if r.EndedAt == 0 {
		record.RetryAt = store.Time(r.RetryAt)
	}
	if r.Status == api.ReplicationSucceeded {
		record.Replica, record.ReplicaCheckpoint = r.ReplicaID, r.ReplicaCheckpointID
	}
	decode(r.Fault, &record.Fault)
	return record
}

// log is what happened to it. What the row says anyway is not kept once more as a
// line. Of a copy that was made away, in a region, nobody here has seen the content.
func (r *recordRow) log(away bool) (lines []api.RecordLine) {
	lines = append(lines, api.RecordLine{At: store.Time(r.CreatedAt), Message: api.M("replication.queued")})
	if r.BeganAt > 0 {
		lines = append(lines, api.RecordLine{At: store.Time(r.BeganAt), Message: api.M("replication.began")})
	}
	var kept []api.RecordLine
	decode(r.Log, &kept)
	lines = append(lines, kept...)
	var why *api.Fault
	decode(r.Fault, &why)
	switch {
	case r.Status == api.ReplicationSucceeded:
		copied := "replication.copied"
		if away {
			copied = "replication.copied_there"
		}
		lines = append(lines, api.RecordLine{At: store.Time(r.EndedAt), Message: api.M(copied, "id", r.ReplicaID)})
	case r.EndedAt > 0 && why != nil:
		lines = append(lines, api.RecordLine{At: store.Time(r.EndedAt), Message: why.Message, Detail: why.Detail})
	}
	return lines
}

// keptLines bounds what is kept of a record's log: its first lines, and its last.
const keptLines = 40

// note adds a line to the log of a row.
func (r *recordRow) note(at time.Time, message api.Message, detail string) {
	var lines []api.RecordLine
	decode(r.Log, &lines)
	if len(lines) >= keptLines {
		lines = append(lines[:keptLines/2], lines[keptLines/2+1:]...)
	}
	r.Log = encode(append(lines, api.RecordLine{At: at.UTC(), Message: message, Detail: detail}))
}

// object is the key of the object that the replica is, or will be.
func (r *recordRow) object() string { return backupKey(r.DestinationID, r.ReplicaID) }

// shownColumns are what lists of records show.
var shownColumns = []string{
	"id", "run_id", "project_id", "policy_id", "status", "backup_id", "backup_name", "resource_name", "checkpoint_id", "backup_at",
	"source_region", "region", "destination_id", "replica_checkpoint_id", "replica_id", "auto", "size", "bytes", "attempts",
	"created_at", "began_at", "ended_at", "updated_at", "retry_at", "fault",
}

// recordsOf returns the replication records of backups, newest first, by the
// backups' ids.
func recordsOf(ctx context.Context, db bun.IDB, project string, backups []string) (map[string][]api.ReplicationRecord, error) {
	found := make(map[string][]api.ReplicationRecord, len(backups))
	if len(backups) == 0 {
		return found, nil
	}
	var rows []recordRow
	err := db.NewSelect().Model(&rows).Column(shownColumns...).Where("backup_id IN (?)", bun.List(backups)).
		Where("project_id = ?", project).OrderExpr("id DESC").Scan(ctx)
	for i := range rows {
		found[rows[i].BackupID] = append(found[rows[i].BackupID], rows[i].record())
	}
	return found, err
}
