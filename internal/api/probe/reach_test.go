package probe_test

import (
	"fmt"
	"net"
	"net/netip"
	"testing"

	"github.com/stretchr/testify/require"

	"switchboard/internal/api"
	"switchboard/internal/api/probe"
	"switchboard/internal/testserver"
)

func TestAnAddressIsReached(t *testing.T) {
	t.Parallel()
	p := prober(probe.Options{Policy: probe.Policy{Deny: rules(t, "127.0.0.3")}})
	for _, s := range []*testserver.Server{testserver.MariaDB(t), testserver.PostgreSQL(t)} {
		c := p.Reach(t.Context(), "", s.Addr(), probe.QueueNetwork{})
		requirePassed(t, c, api.StepResolve, api.StepConnect)
		require.Less(t, find(t, c, api.StepConnect).Took, little, "to wait for a greeting is not to connect")
	}
	c := p.Reach(t.Context(), "", testserver.ClosedAddr(t).String(), probe.QueueNetwork{})
	require.Equal(t, "check.connect.refused", c.Failure().Message.Key)
	require.Equal(t, "address", c.Failure().Path)
	c = p.Reach(t.Context(), "", "127.0.0.3:80", probe.QueueNetwork{})
	require.Equal(t, "check.connect.unreachable", c.Failure().Message.Key, "forbidden looks like unreachable")
}

func TestAnAddressInTheNetworkOfTheQueueIsNotReached(t *testing.T) {
	t.Parallel()
	met := make(chan bool, 1)
	open := standIn(t, func(net.Conn) { met <- true }).String()
	port := netip.MustParseAddrPort(open).Port()
	p := prober(probe.Options{Resolver: name("db.example.com", "10.0.1.1", "127.0.0.1")})
	from := queueNetwork("etl", "127.0.0.0/8")
	for _, address := range []string{open, fmt.Sprintf("db.example.com:%d", port)} {
		c := p.Reach(t.Context(), "", address, from)
		require.Equal(t, []string{"resolve passed", "queue_range failed check.range.bound", "connect skipped"}, verdicts(c))
		f := c.Failure()
		require.Equal(t, "127.0.0.1", f.Message.Args["peer"])
		require.Equal(t, "etl", f.Message.Args["queue"])
		require.Equal(t, "127.0.0.0/8", f.Message.Args["network"])
		require.Equal(t, "hint.range.other_queue", f.Hint.Key)
		require.Equal(t, "address", f.Path)
		require.Equal(t, "etl 127.0.0.0/8", f.Found)
	}
	require.Empty(t, met, "there is no need to try")
}

func TestThatItWasTheConsoleWhichReachedItselfIsSaid(t *testing.T) {
	t.Parallel()
	c := prober(probe.Options{}).Reach(t.Context(), "", testserver.ZooKeeper(t).Addr(), queueNetwork("etl", "172.16.0.0/18"))
	require.Equal(t, []string{"resolve passed", "queue_range warned check.range.here", "connect passed"}, verdicts(c))
	require.Equal(t, "etl 172.16.0.0/18", c.Steps[1].Found)
}
