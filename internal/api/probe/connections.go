package probe

import (
	"bytes"
	"context"
	"io"
	"net"
	"strings"
	"time"

	"switchboard/internal/api"
)

// pathURL is the input of a connection that says where it leads.
const pathURL = "url"

// greeters greet the services that connections lead to, one address at a time,
// by the service's name. Source: spec/connections.md §1.1.
var greeters = map[string]*system{
	"CloudTable":          greeter("ZooKeeper", greetZooKeeper),
	"CloudTable.OpenTSDB": greeter(protocolHTTP, greetOpenTSDB),
	"MRS.OpenTSDB":        greeter(protocolHTTP, greetOpenTSDB),
	"DWS":                 greeter("PostgreSQL", greetPostgres),
	"RDS":                 greeter("MySQL", greetDatabase),
	"CSS":                 greeter(protocolHTTP, greetSearch),
}

// greeter makes the system of a protocol out of how its server is greeted, over
// a connection to it.
func greeter(protocol string, greet func(context.Context, *attempt, net.Conn) error) *system {
	return &system{
		protocol: protocol,
		plan: func(inputs) []api.StepName {
			return []api.StepName{api.StepResolve, api.StepConnect, api.StepHandshake}
		},
		check: func(ctx context.Context, a *attempt) error {
			at, err := readEndpoint(a.in.text(pathURL), pathURL)
			if err != nil {
				return err
			}
			conn, err := a.dial(ctx, at)
			if err != nil {
				return err
			}
			return greet(ctx, a, conn)
		},
	}
}

// greetZooKeeper opens a session with one member of the ensemble.
func greetZooKeeper(ctx context.Context, a *attempt, conn net.Conn) error {
	a.enter(api.StepHandshake)
	if err := a.zooKeeperSession(ctx, conn); err != nil {
		return err
	}
	defer leaveZooKeeper(conn)
	a.found(strings.TrimSpace("ZooKeeper " + a.zooKeeperVersion(ctx)))
	return nil
}

func greetOpenTSDB(ctx context.Context, a *attempt, conn net.Conn) error {
	return a.greetWeb(ctx, conn, "OpenTSDB", "/api/version", func(said *answer) (string, bool) {
		version, ok := openTSDBVersion(said)
		return "OpenTSDB " + version, ok
	})
}

func greetSearch(ctx context.Context, a *attempt, conn net.Conn) error {
	return a.greetWeb(ctx, conn, "Elasticsearch", "/", func(said *answer) (string, bool) {
		p, ok := productOf(said)
		return p.String(), ok
	})
}

// greetWeb asks a web service, by HTTP or HTTPS, a question whose answer tells
// what it is. One that first wants to know who asks is taken for it.
func (a *attempt) greetWeb(ctx context.Context, conn net.Conn, wanted, question string, product func(*answer) (string, bool)) error {
	w := a.newWeb(place{at: a.at}, pathURL)
	said, err := w.meet(ctx, conn, eitherWay, func(ctx context.Context) (*answer, error) { return w.get(ctx, question, nil) })
	if err != nil {
		return err
	}
	a.know("wanted", wanted)
	name, known := product(said)
	switch {
	case known:
		a.found(name + ", " + w.base.String())
	case demands(said):
		a.found(w.base.String())
	default:
		return w.unexpected(said)
	}
	return nil
}

// greetPostgres asks for TLS, which every PostgreSQL and DWS answers before it
// wants to know more, whether they offer it or not.
func greetPostgres(ctx context.Context, a *attempt, conn net.Conn) error {
	a.enter(api.StepHandshake)
	name, err := a.postgresGreeting(ctx, conn)
	if err == nil {
		a.found(name)
	}
	return err
}

// postgresGreeting returns the name of the protocol in which the server
// answered: PostgreSQL, or the other one that it may speak.
func (a *attempt) postgresGreeting(ctx context.Context, conn net.Conn) (string, error) {
	if _, err := io.WriteString(conn, postgresWantsTLS); err != nil {
		return "", err
	}
	buf := make([]byte, 512)
	n, err := a.hear(ctx, conn, conn, buf)
	if err != nil {
		return "", err
	}
	name := speaks(buf[:n])
	if name == "" {
		return "", fault("peer.garbled", a.at.portPath)
	}
	return name, nil
}

// shyAfter is how long a database may take to speak first. One that takes
// longer is PostgreSQL, or a slow MySQL, whose greeting is still waited for.
const shyAfter = time.Second

// greetDatabase greets MySQL, which speaks first, or PostgreSQL, which does not.
func greetDatabase(ctx context.Context, a *attempt, conn net.Conn) error {
	a.also = "PostgreSQL"
	a.know("wanted", "MySQL/PostgreSQL")
	a.enter(api.StepHandshake)
	first, err := overhear(conn)
	if len(first) == 0 && timedOut(err) && !ended(ctx) {
		name, err := a.postgresGreeting(ctx, conn)
		if err == nil {
			a.found(name)
		}
		return err
	}
	greeting, conn, err := a.mysqlGreeting(ctx, again(first, conn))
	err = mysqlFailure(err)
	switch {
	case failedAs(err, "host.not_allowed"), failedAs(err, "host.blocked"):
		// That is about this console; a queue comes from another address.
		a.warn(explain(err, a.at))
		a.found("MySQL")
	case err != nil:
		return err
	default:
		a.found("MySQL " + greeting.version)
		a.rest()
		mysqlGoodbye(ctx, conn)
	}
	return nil
}

// overhear waits for the first words of a server that speaks first.
func overhear(conn net.Conn) ([]byte, error) {
	buf := make([]byte, 4096)
	_ = conn.SetReadDeadline(time.Now().Add(shyAfter))
	n, err := conn.Read(buf)
	_ = conn.SetReadDeadline(time.Time{})
	return buf[:n], err
}

// again is a connection whose first words were heard.
func again(first []byte, conn net.Conn) net.Conn {
	return &replayed{Conn: conn, r: io.MultiReader(bytes.NewReader(first), conn)}
}
