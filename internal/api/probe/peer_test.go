package probe_test

import (
	"bufio"
	"crypto/tls"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"switchboard/internal/api"
	"switchboard/internal/api/probe"
	"switchboard/internal/testserver"
)

// standIn listens where no real server can be made to behave like this. Each
// connection is served by serve and then closed.
func standIn(t testing.TB, serve func(net.Conn)) net.Addr {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer func() { _ = conn.Close() }()
				serve(conn)
			}()
		}
	}()
	return l.Addr()
}

// says is a stand-in that says something and then listens until the other
// side hangs up.
func says(words string) func(net.Conn) {
	return func(conn net.Conn) {
		_, _ = io.WriteString(conn, words)
		_, _ = io.Copy(io.Discard, conn)
	}
}

// answersLine is a stand-in that answers the first line which is as expected.
func answersLine(line, answer string) func(net.Conn) {
	return func(conn net.Conn) {
		for lines := bufio.NewScanner(conn); lines.Scan(); {
			if strings.TrimSpace(lines.Text()) == line {
				_, _ = io.WriteString(conn, answer)
			}
		}
	}
}

// The links that a peer is tried with, and the step at which each meets it.
var meetings = []struct {
	name string
	link link
	step api.StepName
}{
	{"MySQL", mysqlLink, api.StepHandshake},
	{"MySQL with TLS", mysqlLink.with("useSSL", "true"), api.StepHandshake},
	{"PostgreSQL", postgresLink, api.StepHandshake},
	{"PostgreSQL with TLS", postgresLink.with("useSSL", "true"), api.StepTLS},
}

// A peer that must be nudged answers only after most of the time is gone.
const (
	enough = time.Minute
	little = time.Second
)

func TestPeersOfAnotherKindAreNamed(t *testing.T) {
	t.Parallel()
	web := httptest.NewServer(http.NotFoundHandler())
	t.Cleanup(web.Close)
	for _, peer := range []struct {
		name    string
		addr    net.Addr
		timeout time.Duration
		reason  string
		speaks  string
	}{
		{"a real HTTP server", web.Listener.Addr(), 2 * little, "peer.other", "HTTP"},
		{"stand-in for SSH", standIn(t, says("SSH-2.0-OpenSSH_9.2p1\r\n")), enough, "peer.other", "SSH"},
		{"stand-in for FTP", standIn(t, says("220 Welcome\r\n")), enough, "peer.other", "FTP"},
		{"stand-in for Redis", standIn(t, answersLine("PING", "-NOAUTH Authentication required.\r\n")), 2 * little, "peer.other", "Redis"},
		{"stand-in for MySQL's X protocol", standIn(t, says("\x05\x00\x00\x00\x0b\x08\x05\x1a\x00")), enough, "peer.other", "MySQL X Protocol"},
		{"stand-in for a TLS server that complains", standIn(t, says("\x15\x03\x01\x00\x02\x02\x46")), enough, "peer.tls", ""},
		{"stand-in that says garbage", standIn(t, says(strings.Repeat("\xde\xad\xbe\xef", 99))), enough, "peer.garbled", ""},
	} {
		for _, m := range meetings {
			t.Run(peer.name+" meets "+m.name, func(t *testing.T) {
				t.Parallel()
				p := prober(probe.Options{Timeout: peer.timeout})
				f := requireFailure(t, m.link.to(peer.addr).check(t, p), m.step, peer.reason, "port")
				if peer.speaks != "" {
					require.Equal(t, peer.speaks, f.Message.Args["peer"])
				}
				require.Contains(t, m.name, f.Message.Args["wanted"])
				require.Empty(t, f.Detail, "what an unknown server says is not passed on")
			})
		}
	}
}

func TestTheTwoDatabasesAreNotMistakenForEachOther(t *testing.T) {
	t.Parallel()
	maria, postgres := testserver.MariaDB(t), testserver.PostgreSQL(t)
	for _, m := range meetings {
		server, other, timeout := maria, "MySQL", enough
		if m.link["databaseType"] == "MYSQL" {
			server, other, timeout = postgres, "PostgreSQL", 2*little
		}
		t.Run(m.name+" meets "+other, func(t *testing.T) {
			t.Parallel()
			l := linkTo(m.link["databaseType"], server, testserver.Account{User: "ann", Database: "orders", Password: "canary-7yq"})
			c := l.with("useSSL", m.link["useSSL"]).check(t, prober(probe.Options{Timeout: timeout}))
			f := requireFailure(t, c, m.step, "peer.other", "port")
			require.Equal(t, other, f.Message.Args["peer"])
		})
	}
}

func TestPeersThatSayNothing(t *testing.T) {
	t.Parallel()
	plainTLS := httptest.NewTLSServer(http.NotFoundHandler())
	t.Cleanup(plainTLS.Close)
	plainTLS.Config.ErrorLog = nil
	silent := standIn(t, says(""))
	closing := standIn(t, func(net.Conn) {})
	resetting := standIn(t, func(conn net.Conn) {
		_, _ = conn.Read(make([]byte, 1))
		_ = conn.(*net.TCPConn).SetLinger(0)
	})
	for _, m := range meetings {
		t.Run("stand-in that is silent meets "+m.name, func(t *testing.T) {
			t.Parallel()
			c := m.link.to(silent).check(t, prober(probe.Options{Timeout: little}))
			requireFailure(t, c, m.step, "peer.silent", "port")
			require.Less(t, c.Took, little+5*time.Second)
		})
		t.Run("stand-in that closes at once meets "+m.name, func(t *testing.T) {
			t.Parallel()
			requireFailure(t, m.link.to(closing).check(t, prober(probe.Options{})), m.step, "peer.closed", "port")
		})
		if m.link["databaseType"] == "POSTGRESQL" {
			t.Run("stand-in that resets the connection meets "+m.name, func(t *testing.T) {
				t.Parallel()
				requireFailure(t, m.link.to(resetting).check(t, prober(probe.Options{})), m.step, "peer.closed", "port")
			})
		}
	}
}

func TestPeersThatFallSilentLater(t *testing.T) {
	t.Parallel()
	greeting := packet(0, mysqlGreeting(can41, "mysql_native_password"))
	for _, c := range []struct {
		name   string
		link   link
		serve  func(net.Conn)
		step   api.StepName
		reason string
		path   string
	}{
		{"stand-in for MySQL that is silent after its greeting", mysqlLink, says(greeting), api.StepSignIn, "timeout", "host"},
		{"stand-in for MySQL that is silent in the middle of its greeting", mysqlLink, says(greeting[:20]), api.StepHandshake, "timeout", "host"},
		{"stand-in for MySQL that hangs up after its greeting", mysqlLink, saysAndHangsUp(greeting), api.StepSignIn, "dropped", ""},
		{"stand-in for MySQL that is silent in TLS", mysqlLink.with("useSSL", "true"),
			says(packet(0, mysqlGreeting(can41|canTLS, ""))), api.StepTLS, "timeout", "host"},
		{"stand-in for MySQL that hangs up in TLS", mysqlLink.with("useSSL", "true"),
			saysAndHangsUp(packet(0, mysqlGreeting(can41|canTLS, ""))), api.StepTLS, "tls.failed", "useSSL"},
		{"stand-in for PostgreSQL that is silent after asking for the password", postgresLink,
			says(message('R', "\x00\x00\x00\x05salt")), api.StepSignIn, "timeout", "host"},
		{"stand-in for PostgreSQL that hangs up after asking for the password", postgresLink,
			saysAndHangsUp(message('R', "\x00\x00\x00\x05salt")), api.StepSignIn, "dropped", ""},
		{"stand-in for PostgreSQL that is silent in TLS", postgresLink.with("useSSL", "true"), says("S"), api.StepTLS, "timeout", "host"},
		{"stand-in for PostgreSQL that hangs up in TLS", postgresLink.with("useSSL", "true"), saysAndHangsUp("S"), api.StepTLS, "tls.failed", "useSSL"},
		{"stand-in for PostgreSQL that says more than yes to TLS", postgresLink.with("useSSL", "true"), says("S\x16\x03\x03\x00"), api.StepTLS, "peer.garbled", "port"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			got := c.link.to(standIn(t, c.serve)).check(t, prober(probe.Options{Timeout: little}))
			requireFailure(t, got, c.step, c.reason, c.path)
		})
	}
}

func TestServersWithOldTLSOnly(t *testing.T) {
	t.Parallel()
	web := httptest.NewUnstartedServer(nil) // for its certificate
	web.StartTLS()
	t.Cleanup(web.Close)
	old := &tls.Config{Certificates: web.TLS.Certificates, MinVersion: tls.VersionTLS10, MaxVersion: tls.VersionTLS11}
	addr := standIn(t, func(conn net.Conn) {
		_, _ = io.ReadFull(conn, make([]byte, 8))
		_, _ = io.WriteString(conn, "S")
		_ = tls.Server(conn, old).Handshake()
	})
	f := requireFailure(t, postgresLink.with("useSSL", "true").to(addr).check(t, prober(probe.Options{})), api.StepTLS, "tls.failed", "useSSL")
	require.Contains(t, f.Detail, "protocol version")
}

func saysAndHangsUp(words string) func(net.Conn) {
	return func(conn net.Conn) {
		_, _ = io.WriteString(conn, words)
		_, _ = conn.Read(make([]byte, 4096)) // or closing would be a reset
	}
}
