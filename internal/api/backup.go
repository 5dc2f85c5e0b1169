package api

import (
	"context"
	"io"
	"path"
	"slices"
	"strings"
	"time"
)

// Backups is the part of Service about what policies make: checkpoints, and their
// backups, one for each resource (spec/replication.md §1.5, §1.6).
type Backups interface {
	// StartCheckpoint begins to back up what a policy protects, in the background:
	// the backups are there when it returns, those that are taken over where they
	// are a little later. NotFound, Conflict while one of the policy is under way,
	// Invalid if there is nothing to back up.
	StartCheckpoint(ctx context.Context, s Scope, d CheckpointDraft) (Checkpoint, error)
	// Checkpoint returns one by id, or NotFound.
	Checkpoint(ctx context.Context, s Scope, id string) (Checkpoint, error)
	// Checkpoints returns the latest of a policy, newest first.
	Checkpoints(ctx context.Context, s Scope, policy string, limit int) ([]Checkpoint, error)
	// ListBackups returns a page of the project's backups, each with its
	// replication records.
	ListBackups(ctx context.Context, s Scope, q BackupQuery) (Page[Backup], error)
	// CountBackups counts what ListBackups would find on all pages.
	CountBackups(ctx context.Context, s Scope, q BackupQuery) (int, error)
	// Backup returns one by id with its replication records, or NotFound.
	Backup(ctx context.Context, s Scope, id string) (Backup, error)
	// DeleteBackups begins to delete backups of a checkpoint, all of it if there are
	// no ids. Conflict if one is neither available nor failed, or is being
	// replicated; then none is. What was taken over stays where it is, and is only
	// forgotten.
	DeleteBackups(ctx context.Context, s Scope, checkpoint string, ids []string) error
	// OpenBackup opens the content of an available backup; the caller closes it.
	// Reading fails if it is not any more what it was: then the backup failed. One
	// that failed so can be opened still, and is available again once it was read
	// to its end and is what it was.
	OpenBackup(ctx context.Context, s Scope, id string) (Backup, io.ReadCloser, error)
	// BackupQuotas says how much of what is bounded is used.
	BackupQuotas(ctx context.Context, s Scope) ([]Quota, error)
}

// Checkpoint is one run of a policy's backup.
type Checkpoint struct {
	ID          string
	Policy      string // id
	PolicyName  string
	Name        string // of its backups, if somebody gave one
	Description string
	Resources   []Resource // as they were
	Auto        bool       // on a schedule
	Created     Stamp
	Ended       time.Time // zero while it goes on
	// Message says why it could not be carried through, or what was left out, else
	// zero.
	Message Message
	// How many backups it has, and in which state.
	Backups, Available, Failed int
	Bytes                      int64
}

// MessageLinksLeftOut is the Message of a checkpoint that left out links and special
// files, as all do: that is told, and is no failure.
const MessageLinksLeftOut = "backup.left_out_links"

// Status is the dialect's word for how far it is.
func (c *Checkpoint) Status() BackupStatus {
	switch {
	case c.Ended.IsZero():
		return BackupProtecting
	case c.Failed > 0 || !c.Message.IsZero() && c.Message.Key != MessageLinksLeftOut:
		return BackupError
	}
	return BackupAvailable
}

// CheckpointDraft says what to back up. Paths of problems are "policy",
// "resources", "name" and "description".
type CheckpointDraft struct {
	Policy      string
	Resources   []string // ids, all of the policy if empty
	Name        string   // of the backups; made up if empty
	Description string
	Auto        bool
}

// Backup is one object that holds a resource as it was.
type Backup struct {
	ID          string
	Checkpoint  string
	Policy      string // id, empty if it was made without
	Name        string
	Description string
	Resource    Used
	Path        string // of the resource, or of the object that was taken over
	Status      BackupStatus
	Kind        BackupKind
	Adopted     bool
	Archive     bool // it is a tar of a folder, and not one object as it is
	Auto        bool
	Region      string
	Size        int64     // bytes; of one that is being made, those that are known
	Sum         string    // SHA-256 in hex, empty until it was read
	Bytes       int64     // written so far
	Fault       *Fault    // with BackupError
	Created     time.Time // when the resource was as it holds it
	Updated     time.Time
	Finished    time.Time
	Expires     time.Time // zero if never
	Tags        []Tag
	// CopyFrom is the region that a replica came from, Source the backup it is of.
	CopyFrom, Source string
	Records          []ReplicationRecord // newest first
}

// File is what its content is called outside of its region: the name of the
// backup, with what tells people and programs what is in it.
func (b *Backup) File() string {
	object := path.Base(b.Path)
	switch {
	case b.Archive:
		return strings.TrimSuffix(b.Name, ".tar") + ".tar"
	case b.Adopted:
		return object
	case b.Path == "" || strings.HasSuffix(b.Name, object):
		return b.Name
	}
	return b.Name + "-" + object
}

// Lost reports whether the backup was available until somebody who read it did not
// find what was backed up. That may come back, with the disk or by a repair.
func (b *Backup) Lost() bool {
	return b.Status == BackupError && (b.Adopted || b.Sum != "") && b.Fault != nil && slices.Contains(lostFaults, b.Fault.Code)
}

// lostFaults are the faults of backups that were available.
var lostFaults = []FaultCode{FaultSourceMissing, FaultSourceChanged, FaultChecksum}

// BackupStatus is how far a backup is.
type BackupStatus string

// The statuses that occur here (spec/replication.md §1.5).
const (
	BackupWaiting    BackupStatus = "waiting_protect"
	BackupProtecting BackupStatus = "protecting"
	BackupAvailable  BackupStatus = "available"
	BackupError      BackupStatus = "error"
	BackupDeleting   BackupStatus = "deleting"
)

// BackupKind tells what a policy made from its copies.
type BackupKind string

// The kinds.
const (
	BackupOriginal BackupKind = "backup"
	BackupReplica  BackupKind = "replication"
)

// CopyStatus sums up the replication of a backup (spec/replication.md §1.3).
type CopyStatus string

// The statuses.
const (
	CopyNone    CopyStatus = "na"
	CopyWaiting CopyStatus = "waiting_copy"
	CopyRunning CopyStatus = "copying"
	CopyDone    CopyStatus = "success"
	CopyFailed  CopyStatus = "fail"
)

// CopyStatus is the coarse status of its records: what goes on, else the last
// result.
func (b *Backup) CopyStatus() CopyStatus {
	status := CopyNone
	for i := range b.Records {
		switch b.Records[i].Status {
		case ReplicationRunning:
			return CopyRunning
		case ReplicationWaiting:
			status = CopyWaiting
		case ReplicationSucceeded:
			if status == CopyNone {
				status = CopyDone
			}
		case ReplicationFailed:
			if status == CopyNone {
				status = CopyFailed
			}
		}
	}
	return status
}

// BackupQuery asks for a page of backups; what is empty does not narrow it.
type BackupQuery struct {
	Search       string // text that name, resource or path contains, any case
	Name         string // text that the name contains, any case
	ResourceName string // text that the resource's name contains, any case
	Resource     string // id
	Policy       string
	Checkpoint   string
	ID           string
	Statuses     []BackupStatus
	Kind         BackupKind
	From, Until  time.Time // when it was created
	Sort         string    // one of BackupSorts, by creation if empty
	Desc         bool
	Cursor       string
	After        string // id of the last one of the page before, instead of Cursor
	Offset       int
	Limit        int // 1 … MaxPage, DefaultPage if 0
}

// BackupSorts are the columns a list of backups can be sorted by.
var BackupSorts = []string{"created", "name", "size", "status", "updated", "id"}

// Quota is a bound of a project.
type Quota struct {
	Type string // backup_capacity in GB, or backups
	Unit string
	Max  int // Unlimited if there is none
	Used int
}

// MaxBackups bounds the backups of a project; the dialect's example has 600, ours
// is for those who take over what is there.
const MaxBackups = 1_000_000

// Fault is why a backup or a copy failed: a code that programs can tell apart, and
// what to do.
type Fault struct {
	Code    FaultCode `json:"code"`
	Message Message   `json:"message"`
	Hint    Message   `json:"hint,omitzero"`
	Detail  string    `json:"detail,omitempty"` // the store's own words: text, capped
}

// FaultCode tells faults apart. Each has messages "fault.<code>" and
// "fault.<code>_hint".
type FaultCode string

// The faults.
const (
	FaultSourceMissing      FaultCode = "source_missing" // the object or folder is not there (any more)
	FaultSourceChanged      FaultCode = "source_changed" // it changed while it was read, or since it was taken over
	FaultSourceUnreadable   FaultCode = "source_unreadable"
	FaultSourceUnreachable  FaultCode = "source_unreachable"
	FaultDestinationFull    FaultCode = "destination_full"
	FaultDestinationRefused FaultCode = "destination_refused"
	FaultDestinationAway    FaultCode = "destination_unreachable"
	FaultDestinationGone    FaultCode = "destination_missing" // bucket or folder
	FaultChecksum           FaultCode = "checksum"            // what arrived is not what was sent
	FaultCancelled          FaultCode = "cancelled"
	FaultIneligible         FaultCode = "ineligible" // deleted or replicated meanwhile
	FaultRegion             FaultCode = "region"     // the region is not there any more, or its secret cannot be read
	FaultEmpty              FaultCode = "empty"      // the folder holds nothing
	FaultInternal           FaultCode = "internal"
)
