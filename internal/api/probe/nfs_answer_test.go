package probe_test

import (
	"io"
	"net"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"switchboard/internal/api"
	"switchboard/internal/api/probe"
)

// mounted is a mountd's answer, with a handle and ways to sign in.
func mounted(flavours ...uint32) string {
	return rpcResult + rpcWords(0, 4) + "root" + rpcWords(append([]uint32{uint32(len(flavours))}, flavours...)...)
}

func TestNFSAnswersAreUnderstood(t *testing.T) {
	t.Parallel()
	const kerberos = 390003
	listed := rpcResult + rpcWords(0, 0, 0, 0, 1, 0, 7, 1) + "x\x00\x00\x00" + rpcWords(0, 1, 0, 1)
	for _, c := range []struct {
		name, mount, read string
		reason, path      string
	}{
		{"an export with Kerberos only", mounted(kerberos, kerberos+1), "", "nfs.kerberos", "server"},
		{"a mountd that wants more than a claim", rpcWords(1, 1, 1, 5), "", "nfs.kerberos", "server"},
		{"an nfsd that wants more than a claim", mounted(), rpcWords(1, 1, 1, 5), "nfs.kerberos", "server"},
		{"a mountd that does not know the version", rpcWords(1, 0, 0, 0, 2, 1, 2), "", "nfs.not_registered", "server"},
		{"a mountd with an error of its own", rpcResult + rpcWords(10006), "", "unexpected", ""},
		{"an nfsd with an error of its own", mounted(1), rpcResult + rpcWords(70, 0), "unexpected", ""},
		{"an answer to another call", rpcWords(0), "", "peer.garbled", "server"},
		{"an answer that is neither yes nor no", rpcWords(1, 2), "", "peer.garbled", "server"},
		{"a verifier that is too long", rpcWords(1, 0, 0, 401) + strings.Repeat("x", 404) + rpcWords(0), "", "peer.garbled", "server"},
		{"a handle that is too long", rpcResult + rpcWords(0, 65) + strings.Repeat("x", 68) + rpcWords(0), "", "peer.garbled", "server"},
		{"a handle that is longer than the answer", rpcResult + rpcWords(0, 0xffffffff), "", "peer.garbled", "server"},
		{"more ways to sign in than there are", rpcResult + rpcWords(0, 0, 0xffffffff, 1), "", "peer.garbled", "server"},
		{"a list without end", mounted(1), listed[:len(listed)-4], "peer.garbled", "server"},
		{"a name that is longer than the list", mounted(1), rpcResult + rpcWords(0, 0, 0, 0, 1, 0, 7, 0xfffffffe), "peer.garbled", "server"},
	} {
		t.Run("stand-in for "+c.name, func(t *testing.T) {
			t.Parallel()
			l := nfsOn(t, func(host string) (int, int) {
				port := listenOn(t, host, replies(map[uint32]string{mount: c.mount, readDir: c.read, unmount: rpcResult}))
				return port, port
			})
			got := l.check(t, prober(probe.Options{}))
			f := got.Failure()
			require.NotNil(t, f, "%+v", got)
			require.Equal(t, "check."+c.reason, f.Message.Key, "%+v", got)
			require.Equal(t, api.StepRead, f.Name)
			require.Equal(t, c.path, strings.TrimPrefix(f.Path, "linkConfig."))
		})
	}
	t.Run("stand-in whose list nobody may read", func(t *testing.T) {
		t.Parallel()
		l := nfsOn(t, func(host string) (int, int) {
			port := listenOn(t, host, replies(map[uint32]string{mount: mounted(1), readDir: rpcResult + rpcWords(13, 0)}))
			return port, port
		})
		requireWarning(t, l.check(t, prober(probe.Options{})), api.StepRead, "nfs.list_denied", "server")
	})
	t.Run("stand-in that counts: what was mounted is unmounted", func(t *testing.T) {
		t.Parallel()
		var mounts, unmounts atomic.Int64
		l := nfsOn(t, func(host string) (int, int) {
			port := listenOn(t, host, rpcServer(func(call uint32, args []byte) string {
				switch call {
				case mount:
					mounts.Add(1)
					return mounted(1)
				case unmount:
					require.Equal(t, rpcWords(7)+"/export\x00", string(args))
					unmounts.Add(1)
				case readDir:
					return listed
				}
				return rpcResult
			}))
			return port, port
		})
		c := l.check(t, prober(probe.Options{}))
		require.Equal(t, "/export (1)", find(t, c, api.StepRead).Found, "%+v", c)
		require.EqualValues(t, 1, mounts.Load())
		require.EqualValues(t, 1, unmounts.Load())
	})
	t.Run("stand-in with a longer list than is asked for", func(t *testing.T) {
		t.Parallel()
		more := listed[:len(listed)-4] + rpcWords(0)
		l := nfsOn(t, func(host string) (int, int) {
			port := listenOn(t, host, replies(map[uint32]string{mount: mounted(), readDir: more}))
			return port, port
		})
		require.Equal(t, "/export (1+)", find(t, l.check(t, prober(probe.Options{})), api.StepRead).Found)
	})
}

func TestNFSServersThatMeanHarmEndTheCheckAndNothingElse(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		serve  func(net.Conn)
		reason string
	}{
		{"stand-in with an enormous answer", answersOnce("\xff\xff\xff\xff"), "peer.garbled"},
		{"stand-in with fragments without end", answersOnce(strings.Repeat("\x00\x00\x40\x00"+strings.Repeat("x", 1<<14), 5)), "peer.garbled"},
		{"stand-in with empty fragments without end", answersOnce(strings.Repeat("\x00\x00\x00\x00", 1<<19)), "unexpected"},
		{"stand-in with an empty answer", answersOnce("\x80\x00\x00\x00"), "peer.garbled"},
		{"stand-in with a port that is none", portmapper(map[uint32]int{100005: 1 << 16}), "peer.garbled"},
		{"stand-in that falls silent in its answer", answersOnce("\x80\x00\x00\x18\x00\x00"), "timeout"},
		{"stand-in that hangs up in its answer", func(conn net.Conn) {
			_, _ = conn.Read(make([]byte, 4096))
			_, _ = io.WriteString(conn, "\x80\x00\x00\x18\x00\x00")
		}, "dropped"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			got := nfsLink.with("server", lowStandIn(t, 111, c.serve)+":/export").check(t, prober(probe.Options{Timeout: 6 * little}))
			f := got.Failure()
			require.NotNil(t, f, "%+v", got)
			require.Equal(t, "check."+c.reason, f.Message.Key, "%+v", got)
			require.Equal(t, api.StepHandshake, f.Name)
		})
	}
}
