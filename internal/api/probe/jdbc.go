package probe

import (
	"bytes"
	"context"
	"io"
	"net"

	"switchboard/internal/api"
)

// The inputs of generic-jdbc-connector that checks read. Source:
// spec/links.md §2.1.
const (
	jdbc               = "generic-jdbc-connector"
	pathDatabaseType   = "linkConfig.databaseType"
	pathHost           = "linkConfig.host"
	pathPort           = "linkConfig.port"
	pathDatabase       = "linkConfig.database"
	pathDatabaseConfig = "linkConfig.databaseconfig" // how an Oracle database is addressed
	pathSID            = "linkConfig.sidname"
	pathUser           = "linkConfig.username"
	pathPassword       = "linkConfig.password" //nolint:gosec // the name of the input
	pathUseSSL         = "linkConfig.useSSL"
	pathUsingNative    = "linkConfig.usingNative"
)

// account is who signs in to which database.
type account struct{ user, password, database string }

// dialJDBC reads the inputs that relational databases share and takes the
// first two steps.
func (a *attempt) dialJDBC(ctx context.Context) (net.Conn, account, error) {
	return a.dialDatabase(ctx, pathDatabase)
}

// dialDatabase is dialJDBC for a database whose name is in another input.
func (a *attempt) dialDatabase(ctx context.Context, databasePath string) (net.Conn, account, error) {
	at, err := a.endpointOf(pathHost, pathPort)
	if err != nil {
		return nil, account{}, err
	}
	as := account{password: a.secrets[pathPassword].Reveal()}
	if as.user, err = a.required(pathUser); err != nil {
		return nil, as, err
	}
	if as.database, err = a.required(databasePath); err != nil {
		return nil, as, err
	}
	a.know("user", as.user)
	a.know("database", as.database)
	conn, err := a.dial(ctx, at)
	return conn, as, err
}

// maxRedirects is how often a server may send the check on to another one.
const maxRedirects = 3

// follow connects to the address that a server sends its clients on to,
// through the guard, and hangs up on the server that did.
func (a *attempt) follow(ctx context.Context, address string) (net.Conn, error) {
	astray := fault("redirect.failed", pathHost).with("peer", a.clean(address, maxFound))
	at, err := readEndpoint(address, pathHost)
	if err != nil {
		return nil, astray
	}
	conn, err := a.p.call(ctx, address)
	if err != nil && ctx.Err() == context.Canceled {
		return nil, err
	}
	if err != nil {
		return nil, astray
	}
	a.hangUp()
	a.conn = conn
	a.aim(endpoint{host: at.host, port: at.port, hostPath: pathHost, portPath: pathPort})
	return conn, nil
}

// heard waits for the peer's first words, which must be able to be the
// protocol's, and returns a reader that begins with them.
func (a *attempt) heard(ctx context.Context, conn net.Conn) (io.Reader, error) {
	const enough = 8 // bytes by which databases are known
	buf := make([]byte, enough)
	n, err := a.hear(ctx, conn, conn, buf)
	if err != nil {
		return nil, err
	}
	return io.MultiReader(bytes.NewReader(buf[:n]), conn), nil
}

// notTried ends a check that goes no further than the server's greeting: the
// step to sign in says what was not checked.
func (a *attempt) notTried(name, path string) error {
	a.enter(api.StepSignIn)
	a.warn(fault(name, path))
	return nil
}

// databaseType makes a system's when out of values of the input.
func databaseType(values ...string) func(inputs) bool {
	return func(in inputs) bool { return in.is(pathDatabaseType, values...) }
}
