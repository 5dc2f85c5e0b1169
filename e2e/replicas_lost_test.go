package e2e

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"switchboard/internal/testserver"
)

// balancer hands connections round to several processes, as a load balancer does,
// and leaves out those that do not answer.
type balancer struct {
	url      string
	next     atomic.Int64
	backends []string // host:port
}

func balance(t *testing.T, programs ...*program) *balancer {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { _ = listener.Close() })
	b := &balancer{url: "http://" + listener.Addr().String()}
	for _, p := range programs {
		b.backends = append(b.backends, strings.TrimPrefix(p.URL, "http://"))
	}
	go func() {
		for {
			client, err := listener.Accept()
			if err != nil {
				return
			}
			go b.carry(client)
		}
	}()
	return b
}

// carry connects a client with the next process that answers, until one of them ends.
func (b *balancer) carry(client net.Conn) {
	defer client.Close()
	for range b.backends {
		n := int(b.next.Add(1)) % len(b.backends)
		server, err := net.Dial("tcp", b.backends[n])
		if err != nil {
			continue
		}
		defer server.Close()
		go func() {
			_, _ = io.Copy(server, client)
			_ = server.(*net.TCPConn).CloseWrite()
		}()
		_, _ = io.Copy(client, server)
		return
	}
}

// through lets a visitor or a caller come by the balancer, on a connection of its
// own for each request.
func (b *balancer) through(jar http.CookieJar) *http.Client {
	return &http.Client{
		Jar: jar, Timeout: patience, Transport: &http.Transport{DisableKeepAlives: true},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// work is what clients were told while they wrote.
type work struct {
	mu           sync.Mutex
	acknowledged map[string]bool
	refused      []string // answers that no client should get
	stop         atomic.Bool
}

func (w *work) note(name string, sent bool, status, want int, body string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	switch {
	case !sent: // cut off: it may be there or not
	case status == want:
		w.acknowledged[name] = true
	default:
		w.refused = append(w.refused, fmt.Sprintf("%s: %d %s", name, status, body))
	}
}

func (w *work) done() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return len(w.acknowledged)
}

// attempt sends a request; sent is false if no answer came.
func attempt(client *http.Client, r *http.Request) (sent bool, status int, body string) {
	resp, err := client.Do(r)
	if err != nil {
		return false, 0, ""
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	return err == nil, resp.StatusCode, string(text)
}

// writeLinks makes links by the wire API, one after the other.
func (w *work) writeLinks(t *testing.T, c *caller, client *http.Client, writer int) {
	for n := 0; !w.stop.Load(); n++ {
		name := fmt.Sprintf("wire_%d_%d", writer, n)
		body, _ := json.Marshal(linkBody(name, somewhere(nil)))
		r, _ := http.NewRequestWithContext(t.Context(), http.MethodPost, c.base+c.links(), bytes.NewReader(body))
		r.Header.Set("X-Auth-Token", c.token)
		sent, status, text := attempt(client, r)
		w.note(name, sent, status, http.StatusOK, text)
	}
}

// writeQueues makes queues by the pages, one after the other. Who is not signed in
// any more is redirected, too, but elsewhere. A project has a hundred at most.
func (w *work) writeQueues(t *testing.T, base, home string, client *http.Client, writer int) {
	for n := 0; n < 45 && !w.stop.Load(); n++ {
		name := fmt.Sprintf("page_%d_%d", writer, n)
		form := url.Values{"name": {name}, "type": {"sql"}, "cu_count": {"16"}, "cidr": {"10.0.0.0/16"}}
		r, _ := http.NewRequestWithContext(t.Context(), http.MethodPost, base+home+"/connections/queues", strings.NewReader(form.Encode()))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		resp, err := client.Do(r)
		if err != nil {
			continue
		}
		text, _ := io.ReadAll(resp.Body)
		_ = resp.Body.Close()
		w.note(name, true, resp.StatusCode, http.StatusSeeOther, string(text))
		if strings.Contains(resp.Header.Get("Location"), "/sign-in") {
			w.note(name, true, http.StatusUnauthorized, http.StatusSeeOther, "signed out")
		}
	}
}

// Three processes behind a load balancer: one is killed while people and programs
// write and runs go on. What was acknowledged is there, once; each job was done once;
// nobody is signed out, and who watches a run sees its end.
func TestAReplicaIsLostUnderLoad(t *testing.T) {
	t.Parallel()
	const closedLinks, runs = 12, 6
	address := testserver.PostgreSQL(t).FreshDatabase(t)
	victim := prepare(t, onDatabase(address), checkingForm)
	victim.launch(t)
	victim.await(t)
	replica := func() *program {
		p := prepare(t, onDatabase(address), checkingForm)
		p.dir = victim.dir
		p.launch(t)
		p.await(t)
		t.Cleanup(func() { p.stop(t) })
		return p
	}
	db, b, silent := connect(t, address), balance(t, victim, replica(), replica()), silence(t)

	c := victim.call(t)
	for n := range closedLinks {
		c.create(fmt.Sprintf("closed_%02d", n), inputsAt(closedPort))
	}
	c.create("silent_1", silent.inputs())
	c.create("silent_2", silent.inputs())
	jar, err := cookiejar.New(nil)
	require.NoError(t, err)
	v := &visitor{t: t, base: b.url, http: b.through(jar)}
	v.signIn(adminName)
	home := v.get("/").location
	require.NotEmpty(t, home)

	// The run that somebody watches, at the process that will be killed.
	watched := startRun(v)
	atVictim := *v
	atVictim.base, atVictim.http = victim.URL, &http.Client{Jar: jar, Timeout: patience}
	progress := atVictim.listen(watched + "/events")
	progress.until("Testing: ")

	w := &work{acknowledged: map[string]bool{}}
	c.base = b.url
	var writers sync.WaitGroup
	for n := range 2 {
		writers.Go(func() { w.writeLinks(t, c, b.through(nil), n) })
		writers.Go(func() { w.writeQueues(t, b.url, home, b.through(jar), n) })
	}
	ids := closedIDs(t, db)
	begun := []string{watched}
	for len(begun) < runs {
		begun = append(begun, runOf(v, home, ids))
		if len(begun) == runs/2 {
			eventually(t, "writes by everybody", func() (int, bool) { return w.done(), w.done() > 30 })
			victim.kill(t)
			silent.hangUp() // what was asked by others ends now
		}
	}
	killed := w.done()
	eventually(t, "more writes at the others", func() (int, bool) { return w.done(), w.done() > killed+30 })
	w.stop.Store(true)
	writers.Wait()
	require.Empty(t, w.refused)

	leaveBehind(t, db)
	replica() // comes back, and looks at once, not at the next tick
	eventually(t, "all runs to end", func() (int, bool) {
		n := number(t, db, "SELECT count(*) FROM runs WHERE ended_at = 0")
		return n, n == 0
	})
	v.listen(watched + "/events").until("Finished: ")
	require.Contains(t, v.get(watched).body, "Finished: ", "by the same session as before")
	requireOnce(t, db, w)
	require.Equal(t, len(begun), number(t, db, "SELECT count(*) FROM runs WHERE ended_at > 0"))
	require.Equal(t, number(t, db, "SELECT count(*) FROM run_rows"), number(t, db, "SELECT count(*) FROM checks"), "each row of a run was checked once")
	require.Equal(t, 1, number(t, db, "SELECT count(*) FROM sessions"), "nobody had to sign in again")
	throttledEverywhere(t, b)
	t.Logf("%d writes were acknowledged, %d of them before the kill", w.done(), killed)
}

// closedIDs are the links that the runs test.
func closedIDs(t *testing.T, db *pgx.Conn) []string {
	t.Helper()
	rows, err := db.Query(t.Context(), "SELECT id FROM links WHERE name LIKE 'closed%'")
	require.NoError(t, err)
	ids, err := pgx.CollectRows(rows, pgx.RowTo[string])
	require.NoError(t, err)
	return ids
}

// runOf begins to test links; what is cut off is begun again.
func runOf(v *visitor, home string, ids []string) string {
	v.t.Helper()
	begun := v.post(home+"/links/runs", url.Values{"id": ids})
	require.Equal(v.t, http.StatusSeeOther, begun.status, begun.body)
	return begun.location
}

// leaveBehind lets others have the rows of runs that the killed process held. That is
// so after two minutes; a check of a closed port takes milliseconds, and not 12 seconds
// on the busiest machine.
func leaveBehind(t *testing.T, db *pgx.Conn) {
	t.Helper()
	eventually(t, "nobody to be at a row any more", func() (int, bool) {
		now := time.Now()
		held, longAgo := now.Add(-12*time.Second).UnixMicro(), now.Add(-2*time.Minute).UnixMicro()
		execute(t, db, "UPDATE run_rows SET at = $1 WHERE state = 'running' AND at < $2 AND at > $3", now.Add(-3*time.Minute).UnixMicro(), held, longAgo)
		n := number(t, db, "SELECT count(*) FROM run_rows WHERE state = 'running' AND at > $1", longAgo)
		return n, n == 0
	})
}

// requireOnce requires that each acknowledged write is there once, with one entry in
// the audit log, and nothing that has none.
func requireOnce(t *testing.T, db *pgx.Conn, w *work) {
	t.Helper()
	rows, err := db.Query(t.Context(), "SELECT name FROM links WHERE name LIKE 'wire%' UNION ALL SELECT name FROM queues WHERE name LIKE 'page%'")
	require.NoError(t, err)
	names, err := pgx.CollectRows(rows, pgx.RowTo[string])
	require.NoError(t, err)
	found := map[string]int{}
	for _, name := range names {
		found[name]++
	}
	for name := range w.acknowledged {
		require.Equal(t, 1, found[name], "%s was acknowledged", name)
	}
	require.Len(t, found, len(names), "nothing is there twice")
	require.Equal(t, len(names), number(t, db, `SELECT count(DISTINCT object_id) FROM audit WHERE action = 'create'
		AND kind IN ('link', 'queue') AND (object_name LIKE 'wire%' OR object_name LIKE 'page%')`))
	require.Equal(t, len(names), number(t, db, `SELECT count(*) FROM audit WHERE action = 'create'
		AND kind IN ('link', 'queue') AND (object_name LIKE 'wire%' OR object_name LIKE 'page%')`))
}

// throttledEverywhere requires that wrong passwords are counted together, wherever
// they were tried.
func throttledEverywhere(t *testing.T, b *balancer) {
	t.Helper()
	const free = 5
	jar, err := cookiejar.New(nil)
	require.NoError(t, err)
	v := &visitor{t: t, base: b.url, http: b.through(jar)}
	for range free + 1 {
		require.Equal(t, http.StatusUnprocessableEntity, v.post("/sign-in", url.Values{"name": {"nobody"}, "password": {"wrong"}}).status)
	}
	for range 2 { // at one and at the other
		require.Contains(t, v.post("/sign-in", url.Values{"name": {"nobody"}, "password": {"wrong"}}).body, "Too many failed attempts.")
	}
}
