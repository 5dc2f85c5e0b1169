package probe

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgproto3"

	"switchboard/internal/api"
)

// postgresSystem is PostgreSQL and what speaks its protocol: DWS. The client
// speaks first, TLS comes before anything else, and the server says whether
// the user may use the database in its answer to the sign-in.
var postgresSystem = &system{
	connector: jdbc,
	when:      databaseType("POSTGRESQL", "DWS"),
	protocol:  "PostgreSQL",
	plan: func(in inputs) []api.StepName {
		return withoutTLS(in, api.StepResolve, api.StepConnect, api.StepTLS, api.StepHandshake,
			api.StepSignIn, api.StepDatabase, api.StepVersion)
	},
	check: checkPostgres,
}

func checkPostgres(ctx context.Context, a *attempt) error {
	conn, as, err := a.dialJDBC(ctx)
	if err != nil {
		return err
	}
	if a.in.flag(pathUseSSL) {
		a.enter(api.StepTLS)
		if conn, err = a.postgresTLS(ctx, conn); err != nil {
			return err
		}
	}
	a.enter(api.StepHandshake)
	cfg, err := postgresConfig(conn, a.at, as)
	if err != nil {
		return err
	}
	cfg.BuildFrontend = func(r io.Reader, w io.Writer) *pgproto3.Frontend {
		return pgproto3.NewFrontend(&listener{r: r, first: func(b []byte) (int, error) {
			return a.postgresAnswer(ctx, conn, r, b)
		}}, w)
	}
	session, err := pgconn.ConnectConfig(ctx, cfg)
	if err != nil {
		return a.postgresFailure(err)
	}
	defer func() { _ = session.Close(ctx) }()
	a.enter(api.StepDatabase)
	a.found(as.database)
	a.enter(api.StepVersion)
	return a.postgresFailure(a.postgresVersion(ctx, session))
}

// postgresConfig is how the driver is used. It wants its settings parsed from
// a string and takes what the string leaves open from PG* variables, password
// and service files; so the string, which has nothing of the user in it, names
// them all, and every field is then set by hand (S7–S9).
func postgresConfig(conn net.Conn, at endpoint, as account) (*pgconn.Config, error) {
	cfg, err := pgconn.ParseConfig("host=127.0.0.1 port=1 user=- password=- dbname=- sslmode=disable sslcertmode=disable sslcert='' sslkey='' sslrootcert='' passfile='' " +
		"sslnegotiation=postgres connect_timeout=0 target_session_attrs=any channel_binding=prefer " +
		"min_protocol_version=3.0 max_protocol_version=3.0 require_auth=scram-sha-256")
	if err != nil { // PGSERVICE names a service that does not exist
		return nil, errors.New("the environment of the console has PG* variables that cannot be used")
	}
	cfg.User, cfg.Password, cfg.Database = as.user, as.password, as.database
	cfg.Host, cfg.Port = at.host, at.port // for error texts only
	cfg.DialFunc = func(context.Context, string, string) (net.Conn, error) { return conn, nil }
	cfg.LookupFunc = func(_ context.Context, host string) ([]string, error) { return []string{host}, nil }
	cfg.TLSConfig, cfg.Fallbacks, cfg.SSLCertMode = nil, nil, "disable" // TLS is ours
	cfg.ConnectTimeout = 0                                              // the connection has a deadline
	cfg.MaxProtocolMessageBodyLen = maxRead
	cfg.RuntimeParams = map[string]string{"application_name": "Switchboard", "client_encoding": "UTF8"}
	cfg.KerberosSrvName, cfg.KerberosSpn = "", ""
	cfg.ValidateConnect, cfg.AfterConnect, cfg.AfterNetConnect = nil, nil, nil
	cfg.OnNotice, cfg.OnNotification, cfg.OAuthTokenProvider = nil, nil, nil
	cfg.RequireAuth = "!password,!gss,!sspi,!oauth" // never in the clear
	return cfg, nil
}

// postgresTLS asks for TLS and, if it is offered, encrypts the connection.
func (a *attempt) postgresTLS(ctx context.Context, conn net.Conn) (net.Conn, error) {
	if _, err := io.WriteString(conn, postgresWantsTLS); err != nil {
		return nil, err
	}
	buf := make([]byte, 512)
	n, err := a.hear(ctx, conn, conn, buf)
	if err != nil {
		return nil, err
	}
	switch string(buf[:n]) { // nothing may follow the byte (CVE-2021-23222)
	case "S":
	case "N":
		return nil, fault("tls.not_offered", pathUseSSL)
	default:
		return nil, fault("peer.garbled", a.at.portPath)
	}
	secure := tls.Client(conn, a.tlsConfig(pathUseSSL))
	if err := secure.HandshakeContext(ctx); err != nil {
		return nil, tlsFailure(ctx, err, pathUseSSL)
	}
	return secure, nil
}

// postgresVersion asks for the version. DWS tells its own only in the long
// text, whose end, about the compiler, is of no use.
func (a *attempt) postgresVersion(ctx context.Context, session *pgconn.PgConn) error {
	results, err := session.Exec(ctx, "SELECT version()").ReadAll()
	if err != nil {
		return err
	}
	if len(results) != 1 || len(results[0].Rows) != 1 || len(results[0].Rows[0]) != 1 {
		return fault("peer.garbled", a.at.portPath)
	}
	version := string(results[0].Rows[0][0])
	version, _, _ = strings.Cut(version, " on ")
	version, _, _ = strings.Cut(version, " compiled ")
	a.found(version)
	return nil
}

// postgresFaults are errors by SQLSTATE. 28000 is explained apart.
var postgresFaults = map[string]*failure{
	"28P01": fault("sign_in.wrong_password", pathPassword),
	"3D000": fault("database.unknown", pathDatabase).afterSignIn(),
	"42501": fault("database.no_right", pathDatabase).afterSignIn(),
	"55000": fault("database.closed", pathDatabase).afterSignIn(),
	"53300": fault("server.too_many_connections", ""),
	"57P01": fault("server.not_ready", ""), // shutting down
	"57P03": fault("server.not_ready", ""), // starting
}

// postgresFailure explains an error of the driver or the server.
func (a *attempt) postgresFailure(err error) error {
	e, ok := errors.AsType[*pgconn.PgError](err)
	if !ok {
		return err
	}
	// The driver's wrapping repeats the user and the database; the server's
	// own words are enough.
	if f := postgresFaults[e.Code]; f != nil {
		return f.because(e)
	}
	if e.Code == "28000" {
		return a.postgresUnwelcome(e).because(e)
	}
	return e
}

// postgresUnwelcome tells the two meanings of 28000 apart by the part of the
// server that says it: pg_hba.conf has no place for this connection, or the
// role may not sign in.
func (a *attempt) postgresUnwelcome(e *pgconn.PgError) *failure {
	switch {
	case e.Routine != "ClientAuthentication":
		return fault("sign_in.unknown_user", pathUser)
	case a.in.flag(pathUseSSL):
		return fault("host.not_allowed", pathHost)
	}
	return fault("host.not_allowed_plain", pathHost)
}
