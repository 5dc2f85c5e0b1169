package probe_test

import (
	"crypto/tls"
	"fmt"
	"net"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"switchboard/internal/api"
	"switchboard/internal/api/probe"
)

var sqlServerLink = mysqlLink.with("databaseType", "SQLSERVER")

// sqlServerSteps are the steps without TLS.
var sqlServerSteps = []api.StepName{
	api.StepResolve, api.StepConnect, api.StepHandshake, api.StepSignIn, api.StepDatabase, api.StepVersion,
}

func TestStandInForSQLServer(t *testing.T) {
	t.Parallel()
	server, roots := newSQLServer(t)
	addr := standIn(t, server.serve)
	good := sqlServerLink.to(addr)
	p := prober(probe.Options{Roots: roots})
	meet := func(t *testing.T, s *sqlServer, l link) api.Check {
		return l.to(standIn(t, s.serve)).check(t, p)
	}

	t.Run("a good link passes step by step", func(t *testing.T) {
		t.Parallel()
		c := good.check(t, p)
		requirePassed(t, c, sqlServerSteps...)
		require.Equal(t, "16.0.4135", find(t, c, api.StepHandshake).Found)
		require.Equal(t, "orders", find(t, c, api.StepDatabase).Found)
		require.Equal(t, "Microsoft SQL Server 16.0.4135", find(t, c, api.StepVersion).Found)
	})
	t.Run("with TLS there is one step more", func(t *testing.T) {
		t.Parallel()
		c := good.with("useSSL", "true").check(t, p)
		requirePassed(t, c, api.StepResolve, api.StepConnect, api.StepHandshake, api.StepTLS, api.StepSignIn, api.StepDatabase, api.StepVersion)
		require.Equal(t, "TLS 1.2", find(t, c, api.StepTLS).Found)
	})
	t.Run("odd but legal names are taken as they are", func(t *testing.T) {
		t.Parallel()
		odd := *server
		odd.user, odd.password = "anñ;user=sa", `p};{"'=ß😀`
		c := meet(t, &odd, sqlServerLink.with("username", odd.user, "password", odd.password, "database", "ordérs;encrypt=disable 名"))
		requirePassed(t, c, sqlServerSteps...)
		require.Equal(t, "ordérs;encrypt=disable 名", find(t, c, api.StepDatabase).Found)
	})
	t.Run("wrong password is pinned to the password input", func(t *testing.T) {
		t.Parallel()
		for _, useSSL := range []string{"false", "true"} {
			c := good.with("password", "wrong-canary", "useSSL", useSSL).check(t, p)
			f := requireFailure(t, c, api.StepSignIn, "sign_in.wrong_password", "password")
			require.Equal(t, "Login failed for user 'ann'. (error 18456)", f.Detail)
		}
	})
	t.Run("a database that cannot be opened is pinned to the database, although the login failed, too", func(t *testing.T) {
		t.Parallel()
		c := meet(t, server.with(sqlError(4060, "Cannot open database"), sqlError(18456, "Login failed"), failed()), sqlServerLink)
		requireFailure(t, c, api.StepDatabase, "database.cannot_open", "database")
	})
	t.Run("a certificate for another name is a warning (fake resolver)", func(t *testing.T) {
		t.Parallel()
		other := prober(probe.Options{Roots: roots, Resolver: name("db.test", "127.0.0.1")})
		c := good.with("host", "db.test", "useSSL", "true").check(t, other)
		requireWarning(t, c, api.StepTLS, "tls.wrong_name", "useSSL")
	})
	t.Run("an unknown authority is a warning if TLS was asked for", func(t *testing.T) {
		t.Parallel()
		other := prober(probe.Options{})
		requireWarning(t, good.with("useSSL", "true").check(t, other), api.StepTLS, "tls.unknown_authority", "useSSL")
		requirePassed(t, good.check(t, other), sqlServerSteps...)
	})
	t.Run("a server that encrypts everything although nobody asked", func(t *testing.T) {
		t.Parallel()
		strict := *server
		strict.encryption = func(byte) byte { return encryptRequired }
		requirePassed(t, meet(t, &strict, sqlServerLink), sqlServerSteps...)
	})
	t.Run("TLS not offered is pinned to useSSL", func(t *testing.T) {
		t.Parallel()
		for _, offer := range []byte{encryptNotSupported, encryptOff} {
			plain := *server
			plain.encryption = func(byte) byte { return offer }
			requireFailure(t, meet(t, &plain, sqlServerLink.with("useSSL", "true")), api.StepTLS, "tls.not_offered", "useSSL")
		}
	})
	t.Run("TLS that is too old", func(t *testing.T) {
		t.Parallel()
		old := *server
		old.tls = &tls.Config{Certificates: server.tls.Certificates, MinVersion: tls.VersionTLS10, MaxVersion: tls.VersionTLS11}
		requireFailure(t, meet(t, &old, sqlServerLink.with("useSSL", "true")), api.StepTLS, "tls.failed", "useSSL")
		c := meet(t, &old, sqlServerLink)
		f := c.Failure()
		require.Equal(t, "check.tls.failed", f.Message.Key)
		require.Equal(t, "hint.tls.failed_login", f.Hint.Key)
		require.Equal(t, api.StepSignIn, f.Name)
		require.Equal(t, "linkConfig.host", f.Path)
	})
}

func TestThePasswordIsNotSentToSQLServerInTheClear(t *testing.T) {
	t.Parallel()
	heard := make(chan byte, 4)
	addr := standIn(t, func(conn net.Conn) {
		kind, _ := readTDSPacket(conn)
		heard <- kind
		writeTDSPacket(conn, prelogin(encryptNotSupported))
		kind, _ = readTDSPacket(conn)
		heard <- kind
	})
	c := sqlServerLink.to(addr).check(t, prober(probe.Options{}))
	f := c.Failure()
	require.Equal(t, "check.sign_in.cleartext", f.Message.Key)
	require.Equal(t, "hint.sign_in.cleartext_tds", f.Hint.Key)
	require.Equal(t, api.StepSignIn, f.Name)
	require.Equal(t, "linkConfig.username", f.Path)
	require.EqualValues(t, 18, <-heard)
	require.Zero(t, <-heard, "nothing more was said")
}

func TestWindowsAccountsAreToldThatTheyCannotBeUsed(t *testing.T) {
	t.Parallel()
	server, roots := newSQLServer(t)
	c := sqlServerLink.with("username", `SHOP\ann`).to(standIn(t, server.serve)).check(t, prober(probe.Options{Roots: roots}))
	requireFailure(t, c, api.StepSignIn, "sign_in.windows_account", "username")
}

func TestTextsThatSQLServerCannotTakeAreBlamedAndNothingIsTried(t *testing.T) {
	t.Parallel()
	for _, input := range []string{"username", "database", "password"} {
		c := sqlServerLink.with(input, strings.Repeat("名", 129)).check(t, prober(probe.Options{}))
		requireFailure(t, c, api.StepResolve, "input", input)
	}
}

func TestErrorsOfSQLServerArePinned(t *testing.T) {
	t.Parallel()
	server, roots := newSQLServer(t)
	p := prober(probe.Options{Roots: roots})
	for _, c := range []struct {
		number       int32
		step         api.StepName
		reason, path string
	}{
		{18470, api.StepSignIn, "sign_in.unknown_user", "username"},
		{18486, api.StepSignIn, "sign_in.locked", "username"},
		{18487, api.StepSignIn, "sign_in.password_expired", "password"},
		{18488, api.StepSignIn, "sign_in.password_expired", "password"},
		{17892, api.StepSignIn, "sign_in.unknown_user", "username"},
		{916, api.StepDatabase, "database.no_right", "database"},
		{927, api.StepDatabase, "database.closed", "database"},
		{40613, api.StepDatabase, "database.closed", "database"},
		{18401, api.StepSignIn, "server.not_ready", ""},
		{17809, api.StepSignIn, "server.too_many_connections", ""},
		{40615, api.StepSignIn, "host.firewall", "host"},
		{40914, api.StepSignIn, "host.firewall", "host"},
		{50000, api.StepSignIn, "unexpected", ""},
	} {
		t.Run(fmt.Sprintf("error %d", c.number), func(t *testing.T) {
			t.Parallel()
			s := server.with(sqlInfo(5701, "Changed language"), sqlError(c.number, "told why"), failed())
			got := sqlServerLink.to(standIn(t, s.serve)).check(t, p)
			f := requireFailure(t, got, c.step, c.reason, c.path)
			require.Contains(t, f.Detail, "told why")
		})
	}
	t.Run("a server for Windows accounts only has a hint of its own", func(t *testing.T) {
		t.Parallel()
		c := sqlServerLink.to(standIn(t, server.with(sqlError(18452, "untrusted domain"), failed()).serve)).check(t, p)
		f := c.Failure()
		require.Equal(t, "check.sign_in.unsupported", f.Message.Key)
		require.Equal(t, "hint.sign_in.mixed_mode", f.Hint.Key)
		require.Equal(t, "linkConfig.username", f.Path)
	})
}

func TestStandInForSQLServerThatSendsItsClientsOn(t *testing.T) {
	t.Parallel()
	server, roots := newSQLServer(t)
	target := standIn(t, server.serve).(*net.TCPAddr)
	to := func(host string, port int) *sqlServer {
		return server.with(envDatabase("orders"), loginAck(), envRouting(host, uint16(port)), done())
	}
	check := func(t *testing.T, s *sqlServer, options probe.Options, pairs ...string) api.Check {
		options.Roots = roots
		return sqlServerLink.with(pairs...).to(standIn(t, s.serve)).check(t, prober(options))
	}

	t.Run("the server it names is asked, and the steps stay the same", func(t *testing.T) {
		t.Parallel()
		requirePassed(t, check(t, to("127.0.0.1", target.Port), probe.Options{}), sqlServerSteps...)
	})
	t.Run("the certificate is that of the other server (fake resolver)", func(t *testing.T) {
		t.Parallel()
		c := check(t, to("node.test", target.Port), probe.Options{Resolver: name("node.test", "127.0.0.1")}, "useSSL", "true")
		w := requireWarning(t, c, api.StepSignIn, "tls.wrong_name", "useSSL")
		require.Equal(t, "node.test", w.Message.Args["host"])
	})
	t.Run("an instance is known by its port", func(t *testing.T) {
		t.Parallel()
		requirePassed(t, check(t, to(`127.0.0.1\SQLEXPRESS`, target.Port), probe.Options{}), sqlServerSteps...)
	})
	for _, c := range []struct {
		name string
		host string
		port int
		peer string
	}{
		{"a metadata service is not followed", "169.254.169.254", 80, "169.254.169.254:80"},
		{"an instance without a port is not looked up", `127.0.0.1\SQLEXPRESS`, 0, "127.0.0.1:0"},
		{"a name that is none", "no\nhost", 1433, "no host:1433"},
		{"the password itself", "canary-7yq", 1433, "[…]:1433"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			log := &syncLog{}
			got := check(t, to(c.host, c.port), probe.Options{Logger: log.logger(), Resolver: &fakeResolver{}})
			f := requireFailure(t, got, api.StepSignIn, "redirect.failed", "host")
			require.Equal(t, c.peer, f.Message.Args["peer"])
			require.Empty(t, f.Detail)
		})
	}
	t.Run("an address that the policy refuses is not followed", func(t *testing.T) {
		t.Parallel()
		denied, err := probe.ParseRule("127.0.0.9/32")
		require.NoError(t, err)
		c := check(t, to("127.0.0.9", target.Port), probe.Options{Policy: probe.Policy{Deny: []probe.Rule{denied}}})
		requireFailure(t, c, api.StepSignIn, "redirect.failed", "host")
	})
	t.Run("one that sends on and on", func(t *testing.T) {
		t.Parallel()
		var addr net.Addr
		addr = standIn(t, func(conn net.Conn) {
			at := addr.(*net.TCPAddr)
			to("127.0.0.1", at.Port).serve(conn)
		})
		c := sqlServerLink.to(addr).check(t, prober(probe.Options{Roots: roots}))
		requireFailure(t, c, api.StepSignIn, "redirect.endless", "host")
	})
}

func TestStandInsForSQLServerThatMeanHarm(t *testing.T) {
	t.Parallel()
	server, roots := newSQLServer(t)
	p := prober(probe.Options{Roots: roots})
	garbled := func(t *testing.T, serve func(net.Conn), step api.StepName) {
		requireFailure(t, sqlServerLink.to(standIn(t, serve)).check(t, p), step, "peer.garbled", "port")
	}
	for name, answer := range map[string][]byte{
		"a packet shorter than its header": {4, 1, 0, 7, 0, 0, 1, 0},
		"a packet of another kind":         append([]byte{3, 1, 0, 9, 0, 0, 1, 0}, 0xff),
		"options that never end":           tdsPacket([]byte{0, 0, 0, 0, 0}),
		"an option outside the message":    tdsPacket([]byte{0, 0xff, 0xff, 0xff, 0xff, 0xff}),
		"no version":                       tdsPacket([]byte{1, 0, 6, 0, 1, 0xff, 0}),
		"no encryption":                    tdsPacket([]byte{0, 0, 6, 0, 6, 0xff, 16, 0, 0, 0, 0, 0}),
		"an encryption of no byte":         tdsPacket([]byte{0, 0, 11, 0, 6, 1, 0, 17, 0, 0, 0xff, 16, 0, 0, 0, 0, 0}),
		"an encryption that nobody knows":  tdsPacket(prelogin(77)),
	} {
		t.Run("before the sign-in: "+name, func(t *testing.T) {
			t.Parallel()
			garbled(t, says(string(answer)), api.StepHandshake)
		})
	}
	for name, answer := range map[string][]byte{
		"nothing":                            make([]byte, 0, 1),
		"only that it is done":               done(),
		"a token that nobody asked for":      {0xee, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff},
		"a table":                            {0x81, 0xff, 0xfe},
		"a token without its length":         {0xaa, 1},
		"a token longer than the message":    {0xaa, 0xff, 0xff, 1},
		"an error cut short":                 token(0xaa, []byte{1, 0}),
		"a text longer than its token":       token(0xaa, []byte{1, 0, 0, 0, 1, 1, 0xff, 0xff, 'x', 0}),
		"an acknowledgement cut short":       token(0xad, []byte{1, 0x74, 0, 0, 4, 0xff, 'M'}),
		"a route cut short":                  token(0xe3, []byte{20, 1}),
		"something after the end of a token": append(done(), 0xfd),
	} {
		t.Run("in the answer to the sign-in: "+name, func(t *testing.T) {
			t.Parallel()
			s := *server
			s.answer = func(login7) []byte { return answer }
			garbled(t, s.serve, api.StepSignIn)
		})
	}
	t.Run("a message without end", func(t *testing.T) {
		t.Parallel()
		garbled(t, says(strings.Repeat("\x04\x00\x10\x00\x00\x00\x01\x00"+strings.Repeat("x", 4096-8), 20)), api.StepHandshake)
	})
	t.Run("one that hangs up after the sign-in", func(t *testing.T) {
		t.Parallel()
		c := sqlServerLink.to(standIn(t, func(conn net.Conn) {
			readTDSPacket(conn)
			writeTDSPacket(conn, prelogin(encryptOn))
			_, _ = conn.Read(make([]byte, 4096))
		})).check(t, p)
		require.Equal(t, "check.tls.failed", c.Failure().Message.Key)
	})
}
