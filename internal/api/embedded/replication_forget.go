package embedded

import (
	"context"
	"database/sql"
	"errors"

	"github.com/uptrace/bun"

	"switchboard/internal/api"
)

// forgetBatch bounds how many runs go when one ends, each with its records.
const forgetBatch = 5

// forget removes the oldest runs of the policy beyond api.MaxReplicationRuns, with their
// records. One stays as long as a record of it says something that nothing else does:
// that a replica is there, that a backup was replicated already, that something is left
// to be tidied up at the destination, or how far the policy is in step with one.
func (r *replicationRow) forget(ctx context.Context, tx bun.Tx) error {
	of := func() *bun.SelectQuery {
		return tx.NewSelect().Model((*replicationRow)(nil)).Column("id").Where("project_id = ? AND policy_id = ?", r.ProjectID, r.PolicyID)
	}
	var oldest string
	err := of().OrderExpr("id DESC").Offset(api.MaxReplicationRuns-1).Limit(1).Scan(ctx, &oldest)
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	if err != nil {
		return err
	}
	needed := tx.NewSelect().TableExpr("replication_records AS d").ColumnExpr("1").Where("d.run_id = replication_row.id").
		Where("d.present OR d.retry_at > 0 OR d.status = ? AND EXISTS (SELECT 1 FROM backups WHERE backups.id = d.backup_id)", api.ReplicationSucceeded)
	gone := of().Where("id < ? AND ended_at > 0", oldest).Where("NOT EXISTS (?)", needed).
		Where("NOT EXISTS (SELECT 1 FROM replication_syncs AS s WHERE s.policy_id = replication_row.policy_id AND s.run_id = replication_row.id)").
		OrderExpr("id").Limit(forgetBatch)
	_, err = tx.NewDelete().Model((*replicationRow)(nil)).Where("id IN (?)", gone).Exec(ctx)
	return err
}
