package e2e

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"switchboard/internal/testserver"
)

// Links that are due are checked once, however many processes find them due at
// the same instant.
func TestReplicasCheckDueLinksOnce(t *testing.T) {
	t.Parallel()
	const links = 40
	url := testserver.PostgreSQL(t).FreshDatabase(t)
	first := prepare(t, onDatabase(url), checkingForm)
	first.launch(t)
	first.await(t)
	c := first.call(t)
	for n := range links {
		c.create(fmt.Sprintf("due_%02d", n), inputsAt(closedPort))
	}
	scheduleAll(first.enter(t))
	first.stop(t)
	db := connect(t, url)
	execute(t, db, "UPDATE links SET next_check_at = $1", time.Now().Add(-time.Minute).UnixMicro())

	var replicas []*program
	for range 3 {
		p := prepare(t, onDatabase(url))
		p.dir = first.dir
		p.launch(t)
		replicas = append(replicas, p)
	}
	for _, p := range replicas {
		p.await(t)
	}
	// Who checked a link says at the same time when it is due next, in 4½ to
	// 5½ minutes; who only took it, within 2.
	eventually(t, "all links to be checked", func() (int, bool) {
		n := number(t, db, "SELECT count(*) FROM links WHERE next_check_at > $1", time.Now().Add(3*time.Minute).UnixMicro())
		return n, n == links
	})
	for _, p := range replicas {
		p.stop(t)
		require.NotContains(t, p.output.String(), "level=ERROR")
	}
	require.Equal(t, links, number(t, db, "SELECT count(*) FROM checks"))
	require.Equal(t, links, number(t, db, "SELECT count(DISTINCT object_id) FROM checks"))
}

// scheduleAll has all links of the project checked every five minutes.
func scheduleAll(v *visitor) {
	v.t.Helper()
	done := v.post(v.get("/").location+"/links/schedule", url.Values{"all": {"true"}, "every": {"300"}})
	require.Equal(v.t, http.StatusOK, done.status, done.body)
}

// A run is seen, and cancelled, wherever it was started.
func TestRunSpansReplicas(t *testing.T) {
	t.Parallel()
	silent := silence(t)
	database := onDatabase(testserver.PostgreSQL(t).FreshDatabase(t))
	one := start(t, database, checkingForm)
	two := prepare(t, database, checkingForm)
	two.dir = one.dir
	two.launch(t)
	two.await(t)
	t.Cleanup(func() { two.stop(t) })
	c := one.call(t)
	c.create("closed", inputsAt(closedPort))
	c.create("silent_1", silent.inputs())
	c.create("silent_2", silent.inputs())
	here := one.enter(t)
	there := *here
	there.base = two.URL

	// While the other one cannot, the first does all the work.
	require.NoError(t, two.process.Process.Signal(syscall.SIGSTOP))
	run := startRun(here)
	eventually(t, "checks under way", func() (int, bool) { n := silent.holding(); return n, n == 2 })
	require.NoError(t, two.process.Process.Signal(syscall.SIGCONT))
	progress := there.listen(run + "/events")
	require.Contains(t, progress.until("Testing: 1 of 3 done"), "refused the connection on port 1")

	began := time.Now()
	require.Equal(t, http.StatusSeeOther, there.post(run+"/cancel", url.Values{}).status)
	eventually(t, "the connections to be given up", func() (int, bool) { n := silent.holding(); return n, n == 0 })
	require.Contains(t, progress.rest(), "Cancelled: 1 of 3 were tested")
	require.Less(t, time.Since(began), atOnce, "through the database, too")
	require.Contains(t, here.get(run).body, "Cancelled: 1 of 3 were tested")
}

// startRun begins to test all links of the project and returns the run's path.
func startRun(v *visitor) string {
	v.t.Helper()
	begun := v.post(v.get("/").location+"/links/runs", url.Values{"all": {"true"}})
	require.Equal(v.t, http.StatusSeeOther, begun.status, begun.body)
	return begun.location
}

// A run survives the process that worked at it, however that ended.
func TestRunOutlivesItsProcess(t *testing.T) {
	t.Parallel()
	t.Run("sqlite, killed and started again", func(t *testing.T) {
		t.Parallel()
		p := prepare(t, checkingForm)
		runOutlives(t, p, p, func() { p.kill(t) })
	})
	t.Run("sqlite, stopped and started again", func(t *testing.T) {
		t.Parallel()
		p := prepare(t, checkingForm)
		runOutlives(t, p, p, func() {
			began := time.Now()
			p.stop(t)
			require.Less(t, time.Since(began), atOnce, "neither checks nor streams are waited for")
		})
	})
	t.Run("postgresql, killed and followed by another process", func(t *testing.T) {
		t.Parallel()
		url := testserver.PostgreSQL(t).FreshDatabase(t)
		p, other := prepare(t, onDatabase(url), checkingForm), prepare(t, onDatabase(url), checkingForm)
		other.dir = p.dir
		runOutlives(t, p, other, func() {
			p.kill(t)
			// Who was killed has two minutes to come back.
			execute(t, connect(t, url), "UPDATE run_rows SET at = at - $1 WHERE state = 'running'", (3 * time.Minute).Microseconds())
		})
	})
}

func runOutlives(t *testing.T, first, next *program, end func()) {
	silent := silence(t)
	first.launch(t)
	first.await(t)
	c := first.call(t)
	for n := range 5 {
		c.create(fmt.Sprintf("silent_%d", n), silent.inputs())
	}
	v := first.enter(t)
	run := startRun(v)
	eventually(t, "checks under way", func() (int, bool) { n := silent.holding(); return n, n > 1 })
	v.listen(run + "/events").until("Testing: 0 of 5 done")
	end()
	silent.hangUp()

	next.launch(t)
	next.await(t)
	t.Cleanup(func() { next.stop(t) })
	v.base = next.URL
	v.listen(run + "/events").until("Finished: 5 of 5 failed")
	links := v.get("/").location + "/links"
	require.Equal(t, 5, strings.Count(v.get(links).body, "Latest checks: 1 × Failed"), "what was given up said nothing, what came after it once")
}

// connect opens the database behind the program's back.
func connect(t *testing.T, url string) *pgx.Conn {
	t.Helper()
	db, err := pgx.Connect(t.Context(), url)
	require.NoError(t, err)
	t.Cleanup(func() { _ = db.Close(context.Background()) })
	return db
}

func execute(t *testing.T, db *pgx.Conn, sql string, args ...any) {
	t.Helper()
	_, err := db.Exec(t.Context(), sql, args...)
	require.NoError(t, err)
}

// number is the one number that a query finds.
func number(t *testing.T, db *pgx.Conn, sql string, args ...any) int {
	t.Helper()
	var n int
	require.NoError(t, db.QueryRow(t.Context(), sql, args...).Scan(&n))
	return n
}
