package probe

import (
	"bytes"
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/netip"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"switchboard/internal/api"
)

func TestPolicy(t *testing.T) {
	t.Parallel()
	prefix := func(texts ...string) (p []netip.Prefix) {
		for _, text := range texts {
			p = append(p, netip.MustParsePrefix(text))
		}
		return p
	}
	own := []netip.AddrPort{netip.MustParseAddrPort("10.1.1.1:8080"), netip.MustParseAddrPort("[::]:9090")}
	for _, c := range []struct {
		at     string
		policy Policy
		reason string
	}{
		{at: "127.0.0.1:3306"}, {at: "[::1]:3306"}, {at: "10.0.0.1:3306"}, {at: "192.168.1.1:3306"}, {at: "[fd12::1]:3306"},
		{at: "203.0.113.7:3306"}, {at: "[2001:db8::1]:3306"}, {at: "100.100.100.199:80"},
		{at: "169.254.169.254:80", reason: "link-local"},
		{at: "169.254.0.1:3306", reason: "link-local"},
		{at: "[fe80::1]:3306", reason: "link-local"},
		{at: "[fe80::1%eth0]:3306", reason: "link-local"},
		{at: "[::ffff:169.254.169.254]:80", reason: "link-local"},
		{at: "[64:ff9b::a9fe:a9fe]:80", reason: "link-local"}, // by way of NAT64
		{at: "[2002:a9fe:a9fe::1]:80", reason: "link-local"},  // by way of 6to4
		{at: "[::169.254.169.254]:80", reason: "link-local"},
		{at: "100.100.100.200:80", reason: "metadata service"},
		{at: "168.63.129.16:80", reason: "metadata service"},
		{at: "192.0.0.192:80", reason: "metadata service"},
		{at: "[fd00:ec2::254]:80", reason: "metadata service"},
		{at: "[fd00:ec2::254%eth0]:80", reason: "metadata service"},
		{at: "224.0.0.1:3306", reason: "multicast"},
		{at: "[ff02::1]:3306", reason: "multicast"},
		{at: "0.0.0.0:3306", reason: "unspecified"},
		{at: "0.1.2.3:3306", reason: "unspecified"},
		{at: "[::]:3306", reason: "unspecified"},
		{at: "255.255.255.255:3306", reason: "broadcast"},
		{at: "10.1.1.1:8080", reason: "the console itself"},
		{at: "[::ffff:10.1.1.1]:8080", reason: "the console itself"},
		{at: "10.1.1.1:8081"}, {at: "10.1.1.2:8080"},
		{at: "127.0.0.1:9090", reason: "the console itself"},
		{at: "127.8.9.10:9090", reason: "the console itself"},
		{at: "[::1]:9090", reason: "the console itself"},
		{at: "203.0.113.7:9090"},
		{at: "10.2.0.1:1", policy: Policy{Deny: prefix("10.0.0.0/8")}, reason: "denied by the policy"},
		{at: "10.2.0.1:1", policy: Policy{Allow: prefix("10.2.0.0/16")}},
		{at: "10.3.0.1:1", policy: Policy{Allow: prefix("10.2.0.0/16", "192.168.0.0/16")}, reason: "not allowed by the policy"},
		{at: "10.2.0.1:1", policy: Policy{Allow: prefix("10.2.0.0/16"), Deny: prefix("10.2.0.1/32")}, reason: "denied by the policy"},
		{at: "169.254.169.254:80", policy: Policy{Allow: prefix("0.0.0.0/0")}, reason: "link-local"},
		{at: "[::1]:1", policy: Policy{Allow: prefix("0.0.0.0/0")}, reason: "not allowed by the policy"},
	} {
		t.Run(fmt.Sprint(c.at, " ", c.policy), func(t *testing.T) {
			t.Parallel()
			require.Equal(t, c.reason, c.policy.refusal(netip.MustParseAddrPort(c.at), own))
		})
	}
	t.Run("every address of this machine is the console's if it listens everywhere", func(t *testing.T) {
		t.Parallel()
		addrs, err := net.InterfaceAddrs()
		require.NoError(t, err)
		for _, a := range addrs {
			addr := netip.MustParsePrefix(a.String()).Addr()
			require.NotEmpty(t, Policy{}.refusal(netip.AddrPortFrom(addr, 9090), own), addr)
		}
	})
	t.Run("no address at all", func(t *testing.T) {
		t.Parallel()
		require.Equal(t, "unspecified", Policy{}.refusal(netip.AddrPort{}, own))
	})
}

func TestTheSocketIsJudgedAgainWhenItIsDialled(t *testing.T) {
	t.Parallel()
	g := New(Options{}).guard
	require.NoError(t, g.control("tcp4", "127.0.0.1:3306", nil))
	require.ErrorIs(t, g.control("tcp4", "169.254.169.254:80", nil), errForbidden)
	require.ErrorIs(t, g.control("tcp6", "[::ffff:169.254.169.254]:80", nil), errForbidden)
	require.ErrorIs(t, g.control("unix", "/run/socket", nil), errForbidden)
	_, err := g.dialOne(t.Context(), netip.MustParseAddrPort("169.254.169.254:80"), 1)
	require.ErrorIs(t, err, errForbidden, "the dialer asks before it connects")
}

func TestARefusedAddressIsTheSameNewsAsOneThatCannotBeReached(t *testing.T) {
	t.Parallel()
	at := endpoint{host: "db.example", port: 1, hostPath: pathHost, portPath: pathPort}
	refused := connectFailure(t.Context(), errForbidden, at)
	for _, errno := range []syscall.Errno{syscall.EHOSTUNREACH, syscall.ENETUNREACH} {
		require.Equal(t, refused, connectFailure(t.Context(), &net.OpError{Op: "dial", Err: errno}, at))
	}
}

func TestOfSeveralAddressesTheOneThatTellsMostIsReported(t *testing.T) {
	t.Parallel()
	require.Less(t, silence(syscall.ECONNREFUSED), silence(context.DeadlineExceeded))
	require.Less(t, silence(context.DeadlineExceeded), silence(syscall.ENETUNREACH))
}

func TestNoDriverCanKeepAConnection(t *testing.T) {
	t.Parallel()
	ours, theirs := net.Pipe()
	t.Cleanup(func() { _ = theirs.Close() })
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	conn := bound(ctx, ours)
	require.NoError(t, conn.SetDeadline(time.Time{}))
	require.NoError(t, conn.SetReadDeadline(time.Now().Add(time.Hour)))
	_, err := conn.Read(make([]byte, 1))
	require.Error(t, err, "reading ended, although the driver set a later deadline")

	ours, theirs = net.Pipe()
	t.Cleanup(func() { _ = theirs.Close() })
	conn = bound(t.Context(), ours)
	go func() {
		for _, err := error(nil), error(nil); err == nil; {
			_, err = theirs.Write(make([]byte, 64<<10))
		}
	}()
	n, err := io.Copy(io.Discard, conn)
	require.ErrorIs(t, err, errTooMuch)
	require.LessOrEqual(t, n, int64(maxRead))
	require.NoError(t, conn.Close())
}

func TestDriversThatMisbehave(t *testing.T) {
	t.Parallel()
	plan := func(inputs) []api.StepName { return []api.StepName{api.StepConnect, api.StepSignIn} }
	t.Run("one that ignores its context is left behind, and keeps its slot", func(t *testing.T) {
		t.Parallel()
		p := New(Options{Timeout: 20 * time.Millisecond, Concurrency: 1})
		end := make(chan struct{})
		stuck := &system{protocol: "Stuck", plan: plan, check: func(_ context.Context, a *attempt) error {
			a.enter(api.StepConnect)
			<-end
			a.enter(api.StepSignIn) // too late to matter
			return nil
		}}
		a := newAttempt(p, stuck, nil, nil)
		c := a.finish(p.run(t.Context(), stuck, a))
		require.Equal(t, "check.timeout", c.Failure().Message.Key)
		require.Equal(t, api.StepConnect, c.Failure().Name)
		require.Len(t, p.slots, 1)
		close(end)
		p.slots <- struct{}{} // waits until the slot is free again
		require.Equal(t, api.Skipped, c.Steps[1].Status)
	})
	t.Run("one that panics is contained", func(t *testing.T) {
		t.Parallel()
		var log bytes.Buffer
		p := New(Options{Logger: slog.New(slog.NewTextHandler(&log, nil))})
		broken := &system{protocol: "Broken", plan: plan, check: func(_ context.Context, a *attempt) error {
			a.enter(api.StepConnect)
			panic("secret-canary")
		}}
		a := newAttempt(p, broken, nil, nil)
		c := a.finish(p.run(t.Context(), broken, a))
		require.Equal(t, "check.peer.garbled", c.Failure().Message.Key)
		require.Contains(t, log.String(), "protocol=Broken")
		require.NotContains(t, log.String(), "secret-canary")
		require.Empty(t, p.slots)
	})
}

func TestCertificatesThatCannotBeVerifiedSayWhy(t *testing.T) {
	t.Parallel()
	require.Nil(t, certificateWarning(nil, pathUseSSL))
	for name, err := range map[string]error{
		"tls.expired":           x509.CertificateInvalidError{Reason: x509.Expired},
		"tls.wrong_name":        x509.HostnameError{Certificate: &x509.Certificate{}, Host: "db.example"},
		"tls.unknown_authority": x509.UnknownAuthorityError{},
		"tls.unverified":        errors.New("odd"),
	} {
		require.Equal(t, name, certificateWarning(err, pathUseSSL).name)
	}
}
