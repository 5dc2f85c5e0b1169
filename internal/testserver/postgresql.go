//go:build unix

package testserver

import (
	"cmp"
	"context"
	"crypto/rand"
	"fmt"
	"os"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/jackc/pgx/v5/pgconn"
)

// PostgreSQL returns the shared PostgreSQL server, starting it if this is the
// first test to ask. Without Debian's postgresql-15 (or another version) the
// test is skipped, or fails when the environment has CI set.
func PostgreSQL(t testing.TB, opts ...Option) *Server {
	t.Helper()
	return shared(t, "postgresql", startPostgreSQL, opts)
}

// StartPostgreSQL starts a server for a program that is no test, with data below /tmp.
// It ends with the program, or when nothing there refers to it any more.
func StartPostgreSQL(opts ...Option) (*Server, error) {
	var o options
	for _, opt := range opts {
		opt(&o)
	}
	return startPostgreSQL(o)
}

func startPostgreSQL(o options) (*Server, error) {
	found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/postgres")
	if len(found) == 0 {
		return nil, missingError{"postgresql-15"}
	}
	bin := filepath.Dir(slices.MaxFunc(found, func(a, b string) int {
		return cmp.Or(cmp.Compare(len(a), len(b)), strings.Compare(a, b))
	}))
	unprivileged, err := notRoot()
	if err != nil {
		return nil, err
	}
	h, err := newHome("postgresql", "QUIT", unprivileged)
	if err != nil {
		return nil, err
	}
	s := &Server{
		Host: "127.0.0.1", Socket: h.dir, User: "postgres", Password: rand.Text(),
		scheme: "postgres", exec: execPostgreSQL, create: createPostgreSQL, destroy: destroyPostgreSQL, home: h,
	}
	args, err := preparePostgreSQL(h, s, o, bin)
	if err != nil {
		return nil, err
	}
	return launch(s, func() (*process, error) {
		return h.start(filepath.Join(bin, "postgres"), append(args, "-p", strconv.Itoa(s.Port))...)
	})
}

// notRoot returns the user that the server runs as, because it refuses to run
// as root: nil for the user of the test, or Debian's postgres.
func notRoot() (*syscall.Credential, error) {
	if os.Geteuid() != 0 {
		return nil, nil
	}
	u, err := user.Lookup("postgres")
	if err != nil {
		return nil, err
	}
	uid, err := strconv.ParseUint(u.Uid, 10, 32)
	if err != nil {
		return nil, err
	}
	gid, err := strconv.ParseUint(u.Gid, 10, 32)
	return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}, err
}

// preparePostgreSQL fills the data folder and returns the server's arguments.
func preparePostgreSQL(h *home, s *Server, o options, bin string) ([]string, error) {
	passwordFile, err := h.write("password", s.Password)
	if err != nil {
		return nil, err
	}
	data := filepath.Join(h.dir, "data")
	err = h.run(filepath.Join(bin, "initdb"), "-D", data, "-U", s.User, "-A", "scram-sha-256", "--pwfile", passwordFile,
		"-E", "UTF8", "--locale=C.UTF-8", "--no-sync", "--no-instructions")
	if err != nil {
		return nil, err
	}
	hba := append(slices.Clone(o.hba), "local all all scram-sha-256", "host all all 127.0.0.1/32 scram-sha-256", "")
	hbaFile, err := h.write("hba.conf", strings.Join(hba, "\n"))
	if err != nil {
		return nil, err
	}
	settings := []string{
		"listen_addresses=" + s.Host, "unix_socket_directories=" + s.Socket, "hba_file=" + hbaFile,
		"max_connections=500", // each test is a process or two, with a pool of its own
		"fsync=off", "synchronous_commit=off", "full_page_writes=off",
	}
	s.query = "sslmode=disable"
	if o.tls {
		cert, key, roots, err := h.certify()
		if err != nil {
			return nil, err
		}
		s.Roots, s.query = roots, "sslmode=require"
		settings = append(settings, "ssl=on", "ssl_cert_file="+cert, "ssl_key_file="+key)
	}
	args := []string{"-D", data}
	for _, setting := range append(settings, o.settings...) {
		args = append(args, "-c", setting)
	}
	return args, nil
}

func execPostgreSQL(ctx context.Context, s *Server, stmts []string) error {
	cfg, err := pgconn.ParseConfig(s.URL())
	if err != nil {
		return err
	}
	if cfg.TLSConfig != nil {
		cfg.TLSConfig.RootCAs, cfg.TLSConfig.ServerName = s.Roots, s.Host
	}
	conn, err := pgconn.ConnectConfig(ctx, cfg)
	if err != nil {
		return err
	}
	for _, stmt := range stmts {
		if _, err = conn.Exec(ctx, stmt).ReadAll(); err != nil {
			err = fmt.Errorf("%s: %w", stmt, err)
			break
		}
	}
	return cmp.Or(err, conn.Close(ctx))
}

// createPostgreSQL also takes from everybody else the right to connect, which
// PostgreSQL gives to PUBLIC.
func createPostgreSQL(a Account) []string {
	return []string{
		fmt.Sprintf(`CREATE ROLE "%s" LOGIN PASSWORD '%s'`, a.User, a.Password),
		fmt.Sprintf(`CREATE DATABASE "%s" OWNER "%s"`, a.Database, a.User),
		fmt.Sprintf(`REVOKE CONNECT ON DATABASE "%s" FROM PUBLIC`, a.Database),
	}
}

func destroyPostgreSQL(a Account) []string {
	return []string{
		fmt.Sprintf(`DROP DATABASE IF EXISTS "%s" WITH (FORCE)`, a.Database),
		fmt.Sprintf(`DROP ROLE IF EXISTS "%s"`, a.User),
	}
}
