package embedded_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/uptrace/bun"

	"switchboard/internal/api"
	"switchboard/internal/api/apitest"
	"switchboard/internal/api/store"
)

// oldRun is the id of a run from before all that are made now.
func oldRun(n int) string { return fmt.Sprintf("00000000-0000-7000-8000-%012d", n) }

// runsBefore makes runs of a policy as if they had ended long ago, each like the one
// that is there.
func runsBefore(t *testing.T, db *store.DB, like string, n int) {
	t.Helper()
	require.NoError(t, db.InTx(t.Context(), func(ctx context.Context, tx bun.Tx) error {
		for i := range n {
			_, err := tx.ExecContext(ctx, `INSERT INTO replication_runs SELECT ?, project_id, policy_id, policy_name, source_region, region,
				destination_id, accelerate, auto, retry_of, actor, 1, 2, '', 0, 0, 0, 0, 0, 0, 0, 2, '', 0
				FROM replication_runs WHERE id = ?`, oldRun(i), like)
			if err != nil {
				return err
			}
		}
		return nil
	}))
}

// recordBefore makes a record of an old run like one that is there, with other values.
func recordBefore(t *testing.T, db *store.DB, run, like string, set map[string]any) {
	t.Helper()
	require.NoError(t, db.InTx(t.Context(), func(ctx context.Context, tx bun.Tx) error {
		var row map[string]any
		if err := tx.NewSelect().TableExpr("replication_records").Where("run_id = ?", like).Limit(1).Scan(ctx, &row); err != nil {
			return err
		}
		row["id"], row["run_id"], row["present"], row["ended_at"], row["retry_at"] = "of "+run, run, false, 2, 0
		for name, value := range set {
			row[name] = value
		}
		_, err := tx.NewInsert().TableExpr("replication_records").Model(&row).Exec(ctx)
		return err
	}))
}

func TestOldRunsOfReplicationsAreForgottenUnlessTheyAreNeeded(t *testing.T) {
	t.Parallel()
	apitest.EachDatabase(t, func(t *testing.T, db *store.DB) {
		p, policy, to := prepared(t, db, []int{10})
		run := apitest.Replicate(t, p, policy.ID, to)
		runsBefore(t, db, run.ID, api.MaxReplicationRuns+3)
		kept := map[int]map[string]any{
			0: {"status": "success", "bytes": 10, "size": 10}, // its backup was replicated
			1: {"status": "fail", "retry_at": 5},              // something is left there
		}
		gone := map[int]map[string]any{
			2: {"status": "fail"},
			3: {"status": "success", "bytes": 10, "size": 10, "backup_id": "a backup that is not kept any more"},
		}
		for n, set := range kept {
			recordBefore(t, db, oldRun(n), run.ID, set)
		}
		for n, set := range gone {
			recordBefore(t, db, oldRun(n), run.ID, set)
		}
		_, err := p.Service.CancelReplication(t.Context(), mine, run.ID)
		require.NoError(t, err)

		var left, records []string
		require.NoError(t, db.Read.NewSelect().TableExpr("replication_runs").Column("id").OrderExpr("id").Scan(t.Context(), &left))
		require.Equal(t, []string{oldRun(0), oldRun(1), oldRun(4)}, left[:3], "those that are needed, and the newest")
		require.Len(t, left, 2+api.MaxReplicationRuns)
		require.Equal(t, run.ID, left[len(left)-1])
		require.NoError(t, db.Read.NewSelect().TableExpr("replication_records").Column("id").Where("id LIKE 'of %'").OrderExpr("id").Scan(t.Context(), &records))
		require.Equal(t, []string{"of " + oldRun(0), "of " + oldRun(1)}, records, "records go with their run")
		_, err = p.Service.ReplicationRun(t.Context(), mine, oldRun(2))
		require.Equal(t, api.NotFound, api.CodeOf(err))
	})
}
