package embedded_test

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"switchboard/internal/api"
	"switchboard/internal/api/apitest"
	"switchboard/internal/api/embedded"
	"switchboard/internal/api/store"
)

// finalRow is what of a record that has ended does not change any more.
type finalRow struct {
	ID, Status, BackupID, ReplicaID, Fault string
	Bytes, EndedAt, BeganAt, Attempts      int64
}

// finals reads the records that have ended.
func finals(ctx context.Context, db *store.DB) (map[string]finalRow, error) {
	var rows []finalRow
	err := db.Read.NewSelect().TableExpr("replication_records").
		Column("id", "status", "backup_id", "replica_id", "fault", "bytes", "ended_at", "began_at", "attempts").
		Where("ended_at > 0").Scan(ctx, &rows)
	found := make(map[string]finalRow, len(rows))
	for _, r := range rows {
		found[r.ID] = r
	}
	return found, err
}

// watchFinals looks again and again at the records that have ended, until the
// returned function is called: none may change, or begin again.
func watchFinals(t *testing.T, db *store.DB) (end func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	ended, looks := make(chan struct{}), 0
	var changed []string
	go func() {
		defer close(ended)
		seen := map[string]finalRow{}
		for ctx.Err() == nil {
			now, err := finals(ctx, db)
			if err != nil {
				continue // the database may be away
			}
			for id, before := range seen {
				if now[id] != before {
					changed = append(changed, fmt.Sprintf("%v became %v", before, now[id]))
				}
			}
			seen, looks = now, looks+1
			time.Sleep(20 * time.Millisecond)
		}
	}()
	return func() {
		cancel()
		<-ended
		require.Empty(t, changed, "what has ended does not change")
		t.Logf("looked %d times at what had ended", looks)
	}
}

// requireConsistent requires of everything that was replicated to a region in a
// folder: a backup has one replica if a record of it succeeded, and none else; each
// has one object that is what its source is; there is no other object of ours; and the
// figures of the runs are those of their records.
func requireConsistent(t *testing.T, db *store.DB, p apitest.Plane, to api.Destination, runs ...api.ReplicationRun) {
	t.Helper()
	for _, run := range runs {
		apitest.RequireTrue(t, p, run)
	}
	region, err := p.Service.Region(t.Context(), mine, to.Region)
	require.NoError(t, err)
	var replicas []struct{ ObjectKey, SourceID string }
	require.NoError(t, db.Read.NewSelect().Table("backups").Column("object_key", "source_id").
		Where("project_id = ? AND kind = 'replication'", to.Project).Scan(t.Context(), &replicas))
	keys := make([]string, len(replicas))
	sources := map[string]bool{}
	for i, r := range replicas {
		require.False(t, sources[r.SourceID], "a backup has one replica")
		keys[i], sources[r.SourceID] = r.ObjectKey, true
	}
	slices.Sort(keys)
	require.Equal(t, len(replicas), count(t, db, "replication_records", "region = ? AND status = 'success'", to.Region))
	require.Equal(t, keys, filesIn(t, region.Folder, ".switchboard/backups"), "objects are those of replicas")
	require.Zero(t, count(t, db, "replication_records", "status IN ('fail', 'skip') AND present"))
}

// filesIn are the files below a part of a folder.
func filesIn(t *testing.T, folder, below string) (found []string) {
	t.Helper()
	found = []string{}
	err := filepath.WalkDir(filepath.Join(folder, filepath.FromSlash(below)), func(path string, entry fs.DirEntry, err error) error {
		if err == nil && !entry.IsDir() {
			found = append(found, filepath.ToSlash(strings.TrimPrefix(path, folder+string(os.PathSeparator))))
		}
		return nil
	})
	require.NoError(t, err)
	slices.Sort(found)
	return found
}

// staged are the pieces in a region's folder.
func staged(t *testing.T, p apitest.Plane, region string) []string {
	t.Helper()
	r, err := p.Service.Region(t.Context(), mine, region)
	require.NoError(t, err)
	return filesIn(t, r.Folder, ".switchboard/staging")
}

// requireTidy waits until nothing is staged in a region: a moment after a run has ended
// what failed is taken away.
func requireTidy(t *testing.T, p apitest.Plane, region string) {
	t.Helper()
	require.Eventually(t, func() bool { return len(staged(t, p, region)) == 0 }, 20*time.Second, 5*time.Millisecond,
		"what did not arrive is taken away")
}

// mixed are sizes of objects as backups have them: most are small, a few are large,
// some are empty.
func mixed(n int) []int {
	sizes := make([]int, n)
	for i := range sizes {
		switch {
		case i%10 == 3:
			sizes[i] = 1<<20 + i*10_007
		case i%17 == 0:
			sizes[i] = 0
		default:
			sizes[i] = 100 + i*301
		}
	}
	return sizes
}

// prepared is a plane that nothing works for, with a policy of which so many backups
// are to be replicated.
func prepared(t *testing.T, db *store.DB, sizes []int) (p apitest.Plane, policy api.Policy, to api.Destination) {
	t.Helper()
	p = plane(t, db, ring(t))
	stop := working(t, p)
	policy, _ = dumps(t, p, sizes)
	stop()
	return p, policy, apitest.Destination(t, p)
}

// working lets a plane work until the returned function is called.
func working(t *testing.T, p apitest.Plane) (stop func()) {
	t.Helper()
	work := p.Service.(*embedded.Plane)
	require.NoError(t, work.Start(t.Context(), embedded.Background{Tick: 50 * time.Millisecond}))
	return func() { require.NoError(t, work.Stop(context.Background())) }
}
