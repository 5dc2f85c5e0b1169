//go:build unix

package testserver

import (
	"context"
	"crypto/rand"
	"errors"
	"net"
	"os"
	"path/filepath"
	"testing"
)

// MongoDB returns the shared server with MongoDB's protocol, starting it if
// this is the first test to ask: FerretDB, on SQLite. User belongs to the
// database admin and may do everything; it has no Account and takes no
// statements, its clients are the tests. Settings are flags of ferretdb. Where
// bin/testservers/ferretdb was not built the test is skipped, or fails when
// the environment has CI set.
func MongoDB(t testing.TB, opts ...Option) *Server {
	t.Helper()
	return shared(t, "mongodb", startMongoDB, opts)
}

func startMongoDB(o options) (*Server, error) {
	binary, err := external("ferretdb")
	if err != nil {
		return nil, err
	}
	h, err := newHome("mongodb", "KILL", nil)
	if err != nil {
		return nil, err
	}
	data := filepath.Join(h.dir, "data")
	if err := os.Mkdir(data, 0o700); err != nil {
		return nil, err
	}
	s := &Server{Host: "127.0.0.1", User: "root", Password: rand.Text(), exec: listens, home: h}
	args := []string{
		"--handler=sqlite", "--sqlite-url=file:" + data + "/", "--state-dir=" + h.dir, "--debug-addr=-", "--telemetry=disable",
		"--test-enable-new-auth", "--setup-database=admin", "--setup-username=" + s.User, "--setup-password=" + s.Password,
	}
	for _, setting := range o.settings {
		args = append(args, "--"+setting)
	}
	return launch(s, func() (*process, error) {
		return h.start(binary, append(args, "--listen-addr="+s.Addr())...)
	})
}

// listens asks whether the server listens.
func listens(ctx context.Context, s *Server, _ []string) error {
	conn, err := new(net.Dialer).DialContext(ctx, "tcp", s.Addr())
	if err != nil {
		return err
	}
	return conn.Close()
}

// external finds a server that make built, at the root of the repository.
func external(name string) (string, error) {
	path := filepath.Join("bin", "testservers", name)
	folder, err := os.Getwd()
	for err == nil && folder != filepath.Dir(folder) {
		if _, err := os.Stat(filepath.Join(folder, path)); err == nil {
			return filepath.Join(folder, path), nil
		}
		folder = filepath.Dir(folder)
	}
	return "", errors.Join(err, missingError{path})
}
