package probe

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"net"

	"github.com/go-sql-driver/mysql"

	"switchboard/internal/api"
)

// mysqlSystem is MySQL and what speaks its protocol: MariaDB, DDM, MYCAT. The
// server greets before TLS begins, and says whether the user may use the
// database in its answer to the sign-in.
var mysqlSystem = &system{
	connector: jdbc,
	when:      databaseType("MYSQL", "DDM", "MYCAT"),
	protocol:  "MySQL",
	plan: func(in inputs) []api.StepName {
		return withoutTLS(in, api.StepResolve, api.StepConnect, api.StepHandshake, api.StepTLS,
			api.StepSignIn, api.StepDatabase, api.StepVersion)
	},
	check: checkMySQL,
}

func checkMySQL(ctx context.Context, a *attempt) error {
	conn, as, err := a.dialJDBC(ctx)
	if err != nil {
		return err
	}
	a.enter(api.StepHandshake)
	greeting, conn, err := a.mysqlGreeting(ctx, conn)
	if err != nil {
		return mysqlFailure(err)
	}
	a.found(greeting.version)

	cfg := mysqlConfig(conn, as)
	if a.in.flag(pathUseSSL) {
		a.enter(api.StepTLS)
		if !greeting.tls {
			mysqlGoodbye(ctx, conn)
			return fault("tls.not_offered", pathUseSSL)
		}
		cfg.TLS = a.tlsConfig(pathUseSSL)
		cfg.TLS.VerifyConnection = then(cfg.TLS.VerifyConnection, func() { a.enter(api.StepSignIn) })
	} else {
		a.enter(api.StepSignIn)
	}
	session, err := mysqlConnect(ctx, cfg)
	if err != nil && a.current() == api.StepTLS {
		return tlsFailure(ctx, err, pathUseSSL)
	}
	if err != nil {
		return mysqlHint(mysqlFailure(err), cfg.TLS == nil && greeting.tls)
	}
	defer func() { _ = session.Close() }()
	a.enter(api.StepDatabase)
	a.found(as.database)
	a.enter(api.StepVersion)
	return mysqlFailure(a.mysqlVersion(ctx, session))
}

// mysqlConfig is how the driver is used: typed parts only (S7–S9), and
// everything off by which a server could make it give something away. What
// stays is the protocol's own: inside TLS, and otherwise encrypted with a key
// that the server sends, caching_sha2_password sends the password itself, so
// it is as safe as the link is from somebody in between.
func mysqlConfig(conn net.Conn, as account) *mysql.Config {
	cfg := mysql.NewConfig()
	cfg.User, cfg.Passwd, cfg.DBName = as.user, as.password, as.database
	cfg.Net, cfg.Addr = "tcp", conn.RemoteAddr().String()
	cfg.DialFunc = func(context.Context, string, string) (net.Conn, error) { return conn, nil }
	cfg.Logger = &mysql.NopLogger{}
	cfg.ConnectionAttributes = "program_name:Switchboard"
	cfg.AllowAllFiles = false
	cfg.AllowCleartextPasswords = false
	cfg.AllowOldPasswords = false
	cfg.AllowFallbackToPlaintext = false
	cfg.MultiStatements = false
	cfg.CheckConnLiveness = false
	return cfg
}

func mysqlConnect(ctx context.Context, cfg *mysql.Config) (driver.Conn, error) {
	connector, err := mysql.NewConnector(cfg)
	if err != nil {
		return nil, err
	}
	return connector.Connect(ctx)
}

// mysqlVersion asks for the version, which a proxy in between cannot answer
// alone, and for what the link's options need.
func (a *attempt) mysqlVersion(ctx context.Context, session driver.Conn) error {
	version, err := mysqlValue(ctx, session, "SELECT VERSION()")
	if err != nil {
		return err
	}
	a.found(version)
	if !a.in.flag(pathUsingNative) || !a.in.is(pathDatabaseType, "MYSQL") {
		return nil
	}
	localInfile, err := mysqlValue(ctx, session, "SELECT @@GLOBAL.local_infile")
	if err != nil {
		return err
	}
	if localInfile == "0" {
		a.warn(fault("local_infile.off", pathUsingNative))
	}
	return nil
}

// mysqlValue returns the only value of a query. It takes the driver without
// database/sql, whose pool would reconnect behind our back.
func mysqlValue(ctx context.Context, session driver.Conn, query string) (string, error) {
	rows, err := session.(driver.QueryerContext).QueryContext(ctx, query, nil)
	if err != nil {
		return "", err
	}
	defer func() { _ = rows.Close() }()
	row := make([]driver.Value, len(rows.Columns()))
	if len(row) != 1 {
		return "", mysql.ErrMalformPkt
	}
	if err := rows.Next(row); err != nil {
		return "", err
	}
	if text, ok := row[0].([]byte); ok {
		return string(text), nil
	}
	return fmt.Sprint(row[0]), nil
}

// mysqlFaults are errors by their numbers in MySQL and MariaDB.
var mysqlFaults = map[uint16]*failure{
	1040: fault("server.too_many_connections", ""),
	1203: fault("server.too_many_connections", ""), // of this user
	1226: fault("server.too_many_connections", ""), // of this user
	1044: fault("database.no_right", pathDatabase).afterSignIn(),
	1049: fault("database.unknown", pathDatabase).afterSignIn(),
	1045: fault("sign_in.wrong_password", pathPassword),
	1053: fault("server.not_ready", ""), // shutting down
	1129: fault("host.blocked", pathHost),
	1130: fault("host.not_allowed", pathHost),
	1251: fault("sign_in.unsupported", pathUser),
	1698: fault("sign_in.no_password_account", pathUser),
	1820: fault("sign_in.password_expired", pathPassword),
	1862: fault("sign_in.password_expired", pathPassword),
	3118: fault("sign_in.locked", pathUser),
	4151: fault("sign_in.locked", pathUser), // MariaDB
	3159: fault("tls.required", pathUseSSL),
}

// mysqlHint adds to a refused password what else can be the reason where TLS
// was possible: accounts that may use it only are refused in the same words,
// and so is everybody by a MariaDB server that demands it.
func mysqlHint(err error, tlsPossible bool) error {
	if f, ok := errors.AsType[*failure](err); ok && tlsPossible && f.name == "sign_in.wrong_password" {
		return f.hinting("sign_in.wrong_password_plain")
	}
	return err
}

// mysqlFailure explains an error of the driver or the server.
func mysqlFailure(err error) error {
	if e, ok := errors.AsType[*mysql.MySQLError](err); ok {
		if f := mysqlFaults[e.Number]; f != nil {
			return f.because(err)
		}
		return err
	}
	for _, unsupported := range []error{mysql.ErrUnknownPlugin, mysql.ErrOldPassword, mysql.ErrNativePassword} {
		if errors.Is(err, unsupported) {
			return fault("sign_in.unsupported", pathUser).because(err)
		}
	}
	switch {
	case errors.Is(err, mysql.ErrCleartextPassword):
		return fault("sign_in.cleartext", pathUser) // the driver's words say how to allow it; we never do
	case errors.Is(err, mysql.ErrMalformPkt), errors.Is(err, mysql.ErrPktSync), errors.Is(err, mysql.ErrPktSyncMul):
		return fault("peer.garbled", pathPort).because(err)
	case errors.Is(err, mysql.ErrInvalidConn): // the driver hides why
		return io.ErrUnexpectedEOF
	}
	return err
}
