package probe_test

import (
	"context"
	"database/sql/driver"
	"io"
	"net"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/go-sql-driver/mysql"
	"github.com/stretchr/testify/require"

	"switchboard/internal/api"
	"switchboard/internal/api/probe"
	"switchboard/internal/testserver"
)

// brokenOff is how many connections a MariaDB server has counted that ended
// before anybody signed in, or was refused.
func brokenOff(t *testing.T, s *testserver.Server) int {
	t.Helper()
	cfg := mysql.NewConfig()
	cfg.Net, cfg.Addr, cfg.User, cfg.Passwd = "unix", s.Socket, s.User, s.Password
	connector, err := mysql.NewConnector(cfg)
	require.NoError(t, err)
	conn, err := connector.Connect(t.Context())
	require.NoError(t, err)
	defer func() { require.NoError(t, conn.Close()) }()
	rows, err := conn.(driver.QueryerContext).QueryContext(t.Context(), "SHOW GLOBAL STATUS LIKE 'Aborted_connects_preauth'", nil)
	require.NoError(t, err)
	defer func() { require.NoError(t, rows.Close()) }()
	row := make([]driver.Value, 2)
	require.NoError(t, rows.Next(row))
	n, err := strconv.Atoi(string(row[1].([]byte)))
	require.NoError(t, err)
	return n
}

// Whoever breaks off handshakes is blocked after a few of them. The server does
// not do that to loopback addresses, but it counts.
func TestMariaDBIsLeftInAWayThatItDoesNotCountAsABrokenHandshake(t *testing.T) {
	t.Parallel()
	server := testserver.MariaDB(t, testserver.Setting("max_connect_errors", "2"))
	p := prober(probe.Options{})
	for name, ask := range map[string]func(ctx context.Context) api.Check{
		"greeted": func(ctx context.Context) api.Check {
			return p.Greet(ctx, probe.GreetTarget{Service: "RDS", Addresses: []string{server.Addr()}}, nil).Check
		},
		"reached":   func(ctx context.Context) api.Check { return p.Reach(ctx, "", server.Addr(), probe.QueueNetwork{}) },
		"diagnosed": func(ctx context.Context) api.Check { return p.Diagnose(ctx, ailing("RDS", server.Addr())) },
		"diagnosed, whatever it is": func(ctx context.Context) api.Check {
			return p.Diagnose(ctx, ailing("Nothing", server.Addr()))
		},
		"a link that wants TLS, which it has not": func(ctx context.Context) api.Check {
			link := linkTo("MYSQL", server, testserver.Account{User: "ann", Database: "orders", Password: "x"}).with("useSSL", "true")
			return link.check(t, p)
		},
	} {
		for range 3 {
			ask(t.Context())
		}
		require.Zero(t, brokenOff(t, server), name)
	}
	conn, err := net.Dial("tcp", server.Addr())
	require.NoError(t, err)
	_, err = conn.Read(make([]byte, 1))
	require.NoError(t, err)
	require.NoError(t, conn.Close())
	require.Eventually(t, func() bool { return brokenOff(t, server) == 1 }, time.Minute, 10*time.Millisecond, "so it counts")
}

func TestAMySQLServerIsLeftByASignInThatHoldsNoSecret(t *testing.T) {
	t.Parallel()
	signIn := make(chan string, 1)
	server := standIn(t, func(conn net.Conn) {
		_, _ = io.WriteString(conn, packet(0, mysqlGreeting(can41|1<<15, "mysql_native_password")))
		buf := make([]byte, 4096)
		n, _ := conn.Read(buf)
		_, _ = io.WriteString(conn, packet(2, "\xff\x15\x04#28000Access denied"))
		signIn <- string(buf[:n])
	})
	began := time.Now()
	g := greet(t, prober(probe.Options{}), "RDS", server.String())
	require.Equal(t, api.Passed, g.Check.Status)
	require.Less(t, time.Since(began), little, "the refusal was read")
	said := <-signIn
	require.Contains(t, said, "switchboard-greeting\x00\x00", "the user, and no password")
	require.True(t, strings.HasSuffix(said[:strings.Index(said, "mysql_native_password")], "\x00"))
}

func TestAMySQLServerThatDoesNotAnswerTheGoodbyeIsGoodAllTheSame(t *testing.T) {
	t.Parallel()
	server := standIn(t, says(packet(0, mysqlGreeting(can41, "mysql_native_password"))))
	g := greet(t, prober(probe.Options{}), "RDS", server.String())
	requirePassed(t, g.Check, api.StepResolve, api.StepConnect, api.StepHandshake)
	require.Less(t, find(t, g.Check, api.StepHandshake).Took, time.Second, "that is no part of the handshake")
}
