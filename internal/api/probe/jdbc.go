package probe

import (
	"context"
	"net"
)

// The inputs of generic-jdbc-connector that checks read. Source:
// spec/links.md §2.1.
const (
	jdbc             = "generic-jdbc-connector"
	pathDatabaseType = "linkConfig.databaseType"
	pathHost         = "linkConfig.host"
	pathPort         = "linkConfig.port"
	pathDatabase     = "linkConfig.database"
	pathUser         = "linkConfig.username"
	pathPassword     = "linkConfig.password" //nolint:gosec // the name of the input
	pathUseSSL       = "linkConfig.useSSL"
	pathUsingNative  = "linkConfig.usingNative"
)

// account is who signs in to which database.
type account struct{ user, password, database string }

// dialJDBC reads the inputs that relational databases share and takes the
// first two steps.
func (a *attempt) dialJDBC(ctx context.Context) (net.Conn, account, error) {
	at, err := a.endpointOf(pathHost, pathPort)
	if err != nil {
		return nil, account{}, err
	}
	as := account{password: a.secrets[pathPassword].Reveal()}
	if as.user, err = a.required(pathUser); err != nil {
		return nil, as, err
	}
	if as.database, err = a.required(pathDatabase); err != nil {
		return nil, as, err
	}
	a.know("user", as.user)
	a.know("database", as.database)
	conn, err := a.dial(ctx, at)
	return conn, as, err
}

// databaseType makes a system's when out of values of the input.
func databaseType(values ...string) func(inputs) bool {
	return func(in inputs) bool { return in.is(pathDatabaseType, values...) }
}
