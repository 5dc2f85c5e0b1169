package api

import (
	"context"
	"time"
)

// Replications is the part of Service about copies of backups in other regions
// (spec/replication.md §1.1–1.4).
type Replications interface {
	// PlanReplication says what StartReplication would do now, and writes nothing:
	// the figures, and a page of the backups. Errors as those of StartReplication.
	PlanReplication(ctx context.Context, s Scope, d ReplicationDraft, cursor string, limit int) (ReplicationPlan, error)
	// StartReplication begins to copy the backups of a policy that are not at the
	// destination, in the background. With nothing to copy the run has ended, and
	// has no id: nothing is written down. NotFound for the policy; Invalid at
	// "region" or "project"; Conflict while one by hand of the policy is under way.
	StartReplication(ctx context.Context, s Scope, d ReplicationDraft) (ReplicationRun, error)
	// ReplicateBackup begins to copy one. NotFound, Conflict if it is not available,
	// Invalid at "backup" if it is a replica itself, at "region" if it is there.
	ReplicateBackup(ctx context.Context, s Scope, backup string, d BackupReplicationDraft) (ReplicationRun, error)
	// ReplicationRuns returns a page of the project's runs, newest first.
	ReplicationRuns(ctx context.Context, s Scope, q RunQuery) (Page[ReplicationRun], error)
	// ReplicationRun returns one by id, or NotFound.
	ReplicationRun(ctx context.Context, s Scope, id string) (ReplicationRun, error)
	// ListReplicationRecords returns a page of records; Log is left out.
	ListReplicationRecords(ctx context.Context, s Scope, q RecordQuery) (Page[ReplicationRecord], error)
	// CountReplicationRecords counts what ListReplicationRecords would find on all
	// pages.
	CountReplicationRecords(ctx context.Context, s Scope, q RecordQuery) (int, error)
	// ReplicationRecord returns one with its log, or NotFound.
	ReplicationRecord(ctx context.Context, s Scope, id string) (ReplicationRecord, error)
	// CancelReplication ends a run: what waits or is copied is skipped, what has
	// ended stays as it is. To cancel what has ended changes nothing.
	CancelReplication(ctx context.Context, s Scope, run string) (ReplicationRun, error)
	// RetryReplication begins a new run of what failed or was skipped in one that
	// has ended, and is not at the destination by now. Invalid if nothing is.
	RetryReplication(ctx context.Context, s Scope, run string) (ReplicationRun, error)
	// BehindPolicies counts the policies of the project with a destination that is
	// not in sync, up to limit.
	BehindPolicies(ctx context.Context, s Scope, limit int) (int, error)
}

// ReplicationDraft says what to replicate. Paths of problems are "policy",
// "region" and "project".
type ReplicationDraft struct {
	Policy          string
	Region, Project string
	Accelerate      bool // copies the parts of a backup at the same time
	Auto            bool // a scheduler says so, and not a person
}

// BackupReplicationDraft says where one backup goes. Paths of problems are
// "region", "project", "name" and "description".
type BackupReplicationDraft struct {
	Region, Project   string
	Name, Description string // of the replica; the name is made up if empty
	Accelerate        bool
}

// ReplicationPlan is what a run would do. Backups that are neither copied nor
// skipped are at the destination, or on their way.
type ReplicationPlan struct {
	Source         string // region
	Count          int    // backups to copy
	Bytes          int64
	Skipped        map[FaultCode]int // backups of the policy that would not be copied, and why
	There, Running int               // of the policy: at the destination, on their way
	Backups        Page[Backup]      // to copy, oldest first
	// Estimate is how long that would take, from earlier runs to the region and its
	// bandwidth; 0 if nobody knows.
	Estimate time.Duration
	// Busy is the run by hand of the policy that is under way: StartReplication
	// would be refused.
	Busy string
}

// ReplicationRun is one replication: of a policy, or of one backup.
type ReplicationRun struct {
	ID          string
	Policy      string // empty for one backup
	PolicyName  string
	Source      string // region
	Destination Destination
	ProjectName string // of the destination
	Accelerate  bool
	Auto        bool
	RetryOf     string // run
	Started     Stamp
	Ended       time.Time // zero while it goes on
	StoppedBy   string    // who cancelled it
	Total       int       // backups
	Succeeded   int
	Failed      int
	Skipped     int
	Running     int   // being copied now
	TotalBytes  int64 // of all backups
	Bytes       int64 // copied of those so far, and of those that are being copied
	// Rate is how many bytes are copied per second now, or were on average if it
	// has ended.
	Rate int64
	// Seen is when the process that works it last said so; long ago means that
	// none does at the moment.
	Seen time.Time
}

// Waiting counts the backups that nothing was done for yet.
func (r *ReplicationRun) Waiting() int {
	return r.Total - r.Succeeded - r.Failed - r.Skipped - r.Running
}

// Outcome is how a run ended; empty while it goes on.
func (r *ReplicationRun) Outcome() RunOutcome {
	switch {
	case r.Ended.IsZero():
		return ""
	case r.StoppedBy != "":
		return RunStopped
	case r.Failed == 0 && r.Skipped == 0:
		return RunSucceeded
	case r.Succeeded == 0 && r.Failed > 0:
		return RunFailed
	}
	return RunPartial
}

// Left is how long the rest takes at the rate of now; 0 if nobody knows.
func (r *ReplicationRun) Left() time.Duration {
	if !r.Ended.IsZero() || r.Rate <= 0 {
		return 0
	}
	return time.Duration(float64(max(r.TotalBytes-r.Bytes, 0)) / float64(r.Rate) * float64(time.Second))
}

// RunOutcome is how a run ended.
type RunOutcome string

// The outcomes.
const (
	RunSucceeded RunOutcome = "succeeded"
	RunPartial   RunOutcome = "partial"
	RunFailed    RunOutcome = "failed"
	RunStopped   RunOutcome = "stopped"
)

// ReplicationRecord is one backup of a run.
type ReplicationRecord struct {
	ID          string
	Run         string
	Policy      string // empty for one that was replicated alone
	Status      ReplicationStatus
	Backup      Used
	Resource    string // name
	Checkpoint  string
	BackupAt    time.Time // when that was created
	Source      string    // region
	Project     string    // of the source
	Destination Destination
	// The replica, once it is there.
	Replica, ReplicaCheckpoint string
	Auto                       bool
	Size, Bytes                int64
	Attempts                   int
	Created                    time.Time
	Began, Ended, Updated      time.Time // zero if it did not
	RetryAt                    time.Time // of one that waits for its next try
	Fault                      *Fault    // of the last try; of a success nil
	Log                        []RecordLine
}

// Percent is how much of it is copied, from 0 to 100; 100 only with a success.
func (r *ReplicationRecord) Percent() int {
	switch {
	case r.Status == ReplicationSucceeded:
		return 100
	case r.Size <= 0:
		return 0
	}
	return int(min(r.Bytes*100/r.Size, 99))
}

// RecordLine is a line of a record's log.
type RecordLine struct {
	At      time.Time `json:"at"`
	Message Message   `json:"message"`
	Detail  string    `json:"detail,omitempty"`
}

// ReplicationStatus is how far a record is; the last three are final.
type ReplicationStatus string

// The statuses (spec/replication.md §1.3).
const (
	ReplicationWaiting   ReplicationStatus = "waiting_replicate"
	ReplicationRunning   ReplicationStatus = "replicating"
	ReplicationSucceeded ReplicationStatus = "success"
	ReplicationFailed    ReplicationStatus = "fail"
	ReplicationSkipped   ReplicationStatus = "skip"
)

// RunQuery asks for a page of runs.
type RunQuery struct {
	Policy string // only those of this one, if set
	Open   bool   // only those that go on
	Cursor string
	Limit  int
}

// RecordQuery asks for a page of records; what is empty does not narrow it.
type RecordQuery struct {
	Run      string
	Policy   string
	Backup   string
	ID       string
	Region   string // of the destination
	Statuses []ReplicationStatus
	Desc     bool // newest first; else in the order in which they are copied
	Cursor   string
	After    string // id of the last one of the page before, instead of Cursor
	Offset   int
	Limit    int
}

// Sync is how far a policy and a destination are in step.
type Sync struct {
	Destination Destination
	ProjectName string
	// At is the time until which every backup of the policy has its replica; zero
	// if no run has ended yet.
	At time.Time
	// Oldest is the creation of the oldest backup without a replica; zero if there
	// is none: in sync as of now.
	Oldest time.Time
	Run    string // the last one that ended
}

// MaxCopies is how many backups a process copies at the same time, if nobody says
// otherwise; and how many of one run (spec/replication.md §4).
const MaxCopies = 8

// MaxReplicationRuns is how many runs of a policy are kept, and of backups one by one in
// a project; ours. When a run ends, the oldest beyond that go, except for those that say
// of a backup that it was replicated.
const MaxReplicationRuns = 1000
