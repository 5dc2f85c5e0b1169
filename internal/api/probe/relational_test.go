package probe_test

import (
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"switchboard/internal/api"
	"switchboard/internal/api/probe"
)

// The databases that no server can be had of here. In all of their protocols
// the client speaks first.
var strangers = map[string]link{
	"SQL Server":          sqlServerLink,
	"SQL Server with TLS": sqlServerLink.with("useSSL", "true"),
	"Oracle":              oracleLink,
	"Oracle by SID":       oracleSIDLink,
	"Db2":                 db2Link,
	"SAP HANA":            hanaLink,
}

func TestPeersOfAnotherKindAreNamedToTheOtherDatabases(t *testing.T) {
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
		{"stand-in for MySQL", standIn(t, says(packet(0, mysqlGreeting(can41, "mysql_native_password")))), enough, "peer.other", "MySQL"},
		{"stand-in for SSH", standIn(t, says("SSH-2.0-OpenSSH_9.2p1\r\n")), enough, "peer.other", "SSH"},
		{"stand-in for FTP", standIn(t, says("220 Welcome\r\n")), enough, "peer.other", "FTP"},
		{"stand-in for PostgreSQL", standIn(t, says(postgresRefusal("08P01", "invalid startup packet"))), enough, "peer.other", "PostgreSQL"},
		{"stand-in for a TLS server that complains", standIn(t, says("\x15\x03\x01\x00\x02\x02\x46")), enough, "peer.tls", ""},
		{"stand-in for SQL Server", standIn(t, says(string(tdsPacket(prelogin(encryptOn))))), enough, "peer.other", "SQL Server"},
		{"stand-in for an Oracle listener", standIn(t, says(string(tnsError(1153)))), enough, "peer.other", "Oracle"},
		{"stand-in for Db2", standIn(t, says(dss(1, false, db2Attributes))), enough, "peer.other", "Db2"},
		{"stand-in that says garbage", standIn(t, says(strings.Repeat("\xde\xad\xbe\xef", 99))), enough, "peer.garbled", ""},
	} {
		for name, l := range strangers {
			if strings.HasPrefix(name, peer.speaks) && peer.speaks != "" {
				continue
			}
			t.Run(peer.name+" meets "+name, func(t *testing.T) {
				t.Parallel()
				p := prober(probe.Options{Timeout: peer.timeout})
				f := requireFailure(t, l.to(peer.addr).check(t, p), api.StepHandshake, peer.reason, "port")
				if peer.speaks != "" {
					require.Equal(t, peer.speaks, f.Message.Args["peer"])
				}
				require.Contains(t, name, f.Message.Args["wanted"])
				require.Empty(t, f.Detail, "what an unknown server says is not passed on")
			})
		}
	}
}

func TestOtherDatabasesThatSayNothing(t *testing.T) {
	t.Parallel()
	silent, closing := standIn(t, says("")), standIn(t, func(net.Conn) {})
	resetting := standIn(t, func(conn net.Conn) {
		_, _ = conn.Read(make([]byte, 1))
		_ = conn.(*net.TCPConn).SetLinger(0)
	})
	for name, l := range strangers {
		t.Run("stand-in that is silent meets "+name, func(t *testing.T) {
			t.Parallel()
			c := l.to(silent).check(t, prober(probe.Options{Timeout: little}))
			requireFailure(t, c, api.StepHandshake, "peer.silent", "port")
			require.Less(t, c.Took, little+5*time.Second)
		})
		t.Run("stand-in that closes at once meets "+name, func(t *testing.T) {
			t.Parallel()
			requireFailure(t, l.to(closing).check(t, prober(probe.Options{})), api.StepHandshake, "peer.closed", "port")
		})
		t.Run("stand-in that resets the connection meets "+name, func(t *testing.T) {
			t.Parallel()
			requireFailure(t, l.to(resetting).check(t, prober(probe.Options{})), api.StepHandshake, "peer.closed", "port")
		})
	}
}

func TestOtherDatabasesThatFallSilentLater(t *testing.T) {
	t.Parallel()
	sql, _ := newSQLServer(t)
	for name, c := range map[string]struct {
		link  link
		serve func(net.Conn)
		step  api.StepName
	}{
		"SQL Server, in its first packet":       {sqlServerLink, says("\x04\x01\x00"), api.StepHandshake},
		"SQL Server, in TLS":                    {sqlServerLink.with("useSSL", "true"), says(string(tdsPacket(prelogin(encryptOn)))), api.StepTLS},
		"SQL Server, in the TLS of the sign-in": {sqlServerLink, says(string(tdsPacket(prelogin(encryptOff)))), api.StepSignIn},
		"SQL Server, after the sign-in":         {sqlServerLink, sql.with().serve, api.StepSignIn},
		"Oracle, in its first packet":           {oracleLink, says("\x00\x20\x00\x00\x02\x00\x00\x00\x01"), api.StepHandshake},
		"Oracle, after it accepted":             {oracleLink, says(string(newOracle().accept())), api.StepSignIn},
		"Db2, between its answers":              {db2Link, says(dss(1, true, db2Attributes)), api.StepHandshake},
		"SAP HANA, in its answer":               {hanaLink, says("\x04\x14"), api.StepHandshake},
	} {
		t.Run("stand-in for "+name, func(t *testing.T) {
			t.Parallel()
			got := c.link.to(standIn(t, c.serve)).check(t, prober(probe.Options{Timeout: little}))
			requireFailure(t, got, c.step, "timeout", "host")
		})
	}
}

func TestOtherDatabasesThatCannotBeReached(t *testing.T) {
	t.Parallel()
	open := standIn(t, says(""))
	closed := &net.TCPAddr{IP: net.IPv4(127, 0, 0, 3), Port: open.(*net.TCPAddr).Port} // where no test listens
	loopback, err := probe.ParseRule("127.0.0.0/8")
	require.NoError(t, err)
	for name, l := range strangers {
		testUnreachable(t, name, l, closed, open, loopback)
	}
	testUnreachable(t, "DM", dmLink, closed, open, loopback)
	testUnreachable(t, "MYCAT", mysqlLink.with("databaseType", "MYCAT"), closed, open, loopback)
}

func testUnreachable(t *testing.T, name string, l link, closed, open net.Addr, denied probe.Rule) {
	t.Run(name+": closed port", func(t *testing.T) {
		t.Parallel()
		requireFailure(t, l.to(closed).check(t, prober(probe.Options{})), api.StepConnect, "connect.refused", "port")
	})
	t.Run(name+": a name that does not resolve (fake resolver)", func(t *testing.T) {
		t.Parallel()
		p := prober(probe.Options{Resolver: &fakeResolver{}})
		requireFailure(t, l.with("host", "db.test").check(t, p), api.StepResolve, "resolve.unknown", "host")
	})
	t.Run(name+": refused by the policy", func(t *testing.T) {
		t.Parallel()
		p := prober(probe.Options{Policy: probe.Policy{Deny: []probe.Rule{denied}}})
		f := requireFailure(t, l.to(open).check(t, p), api.StepConnect, "connect.unreachable", "host")
		require.Empty(t, f.Detail)
	})
	t.Run(name+": inputs that cannot be dialled", func(t *testing.T) {
		t.Parallel()
		p := prober(probe.Options{})
		for input, value := range map[string]string{"host": "", "port": "0", "username": "ann\x00", "database": "orders\nx"} {
			if input == "database" && l["databaseconfig"] == "SID" {
				continue // it has none
			}
			requireFailure(t, l.with(input, value).check(t, p), api.StepResolve, "input", input)
		}
	})
}

// A server that knows the password repeats it. It must not come back.
func TestASecretThatTheOtherDatabasesEchoDoesNotComeBack(t *testing.T) {
	t.Parallel()
	const canary = "Canary 7yq/ü+%!"
	sql, _ := newSQLServer(t)
	sql.password = canary
	oracle := newOracle()
	oracle.password, oracle.refuse = canary, ttcEnd(11, 4711, "you said "+canary)
	refusing := newOracle()
	refusing.listener = func(string) []byte { return tnsRefuse("(ERR=12514)" + canary) }
	for name, c := range map[string]struct {
		link  link
		serve func(net.Conn)
	}{
		"SQL Server":         {sqlServerLink, sql.with(sqlError(18456, "you said "+canary), failed()).serve},
		"an Oracle database": {oracleLink, oracle.serve},
		"an Oracle listener": {oracleLink, refusing.serve},
	} {
		t.Run("stand-in for "+name, func(t *testing.T) {
			t.Parallel()
			got := c.link.with("password", canary).to(standIn(t, c.serve)).check(t, prober(probe.Options{}))
			require.Equal(t, api.Failed, got.Status)
			require.Contains(t, got.Failure().Detail, "[…]")
			require.NotContains(t, got.Failure().Detail, "7yq")
		})
	}
	t.Run("stand-in for SQL Server, as its name", func(t *testing.T) {
		t.Parallel()
		s := sql.with(envDatabase(canary), loginAck(), done())
		got := sqlServerLink.with("password", canary).to(standIn(t, s.serve)).check(t, prober(probe.Options{}))
		require.Equal(t, "[…]", find(t, got, api.StepDatabase).Found)
	})
}
