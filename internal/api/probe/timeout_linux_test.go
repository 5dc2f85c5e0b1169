package probe_test

import (
	"net"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"switchboard/internal/api"
	"switchboard/internal/api/probe"
)

func TestAHostThatDoesNotAnswerTimesOut(t *testing.T) {
	t.Parallel()
	c := mysqlLink.to(deafListener(t)).check(t, prober(probe.Options{Timeout: little}))
	requireFailure(t, c, api.StepConnect, "connect.timeout", "host")
	require.Less(t, c.Took, little+5*time.Second)
}

func TestASecurityGroupIsBlamedForSilenceAlone(t *testing.T) {
	t.Parallel()
	c := prober(probe.Options{Timeout: little}).Diagnose(t.Context(), ailing("DWS", deafListener(t).String()))
	require.Equal(t, "check.connect.timeout", find(t, c, api.StepPorts).Message.Key)
	require.Equal(t, "check.network.closed", find(t, c, api.StepNetwork).Message.Key)
}

// deafListener is a stand-in for a firewall that drops packets: a listener
// whose queue is full, from which Linux does not answer.
func deafListener(t *testing.T) net.Addr {
	t.Helper()
	fd, err := syscall.Socket(syscall.AF_INET, syscall.SOCK_STREAM|syscall.SOCK_CLOEXEC, 0)
	require.NoError(t, err)
	t.Cleanup(func() { _ = syscall.Close(fd) })
	require.NoError(t, syscall.Bind(fd, &syscall.SockaddrInet4{Addr: [4]byte{127, 0, 0, 1}}))
	require.NoError(t, syscall.Listen(fd, 0))
	name, err := syscall.Getsockname(fd)
	require.NoError(t, err)
	addr := &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: name.(*syscall.SockaddrInet4).Port}
	for range 100 {
		conn, err := net.DialTimeout("tcp", addr.String(), 100*time.Millisecond)
		if err != nil {
			return addr
		}
		t.Cleanup(func() { _ = conn.Close() })
	}
	require.Fail(t, "the queue does not fill")
	return nil
}
