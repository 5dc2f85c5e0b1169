//go:build unix

// Package testserver starts real database servers for tests: MariaDB and
// PostgreSQL from Debian's packages, in a folder of their own below the
// temporary folder, on a free loopback port. A server starts once per test
// process, is shared by all tests that ask for the same kind, and goes away
// with the process, however that ends.
package testserver

import (
	"context"
	"crypto/rand"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// Server is a running server. Tests may add accounts to it but must not
// change its settings, because other tests use it at the same time; a test
// that needs other settings asks for a server of its own with Option.
type Server struct {
	Host     string // a loopback address
	Port     int
	Socket   string // a unix socket; for PostgreSQL the folder that holds it
	User     string // the administrator, who may come over TCP and the socket
	Password string
	Roots    *x509.CertPool // trusts the server's certificate; nil without TLS

	scheme  string
	query   string                                                     // of its URLs
	exec    func(ctx context.Context, s *Server, stmts []string) error // as the administrator
	create  func(a Account) []string
	destroy func(a Account) []string
	home    *home
}

// Option asks for a server that differs from the usual one. Tests that give
// the same options share a server.
type Option func(*options)

type options struct {
	tls      bool
	settings []string // name=value
	hba      []string
}

// TLS gives the server a certificate, signed by itself, for 127.0.0.1, ::1
// and localhost. Without it the server offers no TLS at all.
func TLS() Option { return func(o *options) { o.tls = true } }

// Setting starts the server with another value of a system variable.
func Setting(name, value string) Option {
	return func(o *options) { o.settings = append(o.settings, name+"="+value) }
}

// HBA puts lines before PostgreSQL's usual pg_hba.conf, which lets everybody
// in from 127.0.0.1 with scram-sha-256.
func HBA(lines ...string) Option {
	return func(o *options) { o.hba = append(o.hba, lines...) }
}

// Account is a database and a user who owns it and can reach nothing else.
type Account struct{ Database, User, Password string }

// Account creates an account that no other test knows; it is dropped when
// the test ends.
func (s *Server) Account(t testing.TB) Account {
	t.Helper()
	id := strings.ToLower(rand.Text()[:12])
	a := Account{Database: "db_" + id, User: "user_" + id, Password: "pw-" + rand.Text()}
	s.Exec(t, s.create(a)...)
	t.Cleanup(func() { s.Exec(t, s.destroy(a)...) })
	return a
}

// Exec runs statements one after the other on one connection, as the
// administrator.
func (s *Server) Exec(t testing.TB, stmts ...string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	if err := s.exec(ctx, s, stmts); err != nil {
		t.Fatalf("testserver: %v", err)
	}
}

// URL returns the administrator's database URL: postgres://… or mysql://….
func (s *Server) URL() string {
	database := map[string]string{"postgres": "postgres", "mysql": "mysql"}[s.scheme]
	return s.url(Account{Database: database, User: s.User, Password: s.Password})
}

// FreshDatabase returns the URL of a new, empty database with an owner of its
// own; it is dropped when the test ends.
func (s *Server) FreshDatabase(t testing.TB) string {
	t.Helper()
	return s.url(s.Account(t))
}

// Addr returns host:port.
func (s *Server) Addr() string { return net.JoinHostPort(s.Host, strconv.Itoa(s.Port)) }

func (s *Server) url(a Account) string {
	u := url.URL{
		Scheme: s.scheme, User: url.UserPassword(a.User, a.Password),
		Host: s.Addr(), Path: "/" + a.Database, RawQuery: s.query,
	}
	return u.String()
}

// missingError says which Debian package has the server, or which target of
// make.
type missingError struct{ debian string }

func (e missingError) Error() string {
	if strings.HasPrefix(e.debian, "bin/") {
		return "this test needs a real server: make " + e.debian
	}
	return "this test needs a real server: apt-get install " + e.debian
}

// running holds the servers of this process. It is the one place where a
// global is right: what is shared between tests lives as long as the process.
var running struct {
	sync.Mutex
	servers map[string]func() (*Server, error)
}

func shared(t testing.TB, kind string, start func(options) (*Server, error), opts []Option) *Server {
	t.Helper()
	var o options
	for _, opt := range opts {
		opt(&o)
	}
	key := fmt.Sprintf("%s %+v", kind, o)
	running.Lock()
	if running.servers == nil {
		running.servers = map[string]func() (*Server, error){}
	}
	if running.servers[key] == nil {
		running.servers[key] = sync.OnceValues(func() (*Server, error) { return start(o) })
	}
	get := running.servers[key]
	running.Unlock()

	s, err := get()
	if _, missing := errors.AsType[missingError](err); missing && os.Getenv("CI") == "" {
		t.Skip(err)
	}
	if err != nil {
		t.Fatalf("testserver: %v", err)
	}
	return s
}
