package probe_test

import (
	"net"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"switchboard/internal/api"
	"switchboard/internal/api/probe"
	"switchboard/internal/testserver"
)

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
