package probe

import (
	"bytes"
	"context"
	"crypto/x509"
	"errors"
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

func TestTheSocketIsJudgedAgainWhenItIsDialled(t *testing.T) {
	t.Parallel()
	g := New(Options{}).guard
	control := g.control("db.example")
	require.NoError(t, control("tcp4", "127.0.0.1:3306", nil))
	require.ErrorIs(t, control("tcp4", "169.254.169.254:80", nil), errForbidden)
	require.ErrorIs(t, control("tcp6", "[::ffff:169.254.169.254]:80", nil), errForbidden)
	require.ErrorIs(t, control("unix", "/run/socket", nil), errForbidden)
	require.ErrorIs(t, control("udp4", "127.0.0.1:3306", nil), errForbidden)
	_, err := g.dialOne(t.Context(), "db.example", netip.MustParseAddrPort("169.254.169.254:80"), 1)
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
		c := a.finish(p.run(t.Context(), "", stuck, a))
		require.Equal(t, "check.timeout", c.Failure().Message.Key)
		require.Equal(t, api.StepConnect, c.Failure().Name)
		require.Len(t, p.slots.all, 1)
		close(end)
		p.slots.all <- struct{}{} // waits until the slot is free again
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
		c := a.finish(p.run(t.Context(), "", broken, a))
		require.Equal(t, "check.peer.garbled", c.Failure().Message.Key)
		require.Contains(t, log.String(), "protocol=Broken")
		require.NotContains(t, log.String(), "secret-canary")
		require.Empty(t, p.slots.all)
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
