package probe

import (
	"bytes"
	"context"
	"crypto/tls"
	"encoding/binary"
	"io"
	"net"
	"strings"
	"time"

	"github.com/go-sql-driver/mysql"
)

// First bytes of the packet with which a MySQL server begins.
const (
	mysqlProtocol = 10   // the version that every server since 3.21 speaks
	mysqlError    = 0xff // instead of a greeting
)

// Capabilities in a greeting.
const (
	mysqlCan41  = 1 << 9
	mysqlCanTLS = 1 << 11
)

// mysqlGreeting is what a server says of itself before anything is asked.
type mysqlGreeting struct {
	version string
	tls     bool // TLS is offered
}

// mysqlGreeting reads the greeting and returns it with a connection from which
// the driver can read it again. The driver slices the packet without looking
// at its length, so only a complete one is let through to it.
func (a *attempt) mysqlGreeting(ctx context.Context, conn net.Conn) (mysqlGreeting, net.Conn, error) {
	none := mysqlGreeting{}
	buf := make([]byte, 4096)
	n, err := a.hear(ctx, conn, conn, buf)
	if err != nil {
		return none, nil, err
	}
	const header = 4 // length and sequence number
	if n, err = readOn(conn, buf, n, header); err != nil {
		return none, nil, err
	}
	end := header + int(binary.LittleEndian.Uint32(buf)&0xffffff)
	if end == header || end > len(buf) || buf[3] != 0 {
		return none, nil, fault("peer.garbled", a.at.portPath)
	}
	if n, err = readOn(conn, buf, n, end); err != nil {
		return none, nil, err
	}
	packet := buf[header:end]
	if packet[0] == mysqlError {
		return none, nil, mysqlRefusal(packet, a.at.portPath)
	}
	greeting, ok := parseGreeting(packet)
	if !ok {
		return none, nil, fault("peer.garbled", a.at.portPath)
	}
	return greeting, &replayed{Conn: conn, r: io.MultiReader(bytes.NewReader(buf[:n]), conn)}, nil
}

// readOn fills buf, which has n bytes, to at least want.
func readOn(r io.Reader, buf []byte, n, want int) (int, error) {
	if n >= want {
		return n, nil
	}
	more, err := io.ReadAtLeast(r, buf[n:], want-n)
	return n + more, err
}

func parseGreeting(packet []byte) (mysqlGreeting, bool) {
	version, rest, ok := bytes.Cut(packet[1:], []byte{0})
	// After the version, up to the name of the authentication plugin.
	const fixed = 4 + 8 + 1 + 2 + 1 + 2 + 2 + 1 + 10 + 13
	if !ok || packet[0] != mysqlProtocol || len(rest) < fixed {
		return mysqlGreeting{}, false
	}
	capabilities := binary.LittleEndian.Uint16(rest[4+8+1:])
	return mysqlGreeting{
		// MariaDB says 5.5.5- first, for replicas that cannot read its own number.
		version: strings.TrimPrefix(string(version), "5.5.5-"),
		tls:     capabilities&mysqlCanTLS != 0,
	}, capabilities&mysqlCan41 != 0
}

// mysqlRefusal reads an error that was sent instead of a greeting; it has no
// SQL state, because nothing has been agreed yet.
func mysqlRefusal(packet []byte, portPath string) error {
	if len(packet) < 3 {
		return fault("peer.garbled", portPath)
	}
	return &mysql.MySQLError{Number: binary.LittleEndian.Uint16(packet[1:]), Message: string(packet[3:])}
}

// goodbyeTime is how long a server may take to refuse a sign-in that is none.
const goodbyeTime = 2 * time.Second

// mysqlGoodbye leaves a server that has greeted, over the connection that
// mysqlGreeting returned, by the sign-in of a user who does not exist. Whoever
// just hangs up has broken off a handshake: after a few of those
// (max_connect_errors) the server blocks the address that they came from, and
// only a good sign-in makes it forget them. A sign-in that it refuses does not
// count.
func mysqlGoodbye(ctx context.Context, conn net.Conn) {
	ctx, cancel := context.WithTimeout(ctx, goodbyeTime)
	defer cancel()
	session, err := mysqlConnect(ctx, mysqlConfig(conn, account{user: "switchboard-greeting"}))
	if err == nil { // it lets everybody in
		_ = session.Close()
	}
}

// replayed is a connection whose first bytes were read before.
type replayed struct {
	net.Conn
	r io.Reader
}

func (c *replayed) Read(b []byte) (int, error) { return c.r.Read(b) }

// then runs next after verify.
func then(verify func(tls.ConnectionState) error, next func()) func(tls.ConnectionState) error {
	return func(s tls.ConnectionState) error {
		err := verify(s)
		next()
		return err
	}
}
