package embedded_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"switchboard/internal/api"
	"switchboard/internal/api/apitest"
	"switchboard/internal/api/embedded"
	"switchboard/internal/api/objects"
	"switchboard/internal/api/store"
	"switchboard/internal/testserver"
)

// pace bounds what is copied to a region, in MiB per second.
func pace(t *testing.T, p apitest.Plane, region, bandwidth string) {
	t.Helper()
	r, err := p.Service.Region(t.Context(), mine, region)
	require.NoError(t, err)
	_, err = p.Service.UpdateRegion(t.Context(), mine, region, api.RegionDraft{
		Name: region, Kind: api.StoreFolder, Folder: r.Folder, Bandwidth: bandwidth,
	}, r.Version)
	require.NoError(t, err)
}

// large are sizes of objects that take long.
func large(n int) []int {
	sizes := make([]int, n)
	for i := range sizes {
		sizes[i] = 6 << 20
	}
	return sizes
}

func TestARunIsCancelledFromAnotherProcess(t *testing.T) {
	t.Parallel()
	apitest.EachURL(t, func(t *testing.T, url string) {
		db := apitest.Open(t, url)
		p, policy, to := prepared(t, db, append([]int{10}, large(9)...))
		pace(t, p, to.Region, "1")
		unchanged := watchFinals(t, db)
		run := apitest.Replicate(t, p, policy.ID, to)
		worker(t, url)
		require.Eventually(t, func() bool { return len(staged(t, p, to.Region)) > 3 }, time.Minute, 5*time.Millisecond)
		ended, err := p.Service.CancelReplication(t.Context(), mine, run.ID)
		require.NoError(t, err)
		require.Equal(t, api.RunStopped, ended.Outcome())
		began := time.Now()
		requireTidy(t, p, to.Region)
		t.Logf("it was given up and put away after %v", time.Since(began).Round(time.Millisecond))
		unchanged()
		require.Equal(t, ended, apitestRun(t, p, run.ID))
		requireConsistent(t, db, p, to, ended)
	})
}

func TestWhatAKilledProcessLeftOfACancelledRunIsRemoved(t *testing.T) {
	t.Parallel()
	apitest.EachURL(t, func(t *testing.T, url string) {
		db := apitest.Open(t, url)
		p, policy, to := prepared(t, db, large(5))
		pace(t, p, to.Region, "1")
		run := apitest.Replicate(t, p, policy.ID, to)
		c := worker(t, url)
		require.Eventually(t, func() bool { return len(staged(t, p, to.Region)) == 5 }, time.Minute, 5*time.Millisecond)
		require.NoError(t, c.Process.Kill())
		_ = c.Wait()
		ended, err := p.Service.CancelReplication(t.Context(), mine, run.ID)
		require.NoError(t, err)
		require.Equal(t, 5, ended.Skipped)
		later := time.Now().Add(time.Minute)
		p.Service.(*embedded.Plane).SetClock(func() time.Time { return later })
		require.NoError(t, p.Service.(*embedded.Plane).CatchUp(t.Context(), later))
		requireTidy(t, p, to.Region)
		require.Zero(t, count(t, db, "replication_records", "retry_at > 0"))
		requireConsistent(t, db, p, to, ended)
	})
}

// A destination that stays away is waited for once, and not for each backup.
func TestARunEndsAlthoughItsDestinationStaysAway(t *testing.T) {
	t.Parallel()
	apitest.EachDatabase(t, func(t *testing.T, db *store.DB) {
		const objects = 60
		p, policy, _ := prepared(t, db, mixed(objects))
		server, bucket := newBucket(t)
		way := testserver.NewLine(t, server.Addr())
		to := bucketRegion(t, p, way.Addr, server.User, server.Password, bucket)
		way.SetDown(true)
		p.Service.(*embedded.Plane).SetCopyWait(time.Millisecond)
		run := apitest.Replicate(t, p, policy.ID, to)
		defer working(t, p)()
		ended := apitest.ReplicationEnds(t, p, run.ID)
		require.Equal(t, []int{0, objects}, []int{ended.Succeeded, ended.Failed})
		tries := map[int]int{}
		for _, r := range apitest.RequireTrue(t, p, ended) {
			require.Equal(t, api.FaultDestinationAway, r.Fault.Code)
			require.True(t, r.RetryAt.IsZero())
			tries[r.Attempts]++
		}
		require.Positive(t, tries[10], "the first ones were tried again and again")
		require.Positive(t, tries[1], "the last ones once")
		t.Logf("tries and how many had so many: %v", tries)

		way.SetDown(false)
		retry, err := p.Service.RetryReplication(t.Context(), mine, run.ID)
		require.NoError(t, err)
		retried := apitest.ReplicationEnds(t, p, retry.ID)
		require.Equal(t, objects, retried.Succeeded)
		apitest.RequireTrue(t, p, retried)
	})
}

// One object that somebody else holds keeps no other waiting.
func TestOneObjectThatCannotBeWrittenHoldsUpNoOther(t *testing.T) {
	t.Parallel()
	apitest.EachDatabase(t, func(t *testing.T, db *store.DB) {
		sizes := make([]int, 50)
		for i := range sizes {
			sizes[i] = 100 + i
		}
		p, policy, to := prepared(t, db, sizes)
		run := apitest.Replicate(t, p, policy.ID, to)
		home, err := p.Service.Region(t.Context(), mine, "")
		require.NoError(t, err)
		region, err := p.Service.Region(t.Context(), mine, to.Region)
		require.NoError(t, err)
		from, err := objects.Open(objects.Place{Folder: home.Folder}, nil)
		require.NoError(t, err)
		into, err := objects.Open(objects.Place{Folder: region.Folder}, nil)
		require.NoError(t, err)
		var replica string
		require.NoError(t, db.Read.NewSelect().Table("replication_records").Column("replica_id").
			Where("run_id = ?", run.ID).OrderExpr("id").Limit(1).Scan(t.Context(), &replica))
		source, err := from.Stat(t.Context(), "dumps/000000")
		require.NoError(t, err)
		hold := objects.Transfer{From: from, Source: source, To: into, Key: ".switchboard/backups/" + to.Project + "/" + replica}
		held, err := hold.Stage(t.Context())
		require.NoError(t, err)

		p.Service.(*embedded.Plane).SetCopyWait(100 * time.Millisecond)
		defer working(t, p)()
		require.Eventually(t, func() bool { return apitestRun(t, p, run.ID).Succeeded == 49 }, time.Minute, 10*time.Millisecond)
		held.Release()
		ended := apitest.ReplicationEnds(t, p, run.ID)
		require.Equal(t, 50, ended.Succeeded)
		requireConsistent(t, db, p, to, ended)
		require.Greater(t, apitest.Records(t, p, run.ID)[0].Attempts, 1)
	})
}
