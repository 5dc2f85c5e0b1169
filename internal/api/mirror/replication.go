package mirror

import (
	"context"

	"switchboard/internal/api"
)

// recordPart is how far copies are.
var recordPart = part{kind: api.KindReplication}

// PlanReplication implements api.Replications.
func (m *Service) PlanReplication(ctx context.Context, s api.Scope, d api.ReplicationDraft, cursor string, limit int) (api.ReplicationPlan, error) {
	if err := m.freshPolicies(ctx, s); err != nil {
		return api.ReplicationPlan{}, err
	}
	plan, err := m.plane.PlanReplication(ctx, s, d, cursor, limit)
	if err != nil {
		return plan, err
	}
	if r, err := m.region(ctx, s.Project); err != nil || r == nil {
		return plan, err
	} else if err := m.reaches(ctx, r, api.StartReplication{Draft: d}); err != nil {
		return api.ReplicationPlan{}, err
	}
	return plan, nil
}

// StartReplication implements api.Replications. What is there, or under way, is seen
// first.
func (m *Service) StartReplication(ctx context.Context, s api.Scope, d api.ReplicationDraft) (api.ReplicationRun, error) {
	if err := m.freshPolicies(ctx, s); err != nil {
		return api.ReplicationRun{}, err
	}
	return m.plane.StartReplication(ctx, s, d)
}

// ReplicateBackup implements api.Replications.
func (m *Service) ReplicateBackup(ctx context.Context, s api.Scope, backup string, d api.BackupReplicationDraft) (api.ReplicationRun, error) {
	if err := m.freshBackups(ctx, s); err != nil {
		return api.ReplicationRun{}, err
	}
	return m.plane.ReplicateBackup(ctx, s, backup, d)
}

// RetryReplication implements api.Replications.
func (m *Service) RetryReplication(ctx context.Context, s api.Scope, run string) (api.ReplicationRun, error) {
	if err := m.freshBackups(ctx, s); err != nil {
		return api.ReplicationRun{}, err
	}
	return m.plane.RetryReplication(ctx, s, run)
}

// CancelReplication implements api.Replications: what has ended need not be cancelled.
func (m *Service) CancelReplication(ctx context.Context, s api.Scope, run string) (api.ReplicationRun, error) {
	if err := m.fresh(ctx, s, recordPart); err != nil {
		return api.ReplicationRun{}, err
	}
	return m.plane.CancelReplication(ctx, s, run)
}

// ReplicationRuns implements api.Replications.
func (m *Service) ReplicationRuns(ctx context.Context, s api.Scope, q api.RunQuery) (api.Page[api.ReplicationRun], error) {
	if err := m.fresh(ctx, s, recordPart); err != nil {
		return api.Page[api.ReplicationRun]{}, err
	}
	return m.plane.ReplicationRuns(ctx, s, q)
}

// ReplicationRun implements api.Replications.
func (m *Service) ReplicationRun(ctx context.Context, s api.Scope, id string) (api.ReplicationRun, error) {
	if err := m.fresh(ctx, s, recordPart); err != nil {
		return api.ReplicationRun{}, err
	}
	return m.plane.ReplicationRun(ctx, s, id)
}

// ListReplicationRecords implements api.Replications.
func (m *Service) ListReplicationRecords(ctx context.Context, s api.Scope, q api.RecordQuery) (api.Page[api.ReplicationRecord], error) {
	if err := m.fresh(ctx, s, recordPart); err != nil {
		return api.Page[api.ReplicationRecord]{}, err
	}
	return m.plane.ListReplicationRecords(ctx, s, q)
}

// CountReplicationRecords implements api.Replications.
func (m *Service) CountReplicationRecords(ctx context.Context, s api.Scope, q api.RecordQuery) (int, error) {
	if err := m.fresh(ctx, s, recordPart); err != nil {
		return 0, err
	}
	return m.plane.CountReplicationRecords(ctx, s, q)
}

// ReplicationRecord implements api.Replications.
func (m *Service) ReplicationRecord(ctx context.Context, s api.Scope, id string) (api.ReplicationRecord, error) {
	if err := m.fresh(ctx, s, recordPart); err != nil {
		return api.ReplicationRecord{}, err
	}
	return m.plane.ReplicationRecord(ctx, s, id)
}

// BehindPolicies implements api.Replications.
func (m *Service) BehindPolicies(ctx context.Context, s api.Scope, limit int) (int, error) {
	if err := m.freshPolicies(ctx, s); err != nil {
		return 0, err
	}
	return m.plane.BehindPolicies(ctx, s, limit)
}
