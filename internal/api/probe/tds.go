package probe

import (
	"context"
	"crypto/rand"
	"crypto/tls"
	"encoding/binary"
	"fmt"
	"io"
	"net"
)

// Packets of the Tabular Data Stream, and what is in their headers. Source:
// MS-TDS 2.2.3.1.
const (
	tdsAnswer    = 4
	tdsLogin7    = 16
	tdsPrelogin  = 18
	tdsHeader    = 8 // bytes
	tdsLast      = 1 // status: the end of the message
	tdsMaxPacket = 4096
	tdsMaxAnswer = 64 << 10 // bytes; what checks ask is answered in a few hundred
)

// Encryption as client and server offer it before the sign-in. Source: MS-TDS
// 2.2.6.5.
const (
	tdsLoginOnly    = 0
	tdsEncrypted    = 1
	tdsNotEncrypted = 2
	tdsMustEncrypt  = 3
)

// tdsPacket frames a message that fits into one packet.
func tdsPacket(kind byte, body []byte) []byte {
	header := []byte{kind, tdsLast, 0, 0, 0, 0, 1, 0}
	binary.BigEndian.PutUint16(header[2:], uint16(tdsHeader+len(body))) //nolint:gosec // ours, and short
	return append(header, body...)
}

// readTDS reads a message of the server.
func (a *attempt) readTDS(r io.Reader) ([]byte, error) {
	var message []byte
	for len(message) <= tdsMaxAnswer {
		var header [tdsHeader]byte
		if _, err := io.ReadFull(r, header[:]); err != nil {
			return nil, err
		}
		size := int(binary.BigEndian.Uint16(header[2:])) - tdsHeader
		if header[0] != tdsAnswer || size < 0 {
			break
		}
		body := make([]byte, size)
		if _, err := io.ReadFull(r, body); err != nil {
			return nil, err
		}
		message = append(message, body...)
		if header[1]&tdsLast != 0 {
			return message, nil
		}
	}
	return nil, fault("peer.garbled", a.at.portPath)
}

// tdsGreeting is what a server says of itself before the sign-in.
type tdsGreeting struct {
	version    string
	encryption byte
}

// Options of the message before the sign-in. Source: MS-TDS 2.2.6.5.
const (
	preloginVersion    = 0
	preloginEncryption = 1
	preloginInstance   = 2
	preloginThread     = 3
	preloginMARS       = 4
	preloginTrace      = 5
	preloginEnd        = 0xff
)

// tdsGreet says what the client wants and reads what the server offers. No
// instance is named: the port says which it is.
func (a *attempt) tdsGreet(ctx context.Context, conn net.Conn, encryption byte) (tdsGreeting, error) {
	trace := make([]byte, 36) // the cloud's gateways want one
	_, _ = rand.Read(trace)
	if _, err := conn.Write(tdsPacket(tdsPrelogin, writePrelogin([][]byte{
		preloginVersion:    make([]byte, 6),
		preloginEncryption: {encryption},
		preloginInstance:   {0},
		preloginThread:     make([]byte, 4),
		preloginMARS:       {0},
		preloginTrace:      trace,
	}))); err != nil {
		return tdsGreeting{}, err
	}
	r, err := a.heard(ctx, conn)
	if err != nil {
		return tdsGreeting{}, err
	}
	answer, err := a.readTDS(r)
	if err != nil {
		return tdsGreeting{}, err
	}
	greeting, ok := readPrelogin(answer)
	if !ok {
		return tdsGreeting{}, fault("peer.garbled", a.at.portPath)
	}
	return greeting, nil
}

// writePrelogin writes options, which are numbered by their places.
func writePrelogin(options [][]byte) []byte {
	const entry = 5 // number, place and length
	var head, body []byte
	for i, option := range options {
		head = append(head, byte(i))
		head = binary.BigEndian.AppendUint16(head, uint16(entry*len(options)+1+len(body))) //nolint:gosec // ours, and short
		head = binary.BigEndian.AppendUint16(head, uint16(len(option)))                    //nolint:gosec // ours, and short
		body = append(body, option...)
	}
	return append(append(head, preloginEnd), body...)
}

func readPrelogin(message []byte) (tdsGreeting, bool) {
	options := map[byte][]byte{}
	for entry := message; ; entry = entry[5:] {
		if len(entry) > 0 && entry[0] == preloginEnd {
			break
		}
		if len(entry) < 5 {
			return tdsGreeting{}, false
		}
		from := int(binary.BigEndian.Uint16(entry[1:]))
		end := from + int(binary.BigEndian.Uint16(entry[3:]))
		if end > len(message) {
			return tdsGreeting{}, false
		}
		options[entry[0]] = message[from:end]
	}
	version, encryption := options[preloginVersion], options[preloginEncryption]
	if len(version) < 4 || len(encryption) != 1 || encryption[0] > tdsMustEncrypt {
		return tdsGreeting{}, false
	}
	return tdsGreeting{version: tdsVersion(version), encryption: encryption[0]}, true
}

// tdsVersion writes a version as people do: 16.0.4135.
func tdsVersion(b []byte) string {
	return fmt.Sprintf("%d.%d.%d", b[0], b[1], binary.BigEndian.Uint16(b[2:]))
}

// tdsEncrypt encrypts a connection. The handshake travels in packets, TLS
// itself does not (MS-TDS 3.2.5.2).
func (a *attempt) tdsEncrypt(ctx context.Context, conn net.Conn, cfg *tls.Config) (net.Conn, error) {
	cfg.MaxVersion = tls.VersionTLS12      // TLS 1.3 came with another protocol, TDS 8
	cfg.DynamicRecordSizingDisabled = true // a packet is expected in one record
	tunnel := &tdsTunnel{Conn: conn, wrap: true}
	secure := tls.Client(tunnel, cfg)
	if err := secure.HandshakeContext(ctx); err != nil {
		return nil, err
	}
	tunnel.wrap = false
	return secure, nil
}

// tdsTunnel is a connection that wraps what is written into packets, as long
// as wrap is set. What is written between two reads becomes one packet.
type tdsTunnel struct {
	net.Conn
	wrap    bool
	written []byte
	left    int // of the packet that is being read
}

func (t *tdsTunnel) Write(b []byte) (int, error) {
	if !t.wrap {
		return t.Conn.Write(b)
	}
	t.written = append(t.written, b...)
	return len(b), nil
}

func (t *tdsTunnel) Read(b []byte) (int, error) {
	if !t.wrap {
		return t.Conn.Read(b)
	}
	if len(t.written) > 0 {
		if _, err := t.Conn.Write(tdsPacket(tdsPrelogin, t.written)); err != nil {
			return 0, err
		}
		t.written = nil
	}
	for t.left == 0 {
		var header [tdsHeader]byte
		if _, err := io.ReadFull(t.Conn, header[:]); err != nil {
			return 0, err
		}
		t.left = max(int(binary.BigEndian.Uint16(header[2:]))-tdsHeader, 0)
	}
	n, err := t.Conn.Read(b[:min(len(b), t.left)])
	t.left -= n
	return n, err
}
