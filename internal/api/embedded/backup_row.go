package embedded

import (
	"strings"

	"github.com/uptrace/bun"

	"switchboard/internal/api"
	"switchboard/internal/api/objects"
	"switchboard/internal/api/store"
)

const noBackup = "backup.not_found"

// backupRow is a backup as it is stored.
type backupRow struct {
	bun.BaseModel `bun:"table:backups"`

	ID           string `bun:"id,pk"`
	ProjectID    string
	Region       string
	CheckpointID string
	PolicyID     string
	ResourceID   string
	ResourceName string
	Path         string
	Name         string
	Search       string
	Description  string
	Status       api.BackupStatus
	Kind         api.BackupKind
	Adopted      bool
	Archive      bool
	Auto         bool
	ObjectKey    string
	Tag          string
	Size         int64
	Sum          string
	Bytes        int64
	Fault        string
	Tags         string
	CopyFrom     string
	SourceID     string
	CreatedAt    int64
	UpdatedAt    int64
	FinishedAt   int64
	ExpiresAt    int64
	Version      int64
}

// backup is the row as the domain knows it, without its replication records.
func (r *backupRow) backup() api.Backup {
	b := api.Backup{
		ID: r.ID, Checkpoint: r.CheckpointID, Policy: r.PolicyID, Name: r.Name, Description: r.Description,
		Resource: api.Used{ID: r.ResourceID, Name: r.ResourceName}, Path: r.Path, Status: r.Status, Kind: r.Kind,
		Adopted: r.Adopted, Archive: r.Archive, Auto: r.Auto, Region: r.Region, Size: r.Size, Sum: r.Sum, Bytes: r.Bytes,
		Created: store.Time(r.CreatedAt), Updated: store.Time(r.UpdatedAt), Finished: store.Time(r.FinishedAt),
		Expires: store.Time(r.ExpiresAt), CopyFrom: r.CopyFrom, Source: r.SourceID,
	}
	if b.Source == unknownSource {
		b.Source = ""
	}
	decode(r.Fault, &b.Fault)
	decode(r.Tags, &b.Tags)
	return b
}

// object is where its content lies. One that was taken over has to be what it was
// then; ours is known by its sum.
func (r *backupRow) object() objects.Object {
	return objects.Object{Key: r.ObjectKey, Size: r.Size, Tag: r.Tag}
}

// index sets what a search looks at. Case is folded here because the databases do
// it differently.
func (r *backupRow) index() {
	r.Search = strings.ToLower(r.Name + "\n" + r.ResourceName + "\n" + r.Path)
}

// audited is the row for the audit log.
func (r *backupRow) audited() api.AuditedBackup {
	backup := r.backup()
	return backup.Audited()
}
