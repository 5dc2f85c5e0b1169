package governance

import (
	"context"
	"io"

	"switchboard/internal/api"
)

// StartCheckpoint implements api.Backups.
func (g *Service) StartCheckpoint(ctx context.Context, s api.Scope, d api.CheckpointDraft) (api.Checkpoint, error) {
	if err := g.govern(ctx, s, api.StartCheckpoint{Draft: d}); err != nil {
		return api.Checkpoint{}, err
	}
	return g.next.StartCheckpoint(ctx, s, d)
}

// Checkpoint implements api.Backups.
func (g *Service) Checkpoint(ctx context.Context, s api.Scope, id string) (api.Checkpoint, error) {
	if err := see(s); err != nil {
		return api.Checkpoint{}, err
	}
	return g.next.Checkpoint(ctx, s, id)
}

// Checkpoints implements api.Backups.
func (g *Service) Checkpoints(ctx context.Context, s api.Scope, policy string, limit int) ([]api.Checkpoint, error) {
	if err := see(s); err != nil {
		return nil, err
	}
	return g.next.Checkpoints(ctx, s, policy, limit)
}

// ListBackups implements api.Backups.
func (g *Service) ListBackups(ctx context.Context, s api.Scope, q api.BackupQuery) (api.Page[api.Backup], error) {
	if err := see(s); err != nil {
		return api.Page[api.Backup]{}, err
	}
	return g.next.ListBackups(ctx, s, q)
}

// CountBackups implements api.Backups.
func (g *Service) CountBackups(ctx context.Context, s api.Scope, q api.BackupQuery) (int, error) {
	if err := see(s); err != nil {
		return 0, err
	}
	return g.next.CountBackups(ctx, s, q)
}

// Backup implements api.Backups.
func (g *Service) Backup(ctx context.Context, s api.Scope, id string) (api.Backup, error) {
	if err := see(s); err != nil {
		return api.Backup{}, err
	}
	return g.next.Backup(ctx, s, id)
}

// DeleteBackups implements api.Backups.
func (g *Service) DeleteBackups(ctx context.Context, s api.Scope, checkpoint string, ids []string) error {
	if err := g.govern(ctx, s, api.DeleteBackups{Checkpoint: checkpoint, IDs: ids}); err != nil {
		return err
	}
	return g.next.DeleteBackups(ctx, s, checkpoint, ids)
}

// OpenBackup implements api.Backups.
func (g *Service) OpenBackup(ctx context.Context, s api.Scope, id string) (api.Backup, io.ReadCloser, error) {
	if err := g.act(ctx, s, api.RoleEditor); err != nil {
		return api.Backup{}, nil, err
	}
	return g.next.OpenBackup(ctx, s, id)
}

// BackupQuotas implements api.Backups.
func (g *Service) BackupQuotas(ctx context.Context, s api.Scope) ([]api.Quota, error) {
	if err := see(s); err != nil {
		return nil, err
	}
	return g.next.BackupQuotas(ctx, s)
}
