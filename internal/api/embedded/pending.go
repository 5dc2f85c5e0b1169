package embedded

import (
	"context"
	"io"

	"switchboard/internal/api"
)

var errPending = api.Errorf(api.NotFound, "error.not_found")

func (p *Plane) Regions(context.Context, api.Scope) ([]api.Region, error) { return nil, errPending }
func (p *Plane) Region(context.Context, api.Scope, string) (api.Region, error) {
	return api.Region{}, errPending
}
func (p *Plane) ValidateRegion(context.Context, api.Scope, string, api.RegionDraft) error {
	return errPending
}
func (p *Plane) TestRegion(context.Context, api.Scope, string, api.RegionDraft) (api.Check, error) {
	return api.Check{}, errPending
}
func (p *Plane) CreateRegion(context.Context, api.Scope, api.RegionDraft) (api.Region, error) {
	return api.Region{}, errPending
}
func (p *Plane) UpdateRegion(context.Context, api.Scope, string, api.RegionDraft, int64) (api.Region, error) {
	return api.Region{}, errPending
}
func (p *Plane) DeleteRegion(context.Context, api.Scope, string, int64) error { return errPending }
func (p *Plane) Browse(context.Context, api.Scope, string, string, int) (api.Page[api.Entry], error) {
	return api.Page[api.Entry]{}, errPending
}

func (p *Plane) ListPolicies(context.Context, api.Scope, api.PolicyQuery) (api.Page[api.Policy], error) {
	return api.Page[api.Policy]{}, nil
}
func (p *Plane) Policy(context.Context, api.Scope, string) (api.Policy, error) {
	return api.Policy{}, errPending
}
func (p *Plane) ValidatePolicy(context.Context, api.Scope, string, api.PolicyDraft) error {
	return errPending
}
func (p *Plane) CreatePolicy(context.Context, api.Scope, api.PolicyDraft) (api.Policy, error) {
	return api.Policy{}, errPending
}
func (p *Plane) UpdatePolicy(context.Context, api.Scope, string, api.PolicyDraft, int64) (api.Policy, error) {
	return api.Policy{}, errPending
}
func (p *Plane) EnablePolicy(context.Context, api.Scope, string, bool) error  { return errPending }
func (p *Plane) DeletePolicy(context.Context, api.Scope, string, int64) error { return errPending }

func (p *Plane) StartCheckpoint(context.Context, api.Scope, api.CheckpointDraft) (api.Checkpoint, error) {
	return api.Checkpoint{}, errPending
}
func (p *Plane) Checkpoint(context.Context, api.Scope, string) (api.Checkpoint, error) {
	return api.Checkpoint{}, errPending
}
func (p *Plane) Checkpoints(context.Context, api.Scope, string, int) ([]api.Checkpoint, error) {
	return nil, errPending
}
func (p *Plane) ListBackups(context.Context, api.Scope, api.BackupQuery) (api.Page[api.Backup], error) {
	return api.Page[api.Backup]{}, nil
}
func (p *Plane) CountBackups(context.Context, api.Scope, api.BackupQuery) (int, error) { return 0, nil }
func (p *Plane) Backup(context.Context, api.Scope, string) (api.Backup, error) {
	return api.Backup{}, errPending
}
func (p *Plane) DeleteBackups(context.Context, api.Scope, string, []string) error { return errPending }
func (p *Plane) OpenBackup(context.Context, api.Scope, string) (api.Backup, io.ReadCloser, error) {
	return api.Backup{}, nil, errPending
}
func (p *Plane) BackupQuotas(context.Context, api.Scope) ([]api.Quota, error) { return nil, nil }

func (p *Plane) PlanReplication(context.Context, api.Scope, api.ReplicationDraft, string, int) (api.ReplicationPlan, error) {
	return api.ReplicationPlan{}, errPending
}
func (p *Plane) StartReplication(context.Context, api.Scope, api.ReplicationDraft) (api.ReplicationRun, error) {
	return api.ReplicationRun{}, errPending
}
func (p *Plane) ReplicateBackup(context.Context, api.Scope, string, api.BackupReplicationDraft) (api.ReplicationRun, error) {
	return api.ReplicationRun{}, errPending
}
func (p *Plane) ReplicationRuns(context.Context, api.Scope, api.RunQuery) (api.Page[api.ReplicationRun], error) {
	return api.Page[api.ReplicationRun]{}, nil
}
func (p *Plane) ReplicationRun(context.Context, api.Scope, string) (api.ReplicationRun, error) {
	return api.ReplicationRun{}, errPending
}
func (p *Plane) ListReplicationRecords(context.Context, api.Scope, api.RecordQuery) (api.Page[api.ReplicationRecord], error) {
	return api.Page[api.ReplicationRecord]{}, nil
}
func (p *Plane) CountReplicationRecords(context.Context, api.Scope, api.RecordQuery) (int, error) {
	return 0, nil
}
func (p *Plane) ReplicationRecord(context.Context, api.Scope, string) (api.ReplicationRecord, error) {
	return api.ReplicationRecord{}, errPending
}
func (p *Plane) CancelReplication(context.Context, api.Scope, string) (api.ReplicationRun, error) {
	return api.ReplicationRun{}, errPending
}
func (p *Plane) RetryReplication(context.Context, api.Scope, string) (api.ReplicationRun, error) {
	return api.ReplicationRun{}, errPending
}
func (p *Plane) BehindPolicies(context.Context, api.Scope, int) (int, error) { return 0, nil }

// EnsureRegions makes the regions of a fresh start: the one that the console is in,
// and a second local one, each with a project and in a folder of its own. Where there
// are regions already, only its own is made if it is missing.
func (p *Plane) EnsureRegions(context.Context) error { return nil }
