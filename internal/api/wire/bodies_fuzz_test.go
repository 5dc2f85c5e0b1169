package wire

import (
	"context"
	"math/rand/v2"
	"net"
	"net/http"
	"net/netip"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"switchboard/internal/api/identity"
	"switchboard/internal/api/keyring"
	"switchboard/internal/api/probe"
	"switchboard/internal/api/store"
)

const (
	manyBodies   = 5_000
	bodiesSeed   = 20261122
	fuzzTimeout  = time.Second
	bodyDeadline = 2*fuzzTimeout + 18*time.Second // a check's time, and some for a busy machine
)

// Whatever body programs send is answered in time. A status of 500 means that
// the check refuses it and says why, in CDM's own shape; nothing is connected
// to that the policy does not allow.
func TestManyBadBodies(t *testing.T) {
	t.Parallel()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { listener.Close() })
	came := new(atomic.Uint64)
	go hangUpAndCount(listener, came)
	at := listener.Addr().(*net.TCPAddr)
	rules, err := probe.ParseRules(at.String())
	require.NoError(t, err)
	prober := probe.New(probe.Options{Policy: probe.Policy{Allow: rules}, Resolver: nowhere{}, Timeout: fuzzTimeout})
	w := start(t, connecting, proberOf(t, prober))
	w.stock(t)

	answers := &bodyResults{statuses: map[int]int{}}
	began := time.Now()
	var work sync.WaitGroup
	for n := range uint64(4) {
		work.Go(func() {
			m := &bodyMutator{random: rand.New(rand.NewPCG(bodiesSeed, n)), here: at.String(), port: at.Port}
			for range manyBodies / 4 {
				answers.ask(w, m)
			}
		})
	}
	work.Wait()
	dialled, refused := prober.Dialled()
	t.Logf("seed %d: %d bodies in %s, the slowest %s; statuses %v, %d of 500 are findings; %d connections, %d refused",
		bodiesSeed, manyBodies, time.Since(began).Round(time.Millisecond), answers.slowest, answers.statuses, answers.excused, dialled, refused)

	require.Empty(t, answers.bad)
	require.NotContains(t, w.log.String(), "level=ERROR")
	require.NotContains(t, w.log.String(), "panic")
	require.NotZero(t, answers.statuses[http.StatusOK], "bodies that are always refused test little")
	require.Greater(t, answers.excused, 100)
	require.Greater(t, dialled, uint64(50))
	require.NotZero(t, refused)
	require.Eventually(t, func() bool { return came.Load() == dialled }, 5*time.Second, 10*time.Millisecond, "connections that were counted, and those that came")
}

// proberOf gives the service another prober, and another database with the same
// projects.
func proberOf(t *testing.T, prober *probe.Prober) func(*Options) {
	return func(o *Options) {
		db, err := store.Open(t.Context(), t.TempDir()+"/fuzz.db")
		require.NoError(t, err)
		t.Cleanup(func() { require.NoError(t, db.Close()) })
		keys, err := keyring.Parse(keyring.NewKey())
		require.NoError(t, err)
		ids := identity.New(db, keys)
		projects, err := o.Identity.(*identity.Service).AllProjects(t.Context())
		require.NoError(t, err)
		_, err = ids.EnsureFirst(t.Context(), "first")
		require.NoError(t, err)
		for _, project := range projects {
			_, err = ids.AddProject(t.Context(), console, identity.Project{Name: project.Name, ID: project.ID})
			require.NoError(t, err)
		}
		o.Service = planeOn(t, db, keys, prober)
	}
}

// nowhere knows no name.
type nowhere struct{}

// LookupNetIP implements probe.Resolver.
func (nowhere) LookupNetIP(_ context.Context, _, host string) ([]netip.Addr, error) {
	return nil, &net.DNSError{Err: "no such host", Name: host, IsNotFound: true}
}

func hangUpAndCount(listener net.Listener, came *atomic.Uint64) {
	for {
		conn, err := listener.Accept()
		if err != nil {
			return
		}
		came.Add(1)
		conn.Close()
	}
}
