package probe_test

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"strconv"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"switchboard/internal/api"
	"switchboard/internal/api/probe"
	"switchboard/internal/testserver"
)

// counting is a stand-in for PostgreSQL that refuses everybody and counts how
// often it was asked.
func counting(t testing.TB) (net.Addr, *atomic.Int64) {
	asked := &atomic.Int64{}
	return standIn(t, func(conn net.Conn) {
		asked.Add(1)
		saysAndHangsUp(postgresRefusal("57P03", "starting"))(conn)
	}), asked
}

func TestAnAddressThatIsRefusedLooksUnreachableAndIsNotDialled(t *testing.T) {
	t.Parallel()
	addr, asked := counting(t)
	at := netip.MustParseAddrPort(addr.String())
	for _, c := range []struct {
		name    string
		options probe.Options
		host    string
		reason  string
	}{
		{"denied", probe.Options{Policy: probe.Policy{Deny: rules(t, "127.0.0.0/8")}}, "127.0.0.1", "denied by the policy"},
		{"denied, written as IPv6", probe.Options{Policy: probe.Policy{Deny: rules(t, "127.0.0.0/8")}}, "::ffff:127.0.0.1", "denied by the policy"},
		{"not allowed", probe.Options{Policy: probe.Policy{Allow: rules(t, "10.0.0.0/8")}}, "127.0.0.1", "not allowed"},
		{"denied by port", probe.Options{Policy: probe.Policy{Deny: rules(t, ":"+strconv.Itoa(int(at.Port())))}}, "127.0.0.1", "denied by the policy"},
		{"denied by name", probe.Options{Policy: probe.Policy{Deny: rules(t, "*.localhost,localhost")}}, "localhost", "denied by the policy"},
		{"allowed by name, but denied by address (fake resolver)",
			probe.Options{Policy: probe.Policy{Allow: rules(t, "db.example"), Deny: rules(t, "127.0.0.0/8")}, Resolver: name("db.example", "127.0.0.1")},
			"db.example", "denied by the policy"},
		{"allowed by name, but never to be reached (fake resolver)",
			probe.Options{Policy: probe.Policy{Allow: rules(t, "db.example")}, Resolver: name("db.example", "127.0.0.1", "100.100.100.200")},
			"db.example", "metadata"},
		{"allowed by name, with another name (fake resolver)",
			probe.Options{Policy: probe.Policy{Allow: rules(t, "db.example")}, Resolver: name("other.example", "127.0.0.1")}, "other.example", "not allowed"},
		{"the console itself", probe.Options{Own: []netip.AddrPort{at}}, "127.0.0.1", "console itself"},
		{"the console itself, listening everywhere", probe.Options{Own: []netip.AddrPort{netip.AddrPortFrom(netip.IPv4Unspecified(), at.Port())}}, "127.0.0.1", "console itself"},
		{"unspecified", probe.Options{}, "0.0.0.0", "unspecified"},
		{"metadata service", probe.Options{}, "169.254.169.254", "link-local"},
		{"a name with such an address (fake resolver)", probe.Options{Resolver: name("db.example", "100.100.100.200")}, "db.example", "metadata"},
		{"a name with one such address among good ones (fake resolver)",
			probe.Options{Resolver: name("db.example", "127.0.0.1", "169.254.169.254")}, "db.example", "link-local"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			log := &syncLog{}
			c.options.Logger = log.logger()
			p := prober(c.options)
			got := postgresLink.to(addr).with("host", c.host).check(t, p)
			f := requireFailure(t, got, api.StepConnect, "connect.unreachable", "host")
			require.Empty(t, f.Detail)
			require.Empty(t, f.Found)
			require.Contains(t, log.String(), c.reason, "the log says why")
			require.Zero(t, asked.Load())
			allowed, refused := p.Dialled()
			require.Zero(t, allowed)
			require.EqualValues(t, 1, refused)
		})
	}
}

func TestPolicyLetsThrough(t *testing.T) {
	t.Parallel()
	addr, asked := counting(t)
	port := strconv.Itoa(addr.(*net.TCPAddr).Port)
	other := netip.MustParseAddrPort(addr.String())
	other = netip.AddrPortFrom(other.Addr(), other.Port()^1)
	for i, allow := range []string{"127.0.0.1", "127.0.0.0/8:" + port, ":" + port, "db.example", "*.example:" + port, "10.0.0.0/8,db.example"} {
		p := prober(probe.Options{
			Policy:   probe.Policy{Allow: rules(t, allow), Deny: rules(t, "10.0.0.0/8,:1")},
			Own:      []netip.AddrPort{other},
			Resolver: name("db.example", "127.0.0.1"),
		})
		c := postgresLink.to(addr).with("host", "db.example").check(t, p)
		requireFailure(t, c, api.StepSignIn, "server.not_ready", "")
		require.EqualValues(t, i+1, asked.Load())
		allowed, refused := p.Dialled()
		require.EqualValues(t, 1, allowed)
		require.Zero(t, refused)
	}
}

func rules(t *testing.T, text string) []probe.Rule {
	t.Helper()
	rules, err := probe.ParseRules(text)
	require.NoError(t, err)
	return rules
}

func TestANameIsAskedForOnce(t *testing.T) {
	t.Parallel()
	addr, asked := counting(t)
	rebinding := &fakeResolver{answers: map[string][][]string{"db.example": {{"127.0.0.1"}, {"169.254.169.254"}}}}
	c := postgresLink.to(addr).with("host", "db.example").check(t, prober(probe.Options{Resolver: rebinding}))
	requireFailure(t, c, api.StepSignIn, "server.not_ready", "")
	require.Equal(t, 1, rebinding.asked)
	require.EqualValues(t, 1, asked.Load())
}

func TestANameWithSeveralAddressesIsTriedInOrder(t *testing.T) {
	t.Parallel()
	addr, asked := counting(t)
	p := prober(probe.Options{Resolver: name("db.example", "127.0.0.2", "::ffff:127.0.0.1")}) // nobody listens at the first
	c := postgresLink.to(addr).with("host", "db.example").check(t, p)
	require.Equal(t, "127.0.0.2, 127.0.0.1", find(t, c, api.StepResolve).Found)
	require.Equal(t, addr.String(), find(t, c, api.StepConnect).Found)
	require.EqualValues(t, 1, asked.Load())
}

func TestNamesThatDoNotResolve(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		err    error
		reason string
	}{
		{"the name does not exist", &net.DNSError{Err: "no such host", Name: "db.example", Server: "192.0.2.53:53", IsNotFound: true}, "resolve.unknown"},
		{"the name has no address", nil, "resolve.unknown"},
		{"the name service is down", &net.DNSError{Err: "i/o timeout", Name: "db.example", Server: "192.0.2.53:53", IsTimeout: true}, "resolve.failed"},
		{"something else", errors.New("odd"), "resolve.failed"},
	} {
		t.Run(c.name+" (fake resolver)", func(t *testing.T) {
			t.Parallel()
			p := prober(probe.Options{Resolver: &fakeResolver{err: c.err}})
			f := requireFailure(t, mysqlLink.with("host", "db.example").check(t, p), api.StepResolve, c.reason, "host")
			require.Equal(t, "db.example", f.Message.Args["host"])
			require.Empty(t, f.Detail)
		})
	}
	t.Run("a resolver that does not answer ends with the check (fake resolver)", func(t *testing.T) {
		t.Parallel()
		p := prober(probe.Options{Timeout: little, Resolver: stuckResolver{}})
		requireFailure(t, mysqlLink.with("host", "db.example").check(t, p), api.StepResolve, "resolve.failed", "host")
	})
}

type stuckResolver struct{}

func (stuckResolver) LookupNetIP(ctx context.Context, _, _ string) ([]netip.Addr, error) {
	<-ctx.Done()
	return nil, ctx.Err()
}

func TestAPortWhereNobodyListensRefuses(t *testing.T) {
	t.Parallel()
	f := requireFailure(t, mysqlLink.to(testserver.ClosedAddr(t)).check(t, prober(probe.Options{})), api.StepConnect, "connect.refused", "port")
	require.Contains(t, f.Detail, "connection refused")
}
