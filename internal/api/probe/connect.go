package probe

import (
	"context"
	"net"
	"strconv"

	"switchboard/internal/api"
)

// endpoint is where a check connects, and the inputs that say so.
type endpoint struct {
	host               string
	port               uint16
	hostPath, portPath string
}

// dial takes the first two steps, which every system shares: it resolves the
// host and connects to it, through the guard.
func (a *attempt) dial(ctx context.Context, at endpoint) (net.Conn, error) {
	a.aim(at)
	a.enter(api.StepResolve)
	addrs, err := a.p.guard.resolve(ctx, at.host)
	if err != nil {
		return nil, resolveFailure(ctx, err, at)
	}
	a.found(list(addrs))
	a.enter(api.StepConnect)
	a.conn, err = a.p.guard.dial(ctx, at.host, addrs, at.port)
	if err != nil {
		return nil, connectFailure(ctx, err, at)
	}
	a.found(a.conn.RemoteAddr().String())
	return a.conn, nil
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
