package probe_test

import (
	"context"
	"net"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"switchboard/internal/api"
	"switchboard/internal/api/probe"
)

func TestNoMoreChecksRunThanAllowed(t *testing.T) {
	t.Parallel()
	const limit, checks = 3, 9
	arrived, release := make(chan struct{}, checks), make(chan struct{})
	var now, most atomic.Int64
	addr := standIn(t, func(net.Conn) {
		n := now.Add(1)
		for m := most.Load(); n > m && !most.CompareAndSwap(m, n); m = most.Load() {
		}
		arrived <- struct{}{}
		<-release
		now.Add(-1) // before the connection closes and makes room
	})
	p := prober(probe.Options{Concurrency: limit})
	var wg sync.WaitGroup
	for range checks {
		wg.Go(func() { mysqlLink.to(addr).check(t, p) })
	}
	for range limit {
		<-arrived
	}

	t.Run("one that finds no slot in its time says so", func(t *testing.T) {
		late, cancel := context.WithDeadline(t.Context(), time.Now())
		defer cancel()
		c := mysqlLink.to(addr).checkIn(late, t, p)
		requireFailure(t, c, api.StepResolve, "busy", "")
	})
	t.Run("one that is cancelled while it waits says so", func(t *testing.T) {
		gone, cancel := context.WithCancel(t.Context())
		cancel()
		c := mysqlLink.to(addr).checkIn(gone, t, p)
		requireFailure(t, c, api.StepResolve, "cancelled", "")
	})
	close(release)
	wg.Wait()
	require.EqualValues(t, limit, most.Load())
	require.Len(t, arrived, checks-limit, "all the others had their turn, and the two above had none")
}

func TestCancelEndsACheckAtOnce(t *testing.T) {
	t.Parallel()
	for _, m := range meetings {
		t.Run(m.name, func(t *testing.T) {
			t.Parallel()
			arrived, closed := make(chan struct{}), make(chan struct{})
			addr := standIn(t, func(conn net.Conn) {
				close(arrived)
				says("")(conn)
				close(closed)
			})
			ctx, cancel := context.WithCancel(t.Context())
			result := make(chan api.Check, 1)
			go func() { result <- m.link.to(addr).checkIn(ctx, t, prober(probe.Options{Timeout: time.Hour})) }()
			<-arrived
			cancel()
			c := <-result
			requireFailure(t, c, c.Failure().Name, "cancelled", "")
			require.Contains(t, []api.StepName{api.StepConnect, m.step}, c.Failure().Name, "where it was, or about to be")
			<-closed // nothing is left behind
		})
	}
}

func TestOneProjectDoesNotHoldUpAnother(t *testing.T) {
	t.Parallel()
	arrived, release := make(chan struct{}, 9), make(chan struct{})
	slow := standIn(t, func(net.Conn) {
		arrived <- struct{}{}
		<-release
	})
	quick := standIn(t, func(net.Conn) {})
	p := prober(probe.Options{Concurrency: 3, PerProject: 2})
	check := func(ctx context.Context, project string, addr net.Addr) api.Check {
		host, port, _ := net.SplitHostPort(addr.String())
		return p.Check(ctx, probe.Target{Project: project, Connector: jdbc, Inputs: map[string]string{
			"linkConfig.databaseType": "MYSQL", "linkConfig.host": host, "linkConfig.port": port,
			"linkConfig.username": "ann", "linkConfig.database": "orders",
		}})
	}
	var wg sync.WaitGroup
	for range 5 {
		wg.Go(func() { check(t.Context(), "greedy", slow) })
	}
	<-arrived
	<-arrived
	late, cancel := context.WithDeadline(t.Context(), time.Now())
	defer cancel()
	requireFailure(t, check(late, "greedy", quick), api.StepResolve, "busy", "")
	requireFailure(t, check(t.Context(), "modest", quick), api.StepHandshake, "peer.closed", "port")
	close(release)
	wg.Wait()
}
