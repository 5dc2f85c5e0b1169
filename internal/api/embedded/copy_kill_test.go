package embedded_test

import (
	"math/rand/v2"
	osexec "os/exec"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"switchboard/internal/api"
	"switchboard/internal/api/apitest"
	"switchboard/internal/api/store"
	"switchboard/internal/testserver"
)

// drivers are who drove a run by now.
func driver(t *testing.T, db *store.DB, run string) (token string) {
	t.Helper()
	require.NoError(t, db.Read.NewSelect().Table("replication_runs").Column("driver").Where("id = ?", run).Scan(t.Context(), &token))
	return token
}

// expire lets the lease of who drives a run end.
func expire(t *testing.T, db *store.DB, run string) {
	t.Helper()
	exec(t, db, "UPDATE replication_runs SET driven_until = 1 WHERE id = ?", run)
}

func TestAReplicationSurvivesThatItsProcessesAreKilled(t *testing.T) {
	t.Parallel()
	apitest.EachURL(t, func(t *testing.T, url string) {
		db := apitest.Open(t, url)
		const objects, most = 150, 40
		p, policy, to := prepared(t, db, mixed(objects))
		unchanged := watchFinals(t, db)
		run := apitest.Replicate(t, p, policy.ID, to)
		var at []int
		kills := 0
		for ; kills < most && apitestRun(t, p, run.ID).Ended.IsZero(); kills++ {
			before := driver(t, db, run.ID)
			c := worker(t, url)
			require.Eventually(t, func() bool {
				return driver(t, db, run.ID) != before || !apitestRun(t, p, run.ID).Ended.IsZero()
			}, time.Minute, time.Millisecond)
			time.Sleep(rand.N(300 * time.Millisecond)) // nothing is waited for: it dies at any moment
			require.NoError(t, c.Process.Kill())
			require.ErrorContains(t, c.Wait(), "killed")
			at = append(at, apitestRun(t, p, run.ID).Succeeded)
			expire(t, db, run.ID)
		}
		worker(t, url)
		ended := apitest.ReplicationEnds(t, p, run.ID)
		unchanged()
		require.Greater(t, kills, 1, "nothing was in the middle of anything")
		require.Equal(t, []int{objects, objects}, []int{ended.Total, ended.Succeeded})
		requireConsistent(t, db, p, to, ended)
		requireTidy(t, p, to.Region)
		t.Logf("killed %d times, by the time that so many of %d were there: %v", kills, objects, at)
	})
}

func apitestRun(t *testing.T, p apitest.Plane, id string) api.ReplicationRun {
	t.Helper()
	run, err := p.Service.ReplicationRun(t.Context(), mine, id)
	require.NoError(t, err)
	return run
}

// A process that is stopped for longer than its lease, in the middle of anything, and
// then goes on has lost its run: it writes nothing more.
func TestAProcessThatWakesUpTooLateWritesNothing(t *testing.T) {
	t.Parallel()
	// Who is stopped in the middle of transactions holds up others, one after the other,
	// only so long.
	url := testserver.PostgreSQL(t).FreshDatabase(t)
	stoppable := url + "&idle_in_transaction_session_timeout=100"
	db := apitest.Open(t, url)
	const objects, pauses = 120, 6
	p, policy, to := prepared(t, db, mixed(objects))
	unchanged := watchFinals(t, db)
	run := apitest.Replicate(t, p, policy.ID, to)
	var at []int
	var sleeping []*osexec.Cmd
	for len(sleeping) < pauses && apitestRun(t, p, run.ID).Ended.IsZero() {
		before := driver(t, db, run.ID)
		c := worker(t, stoppable)
		require.Eventually(t, func() bool {
			return driver(t, db, run.ID) != before || !apitestRun(t, p, run.ID).Ended.IsZero()
		}, time.Minute, time.Millisecond)
		time.Sleep(rand.N(200 * time.Millisecond))
		require.NoError(t, c.Process.Signal(syscall.SIGSTOP))
		expire(t, db, run.ID)
		sleeping, at = append(sleeping, c), append(at, apitestRun(t, p, run.ID).Succeeded)
	}
	worker(t, url)
	time.Sleep(time.Second)
	for _, c := range sleeping {
		require.NoError(t, c.Process.Signal(syscall.SIGCONT))
	}
	ended := apitest.ReplicationEnds(t, p, run.ID)
	time.Sleep(2 * time.Second) // who woke up has time to do wrong
	unchanged()
	require.Equal(t, ended, apitestRun(t, p, run.ID))
	require.Equal(t, []int{objects, objects}, []int{ended.Total, ended.Succeeded})
	requireConsistent(t, db, p, to, ended)
	t.Logf("stopped %d processes, by the time that so many of %d were there: %v", len(sleeping), objects, at)
}

// Three processes with one database and one folder each want to begin, and to drive.
func TestThreeProcessesRaceForAReplication(t *testing.T) {
	t.Parallel()
	apitest.EachURL(t, func(t *testing.T, url string) {
		db := apitest.Open(t, url)
		const objects, racers = 60, 3
		p, policy, to := prepared(t, db, mixed(objects))
		var runs []string
		busy := 0
		results := make(chan api.ReplicationRun, racers)
		for range racers {
			racer := planeOn(t, apitest.Open(t, url), ring(t))
			go func() {
				run, err := racer.Service.StartReplication(t.Context(), mine, api.ReplicationDraft{Policy: policy.ID, Region: to.Region, Project: to.Project})
				if api.CodeOf(err) == api.Conflict {
					run = api.ReplicationRun{Source: "conflict"}
				} else if err != nil {
					run = api.ReplicationRun{Source: err.Error()}
				}
				results <- run
			}()
		}
		for range racers {
			run := <-results
			if run.Source == "conflict" {
				busy++
				continue
			}
			require.Equal(t, objects, run.Total, run.Source)
			runs = append(runs, run.ID)
		}
		require.Equal(t, []int{1, racers - 1}, []int{len(runs), busy}, "one begins, the others are told so")
		unchanged := watchFinals(t, db)
		for range racers {
			worker(t, url)
		}
		ended := apitest.ReplicationEnds(t, p, runs[0])
		unchanged()
		require.Equal(t, objects, ended.Succeeded)
		requireConsistent(t, db, p, to, ended)
	})
}

// Of those who replicate one backup at the same time one does.
func TestOneBackupIsReplicatedOnceByMany(t *testing.T) {
	t.Parallel()
	apitest.EachURL(t, func(t *testing.T, url string) {
		p, policy, to := prepared(t, apitest.Open(t, url), []int{10})
		page, err := p.Service.ListBackups(t.Context(), mine, api.BackupQuery{Policy: policy.ID})
		require.NoError(t, err)
		const racers = 6
		results := make(chan error, racers)
		for i := range racers {
			racer := planeOn(t, apitest.Open(t, url), ring(t))
			go func() {
				var err error
				if i%2 == 0 {
					_, err = racer.Service.ReplicateBackup(t.Context(), mine, page.Items[0].ID, api.BackupReplicationDraft{Region: to.Region, Project: to.Project})
				} else {
					var run api.ReplicationRun
					run, err = racer.Service.StartReplication(t.Context(), mine, api.ReplicationDraft{Policy: policy.ID, Region: to.Region, Project: to.Project})
					if err == nil && run.ID == "" {
						err = api.Errorf(api.Invalid, "nothing to copy")
					}
				}
				results <- err
			}()
		}
		won := 0
		for range racers {
			if err := <-results; err == nil {
				won++
			} else {
				require.Contains(t, []api.Code{api.Invalid, api.Conflict}, api.CodeOf(err), "error: %v", err)
			}
		}
		require.Equal(t, 1, won)
	})
}
