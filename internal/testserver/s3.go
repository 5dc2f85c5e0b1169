//go:build unix

package testserver

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// S3 returns the shared server with the S3 protocol, starting it if this is
// the first test to ask: Versity's gateway, on a folder. User and Password are
// the key of its owner. Statements of Exec are "bucket NAME" and "user KEY
// SECRET", which makes a user without any rights; it has no Account. Settings
// are flags of versitygw, among them region (us-east-1) and virtual-domain.
// Where bin/testservers/versitygw was not built the test is skipped, or fails
// when the environment has CI set.
func S3(t testing.TB, opts ...Option) *Server {
	t.Helper()
	return shared(t, "s3", startS3, opts)
}

func startS3(o options) (*Server, error) {
	binary, err := external("versitygw")
	if err != nil {
		return nil, err
	}
	h, err := newHome("s3", "KILL", nil)
	if err != nil {
		return nil, err
	}
	s := &Server{Host: "127.0.0.1", User: "AK" + rand.Text(), Password: rand.Text(), exec: dialS3, home: h}
	args := []string{"--access=" + s.User, "--secret=" + s.Password, "--iam-dir=" + h.dir, "--iam-cache-disable", "--keep-alive", "--quiet"}
	if o.tls {
		cert, key, roots, err := h.certify()
		if err != nil {
			return nil, err
		}
		s.Roots = roots
		args = append(args, "--cert="+cert, "--key="+key)
	}
	for _, setting := range o.settings {
		args = append(args, "--"+setting)
	}
	tags := filepath.Join(h.dir, "tags") // of objects; not every file system can keep them with files
	for _, dir := range []string{s3Buckets(h), tags} {
		if err := os.Mkdir(dir, 0o700); err != nil {
			return nil, err
		}
	}
	s, err = launch(s, func() (*process, error) {
		return h.start(binary, append(args, "--port="+s.Addr(), "posix", "--sidecar="+tags, s3Buckets(h))...)
	})
	if err != nil {
		return nil, err
	}
	s.exec = func(ctx context.Context, s *Server, stmts []string) error { return execS3(ctx, binary, s, stmts) }
	return s, nil
}

func s3Buckets(h *home) string { return filepath.Join(h.dir, "buckets") }

// dialS3 asks whether the server listens, which it does when it is ready.
func dialS3(ctx context.Context, s *Server, _ []string) error {
	conn, err := new(net.Dialer).DialContext(ctx, "tcp", s.Addr())
	if err != nil {
		return err
	}
	return conn.Close()
}

func execS3(ctx context.Context, binary string, s *Server, stmts []string) error {
	for _, stmt := range stmts {
		words := strings.Fields(stmt)
		var err error
		switch {
		case len(words) == 2 && words[0] == "bucket":
			err = os.MkdirAll(filepath.Join(s3Buckets(s.home), words[1]), 0o700)
		case len(words) == 3 && words[0] == "user":
			err = addS3User(ctx, binary, s, words[1], words[2])
		default:
			err = errors.New("no such statement")
		}
		if err != nil {
			return fmt.Errorf("%s: %w", stmt, err)
		}
	}
	return nil
}

func addS3User(ctx context.Context, binary string, s *Server, key, secret string) error {
	scheme := "http://"
	if s.Roots != nil {
		scheme = "https://"
	}
	args := []string{
		"admin", "--access=" + s.User, "--secret=" + s.Password, "--endpoint-url=" + scheme + s.Addr(), "--allow-insecure",
		"create-user", "--access=" + key, "--secret=" + secret, "--role=user",
	}
	if out, err := exec.CommandContext(ctx, binary, args...).CombinedOutput(); err != nil { //nolint:gosec // tests run servers
		return fmt.Errorf("%w: %s", err, out)
	}
	return nil
}
