package embedded_test

import (
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"switchboard/internal/api"
	"switchboard/internal/api/apitest"
	"switchboard/internal/api/store"
)

func TestWhatIsTakenOverWithAnEarlierTimeIsNotInStep(t *testing.T) {
	t.Parallel()
	apitest.EachDatabase(t, func(t *testing.T, db *store.DB) {
		p := plane(t, db, ring(t))
		folder := apitest.Files(t, p, map[string]string{"dumps/a": "1"})
		policy := apitest.Protect(t, p, "taken", "dumps*")
		begin(t, p)
		_, before := apitest.BackUp(t, p, policy.ID)
		inStep := func() {
			exec(t, db, "DELETE FROM replication_syncs")
			exec(t, db, "INSERT INTO replication_syncs (project_id, policy_id, region, destination_id, run_id, synced_at, updated_at) VALUES (?, ?, 'r', 'd', '', ?, 0)",
				mine.Project, policy.ID, store.Micros(time.Now()))
		}
		synced := func(before time.Time) {
			require.Equal(t, 1, count(t, db, "replication_syncs", "synced_at < "+strconv.FormatInt(store.Micros(before), 10)))
		}
		inStep()
		apitest.Files(t, p, map[string]string{"dumps/b": "2"})
		old := time.Now().Add(-48 * time.Hour).Truncate(time.Second)
		require.NoError(t, os.Chtimes(filepath.Join(folder, "dumps", "b"), old, old))
		apitest.BackUp(t, p, policy.ID)
		synced(old)

		inStep()
		exec(t, db, "UPDATE backups SET status = 'error', fault = '{\"code\":\"source_missing\"}', created_at = ? WHERE id = ?", store.Micros(old)-5, before[0].ID)
		apitest.BackUp(t, p, policy.ID)
		b, err := p.Service.Backup(t.Context(), mine, before[0].ID)
		require.NoError(t, err)
		require.Equal(t, api.BackupAvailable, b.Status)
		synced(old.Add(-5 * time.Microsecond))

		exec(t, db, "UPDATE backups SET status = 'error', fault = '{\"code\":\"checksum\"}' WHERE id = ?", before[0].ID)
		apitest.BackUp(t, p, policy.ID)
		b, err = p.Service.Backup(t.Context(), mine, before[0].ID)
		require.NoError(t, err)
		require.Equal(t, api.BackupError, b.Status, "that its tag is the same does not make its content right")
	})
}
