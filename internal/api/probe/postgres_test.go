package probe_test

import (
	"context"
	"path/filepath"
	"testing"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/stretchr/testify/require"

	"switchboard/internal/api"
	"switchboard/internal/api/probe"
	"switchboard/internal/testserver"
)

// hba are roles that the server treats in special ways; whoever is granted
// one signs in by that rule.
var hba = testserver.HBA(
	"host all +cleartext 127.0.0.1/32 password",
	"host all +trusted 127.0.0.1/32 trust",
	"host all +digest 127.0.0.1/32 md5",
	"host all +unwelcome 127.0.0.1/32 reject",
	"hostnossl all +secure 127.0.0.1/32 reject",
)

func TestPostgreSQL(t *testing.T) {
	t.Parallel()
	server := testserver.PostgreSQL(t, hba)
	server.Exec(t, "CREATE ROLE cleartext", "CREATE ROLE trusted", "CREATE ROLE digest", "CREATE ROLE unwelcome", "CREATE ROLE secure")
	account := server.Account(t)
	good := linkTo("POSTGRESQL", server, account)
	p := prober(probe.Options{})
	steps := []api.StepName{
		api.StepResolve, api.StepConnect, api.StepHandshake, api.StepSignIn, api.StepDatabase, api.StepVersion,
	}
	// as returns a link for an account to which a rule applies.
	as := func(t *testing.T, role string) (link, testserver.Account) {
		a := server.Account(t)
		server.Exec(t, `GRANT `+role+` TO "`+a.User+`"`)
		return linkTo("POSTGRESQL", server, a), a
	}

	t.Run("a good link passes step by step", func(t *testing.T) {
		t.Parallel()
		for _, kind := range []string{"POSTGRESQL", "DWS", "dws"} {
			c := good.with("databaseType", kind).check(t, p)
			requirePassed(t, c, steps...)
			require.Equal(t, server.Addr(), find(t, c, api.StepConnect).Found)
			require.Equal(t, account.Database, find(t, c, api.StepDatabase).Found)
			require.Regexp(t, `^PostgreSQL \d+\.\d+[^,]*$`, find(t, c, api.StepVersion).Found)
		}
	})
	t.Run("wrong password is pinned to the password input", func(t *testing.T) {
		t.Parallel()
		f := requireFailure(t, good.with("password", "wrong").check(t, p), api.StepSignIn, "sign_in.wrong_password", "password")
		require.Contains(t, f.Detail, "28P01")
	})
	t.Run("no password is a wrong password", func(t *testing.T) {
		t.Parallel()
		requireFailure(t, good.with("password", "").check(t, p), api.StepSignIn, "sign_in.wrong_password", "password")
	})
	t.Run("a role that may not sign in is pinned to the user name", func(t *testing.T) {
		t.Parallel()
		l, a := as(t, "trusted")
		server.Exec(t, `ALTER ROLE "`+a.User+`" NOLOGIN`)
		requireFailure(t, l.check(t, p), api.StepSignIn, "sign_in.unknown_user", "username")
	})
	t.Run("unknown database", func(t *testing.T) {
		t.Parallel()
		c := good.with("database", "missing").check(t, p)
		requireFailure(t, c, api.StepDatabase, "database.unknown", "database")
		require.Equal(t, api.Passed, find(t, c, api.StepSignIn).Status)
	})
	t.Run("no right to the database", func(t *testing.T) {
		t.Parallel()
		c := good.with("database", server.Account(t).Database).check(t, p)
		requireFailure(t, c, api.StepDatabase, "database.no_right", "database")
	})
	t.Run("a database that is closed to everybody", func(t *testing.T) {
		t.Parallel()
		c := good.with("database", "template0").check(t, p)
		requireFailure(t, c, api.StepDatabase, "database.closed", "database")
	})
	t.Run("host not allowed", func(t *testing.T) {
		t.Parallel()
		l, _ := as(t, "unwelcome")
		requireFailure(t, l.check(t, p), api.StepSignIn, "host.not_allowed_plain", "host")
	})
	t.Run("too many connections of one role", func(t *testing.T) {
		t.Parallel()
		other := server.Account(t)
		server.Exec(t, `ALTER ROLE "`+other.User+`" CONNECTION LIMIT 0`)
		c := linkTo("POSTGRESQL", server, other).check(t, p)
		requireFailure(t, c, api.StepSignIn, "server.too_many_connections", "")
	})
	t.Run("TLS not offered is pinned to useSSL", func(t *testing.T) {
		t.Parallel()
		c := good.with("useSSL", "true").check(t, p)
		requireFailure(t, c, api.StepTLS, "tls.not_offered", "useSSL")
	})
	t.Run("a password is never sent in the clear", func(t *testing.T) {
		t.Parallel()
		l, _ := as(t, "cleartext")
		requireFailure(t, l.check(t, p), api.StepSignIn, "sign_in.cleartext", "username")
	})
	t.Run("a server that asks for no password is a warning", func(t *testing.T) {
		t.Parallel()
		l, _ := as(t, "trusted")
		requireWarning(t, l.with("password", "anything").check(t, p), api.StepSignIn, "sign_in.not_asked", "password")
	})
	t.Run("md5 passwords still work", func(t *testing.T) {
		t.Parallel()
		l, a := as(t, "digest")
		server.Exec(t, "SET password_encryption = 'md5'", `ALTER ROLE "`+a.User+`" PASSWORD '`+a.Password+`'`)
		require.Equal(t, api.Passed, l.check(t, p).Status)
		requireFailure(t, l.with("password", "wrong").check(t, p), api.StepSignIn, "sign_in.wrong_password", "password")
	})
	t.Run("odd but legal names are taken as they are", func(t *testing.T) {
		t.Parallel()
		server.Exec(t, `CREATE DATABASE "odd ?&=/' host=elsewhere 名" OWNER "`+account.User+`"`)
		t.Cleanup(func() { server.Exec(t, `DROP DATABASE "odd ?&=/' host=elsewhere 名"`) })
		c := good.with("database", "odd ?&=/' host=elsewhere 名").check(t, p)
		requirePassed(t, c, steps...)
	})
}

func TestPostgreSQLWithTLS(t *testing.T) {
	t.Parallel()
	server := testserver.PostgreSQL(t, testserver.TLS(), hba)
	server.Exec(t, "CREATE ROLE cleartext", "CREATE ROLE trusted", "CREATE ROLE digest", "CREATE ROLE unwelcome", "CREATE ROLE secure")
	account := server.Account(t)
	good := linkTo("POSTGRESQL", server, account).with("useSSL", "TRUE")

	t.Run("a trusted certificate passes; TLS comes before the handshake", func(t *testing.T) {
		t.Parallel()
		c := good.check(t, prober(probe.Options{Roots: server.Roots}))
		requirePassed(t, c, api.StepResolve, api.StepConnect, api.StepTLS, api.StepHandshake, api.StepSignIn, api.StepDatabase, api.StepVersion)
		require.Equal(t, "TLS 1.3", find(t, c, api.StepTLS).Found)
	})
	t.Run("an unknown authority is a warning", func(t *testing.T) {
		t.Parallel()
		requireWarning(t, good.check(t, prober(probe.Options{})), api.StepTLS, "tls.unknown_authority", "useSSL")
	})
	t.Run("a certificate for another name is a warning (fake resolver)", func(t *testing.T) {
		t.Parallel()
		p := prober(probe.Options{Roots: server.Roots, Resolver: name("db.example", "127.0.0.1")})
		requireWarning(t, good.with("host", "db.example").check(t, p), api.StepTLS, "tls.wrong_name", "useSSL")
	})
	t.Run("the certificate may be for a name with a dot at the end", func(t *testing.T) {
		t.Parallel()
		p := prober(probe.Options{Roots: server.Roots, Resolver: name("localhost.", "127.0.0.1")})
		require.Equal(t, api.Passed, good.with("host", "localhost.").check(t, p).Status)
	})
	t.Run("a wrong password is found behind TLS, too", func(t *testing.T) {
		t.Parallel()
		c := good.with("password", "wrong").check(t, prober(probe.Options{Roots: server.Roots}))
		requireFailure(t, c, api.StepSignIn, "sign_in.wrong_password", "password")
	})
	t.Run("a password is not sent in the clear inside TLS either", func(t *testing.T) {
		t.Parallel()
		server.Exec(t, `CREATE ROLE ldap_like LOGIN PASSWORD 'x' IN ROLE cleartext`)
		c := good.with("username", "ldap_like").check(t, prober(probe.Options{Roots: server.Roots}))
		requireFailure(t, c, api.StepSignIn, "sign_in.cleartext", "username")
	})
	t.Run("a server that demands TLS says so, and the hint says how", func(t *testing.T) {
		t.Parallel()
		server.Exec(t, `CREATE ROLE tls_only LOGIN PASSWORD 'x' IN ROLE secure`, `GRANT CONNECT ON DATABASE "`+account.Database+`" TO tls_only`)
		t.Cleanup(func() { server.Exec(t, `REVOKE CONNECT ON DATABASE "`+account.Database+`" FROM tls_only`) })
		l := good.with("username", "tls_only", "password", "x")
		requireFailure(t, l.with("useSSL", "false").check(t, prober(probe.Options{})), api.StepSignIn, "host.not_allowed_plain", "host")
		require.Equal(t, api.Passed, l.check(t, prober(probe.Options{Roots: server.Roots})).Status)
	})
	t.Run("host not allowed, with TLS", func(t *testing.T) {
		t.Parallel()
		server.Exec(t, `CREATE ROLE rejected LOGIN PASSWORD 'x' IN ROLE unwelcome`)
		c := good.with("username", "rejected").check(t, prober(probe.Options{Roots: server.Roots}))
		requireFailure(t, c, api.StepSignIn, "host.not_allowed", "host")
	})
}

// Not parallel: it changes the environment of the process.
func TestPostgreSQLChecksIgnoreTheEnvironment(t *testing.T) {
	server := testserver.PostgreSQL(t)
	account := server.Account(t)
	nowhere := filepath.Join(t.TempDir(), "nowhere")
	for name, value := range map[string]string{
		"PGHOST": "192.0.2.1", "PGPORT": "nonsense", "PGUSER": "mallory", "PGPASSWORD": "stolen", "PGDATABASE": "elsewhere",
		"PGSSLMODE": "verify-full", "PGSSLROOTCERT": nowhere, "PGSSLCERT": nowhere, "PGSSLKEY": nowhere, "PGSSLCERTMODE": "require",
		"PGSSLNEGOTIATION": "direct", "PGPASSFILE": nowhere, "PGSERVICEFILE": nowhere, "PGAPPNAME": "spy", "PGOPTIONS": "-c nonsense=1",
		"PGTZ": "nonsense", "PGTARGETSESSIONATTRS": "standby", "PGCONNECT_TIMEOUT": "nonsense", "PGCHANNELBINDING": "require",
		"PGREQUIREAUTH": "gss", "PGMINPROTOCOLVERSION": "latest", "PGMAXPROTOCOLVERSION": "latest", "PGSSLSNI": "nonsense",
	} {
		t.Setenv(name, value)
	}
	p := prober(probe.Options{})
	require.Equal(t, api.Passed, linkTo("POSTGRESQL", server, account).check(t, p).Status)

	t.Run("a service that is not described anywhere stops the driver, and the check says so", func(t *testing.T) {
		t.Setenv("PGSERVICE", "nowhere")
		f := requireFailure(t, linkTo("POSTGRESQL", server, account).check(t, p), api.StepHandshake, "unexpected", "")
		require.Contains(t, f.Detail, "PG* variables")
	})
	t.Run("a password from the environment is no password", func(t *testing.T) {
		t.Setenv("PGPASSWORD", account.Password)
		c := linkTo("POSTGRESQL", server, account).with("password", "").check(t, p)
		requireFailure(t, c, api.StepSignIn, "sign_in.wrong_password", "password")
	})
}

// What the staged check asks for is what an ordinary client needs.
func BenchmarkPostgreSQL(b *testing.B) {
	server := testserver.PostgreSQL(b)
	account := server.Account(b)
	l, p := linkTo("POSTGRESQL", server, account), prober(probe.Options{})
	b.Run("staged check", func(b *testing.B) {
		for b.Loop() {
			if c := l.check(b, p); c.Status != api.Passed {
				b.Fatalf("%+v", c)
			}
		}
	})
	b.Run("driver's connect and ping", func(b *testing.B) {
		url := "postgres://" + account.User + ":" + account.Password + "@" + server.Addr() + "/" + account.Database + "?sslmode=disable"
		for b.Loop() {
			conn, err := pgconn.Connect(b.Context(), url)
			if err == nil {
				err = conn.Ping(b.Context())
			}
			if err != nil {
				b.Fatal(err)
			}
			_ = conn.Close(context.Background())
		}
	})
}
