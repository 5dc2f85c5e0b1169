package probe

import (
	"context"
	"net"
	"net/netip"
	"strconv"
	"strings"
	"sync"

	"switchboard/internal/api"
)

// endpoint is where a check connects, and the inputs that say so.
type endpoint struct {
	host               string
	port               uint16
	hostPath, portPath string
}

func (e endpoint) String() string { return net.JoinHostPort(e.host, strconv.Itoa(int(e.port))) }

// dial takes the first two steps, which every system shares: it resolves the
// host and connects to it, through the guard.
func (a *attempt) dial(ctx context.Context, at endpoint) (net.Conn, error) {
	addrs, err := a.resolve(ctx, at)
	if err != nil {
		return nil, err
	}
	return a.connect(ctx, at, addrs)
}

// resolve takes the first step.
func (a *attempt) resolve(ctx context.Context, at endpoint) ([]netip.Addr, error) {
	a.aim(at)
	a.enter(api.StepResolve)
	addrs, err := a.p.guard.resolve(ctx, at.host)
	if err != nil {
		return nil, resolveFailure(ctx, err, at)
	}
	a.found(list(addrs))
	a.learn(func(t *trace) { t.addrs = addrs })
	return addrs, nil
}

// connect takes the second one.
func (a *attempt) connect(ctx context.Context, at endpoint, addrs []netip.Addr) (_ net.Conn, err error) {
	a.enter(api.StepConnect)
	a.conn, err = a.p.guard.dial(ctx, at.host, addrs, at.port)
	if err != nil {
		return nil, connectFailure(ctx, err, at)
	}
	a.found(a.conn.RemoteAddr().String())
	a.learn(func(t *trace) { t.took = tookTo(a.conn) })
	return a.conn, nil
}

// dialAny takes the first two steps for a list of servers of which one is
// enough: it connects to all of them, at the same time, and returns the
// connection to the first in the list that answered. Those that did not are a
// warning.
func (a *attempt) dialAny(ctx context.Context, ats []endpoint) (net.Conn, error) {
	if len(ats) == 1 {
		return a.dial(ctx, ats[0])
	}
	a.aim(ats[0])
	a.enter(api.StepResolve)
	members := resolveAll(ctx, a, ats)
	if every(members) != nil {
		return nil, every(members)
	}
	a.found(known(members))
	a.enter(api.StepConnect)
	connectAll(ctx, a, members)
	if err := every(members); err != nil {
		return nil, err
	}
	for i := range members {
		switch m := &members[i]; {
		case m.err != nil:
			a.warn(fault("connect.some", m.at.hostPath).with("peer", m.at.String()))
		case a.conn == nil:
			a.aim(m.at)
			a.conn = m.conn
			a.found(m.conn.RemoteAddr().String())
		default:
			_ = m.conn.Close()
		}
	}
	return a.conn, nil
}

// member is one of a list of servers, and how far the way to it led.
type member struct {
	at    endpoint
	addrs []netip.Addr
	conn  net.Conn
	err   error
}

func resolveAll(ctx context.Context, a *attempt, ats []endpoint) []member {
	members := make([]member, len(ats))
	var wait sync.WaitGroup
	for i, at := range ats {
		wait.Go(func() {
			m := &members[i]
			m.at = at
			if m.addrs, m.err = a.p.guard.resolve(ctx, at.host); m.err != nil {
				m.err = resolveFailure(ctx, m.err, at)
			}
		})
	}
	wait.Wait()
	return members
}

func connectAll(ctx context.Context, a *attempt, members []member) {
	var wait sync.WaitGroup
	for i := range members {
		m := &members[i]
		if m.err != nil {
			continue
		}
		wait.Go(func() {
			if m.conn, m.err = a.p.guard.dial(ctx, m.at.host, m.addrs, m.at.port); m.err != nil {
				m.err = connectFailure(ctx, m.err, m.at)
			}
		})
	}
	wait.Wait()
}

// every returns the first error if all members have one.
func every(members []member) error {
	for i := range members {
		if members[i].err == nil {
			return nil
		}
	}
	return members[0].err
}

func known(members []member) string {
	var addrs []netip.Addr
	for i := range members {
		addrs = append(addrs, members[i].addrs...)
	}
	return list(addrs)
}

// another makes one more connection, to another member of a cluster for
// instance, which is no step of its own. Its way is the guard's, too.
func (a *attempt) another(ctx context.Context, at endpoint) (net.Conn, error) {
	addrs, err := a.p.guard.resolve(ctx, at.host)
	if err != nil {
		return nil, resolveFailure(ctx, err, at)
	}
	conn, err := a.p.guard.dial(ctx, at.host, addrs, at.port)
	if err != nil {
		return nil, connectFailure(ctx, err, at)
	}
	return conn, nil
}

// aim sets where the check connects.
func (a *attempt) aim(at endpoint) {
	a.mu.Lock()
	a.at = at
	a.mu.Unlock()
	a.know("host", at.host)
	a.know("port", strconv.Itoa(int(at.port)))
}

// know gives messages an argument.
func (a *attempt) know(name, value string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.words[name] = value
}

func (a *attempt) hangUp() {
	if a.conn != nil {
		_ = a.conn.Close()
	}
}

// endpointOf reads the inputs that say where to connect.
func (a *attempt) endpointOf(hostPath, portPath string) (endpoint, error) {
	at := endpoint{host: a.in.text(hostPath), hostPath: hostPath, portPath: portPath}
	if !plain(at.host) {
		return at, fault("input", hostPath)
	}
	port, err := strconv.ParseUint(a.in.text(portPath), 10, 16)
	if err != nil || port == 0 {
		return at, fault("input", portPath)
	}
	at.port = uint16(port)
	return at, nil
}

// required reads an input that a protocol's message needs.
func (a *attempt) required(path string) (string, error) {
	text := a.in.text(path)
	if !plain(text) {
		return "", fault("input", path)
	}
	return text, nil
}

// endpointsOf reads an input that lists servers, as host:port.
func (a *attempt) endpointsOf(path string) ([]endpoint, error) {
	var ats []endpoint
	for _, part := range strings.FieldsFunc(a.in.text(path), func(r rune) bool { return r == ',' || r == ';' }) {
		at, err := readEndpoint(strings.TrimSpace(part), path)
		if err != nil {
			return nil, err
		}
		ats = append(ats, at)
	}
	if len(ats) == 0 {
		return nil, fault("input", path)
	}
	return ats, nil
}

// readEndpoint reads host:port, which came from the input at path.
func readEndpoint(address, path string) (endpoint, error) {
	at := endpoint{hostPath: path, portPath: path}
	host, digits, err := net.SplitHostPort(address)
	if err != nil || !plain(host) {
		return at, fault("input", path)
	}
	port, err := strconv.ParseUint(digits, 10, 16)
	if err != nil || port == 0 {
		return at, fault("input", path)
	}
	at.host, at.port = host, uint16(port)
	return at, nil
}
