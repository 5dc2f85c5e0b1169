package embedded_test

import (
	"context"
	"fmt"
	"io"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"switchboard/internal/api"
	"switchboard/internal/api/apitest"
	"switchboard/internal/api/embedded"
	"switchboard/internal/api/store"
	"switchboard/internal/testserver"
)

// closedLinks makes links that nobody answers; every one of them has been
// checked once if depth is Anyway.
func closedLinks(t *testing.T, p apitest.Plane, n int, depth api.Depth) []string {
	t.Helper()
	var ids []string
	for i := range n {
		link, err := p.Service.CreateLink(t.Context(), mine, apitest.ClosedDraft(t, fmt.Sprintf("link_%03d", i)), depth)
		require.NoError(t, err)
		ids = append(ids, link.ID)
	}
	return ids
}

func startRun(t *testing.T, p apitest.Plane, ids []string) api.Run {
	t.Helper()
	run, err := p.Service.StartRun(t.Context(), mine, api.KindLink, ids)
	require.NoError(t, err)
	return run
}

// eventually waits for a run to become so.
func eventually(t *testing.T, p apitest.Plane, id string, is func(*api.Run) bool) api.Run {
	t.Helper()
	var run api.Run
	require.Eventually(t, func() bool {
		var err error
		run, err = p.Service.Run(t.Context(), mine, id)
		return err == nil && is(&run)
	}, 30*time.Second, 20*time.Millisecond)
	return run
}

func hasEnded(r *api.Run) bool { return !r.Ended.IsZero() }

func TestCancellingARunGivesUpItsChecks(t *testing.T) {
	t.Parallel()
	apitest.EachURL(t, func(t *testing.T, url string) {
		db := apitest.Open(t, url)
		working := plane(t, db, ring(t))
		begin(t, working)
		for where, canceller := range map[string]apitest.Plane{
			"in the process that checks": working,
			"in another process":         planeOn(t, db, ring(t)),
		} {
			address, conns := silent(t)
			link, err := working.Service.CreateLink(t.Context(), mine, apitest.DraftAt(t, "orders", address), api.Shape)
			require.NoError(t, err)
			run := startRun(t, working, []string{link.ID})
			conn := <-conns
			began := time.Now()
			require.NoError(t, canceller.Service.CancelRun(t.Context(), mine, run.ID))
			_, err = io.ReadAll(conn)
			require.NoError(t, err, "%s: the check hangs up", where)
			require.Less(t, time.Since(began), 5*time.Second, where)
			run = eventually(t, working, run.ID, hasEnded)
			require.Equal(t, 1, run.Count(api.RunCancelled), where)
			require.Empty(t, history(t, working, link.ID), "a check that was given up says nothing")
			require.NoError(t, working.Service.DeleteLink(t.Context(), mine, link.ID, 0))
		}
	})
}

func TestARunGoesOnAfterARestart(t *testing.T) {
	t.Parallel()
	apitest.EachURL(t, func(t *testing.T, url string) {
		keys := ring(t)
		db, err := store.Open(t.Context(), url)
		require.NoError(t, err)
		before := plane(t, db, keys)
		address, conns := silent(t)
		ids := closedLinks(t, before, 5, api.Shape)
		slow, err := before.Service.CreateLink(t.Context(), mine, apitest.DraftAt(t, "slow", address), api.Shape)
		require.NoError(t, err)
		ids = append(ids, slow.ID)
		work := before.Service.(*embedded.Plane)
		require.NoError(t, work.Start(t.Context(), embedded.Background{}))
		run := startRun(t, before, ids)
		<-conns
		require.NoError(t, work.Stop(t.Context()), "the check under way is given up")
		require.NoError(t, db.Close())

		after := planeOn(t, apitest.Open(t, url), keys)
		begin(t, after)
		require.NoError(t, (<-conns).Close(), "and made again")
		run = eventually(t, after, run.ID, hasEnded)
		require.Equal(t, 6, run.Count(api.RunDone))
		for _, id := range ids {
			require.Len(t, history(t, after, id), 1)
		}
	})
}

// TestWhatAKilledProcessHeldIsTakenOver leaves a link and a row as a process
// does that is killed in the middle of a check.
func TestWhatAKilledProcessHeldIsTakenOver(t *testing.T) {
	t.Parallel()
	apitest.EachDatabase(t, func(t *testing.T, db *store.DB) {
		p := plane(t, db, ring(t))
		ids := closedLinks(t, p, 2, api.Anyway)
		run := startRun(t, p, ids)
		exec(t, db, "UPDATE run_rows SET state = 'running', at = ?", store.Micros(time.Now()))
		exec(t, db, "UPDATE links SET next_check_at = ?", store.Micros(time.Now().Add(2*time.Minute)))
		catchUp(t, p, 0)
		require.Len(t, history(t, p, ids[0]), 1, "who holds it may still be at work")
		catchUp(t, p, 3*time.Minute)
		require.Len(t, history(t, p, ids[0]), 3, "the one of the run, and the scheduled one")
		require.True(t, hasEnded(new(eventually(t, p, run.ID, hasEnded))))
	})
}

func TestOldRunsAreForgotten(t *testing.T) {
	t.Parallel()
	apitest.EachDatabase(t, func(t *testing.T, db *store.DB) {
		p := plane(t, db, ring(t))
		ids := closedLinks(t, p, 1, api.Shape)
		first := startRun(t, p, ids)
		for range 50 {
			startRun(t, p, ids)
		}
		_, err := p.Service.Run(t.Context(), mine, first.ID)
		require.Equal(t, api.NotFound, api.CodeOf(err))
		for table, want := range map[string]int64{"runs": 50, "run_rows": 50} {
			n, err := db.Read.NewSelect().Table(table).Count(t.Context())
			require.NoError(t, err)
			require.Equal(t, want, n, table)
		}
	})
}

func TestThreeProcessesCheckEachDueLinkOnce(t *testing.T) {
	t.Parallel()
	url := testserver.PostgreSQL(t).FreshDatabase(t)
	keys := ring(t)
	p := plane(t, apitest.Open(t, url), keys)
	const links = int64(200)
	ids := closedLinks(t, p, int(links), api.Anyway)
	exec(t, apitest.Open(t, url), "UPDATE links SET next_check_at = ?", store.Micros(time.Now()))
	started := make(chan error)
	for range 3 {
		go func() {
			db, err := store.Open(t.Context(), url)
			if err != nil {
				started <- err
				return
			}
			t.Cleanup(func() { require.NoError(t, db.Close()) })
			work := planeOn(t, db, keys).Service.(*embedded.Plane)
			err = work.Start(t.Context(), embedded.Background{Tick: 100 * time.Millisecond})
			t.Cleanup(func() { require.NoError(t, work.Stop(context.Background())) })
			started <- err
		}()
	}
	for range 3 {
		require.NoError(t, <-started, "they migrate the queue at the same time")
	}
	db := apitest.Open(t, url)
	count := func() int64 {
		n, err := db.Read.NewSelect().Table("checks").Where("way = ?", api.WayJob).Count(t.Context())
		require.NoError(t, err)
		return n
	}
	require.Eventually(t, func() bool { return count() >= links }, time.Minute, 50*time.Millisecond)
	run := startRun(t, p, ids) // by a process that does not work itself
	run = eventually(t, p, run.ID, hasEnded)
	require.EqualValues(t, links, run.Count(api.RunDone))
	require.Equal(t, links, count())
	var most []int
	err := db.Read.NewSelect().Table("checks").ColumnExpr("COUNT(*)").Group("object_id", "way").Having("COUNT(*) <> ?", 1).Scan(t.Context(), &most)
	require.NoError(t, err)
	// Each link was checked when it was created and by the run, on behalf of a
	// person, and once on its schedule.
	require.Len(t, most, int(links))
	for _, n := range most {
		require.Equal(t, 2, n)
	}
}
