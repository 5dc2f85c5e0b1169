package governance

import (
	"context"

	"switchboard/internal/api"
)

// PlanReplication implements api.Replications.
func (g *Service) PlanReplication(ctx context.Context, s api.Scope, d api.ReplicationDraft, cursor string, limit int) (api.ReplicationPlan, error) {
	if err := see(s); err != nil {
		return api.ReplicationPlan{}, err
	}
	if err := g.reach(ctx, s, api.StartReplication{Draft: d}); err != nil {
		return api.ReplicationPlan{}, err
	}
	return g.next.PlanReplication(ctx, s, d, cursor, limit)
}

// StartReplication implements api.Replications.
func (g *Service) StartReplication(ctx context.Context, s api.Scope, d api.ReplicationDraft) (api.ReplicationRun, error) {
	if err := g.govern(ctx, s, api.StartReplication{Draft: d}); err != nil {
		return api.ReplicationRun{}, err
	}
	return g.next.StartReplication(ctx, s, d)
}

// ReplicateBackup implements api.Replications.
func (g *Service) ReplicateBackup(ctx context.Context, s api.Scope, backup string, d api.BackupReplicationDraft) (api.ReplicationRun, error) {
	if err := g.govern(ctx, s, api.ReplicateBackup{Backup: backup, Draft: d}); err != nil {
		return api.ReplicationRun{}, err
	}
	return g.next.ReplicateBackup(ctx, s, backup, d)
}

// ReplicationRuns implements api.Replications.
func (g *Service) ReplicationRuns(ctx context.Context, s api.Scope, q api.RunQuery) (api.Page[api.ReplicationRun], error) {
	if err := see(s); err != nil {
		return api.Page[api.ReplicationRun]{}, err
	}
	return g.next.ReplicationRuns(ctx, s, q)
}

// ReplicationRun implements api.Replications.
func (g *Service) ReplicationRun(ctx context.Context, s api.Scope, id string) (api.ReplicationRun, error) {
	if err := see(s); err != nil {
		return api.ReplicationRun{}, err
	}
	return g.next.ReplicationRun(ctx, s, id)
}

// ListReplicationRecords implements api.Replications.
func (g *Service) ListReplicationRecords(ctx context.Context, s api.Scope, q api.RecordQuery) (api.Page[api.ReplicationRecord], error) {
	if err := see(s); err != nil {
		return api.Page[api.ReplicationRecord]{}, err
	}
	return g.next.ListReplicationRecords(ctx, s, q)
}

// CountReplicationRecords implements api.Replications.
func (g *Service) CountReplicationRecords(ctx context.Context, s api.Scope, q api.RecordQuery) (int, error) {
	if err := see(s); err != nil {
		return 0, err
	}
	return g.next.CountReplicationRecords(ctx, s, q)
}

// ReplicationRecord implements api.Replications.
func (g *Service) ReplicationRecord(ctx context.Context, s api.Scope, id string) (api.ReplicationRecord, error) {
	if err := see(s); err != nil {
		return api.ReplicationRecord{}, err
	}
	return g.next.ReplicationRecord(ctx, s, id)
}

// CancelReplication implements api.Replications.
func (g *Service) CancelReplication(ctx context.Context, s api.Scope, run string) (api.ReplicationRun, error) {
	if err := g.act(ctx, s, api.RoleEditor); err != nil {
		return api.ReplicationRun{}, err
	}
	return g.next.CancelReplication(ctx, s, run)
}

// RetryReplication implements api.Replications.
func (g *Service) RetryReplication(ctx context.Context, s api.Scope, run string) (api.ReplicationRun, error) {
	if err := g.govern(ctx, s, api.RetryReplication{Run: run}); err != nil {
		return api.ReplicationRun{}, err
	}
	return g.next.RetryReplication(ctx, s, run)
}

// BehindPolicies implements api.Replications.
func (g *Service) BehindPolicies(ctx context.Context, s api.Scope, limit int) (int, error) {
	if err := see(s); err != nil {
		return 0, err
	}
	return g.next.BehindPolicies(ctx, s, limit)
}
