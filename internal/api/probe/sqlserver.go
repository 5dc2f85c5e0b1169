package probe

import (
	"context"
	"errors"
	"net"
	"slices"
	"strings"

	"switchboard/internal/api"
)

// sqlServerSystem is Microsoft SQL Server, Azure SQL included. The client
// speaks first; the sign-in is always encrypted, what follows it only if the
// link says so. The little that is needed of the protocol is written out here:
// the answer to a sign-in could make the driver that there is ask for more
// memory than there is, which no Go program survives.
var sqlServerSystem = &system{
	connector: jdbc,
	when:      databaseType("SQLSERVER"),
	protocol:  "SQL Server",
	plan: func(in inputs) []api.StepName {
		return withoutTLS(in, api.StepResolve, api.StepConnect, api.StepHandshake, api.StepTLS,
			api.StepSignIn, api.StepDatabase, api.StepVersion)
	},
	check: checkSQLServer,
}

func checkSQLServer(ctx context.Context, a *attempt) error {
	for _, path := range []string{pathUser, pathDatabase} {
		if tdsTooLong(a.in.text(path)) {
			return fault("input", path)
		}
	}
	if tdsTooLong(a.secrets[pathPassword].Reveal()) {
		return fault("input", pathPassword)
	}
	conn, as, err := a.dialJDBC(ctx)
	if err != nil {
		return err
	}
	a.enter(api.StepHandshake)
	for range maxRedirects {
		outcome, err := a.sqlServerSignIn(ctx, conn, as)
		if err != nil {
			return err
		}
		if outcome.route == "" {
			return a.sqlServerFound(outcome)
		}
		if conn, err = a.follow(ctx, outcome.route); err != nil {
			return err
		}
	}
	return fault("redirect.endless", pathHost)
}

// sqlServerFound takes the last steps, or says why the user was not let in.
func (a *attempt) sqlServerFound(outcome tdsOutcome) error {
	if outcome.product == "" {
		return a.sqlServerFailure(outcome.errs)
	}
	a.enter(api.StepDatabase)
	a.found(outcome.database)
	a.enter(api.StepVersion)
	a.found(outcome.product)
	return nil
}

// sqlServerSignIn signs in at one server. The steps are those of the first
// one; a server that it sends us on to belongs to the step in which it did.
func (a *attempt) sqlServerSignIn(ctx context.Context, conn net.Conn, as account) (tdsOutcome, error) {
	first := a.current() == api.StepHandshake
	step, want := api.StepSignIn, byte(tdsLoginOnly)
	if a.in.flag(pathUseSSL) {
		step, want = api.StepTLS, tdsEncrypted
	}
	greeting, err := a.tdsGreet(ctx, conn, want)
	if err != nil {
		return tdsOutcome{}, err
	}
	if first {
		a.found(greeting.version)
		a.enter(step)
	}
	secure, err := a.sqlServerTLS(ctx, conn, greeting)
	if err != nil {
		return tdsOutcome{}, err
	}
	if a.current() == api.StepTLS {
		a.enter(api.StepSignIn)
	}
	if strings.Contains(as.user, `\`) {
		return tdsOutcome{}, fault("sign_in.windows_account", pathUser)
	}
	if _, err = secure.Write(tdsPacket(tdsLogin7, tdsLogin(a.serverName(), as))); err != nil {
		return tdsOutcome{}, err
	}
	if greeting.encryption == tdsLoginOnly {
		secure = conn
	}
	answer, err := a.readTDS(secure)
	if err != nil {
		return tdsOutcome{}, err
	}
	outcome, ok := readTDSOutcome(answer)
	if !ok {
		return tdsOutcome{}, fault("peer.garbled", a.at.portPath)
	}
	return outcome, nil
}

// sqlServerTLS encrypts the connection: for the sign-in only if the link does
// not ask for more, as JDBC does; the password is never sent without.
func (a *attempt) sqlServerTLS(ctx context.Context, conn net.Conn, greeting tdsGreeting) (net.Conn, error) {
	cfg := a.tlsConfig(pathUseSSL)
	if !a.in.flag(pathUseSSL) {
		if greeting.encryption == tdsNotEncrypted {
			return nil, fault("sign_in.cleartext", pathUser).hinting("sign_in.cleartext_tds")
		}
		cfg.VerifyConnection = nil // nobody asked
		secure, err := a.tdsEncrypt(ctx, conn, cfg)
		if err != nil {
			return nil, asLoginTLS(tlsFailure(ctx, err, pathHost))
		}
		return secure, nil
	}
	if greeting.encryption != tdsEncrypted && greeting.encryption != tdsMustEncrypt {
		return nil, fault("tls.not_offered", pathUseSSL)
	}
	secure, err := a.tdsEncrypt(ctx, conn, cfg)
	if err != nil {
		return nil, tlsFailure(ctx, err, pathUseSSL)
	}
	return secure, nil
}

// asLoginTLS adds to a failed handshake that encryption was not the link's
// wish.
func asLoginTLS(err error) error {
	if f, ok := errors.AsType[*failure](err); ok {
		return f.hinting("tls.failed_login")
	}
	return err
}

// sqlServerFaults are errors by their numbers in sys.messages, those above
// 40000 Azure's.
var sqlServerFaults = map[int32]*failure{
	18456: fault("sign_in.wrong_password", pathPassword),
	18452: fault("sign_in.unsupported", pathUser).hinting("sign_in.mixed_mode"),
	18470: fault("sign_in.unknown_user", pathUser), // disabled
	17892: fault("sign_in.unknown_user", pathUser), // by a logon trigger
	18486: fault("sign_in.locked", pathUser),
	18487: fault("sign_in.password_expired", pathPassword),
	18488: fault("sign_in.password_expired", pathPassword), // must be changed first
	4060:  fault("database.cannot_open", pathDatabase).afterSignIn(),
	916:   fault("database.no_right", pathDatabase).afterSignIn(),
	927:   fault("database.closed", pathDatabase).afterSignIn(), // being restored
	942:   fault("database.closed", pathDatabase).afterSignIn(), // offline
	976:   fault("database.closed", pathDatabase).afterSignIn(), // a replica that is not read
	978:   fault("database.closed", pathDatabase).afterSignIn(), // a replica that is read by those who say so
	983:   fault("database.closed", pathDatabase).afterSignIn(), // a replica that is changing its role
	40613: fault("database.closed", pathDatabase).afterSignIn(),
	17142: fault("server.not_ready", ""), // paused
	18401: fault("server.not_ready", ""), // being upgraded
	18451: fault("server.not_ready", ""), // administrators only
	18461: fault("server.not_ready", ""), // one user only
	17809: fault("server.too_many_connections", ""),
	10928: fault("server.too_many_connections", ""),
	10936: fault("server.too_many_connections", ""),
	40615: fault("host.firewall", pathHost),
	40914: fault("host.firewall", pathHost),
}

// sqlServerFailure explains the errors with which a sign-in was refused. The
// most telling comes first: that the database cannot be opened is followed by
// the news that the login failed.
func (a *attempt) sqlServerFailure(errs []tdsError) error {
	if len(errs) == 0 {
		return fault("peer.garbled", a.at.portPath)
	}
	i := slices.IndexFunc(errs, func(e tdsError) bool { return sqlServerFaults[e.number] != nil })
	if i < 0 {
		return &errs[0]
	}
	return sqlServerFaults[errs[i].number].because(&errs[i])
}
