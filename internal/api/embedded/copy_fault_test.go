package embedded_test

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"switchboard/internal/api"
	"switchboard/internal/api/apitest"
	"switchboard/internal/api/embedded"
	"switchboard/internal/api/store"
)

func faults(records []api.ReplicationRecord) map[api.FaultCode]int {
	found := map[api.FaultCode]int{}
	for _, r := range records {
		if r.Fault != nil {
			found[r.Fault.Code]++
		}
	}
	return found
}

// breakBackups lets no backup be added to the database until the returned function is
// called.
func breakBackups(t *testing.T, db *store.DB) (mend func()) {
	t.Helper()
	if db.Sole {
		exec(t, db, "CREATE TRIGGER broken BEFORE INSERT ON backups BEGIN SELECT RAISE(ABORT, 'the disk is broken'); END")
		return func() { exec(t, db, "DROP TRIGGER broken") }
	}
	exec(t, db, "CREATE FUNCTION broken() RETURNS trigger AS $$ BEGIN RAISE EXCEPTION 'the disk is broken'; END $$ LANGUAGE plpgsql")
	exec(t, db, "CREATE TRIGGER broken BEFORE INSERT ON backups FOR EACH ROW EXECUTE FUNCTION broken()")
	return func() { exec(t, db, "DROP TRIGGER broken ON backups") }
}

func TestADatabaseThatCannotBeWrittenForAWhileCostsTimeAndNothingElse(t *testing.T) {
	t.Parallel()
	apitest.EachDatabase(t, func(t *testing.T, db *store.DB) {
		p, policy, to := prepared(t, db, mixed(40))
		run := apitest.Replicate(t, p, policy.ID, to)
		mend := breakBackups(t, db)
		stop := working(t, p)
		defer stop()
		require.Eventually(t, func() bool { return apitestRun(t, p, run.ID).Running > 30 }, time.Minute, 10*time.Millisecond)
		time.Sleep(time.Second) // what is there waits to be written down
		during := apitestRun(t, p, run.ID)
		require.Equal(t, []int{0, 0, 0}, []int{during.Succeeded, during.Failed, during.Skipped})
		mend()
		ended := apitest.ReplicationEnds(t, p, run.ID)
		require.Equal(t, 40, ended.Succeeded)
		requireConsistent(t, db, p, to, ended)
	})
}

func TestAClockThatIsSetCostsNothing(t *testing.T) {
	t.Parallel()
	apitest.EachDatabase(t, func(t *testing.T, db *store.DB) {
		const objects = 60
		p, policy, to := prepared(t, db, mixed(objects))
		second := planeOn(t, db, ring(t))
		var wrong atomic.Int64 // how far the clock of the second is off
		second.Service.(*embedded.Plane).SetClock(func() time.Time { return time.Now().Add(time.Duration(wrong.Load())) })
		unchanged := watchFinals(t, db)
		run := apitest.Replicate(t, p, policy.ID, to)
		wrong.Store(int64(24 * time.Hour))
		defer working(t, p)()
		defer working(t, second)()
		jumps := 0
		for apitestRun(t, p, run.ID).Ended.IsZero() {
			for _, w := range []*apitest.Plane{&p, &second} { // both find it undriven, by their clocks
				_ = w.Service.(*embedded.Plane).CatchUp(t.Context(), time.Now().Add(time.Duration(wrong.Load())))
			}
			wrong.Store(-wrong.Load())
			jumps++
			time.Sleep(30 * time.Millisecond)
		}
		ended := apitest.ReplicationEnds(t, p, run.ID)
		unchanged()
		require.Equal(t, objects, ended.Succeeded)
		require.False(t, ended.Ended.Before(ended.Started.At))
		require.GreaterOrEqual(t, ended.Rate, int64(0))
		requireConsistent(t, db, p, to, ended)
		t.Logf("the clock was set %d times by a day, forth and back", jumps)
	})
}

func TestWhatChangesWhileARunWaits(t *testing.T) {
	t.Parallel()
	apitest.EachDatabase(t, func(t *testing.T, db *store.DB) {
		p, policy, to := prepared(t, db, []int{10, 20, 30, 40, 2 << 20})
		run := apitest.Replicate(t, p, policy.ID, to)
		records := apitest.Records(t, p, run.ID)
		region, err := p.Service.Region(t.Context(), mine, "")
		require.NoError(t, err)
		exec(t, db, "UPDATE backups SET status = 'deleting' WHERE id = ?", records[0].Backup.ID)
		exec(t, db, "DELETE FROM backups WHERE id = ?", records[1].Backup.ID)
		require.NoError(t, os.Remove(filepath.Join(region.Folder, "dumps", "000002")))
		require.NoError(t, os.WriteFile(filepath.Join(region.Folder, "dumps", "000004"), content(9, 2<<20), 0o600))
		defer working(t, p)()
		ended := apitest.ReplicationEnds(t, p, run.ID)
		require.Equal(t, []int{1, 2, 2}, []int{ended.Succeeded, ended.Failed, ended.Skipped})
		found := map[string]string{}
		for _, r := range apitest.Records(t, p, run.ID) {
			if r.Fault != nil {
				found[r.ID] = string(r.Status) + " " + string(r.Fault.Code)
			}
		}
		require.Equal(t, map[string]string{
			records[0].ID: "skip ineligible", records[1].ID: "skip ineligible",
			records[2].ID: "fail source_missing", records[4].ID: "fail source_changed",
		}, found)
		requireConsistent(t, db, p, to)
		requireTidy(t, p, to.Region)
	})
}

// An object that is written while it is copied is no replica, whenever that is.
func TestAnObjectThatIsWrittenMeanwhileIsNoSuccess(t *testing.T) {
	t.Parallel()
	apitest.EachDatabase(t, func(t *testing.T, db *store.DB) {
		sizes := make([]int, 12)
		for i := range sizes {
			sizes[i] = 12 << 20
		}
		p, policy, to := prepared(t, db, sizes)
		region, err := p.Service.Region(t.Context(), mine, "")
		require.NoError(t, err)
		run := apitest.Replicate(t, p, policy.ID, to)
		stop := working(t, p)
		defer stop()
		for i := range sizes {
			f, err := os.OpenFile(filepath.Join(region.Folder, "dumps", fmt.Sprintf("%06d", i)), os.O_WRONLY, 0)
			require.NoError(t, err)
			_, err = f.WriteAt([]byte("meanwhile"), 11<<20)
			require.NoError(t, errors.Join(err, f.Close()))
			time.Sleep(10 * time.Millisecond)
		}
		ended := apitest.ReplicationEnds(t, p, run.ID)
		for _, r := range apitest.Records(t, p, run.ID) {
			if r.Status == api.ReplicationSucceeded { // it was copied before: it is what it was taken over as
				replica, err := p.Service.Backup(t.Context(), api.Scope{Project: to.Project}, r.Replica)
				require.NoError(t, err)
				require.Equal(t, sumOf(content(indexOf(t, p, r.Backup.ID), 12<<20)), replica.Sum)
			} else {
				require.Equal(t, api.FaultSourceChanged, r.Fault.Code)
			}
		}
		requireConsistent(t, db, p, to)
		t.Logf("%d were copied before they were written, %d not", ended.Succeeded, ended.Failed)
	})
}

func indexOf(t *testing.T, p apitest.Plane, backup string) (n int) {
	t.Helper()
	b, err := p.Service.Backup(t.Context(), mine, backup)
	require.NoError(t, err)
	for _, c := range strings.TrimPrefix(b.Path, "dumps/") {
		n = n*10 + int(c-'0')
	}
	return n
}

func TestARunThatFailedIsToldOnce(t *testing.T) {
	t.Parallel()
	apitest.EachDatabase(t, func(t *testing.T, db *store.DB) {
		p, policy, to := prepared(t, db, mixed(9))
		url, all := receiver(t, always(http.StatusNoContent), []byte(apitest.HookSecret))
		setHook(t, p, url, apitest.HookSecret)
		put := apitest.Block(t, p, to)
		stop := working(t, p)
		defer stop()
		run := apitest.ReplicationEnds(t, p, apitest.Replicate(t, p, policy.ID, to).ID)
		require.Equal(t, 9, run.Failed)
		put()
		retry, err := p.Service.RetryReplication(t.Context(), mine, run.ID)
		require.NoError(t, err)
		require.Equal(t, 9, func() int { r := apitest.ReplicationEnds(t, p, retry.ID); return r.Succeeded }())
		require.NoError(t, p.Service.TestHook(t.Context(), mine))
		got := <-all
		require.Equal(t, "replication.failed", got.Body.Type)
		require.Equal(t, []any{run.ID, "orders", to.Region, 9, 0, 9}, []any{
			got.Body.Replication.ID, got.Body.Replication.Name, got.Body.Replication.Region,
			got.Body.Replication.Total, got.Body.Replication.Succeeded, got.Body.Replication.Failed,
		})
		require.Equal(t, api.FaultDestinationGone, got.Body.Replication.Reasons[0].Code)
		require.NotEmpty(t, got.Body.Replication.Reasons[0].Message)
		require.Equal(t, "test", (<-all).Body.Type, "one for the run, and none for success")
	})
}

// A plan reads: nothing in the database or in the regions changes by it, and it needs
// no right to write.
func TestAPlanOnlyReads(t *testing.T) {
	t.Parallel()
	apitest.EachURL(t, func(t *testing.T, url string) {
		db := apitest.Open(t, url)
		p, policy, to := prepared(t, db, mixed(40))
		before := everything(t, db, p)
		reader := p
		if !db.Sole {
			readOnly := apitest.Open(t, url+"&options=-c%20default_transaction_read_only%3Don")
			reader = planeOn(t, readOnly, ring(t))
		}
		for _, d := range []api.ReplicationDraft{
			{Policy: policy.ID, Region: to.Region, Project: to.Project},
			{Policy: policy.ID, Region: to.Region, Project: to.Project, Accelerate: true, Auto: true},
		} {
			plan, err := reader.Service.PlanReplication(t.Context(), mine, d, "", 7)
			require.NoError(t, err)
			require.Equal(t, []int{40, 7}, []int{plan.Count, len(plan.Backups.Items)})
			_, err = reader.Service.PlanReplication(t.Context(), mine, d, plan.Backups.Next, 7)
			require.NoError(t, err)
		}
		require.Equal(t, before, everything(t, db, p))
	})
}

// everything is all there is: the rows of all tables, and the files of all regions.
func everything(t *testing.T, db *store.DB, p apitest.Plane) map[string]string {
	t.Helper()
	found := map[string]string{}
	for _, table := range []string{"policies", "policy_resources", "policy_operations", "checkpoints", "backups", "replication_runs",
		"replication_records", "replication_syncs", "regions", "projects", "audit", "hooks", "hook_events"} {
		var rows []map[string]any
		require.NoError(t, db.Read.NewSelect().Table(table).OrderExpr("1, 2").Scan(t.Context(), &rows))
		found[table] = strings.Join(lines(rows), "\n")
	}
	regions, err := p.Service.Regions(t.Context(), mine)
	require.NoError(t, err)
	for _, r := range regions {
		for _, name := range filesIn(t, r.Folder, "") {
			fi, err := os.Stat(filepath.Join(r.Folder, name))
			require.NoError(t, err)
			read, err := os.ReadFile(filepath.Join(r.Folder, name))
			require.NoError(t, err)
			found[r.Name+" "+name] = fi.ModTime().String() + sumOf(read)
		}
	}
	return found
}

func TestARunIsSeenGoingOn(t *testing.T) {
	t.Parallel()
	apitest.EachDatabase(t, func(t *testing.T, db *store.DB) {
		p, policy, to := prepared(t, db, []int{10, 40 << 20})
		region, err := p.Service.Region(t.Context(), mine, to.Region)
		require.NoError(t, err)
		_, err = p.Service.UpdateRegion(t.Context(), mine, to.Region, api.RegionDraft{
			Name: to.Region, Kind: api.StoreFolder, Folder: region.Folder, Bandwidth: "10",
		}, region.Version)
		require.NoError(t, err)
		run := apitest.Replicate(t, p, policy.ID, to)
		stop := working(t, p)
		defer stop()
		var seen, last api.ReplicationRun
		require.Eventually(t, func() bool {
			now := apitestRun(t, p, run.ID)
			if now.Bytes > 10 && now.Bytes < now.TotalBytes {
				seen = now
			}
			require.GreaterOrEqual(t, now.Bytes, last.Bytes, "it does not go back")
			last = now
			return !now.Ended.IsZero()
		}, time.Minute, 20*time.Millisecond)
		require.Positive(t, seen.Rate)
		require.Positive(t, seen.Left())
		require.WithinDuration(t, time.Now(), seen.Seen, 30*time.Second)
		require.Equal(t, 1, seen.Running)
		require.Equal(t, last.TotalBytes, last.Bytes)
		require.Less(t, last.Rate, int64(25<<20), "the bandwidth bounds it")
		requireConsistent(t, db, p, to, last)
	})
}

func sumOf(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

func lines(rows []map[string]any) []string {
	texts := make([]string, len(rows))
	for i, row := range rows {
		texts[i] = fmt.Sprint(row)
	}
	return texts
}
