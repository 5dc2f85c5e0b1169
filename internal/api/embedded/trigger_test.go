package embedded_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"switchboard/internal/api"
	"switchboard/internal/api/apitest"
	"switchboard/internal/api/embedded"
	"switchboard/internal/api/store"
)

// nightly is a policy with a folder to back up, every day, and what is in there.
func nightly(t *testing.T, p apitest.Plane) api.Policy {
	t.Helper()
	home, err := p.Service.Region(t.Context(), mine, "")
	require.NoError(t, err)
	require.NoError(t, os.MkdirAll(filepath.Join(home.Folder, "data"), 0o700))
	require.NoError(t, os.WriteFile(filepath.Join(home.Folder, "data", "a"), []byte("a"), 0o600))
	policy, err := p.Service.CreatePolicy(t.Context(), mine, apitest.PolicyDraft("nightly", "data"))
	require.NoError(t, err)
	return policy
}

func checkpoints(t *testing.T, p apitest.Plane, policy string) []api.Checkpoint {
	t.Helper()
	all, err := p.Service.Checkpoints(t.Context(), mine, policy, 100)
	require.NoError(t, err)
	return all
}

func nextOf(t *testing.T, p apitest.Plane, policy string) time.Time {
	t.Helper()
	found, err := p.Service.Policy(t.Context(), mine, policy)
	require.NoError(t, err)
	return found.Operations[0].Next
}

// dueSince sets when the operations of all policies were due.
func dueSince(t *testing.T, db *store.DB, at time.Time) {
	t.Helper()
	exec(t, db, "UPDATE policy_operations SET next_at = ? WHERE next_at > 0", store.Micros(at))
}

func TestAScheduleStartsABackupWhenItIsDue(t *testing.T) {
	t.Parallel()
	apitest.EachDatabase(t, func(t *testing.T, db *store.DB) {
		p := plane(t, db, ring(t))
		policy := nightly(t, p)
		planned := nextOf(t, p, policy.ID)
		catchUp(t, p, 0)
		require.Empty(t, checkpoints(t, p, policy.ID), "it is not due")

		dueSince(t, db, time.Now().Add(-100*24*time.Hour))
		catchUp(t, p, 0)
		started := checkpoints(t, p, policy.ID)
		require.Len(t, started, 1, "what was missed is made up for once")
		require.True(t, started[0].Auto)
		require.Equal(t, planned, nextOf(t, p, policy.ID))
		catchUp(t, p, 0)
		require.Len(t, checkpoints(t, p, policy.ID), 1)
		changes, err := p.Service.Changes(t.Context(), mine, api.KindPolicy, policy.ID, "", 10)
		require.NoError(t, err)
		require.Equal(t, api.WayJob, changes[0].Actor.Way)
	})
}

func TestOfSeveralProcessesOneStartsWhatIsScheduled(t *testing.T) {
	t.Parallel()
	apitest.EachURL(t, func(t *testing.T, url string) {
		db, keys := apitest.Open(t, url), ring(t)
		p := plane(t, db, keys)
		policy := nightly(t, p)
		dueSince(t, db, time.Now().Add(-time.Minute))
		errs := make([]error, 4)
		var all sync.WaitGroup
		for i := range errs {
			one := planeOn(t, apitest.Open(t, url), keys).Service.(*embedded.Plane)
			t.Cleanup(func() { require.NoError(t, one.Stop(context.Background())) })
			all.Go(func() { errs[i] = one.CatchUp(t.Context(), time.Now()) })
		}
		all.Wait()
		require.NoError(t, errors.Join(errs...))
		require.Len(t, checkpoints(t, p, policy.ID), 1)
		require.Zero(t, count(t, db, "audit", "action = 'skip_scheduled'"))
	})
}

func TestWhatIsUnderWayIsLeftOutUntilTheNextTime(t *testing.T) {
	t.Parallel()
	apitest.EachDatabase(t, func(t *testing.T, db *store.DB) {
		p := plane(t, db, ring(t))
		policy := nightly(t, p)
		_, err := p.Service.StartCheckpoint(t.Context(), mine, api.CheckpointDraft{Policy: policy.ID})
		require.NoError(t, err)
		exec(t, db, "UPDATE checkpoints SET driver = 'somebody', driven_until = ?", store.Micros(time.Now().Add(20*time.Second)))
		dueSince(t, db, time.Now().Add(-time.Minute))
		catchUp(t, p, 0)
		require.Len(t, checkpoints(t, p, policy.ID), 1)
		require.True(t, nextOf(t, p, policy.ID).After(time.Now()))
		require.Equal(t, 1, count(t, db, "audit", "action = 'skip_scheduled' AND object_id = ?", policy.ID))
	})
}

func TestAClockThatWasSetBackDelaysNoSchedule(t *testing.T) {
	t.Parallel()
	apitest.EachDatabase(t, func(t *testing.T, db *store.DB) {
		p := plane(t, db, ring(t))
		policy := nightly(t, p)
		planned := nextOf(t, p, policy.ID)
		dueSince(t, db, time.Now().AddDate(1, 0, 0))
		catchUp(t, p, 0)
		require.Equal(t, planned, nextOf(t, p, policy.ID))
		require.Empty(t, checkpoints(t, p, policy.ID), "that is no reason to back up")
	})
}

func TestAnOperationThatWasSwitchedOffMeanwhileIsNotPlanned(t *testing.T) {
	t.Parallel()
	apitest.EachDatabase(t, func(t *testing.T, db *store.DB) {
		p := plane(t, db, ring(t))
		policy := nightly(t, p)
		require.NoError(t, p.Service.EnablePolicy(t.Context(), mine, policy.ID, false))
		catchUp(t, p, 48*time.Hour)
		require.Empty(t, checkpoints(t, p, policy.ID))
		require.Zero(t, nextOf(t, p, policy.ID))
	})
}

func TestAScheduleStartsAReplicationWhenItIsDue(t *testing.T) {
	t.Parallel()
	apitest.EachDatabase(t, func(t *testing.T, db *store.DB) {
		p := plane(t, db, ring(t))
		away, err := p.Service.Region(t.Context(), mine, "local-2")
		require.NoError(t, err)
		d := apitest.PolicyDraft("away", "data")
		d.Operations[0].Type, d.Operations[0].Region, d.Operations[0].Project = api.OperationReplication, "local-2", away.Projects[0].ID
		policy, err := p.Service.CreatePolicy(t.Context(), mine, d)
		require.NoError(t, err)
		dueSince(t, db, time.Now().Add(-time.Minute))
		catchUp(t, p, 0)
		require.True(t, nextOf(t, p, policy.ID).After(time.Now()))
		require.Zero(t, count(t, db, "audit", "action = 'skip_scheduled'"), "nothing to copy is no failure")
		require.Zero(t, count(t, db, "replication_runs", "1 = 1"))
	})
}

// began sets since when there are the schedules of all policies.
func began(t *testing.T, db *store.DB, at time.Time) {
	t.Helper()
	exec(t, db, "UPDATE policy_operations SET start_at = ?", store.Micros(at))
}

func TestWhatWasStartedIsNotStartedAgainByWhoGoesOn(t *testing.T) {
	t.Parallel()
	apitest.EachDatabase(t, func(t *testing.T, db *store.DB) {
		p := plane(t, db, ring(t))
		policy := nightly(t, p)
		began(t, db, time.Now().AddDate(0, 0, -10))
		_, err := p.Service.StartCheckpoint(t.Context(), mine, api.CheckpointDraft{Policy: policy.ID, Auto: true})
		require.NoError(t, err)
		exec(t, db, "UPDATE checkpoints SET ended_at = created_at")
		dueSince(t, db, time.Now().Add(-time.Second)) // the lease of a process that was killed here
		catchUp(t, p, 0)
		require.Len(t, checkpoints(t, p, policy.ID), 1)
		require.True(t, nextOf(t, p, policy.ID).After(time.Now()), "it is planned")
		require.Zero(t, count(t, db, "audit", "action = 'skip_scheduled'"))

		exec(t, db, "UPDATE checkpoints SET created_at = ?", store.Micros(time.Now().AddDate(0, 0, -1).Add(-time.Second)))
		dueSince(t, db, time.Now().Add(-time.Second))
		catchUp(t, p, 0)
		require.Len(t, checkpoints(t, p, policy.ID), 2, "one of the time before is another one")
	})
}

func TestAReplicationThatWasStartedIsNotStartedAgainByWhoGoesOn(t *testing.T) {
	t.Parallel()
	apitest.EachDatabase(t, func(t *testing.T, db *store.DB) {
		p, policy, to := prepared(t, db, []int{10})
		d := apitest.PolicyDraft("orders")
		d.Operations[0].Type, d.Operations[0].Region, d.Operations[0].Project = api.OperationReplication, to.Region, to.Project
		d.Resources = []api.ResourceDraft{{ID: policy.Resources[0].ID, Path: policy.Resources[0].Path, Adopt: true}}
		_, err := p.Service.UpdatePolicy(t.Context(), mine, policy.ID, d, 0)
		require.NoError(t, err)
		began(t, db, time.Now().AddDate(0, 0, -10))
		_, err = p.Service.StartReplication(t.Context(), mine, api.ReplicationDraft{Policy: policy.ID, Region: to.Region, Project: to.Project, Auto: true})
		require.NoError(t, err)
		again := func(started time.Time) int {
			exec(t, db, "DELETE FROM replication_records") // so that there is something to copy
			exec(t, db, "UPDATE replication_runs SET ended_at = started_at, started_at = ?", store.Micros(started))
			dueSince(t, db, time.Now().Add(-time.Second))
			catchUp(t, p, 0)
			return count(t, db, "replication_runs", "auto")
		}
		require.Equal(t, 1, again(time.Now()))
		require.Equal(t, 2, again(time.Now().AddDate(0, 0, -1).Add(-time.Second)))
	})
}

func TestAScheduleThatWasStoredWhileTheClockWasAheadBeginsNow(t *testing.T) {
	t.Parallel()
	apitest.EachDatabase(t, func(t *testing.T, db *store.DB) {
		p := plane(t, db, ring(t))
		policy := nightly(t, p)
		planned := nextOf(t, p, policy.ID)
		for _, days := range []int{10, 400} {
			began(t, db, time.Now().AddDate(0, 0, days))
			dueSince(t, db, time.Now().AddDate(0, 0, days+1))
			catchUp(t, p, 0)
			require.Equal(t, planned, nextOf(t, p, policy.ID))
		}
		began(t, db, time.Now().AddDate(0, 0, 10))
		require.NoError(t, p.Service.EnablePolicy(t.Context(), mine, policy.ID, false))
		require.NoError(t, p.Service.EnablePolicy(t.Context(), mine, policy.ID, true))
		require.Equal(t, planned, nextOf(t, p, policy.ID))
		require.Empty(t, checkpoints(t, p, policy.ID), "that is no reason to back up")
	})
}
