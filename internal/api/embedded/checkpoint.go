package embedded

import (
	"context"

	"switchboard/internal/api"
	"switchboard/internal/api/store"
)

// maxCheckpoints bounds what Checkpoints returns.
const maxCheckpoints = 100

// Checkpoint implements api.Backups.
func (p *Plane) Checkpoint(ctx context.Context, s api.Scope, id string) (api.Checkpoint, error) {
	rows := make([]checkpointRow, 1)
	if err := find(ctx, p.db.Read, s.Project, &rows[0], noCheckpoint, "id = ?", id); err != nil {
		return api.Checkpoint{}, err
	}
	found, err := checkpointsOf(ctx, p.db.Read, rows)
	return found[0], err
}

// Checkpoints implements api.Backups.
func (p *Plane) Checkpoints(ctx context.Context, s api.Scope, policy string, limit int) ([]api.Checkpoint, error) {
	if !store.Storable(policy) {
		return nil, nil
	}
	var rows []checkpointRow
	err := p.db.Read.NewSelect().Model(&rows).Where("project_id = ? AND policy_id = ?", s.Project, policy).
		OrderExpr("created_at DESC, id DESC").Limit(int64(min(max(limit, 1), maxCheckpoints))).Scan(ctx)
	if err != nil {
		return nil, err
	}
	return checkpointsOf(ctx, p.db.Read, rows)
}
