package probe_test

import (
	"bufio"
	"encoding/binary"
	"io"
	"net"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"switchboard/internal/api"
	"switchboard/internal/api/probe"
	"switchboard/internal/testserver"
)

// Programs and procedures of ONC RPC that stand-ins answer.
const (
	getPort = 100000<<8 | 3
	mount   = 100005<<8 | 1
	unmount = 100005<<8 | 3
	null    = 100003 << 8
	readDir = 100003<<8 | 16
)

// rpcWords are numbers as RPC sends them.
func rpcWords(values ...uint32) string {
	var b []byte
	for _, v := range values {
		b = binary.BigEndian.AppendUint32(b, v)
	}
	return string(b)
}

// rpcResult stands before a result: the call was accepted.
var rpcResult = rpcWords(1, 0, 0, 0, 0)

// rpcServer is a stand-in for a service that is called by ONC RPC. It answers
// by program and procedure; what follows the call's number is left to answer.
func rpcServer(answer func(call uint32, args []byte) string) func(net.Conn) {
	return func(conn net.Conn) {
		for r := bufio.NewReader(conn); ; {
			var mark [4]byte
			if _, err := io.ReadFull(r, mark[:]); err != nil {
				return
			}
			message := make([]byte, binary.BigEndian.Uint32(mark[:])&0xffff)
			if _, err := io.ReadFull(r, message); err != nil {
				return
			}
			word := func(i int) uint32 { return binary.BigEndian.Uint32(message[4*i:]) }
			credentials := 8 + int(word(7))/4 // the verifier is empty
			reply := string(message[:4]) + answer(word(3)<<8|word(5), message[4*(credentials+2):])
			_, _ = io.WriteString(conn, rpcWords(1<<31|uint32(len(reply)))+reply)
		}
	}
}

// replies answers calls with what is at hand.
func replies(answers map[uint32]string) func(net.Conn) {
	return rpcServer(func(call uint32, _ []byte) string {
		if answer, ok := answers[call]; ok {
			return answer
		}
		return rpcWords(1, 0, 0, 0, 1) // no such program
	})
}

// portmapper is a stand-in that knows ports by program.
func portmapper(ports map[uint32]int) func(net.Conn) {
	return rpcServer(func(_ uint32, args []byte) string {
		return rpcResult + rpcWords(uint32(ports[binary.BigEndian.Uint32(args)]))
	})
}

// nfsOn starts a portmapper that sends clients to the ports of mountd and nfsd
// that listen returns for the host.
func nfsOn(t *testing.T, listen func(host string) (mountd, nfsd int)) files {
	t.Helper()
	l := testserver.ListenLow(t, 111)
	host := l.Addr().(*net.TCPAddr).IP.String()
	mountd, nfsd := listen(host)
	go serveOn(l, portmapper(map[uint32]int{100005: mountd, 100003: nfsd}))
	return nfsLink.with("server", host+":/export")
}

// listenOn is standIn on a host.
func listenOn(t *testing.T, host string, serve func(net.Conn)) int {
	t.Helper()
	l, err := net.Listen("tcp", net.JoinHostPort(host, "0"))
	require.NoError(t, err)
	t.Cleanup(func() { _ = l.Close() })
	go serveOn(l, serve)
	return l.Addr().(*net.TCPAddr).Port
}

// Real are mountd and nfsd, in this process; the portmapper is a stand-in.
func TestNFS(t *testing.T) {
	t.Parallel()
	port := 0
	good := nfsOn(t, func(host string) (int, int) {
		port = testserver.NFS(t, host)
		return port, port
	})
	host := strings.TrimSuffix(good.link["server"], ":/export")
	p := prober(probe.Options{})

	t.Run("a good link passes step by step", func(t *testing.T) {
		t.Parallel()
		c := good.check(t, p)
		requirePassed(t, c, api.StepResolve, api.StepConnect, api.StepHandshake, api.StepRead)
		require.Equal(t, host+":111", find(t, c, api.StepConnect).Found)
		require.Equal(t, "mountd "+strconv.Itoa(port)+", nfs "+strconv.Itoa(port), find(t, c, api.StepHandshake).Found)
		require.Equal(t, "/export (2)", find(t, c, api.StepRead).Found)
	})
	t.Run("every service has the name's address (fake resolver)", func(t *testing.T) {
		t.Parallel()
		named := prober(probe.Options{Resolver: name("files.example", host)})
		require.Equal(t, api.Passed, good.with("server", "files.example:/export").check(t, named).Status)
	})
	t.Run("unknown export", func(t *testing.T) {
		t.Parallel()
		requireFailure(t, good.with("server", host+":/missing").check(t, p), api.StepRead, "nfs.export_unknown", "server")
	})
	t.Run("an export for others", func(t *testing.T) {
		t.Parallel()
		requireFailure(t, good.with("server", host+":/closed").check(t, p), api.StepRead, "nfs.export_denied", "server")
	})
}

func TestNFSWithoutAPortmapper(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ answer, found string }{
		"stand-in for version 4":           {rpcResult, "NFS 4"},
		"stand-in for version 3 and older": {rpcWords(1, 0, 0, 0, 2, 2, 3), "NFS 2–3"},
	} {
		serve := replies(map[uint32]string{null: c.answer})
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := nfsLink.with("server", lowStandIn(t, 2049, serve)+":/export").check(t, prober(probe.Options{}))
			requireWarning(t, got, api.StepRead, "nfs.export_unchecked", "server")
			require.Equal(t, c.found, find(t, got, api.StepHandshake).Found)
		})
		t.Run(name+", which the portmapper does not know", func(t *testing.T) {
			t.Parallel()
			l := testserver.ListenLow(t, 111)
			host := l.Addr().(*net.TCPAddr).IP.String()
			go serveOn(l, portmapper(nil))
			nfsd, err := net.Listen("tcp", host+":2049")
			require.NoError(t, err)
			t.Cleanup(func() { _ = nfsd.Close() })
			go serveOn(nfsd, serve)
			got := nfsLink.with("server", host+":/export").check(t, prober(probe.Options{}))
			requireWarning(t, got, api.StepRead, "nfs.export_unchecked", "server")
		})
	}
	t.Run("stand-in for a portmapper without NFS", func(t *testing.T) {
		t.Parallel()
		l := nfsOn(t, func(string) (int, int) { return 0, 0 })
		requireFailure(t, l.check(t, prober(probe.Options{})), api.StepHandshake, "nfs.not_registered", "server")
	})
	t.Run("stand-in for something else that is called by RPC", func(t *testing.T) {
		t.Parallel()
		l := nfsLink.with("server", lowStandIn(t, 111, replies(nil))+":/export")
		requireFailure(t, l.check(t, prober(probe.Options{})), api.StepHandshake, "nfs.not_registered", "server")
	})
}

func TestNFSPortsAreJudgedAndDialledOnTheSameMachine(t *testing.T) {
	t.Parallel()
	var failures []api.Step
	for _, console := range []bool{true, false} {
		var options probe.Options
		l := nfsOn(t, func(host string) (int, int) {
			open, err := net.Listen("tcp", host+":0")
			require.NoError(t, err)
			if console {
				options.Own = own(t, open.Addr())
				t.Cleanup(func() { _ = open.Close() })
			} else {
				require.NoError(t, open.Close())
			}
			port := open.Addr().(*net.TCPAddr).Port
			return port, port
		})
		f := *requireFailure(t, l.check(t, prober(options)), api.StepRead, "nfs.unreachable", "server")
		require.Empty(t, f.Detail)
		require.NotEmpty(t, f.Message.Args["port"])
		f.Took, f.Message.Args, f.Hint.Args = 0, nil, nil
		failures = append(failures, f)
	}
	require.Equal(t, failures[0], failures[1], "a port that nobody may reach is the same news as a closed one")
}

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
