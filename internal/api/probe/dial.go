package probe

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"net"
	"net/netip"
	"slices"
	"strings"
	"sync/atomic"
	"syscall"
	"time"
)

// Resolver finds the addresses of a name; *net.Resolver is one.
type Resolver interface {
	LookupNetIP(ctx context.Context, network, host string) ([]netip.Addr, error)
}

// guard is the one way from a check to the network (S3–S6). What it judges is
// the address that is dialled, never the name.
type guard struct {
	policy   Policy
	own      []netip.AddrPort
	resolver Resolver
	log      *slog.Logger

	allowed, refused atomic.Uint64 // sockets about to be connected, and refusals
}

// errForbidden is the policy's refusal. Nobody outside this package learns
// the difference to an address that cannot be reached.
var errForbidden = errors.New("probe: the policy refuses this address")

// resolve finds all addresses of a host, once: what is connected to later is
// one of these, so a name that changes its answer gains nothing.
func (g *guard) resolve(ctx context.Context, host string) ([]netip.Addr, error) {
	if strings.HasPrefix(host, "[") {
		host = strings.TrimSuffix(host[1:], "]")
	}
	if addr, err := netip.ParseAddr(host); err == nil {
		return []netip.Addr{addr.Unmap()}, nil
	}
	addrs, err := g.resolver.LookupNetIP(ctx, "ip", host)
	if err != nil {
		return nil, err
	}
	for i, addr := range addrs {
		addrs[i] = addr.Unmap()
	}
	if len(addrs) == 0 {
		return nil, &net.DNSError{Err: "no addresses", Name: host, IsNotFound: true}
	}
	return addrs, nil
}

// dial is open for a connection that ends with ctx and is capped.
func (g *guard) dial(ctx context.Context, host string, addrs []netip.Addr, port uint16) (net.Conn, error) {
	conn, took, err := g.open(ctx, host, addrs, port)
	if err != nil {
		return nil, err
	}
	c := bound(ctx, conn)
	c.took = took
	return c, nil
}

// open connects to the first address that answers, and says how long that took.
// If one address of a name is forbidden, so is the name.
func (g *guard) open(ctx context.Context, host string, addrs []netip.Addr, port uint16) (net.Conn, time.Duration, error) {
	for _, addr := range addrs {
		if err := g.judge(netip.AddrPortFrom(addr, port), host); err != nil {
			return nil, 0, err
		}
	}
	var errs []error
	for i, addr := range addrs {
		began := time.Now()
		conn, err := g.dialOne(ctx, host, netip.AddrPortFrom(addr, port), len(addrs)-i)
		if err == nil {
			return conn, time.Since(began), nil
		}
		errs = append(errs, err)
	}
	return nil, 0, slices.MinFunc(errs, func(a, b error) int { return cmp.Compare(silence(a), silence(b)) })
}

// dialOne gives an address its share of the time that is left.
func (g *guard) dialOne(ctx context.Context, host string, at netip.AddrPort, share int) (net.Conn, error) {
	d := net.Dialer{Control: g.control(host)}
	if deadline, ok := ctx.Deadline(); ok {
		d.Timeout = max(time.Until(deadline)/time.Duration(share), time.Millisecond)
	}
	return d.DialContext(ctx, "tcp", at.String())
}

// control judges once more what a socket is about to be connected to. Nothing
// but TCP leaves the console.
func (g *guard) control(host string) func(network, address string, _ syscall.RawConn) error {
	return func(network, address string, _ syscall.RawConn) error {
		at, err := netip.ParseAddrPort(address)
		if err != nil || !strings.HasPrefix(network, "tcp") {
			return errForbidden
		}
		if err := g.judge(at, host); err != nil {
			return err
		}
		g.allowed.Add(1)
		return nil
	}
}

// judge applies the policy to an address at which host was found.
func (g *guard) judge(at netip.AddrPort, host string) error {
	reason := g.policy.refusal(at, host, g.own)
	if reason == "" {
		return nil
	}
	g.refused.Add(1)
	g.log.Warn("probe: refused an address", "host", host, "address", at.String(), "reason", reason)
	return errForbidden
}

// silence orders errors by how little they tell: a machine that says no is
// better news than one that says nothing, or that there is no way to.
func silence(err error) int {
	switch {
	case errors.Is(err, syscall.ECONNREFUSED):
		return 0
	case timedOut(err):
		return 1
	}
	return 2
}

// maxRead is how much a server may say in one check, in bytes. No honest one
// comes near.
const maxRead = 1 << 20

var errTooMuch = errors.New("the server sent more than a check has use for")

// boundConn is a connection that no driver can keep: it closes when its
// context ends, every read and write ends at the context's deadline even if
// the driver sets a later one or none, and what it reads is capped.
type boundConn struct {
	net.Conn
	deadline time.Time     // zero if the context has none
	took     time.Duration // how long it was to connect
	left     atomic.Int64
	ended    func() error // why the context is over, if it is
	release  func() bool
}

func bound(ctx context.Context, conn net.Conn) *boundConn {
	c := &boundConn{Conn: conn, ended: ctx.Err}
	c.left.Store(maxRead)
	c.deadline, _ = ctx.Deadline()
	_ = conn.SetDeadline(c.deadline)
	c.release = context.AfterFunc(ctx, func() { _ = conn.Close() })
	return c
}

// tookTo returns how long a connection took that the guard made.
func tookTo(conn net.Conn) time.Duration {
	if c, ok := conn.(*boundConn); ok {
		return c.took
	}
	return 0
}

func (c *boundConn) Read(b []byte) (int, error) {
	n, err := c.Conn.Read(b)
	if c.left.Add(-int64(n)) < 0 {
		return 0, errTooMuch
	}
	if err != nil {
		return n, cmp.Or(c.ended(), err) // not that the connection was closed then
	}
	return n, nil
}

func (c *boundConn) Close() error {
	c.release()
	return c.Conn.Close()
}

func (c *boundConn) SetDeadline(t time.Time) error      { return c.Conn.SetDeadline(c.capped(t)) }
func (c *boundConn) SetReadDeadline(t time.Time) error  { return c.Conn.SetReadDeadline(c.capped(t)) }
func (c *boundConn) SetWriteDeadline(t time.Time) error { return c.Conn.SetWriteDeadline(c.capped(t)) }

func (c *boundConn) capped(t time.Time) time.Time {
	if t.IsZero() || !c.deadline.IsZero() && t.After(c.deadline) {
		return c.deadline
	}
	return t
}

func deadlineOf(ctx context.Context) time.Time {
	if deadline, ok := ctx.Deadline(); ok {
		return deadline
	}
	return time.Now().Add(DefaultTimeout)
}

func list(addrs []netip.Addr) string {
	var b strings.Builder
	for i, addr := range addrs {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(addr.String())
	}
	return b.String()
}
