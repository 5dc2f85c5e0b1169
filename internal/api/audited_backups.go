package api

// AuditedCheckpoint is a backup that was begun as the audit log keeps it.
type AuditedCheckpoint struct {
	Auto        bool     `json:"auto"`
	Checkpoint  string   `json:"checkpoint,omitempty"` // id; none before it begins
	Resources   []string `json:"resources"`            // names
	Name        string   `json:"name,omitempty"`       // of the backups, as it was asked for
	Description string   `json:"description,omitempty"`
}

// AuditedBackup is a backup as the audit log keeps it.
type AuditedBackup struct {
	Name       string       `json:"name"`
	Checkpoint string       `json:"checkpoint_id"`
	Resource   string       `json:"resource_name"`
	Path       string       `json:"path"`
	Status     BackupStatus `json:"status"`
	Size       int64        `json:"size"`
	Sum        string       `json:"sha256,omitempty"`
}

// Audited is the backup for the audit log.
func (b *Backup) Audited() AuditedBackup {
	return AuditedBackup{b.Name, b.Checkpoint, b.Resource.Name, b.Path, b.Status, b.Size, b.Sum}
}

// AuditedDeletion is what the audit log keeps of backups that are deleted.
type AuditedDeletion struct {
	Checkpoint string   `json:"checkpoint"`
	Backups    int      `json:"backups"`
	Size       int64    `json:"size"`
	Names      []string `json:"names"` // of the first MaxAuditedNames
}

// MaxAuditedNames bounds how many names an audit entry lists.
const MaxAuditedNames = 20

// AuditedReplication is a run as the audit log keeps it; of one that has not begun,
// without its figures.
type AuditedReplication struct {
	Policy     string `json:"policy,omitempty"`
	Backup     string `json:"backup,omitempty"` // where it is one, before it begins
	Source     string `json:"source_region,omitempty"`
	Region     string `json:"destination_region"`
	Project    string `json:"destination_project_id,omitempty"`
	Accelerate bool   `json:"enable_acceleration,omitempty"`
	Auto       bool   `json:"auto_trigger,omitempty"`
	RetryOf    string `json:"retry_of,omitempty"`
	StoppedBy  string `json:"stopped_by,omitempty"`
	*AuditedFigures
}

// AuditedFigures are how many backups and bytes a run is about, and what became of
// them.
type AuditedFigures struct {
	Total      int64 `json:"total"`
	Succeeded  int64 `json:"succeeded"`
	Failed     int64 `json:"failed"`
	Skipped    int64 `json:"skipped"`
	TotalBytes int64 `json:"total_bytes"`
	Bytes      int64 `json:"bytes"`
}
