//go:build unix

package testserver

import (
	"context"
	"errors"
	"net"
	"os"
	"strconv"
	"testing"

	"github.com/go-git/go-billy/v5"
	"github.com/go-git/go-billy/v5/memfs"
	"github.com/willscott/go-nfs"
)

// ListenLow listens to a port below 1024, for protocols that know no other, on
// a loopback address of its own. Where that is not allowed the test is
// skipped, or fails when the environment has CI set.
func ListenLow(t testing.TB, port int) net.Listener {
	t.Helper()
	host, err := freeHost(port)
	if _, missing := errors.AsType[missingError](err); missing && os.Getenv("CI") == "" {
		t.Skip(err)
	}
	if err != nil {
		t.Fatalf("testserver: %v", err)
	}
	return listen(t, host, port)
}

// NFS starts an NFS server of version 3 in this process, mountd and nfsd on
// one port of the host, which it returns. It exports /export, which has two
// folders, and has /closed for other clients. Clients may be anybody.
func NFS(t testing.TB, host string) (port int) {
	t.Helper()
	files := memfs.New()
	for _, name := range []string{"in", "out"} {
		if err := files.MkdirAll(name, 0o755); err != nil {
			t.Fatalf("testserver: %v", err)
		}
	}
	l := listen(t, host, 0)
	go func() { _ = nfs.Serve(l, exports{files}) }()
	return l.Addr().(*net.TCPAddr).Port
}

func listen(t testing.TB, host string, port int) net.Listener {
	t.Helper()
	l, err := new(net.ListenConfig).Listen(context.Background(), "tcp", net.JoinHostPort(host, strconv.Itoa(port)))
	if err != nil {
		t.Fatalf("testserver: %v", err)
	}
	t.Cleanup(func() { _ = l.Close() })
	return l
}

// exports implements nfs.Handler. The only handle is that of /export.
type exports struct{ files billy.Filesystem }

func (e exports) Mount(_ context.Context, _ net.Conn, r nfs.MountRequest) (nfs.MountStatus, billy.Filesystem, []nfs.AuthFlavor) {
	switch string(r.Dirpath) {
	case "/export":
		return nfs.MountStatusOk, e.files, []nfs.AuthFlavor{nfs.AuthFlavorUnix}
	case "/closed":
		return nfs.MountStatusErrAcces, e.files, nil
	}
	return nfs.MountStatusErrNoEnt, e.files, nil
}

func (e exports) ToHandle(billy.Filesystem, []string) []byte { return []byte("export") }

func (e exports) FromHandle([]byte) (billy.Filesystem, []string, error) { return e.files, nil, nil }

func (e exports) InvalidateHandle(billy.Filesystem, []byte) error { return nil }

func (e exports) Change(billy.Filesystem) billy.Change { return nil }

func (e exports) FSStat(context.Context, billy.Filesystem, *nfs.FSStat) error { return nil }

func (e exports) HandleLimit() int { return 1 << 10 }
