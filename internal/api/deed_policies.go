package api

import "context"

// CreatePolicy stores a policy.
type CreatePolicy struct {
	Draft PolicyDraft
	// Made is the policy as its region made it, in the deed as it is made there.
	Made *Policy `json:"-"`
}

// About implements Deed.
func (d CreatePolicy) About() About {
	return About{Kind: KindPolicy, Action: ActionCreate, Name: d.Draft.Name}
}

// Do implements Deed.
func (d CreatePolicy) Do(ctx context.Context, to Service, s Scope) error {
	_, err := to.CreatePolicy(ctx, s, d.Draft)
	return err
}

// UpdatePolicy replaces a policy.
type UpdatePolicy struct {
	ID      string
	Draft   PolicyDraft
	Version int64
	Made    *Policy `json:"-"` // as in CreatePolicy
}

// About implements Deed.
func (d UpdatePolicy) About() About {
	return About{Kind: KindPolicy, Action: ActionUpdate, ID: d.ID, Name: d.Draft.Name}
}

// Do implements Deed.
func (d UpdatePolicy) Do(ctx context.Context, to Service, s Scope) error {
	_, err := to.UpdatePolicy(ctx, s, d.ID, d.Draft, d.Version)
	return err
}

// EnablePolicy lets the schedules of a policy run, or not.
type EnablePolicy struct {
	ID      string
	Enabled bool
	Made    *Policy `json:"-"` // as in CreatePolicy
}

// About implements Deed.
func (d EnablePolicy) About() About {
	return About{Kind: KindPolicy, Action: ActionUpdate, ID: d.ID}
}

// Do implements Deed.
func (d EnablePolicy) Do(ctx context.Context, to Service, s Scope) error {
	return to.EnablePolicy(ctx, s, d.ID, d.Enabled)
}

// DeletePolicy removes a policy; its backups stay.
type DeletePolicy struct {
	ID      string
	Version int64
}

// About implements Deed.
func (d DeletePolicy) About() About {
	return About{Kind: KindPolicy, Action: ActionDelete, ID: d.ID}
}

// Do implements Deed.
func (d DeletePolicy) Do(ctx context.Context, to Service, s Scope) error {
	return to.DeletePolicy(ctx, s, d.ID, d.Version)
}

// StartCheckpoint backs up what a policy protects.
type StartCheckpoint struct {
	Draft CheckpointDraft
	// Made is what began in a region: of resources without a policy, a checkpoint for
	// each.
	Made []Begun `json:"-"`
}

// Begun is a checkpoint that a region began, and its backups.
type Begun struct {
	Checkpoint Checkpoint
	Backups    []Backup
}

// About implements Deed.
func (d StartCheckpoint) About() About {
	return About{Kind: KindPolicy, Action: ActionRun, ID: d.Draft.Policy}
}

// Do implements Deed.
func (d StartCheckpoint) Do(ctx context.Context, to Service, s Scope) error {
	_, err := to.StartCheckpoint(ctx, s, d.Draft)
	return err
}

// StartReplication copies the backups of a policy to another region.
type StartReplication struct {
	Draft ReplicationDraft
	// Made is what a region began to copy.
	Made []Queued `json:"-"`
}

// Queued is a backup that a region began to copy, and the record that says how far that
// is.
type Queued struct{ Backup, Record string }

// About implements Deed.
func (d StartReplication) About() About {
	return About{Kind: KindPolicy, Action: ActionRun, ID: d.Draft.Policy}
}

// Do implements Deed.
func (d StartReplication) Do(ctx context.Context, to Service, s Scope) error {
	_, err := to.StartReplication(ctx, s, d.Draft)
	return err
}

// RetryReplication copies what failed in a run.
type RetryReplication struct {
	Run  string
	Made []Queued `json:"-"` // as in StartReplication
}

// About implements Deed.
func (d RetryReplication) About() About {
	return About{Kind: KindReplication, Action: ActionRun, ID: d.Run}
}

// Do implements Deed.
func (d RetryReplication) Do(ctx context.Context, to Service, s Scope) error {
	_, err := to.RetryReplication(ctx, s, d.Run)
	return err
}

// ReplicateBackup copies one backup to another region.
type ReplicateBackup struct {
	Backup string
	Draft  BackupReplicationDraft
	Made   []Queued `json:"-"` // as in StartReplication
}

// About implements Deed.
func (d ReplicateBackup) About() About {
	return About{Kind: KindBackup, Action: ActionRun, ID: d.Backup}
}

// Do implements Deed.
func (d ReplicateBackup) Do(ctx context.Context, to Service, s Scope) error {
	_, err := to.ReplicateBackup(ctx, s, d.Backup, d.Draft)
	return err
}

// DeleteBackups removes backups of a checkpoint.
type DeleteBackups struct {
	Checkpoint string
	IDs        []string
}

// About implements Deed.
func (d DeleteBackups) About() About {
	return About{Kind: KindBackup, Action: ActionDelete, ID: d.Checkpoint}
}

// Do implements Deed.
func (d DeleteBackups) Do(ctx context.Context, to Service, s Scope) error {
	return to.DeleteBackups(ctx, s, d.Checkpoint, d.IDs)
}
