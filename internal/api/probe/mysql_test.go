package probe_test

import (
	"database/sql/driver"
	"strings"
	"testing"
	"time"

	"github.com/go-sql-driver/mysql"
	"github.com/stretchr/testify/require"

	"switchboard/internal/api"
	"switchboard/internal/api/probe"
	"switchboard/internal/testserver"
)

func TestMariaDB(t *testing.T) {
	t.Parallel()
	server := testserver.MariaDB(t)
	account := server.Account(t)
	good := linkTo("MYSQL", server, account)
	p := prober(probe.Options{})

	t.Run("a good link passes step by step", func(t *testing.T) {
		t.Parallel()
		for _, kind := range []string{"MYSQL", "DDM", "MYCAT", "mysql"} {
			c := good.with("databaseType", kind, "usingNative", "true").check(t, p)
			requirePassed(t, c, api.StepResolve, api.StepConnect, api.StepHandshake, api.StepSignIn, api.StepDatabase, api.StepVersion)
			require.Equal(t, server.Addr(), find(t, c, api.StepConnect).Found)
			require.Regexp(t, `^1\d\.\d+\.\d+-MariaDB`, find(t, c, api.StepHandshake).Found)
			require.Equal(t, account.Database, find(t, c, api.StepDatabase).Found)
			require.Regexp(t, `^1\d\.\d+\.\d+-MariaDB`, find(t, c, api.StepVersion).Found)
		}
	})
	t.Run("a name is resolved", func(t *testing.T) {
		t.Parallel()
		c := good.with("host", "localhost").check(t, p)
		require.Equal(t, api.Passed, c.Status)
		require.Contains(t, find(t, c, api.StepResolve).Found, "127.0.0.1")
	})
	t.Run("wrong password is pinned to the password input", func(t *testing.T) {
		t.Parallel()
		f := requireFailure(t, good.with("password", "wrong-canary").check(t, p), api.StepSignIn, "sign_in.wrong_password", "password")
		require.Contains(t, f.Detail, "Access denied for user")
		require.Equal(t, account.User, f.Message.Args["user"])
	})
	t.Run("no password is a wrong password", func(t *testing.T) {
		t.Parallel()
		requireFailure(t, good.with("password", "").check(t, p), api.StepSignIn, "sign_in.wrong_password", "password")
	})
	t.Run("an unknown user looks like a wrong password, which is all the server says", func(t *testing.T) {
		t.Parallel()
		requireFailure(t, good.with("username", "nobody").check(t, p), api.StepSignIn, "sign_in.wrong_password", "password")
	})
	t.Run("unknown database", func(t *testing.T) {
		t.Parallel()
		server.Exec(t, "GRANT SELECT ON `missing\\_%`.* TO `"+account.User+"`@`127.0.0.1`")
		c := good.with("database", "missing_one").check(t, p)
		requireFailure(t, c, api.StepDatabase, "database.unknown", "database")
		require.Equal(t, api.Passed, find(t, c, api.StepSignIn).Status, "the server answers about the database after it let the user in")
	})
	t.Run("no right to the database", func(t *testing.T) {
		t.Parallel()
		other := server.Account(t)
		c := good.with("database", other.Database).check(t, p)
		requireFailure(t, c, api.StepDatabase, "database.no_right", "database")
	})
	t.Run("TLS not offered is pinned to useSSL", func(t *testing.T) {
		t.Parallel()
		c := good.with("useSSL", "true").check(t, p)
		requireFailure(t, c, api.StepTLS, "tls.not_offered", "useSSL")
	})
	t.Run("locked account", func(t *testing.T) {
		t.Parallel()
		other := server.Account(t)
		server.Exec(t, "ALTER USER `"+other.User+"`@`127.0.0.1` ACCOUNT LOCK")
		requireFailure(t, linkTo("MYSQL", server, other).check(t, p), api.StepSignIn, "sign_in.locked", "username")
	})
	t.Run("expired password", func(t *testing.T) {
		t.Parallel()
		other := server.Account(t)
		server.Exec(t, "ALTER USER `"+other.User+"`@`127.0.0.1` PASSWORD EXPIRE")
		c := linkTo("MYSQL", server, other).check(t, p)
		f := requireFailure(t, c, c.Failure().Name, "sign_in.password_expired", "password")
		require.Contains(t, []api.StepName{api.StepSignIn, api.StepVersion}, f.Name)
	})
	t.Run("too many connections of one user", func(t *testing.T) {
		t.Parallel()
		other := server.Account(t)
		server.Exec(t, "ALTER USER `"+other.User+"`@`127.0.0.1` WITH MAX_USER_CONNECTIONS 1")
		hold(t, server, other.User, other.Password)
		requireFailure(t, linkTo("MYSQL", server, other).check(t, p), api.StepSignIn, "server.too_many_connections", "")
	})
	t.Run("an account that signs in by another method", func(t *testing.T) {
		t.Parallel()
		other := server.Account(t)
		server.Exec(t, "ALTER USER `"+other.User+"`@`127.0.0.1` IDENTIFIED VIA unix_socket")
		c := linkTo("MYSQL", server, other).check(t, p)
		requireFailure(t, c, api.StepSignIn, "sign_in.no_password_account", "username")
	})
	t.Run("odd but legal names are taken as they are", func(t *testing.T) {
		t.Parallel()
		database := strings.ToLower("odd ?&=/'`名" + account.User)
		server.Exec(t, "CREATE DATABASE `"+strings.ReplaceAll(database, "`", "``")+"`",
			"GRANT ALL ON `"+strings.ReplaceAll(database, "`", "``")+"`.* TO `"+account.User+"`@`127.0.0.1`")
		t.Cleanup(func() { server.Exec(t, "DROP DATABASE `"+strings.ReplaceAll(database, "`", "``")+"`") })
		c := good.with("database", database).check(t, p)
		require.Equal(t, api.Passed, c.Status, "%+v", c)
		require.Equal(t, database, find(t, c, api.StepDatabase).Found)
	})
}

func TestMariaDBWithTLS(t *testing.T) {
	t.Parallel()
	server := testserver.MariaDB(t, testserver.TLS(), testserver.Setting("require_secure_transport", "ON"))
	good := linkTo("MYSQL", server, server.Account(t)).with("useSSL", "true")
	steps := []api.StepName{
		api.StepResolve, api.StepConnect, api.StepHandshake, api.StepTLS, api.StepSignIn, api.StepDatabase, api.StepVersion,
	}

	t.Run("a trusted certificate passes; the server greets before TLS", func(t *testing.T) {
		t.Parallel()
		c := good.check(t, prober(probe.Options{Roots: server.Roots}))
		requirePassed(t, c, steps...)
		require.Equal(t, "TLS 1.3", find(t, c, api.StepTLS).Found)
	})
	t.Run("an unknown authority is a warning", func(t *testing.T) {
		t.Parallel()
		c := good.check(t, prober(probe.Options{}))
		s := requireWarning(t, c, api.StepTLS, "tls.unknown_authority", "useSSL")
		require.Equal(t, "TLS 1.3", s.Found)
		require.NotEmpty(t, s.Detail)
	})
	t.Run("a certificate for another name is a warning (fake resolver)", func(t *testing.T) {
		t.Parallel()
		p := prober(probe.Options{Roots: server.Roots, Resolver: name("db.example", "127.0.0.1")})
		requireWarning(t, good.with("host", "db.example").check(t, p), api.StepTLS, "tls.wrong_name", "useSSL")
	})
	t.Run("a wrong password is found behind TLS, too", func(t *testing.T) {
		t.Parallel()
		c := good.with("password", "wrong").check(t, prober(probe.Options{Roots: server.Roots}))
		requireFailure(t, c, api.StepSignIn, "sign_in.wrong_password", "password")
	})
	t.Run("a server that demands TLS refuses the password, and the hint says what else it can be", func(t *testing.T) {
		t.Parallel()
		c := good.with("useSSL", "false").check(t, prober(probe.Options{}))
		f := c.Failure()
		require.Equal(t, "check.sign_in.wrong_password", f.Message.Key, "MariaDB does not say why")
		require.Equal(t, "hint.sign_in.wrong_password_plain", f.Hint.Key)
	})
}

// What happens here concerns the whole server, so it has one of its own and
// the cases run one after the other.
func TestMariaDBThatIsShort(t *testing.T) {
	t.Parallel()
	server := testserver.MariaDB(t, testserver.Setting("local_infile", "OFF"), testserver.Setting("max_connections", "10"))
	p := prober(probe.Options{})

	t.Run("host not allowed", func(t *testing.T) {
		server.Exec(t, "RENAME USER root@127.0.0.1 TO root@192.0.2.1")
		defer server.Exec(t, "RENAME USER root@192.0.2.1 TO root@127.0.0.1")
		stranger := linkTo("MYSQL", server, testserver.Account{User: "ann", Database: "orders", Password: "canary-7yq"})
		f := requireFailure(t, stranger.check(t, p), api.StepHandshake, "host.not_allowed", "host")
		require.Contains(t, f.Detail, "is not allowed to connect")
	})
	account := server.Account(t)
	good := linkTo("MYSQL", server, account)
	t.Run("local_infile is off", func(t *testing.T) {
		c := good.with("usingNative", "true").check(t, p)
		requireWarning(t, c, api.StepVersion, "local_infile.off", "usingNative")
		require.Equal(t, api.Passed, good.check(t, p).Status, "without usingNative nobody asks")
		require.Equal(t, api.Passed, good.with("databaseType", "DDM", "usingNative", "true").check(t, p).Status)
	})
	t.Run("too many connections", func(t *testing.T) {
		for range 10 {
			hold(t, server, account.User, account.Password)
		}
		requireFailure(t, good.check(t, p), api.StepSignIn, "server.too_many_connections", "")
		hold(t, server, server.User, server.Password) // takes the place kept for administrators
		f := requireFailure(t, good.check(t, p), api.StepHandshake, "server.too_many_connections", "")
		require.Contains(t, f.Detail, "Too many connections")
	})
	require.Eventually(t, func() bool { return good.check(t, p).Status == api.Passed }, time.Minute, 10*time.Millisecond)
}

// hold keeps a connection open until the test ends. It waits while the server
// still counts connections that were closed before.
func hold(t *testing.T, s *testserver.Server, user, password string) {
	t.Helper()
	cfg := mysql.NewConfig()
	cfg.Net, cfg.Addr, cfg.User, cfg.Passwd = "tcp", s.Addr(), user, password
	connector, err := mysql.NewConnector(cfg)
	require.NoError(t, err)
	var conn driver.Conn
	require.Eventually(t, func() bool {
		conn, err = connector.Connect(t.Context())
		return err == nil
	}, time.Minute, 10*time.Millisecond)
	t.Cleanup(func() { _ = conn.Close() })
}
