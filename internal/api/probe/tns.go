package probe

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"slices"
	"strconv"
	"strings"
)

// Packets of Oracle's network layer, the Transparent Network Substrate. It is
// not published; what is used here is what every client sends.
const (
	tnsConnect  = 1
	tnsAccept   = 2
	tnsRefuse   = 4
	tnsRedirect = 5
	tnsData     = 6
	tnsResend   = 11
	tnsMarker   = 12

	tnsHeader    = 8  // bytes
	tnsDataStart = 10 // where the text begins in a packet of data
	tnsMaxPacket = 64 << 10
)

// What is in the packet that connects, and in its answer.
const (
	tnsVersion     = 317
	tnsOldest      = 300
	tnsLongLengths = 315 // the version from which lengths have four bytes once connected
	tnsUnit        = 8192
	tnsSmallUnit   = 512
	tnsInline      = 230  // bytes of a descriptor that fit into the packet itself
	tnsNoNative    = 0x84 // flags: no native encryption, please
	tnsMustNative  = 0x10 // flag: not without
)

// tnsConn is a connection to a listener, or to the server process behind it.
type tnsConn struct {
	net.Conn
	a    *attempt
	r    io.Reader
	long bool // lengths have four bytes
	unit int  // bytes that a packet may have
}

// tnsCall asks a listener for the database that a descriptor names and returns
// its answer, which is a packet that accepts, refuses or sends on.
func (a *attempt) tnsCall(ctx context.Context, conn net.Conn, descriptor string) (*tnsConn, byte, []byte, error) {
	c := &tnsConn{Conn: conn, a: a, unit: tnsUnit}
	if err := c.call(descriptor); err != nil {
		return nil, 0, nil, err
	}
	var err error
	if c.r, err = a.heard(ctx, conn); err != nil {
		return nil, 0, nil, err
	}
	kind, packet, err := c.packet()
	if err == nil && kind == tnsResend {
		if err = c.call(descriptor); err == nil {
			kind, packet, err = c.packet()
		}
	}
	return c, kind, packet, err
}

// call sends the packet that connects. A long descriptor follows in a packet
// of its own.
func (c *tnsConn) call(descriptor string) error {
	packet := make([]byte, 70, 70+len(descriptor))
	be := binary.BigEndian
	packet[4] = tnsConnect
	be.PutUint16(packet[8:], tnsVersion)
	be.PutUint16(packet[10:], tnsOldest)
	be.PutUint16(packet[14:], tnsUnit)
	be.PutUint16(packet[16:], tnsUnit)
	be.PutUint16(packet[18:], 0x4f98)                  // characteristics of TCP
	be.PutUint16(packet[22:], 1)                       // the order of bytes
	be.PutUint16(packet[24:], uint16(len(descriptor))) //nolint:gosec // ours, and short
	be.PutUint16(packet[26:], uint16(len(packet)))     //nolint:gosec // 70
	packet[32], packet[33] = tnsNoNative, tnsNoNative
	be.PutUint32(packet[58:], tnsUnit)
	be.PutUint32(packet[62:], tnsUnit)
	if len(descriptor) <= tnsInline {
		packet = append(packet, descriptor...)
	}
	be.PutUint16(packet, uint16(len(packet))) //nolint:gosec // ours, and short
	if _, err := c.Write(packet); err != nil || len(descriptor) <= tnsInline {
		return err
	}
	return c.send([]byte(descriptor))
}

// send writes data, in packets of the agreed size.
func (c *tnsConn) send(data []byte) error {
	for part := range slices.Chunk(data, c.unit-64) {
		packet := c.sized(append([]byte{0, 0, 0, 0, tnsData, 0, 0, 0, 0, 0}, part...))
		if _, err := c.Write(packet); err != nil {
			return err
		}
	}
	return nil
}

// sized writes its length into a packet.
func (c *tnsConn) sized(packet []byte) []byte {
	if c.long {
		binary.BigEndian.PutUint32(packet, uint32(len(packet))) //nolint:gosec // ours, and short
	} else {
		binary.BigEndian.PutUint16(packet, uint16(len(packet))) //nolint:gosec // ours, and short
	}
	return packet
}

// packet reads a packet, header included.
func (c *tnsConn) packet() (kind byte, packet []byte, err error) {
	header := make([]byte, tnsHeader)
	if _, err := io.ReadFull(c.r, header); err != nil {
		return 0, nil, err
	}
	size := binary.BigEndian.Uint32(header)
	if !c.long && size&0xffff == 0 { // no checksum
		size >>= 16
	}
	if size < tnsHeader || size > tnsMaxPacket || header[6] != 0 || header[7] != 0 {
		return 0, nil, c.garbled()
	}
	packet = append(header, make([]byte, size-tnsHeader)...)
	_, err = io.ReadFull(c.r, packet[tnsHeader:])
	return header[4], packet, err
}

func (c *tnsConn) garbled() error { return fault("peer.garbled", c.a.at.portPath) }

// accepted reads the packet that accepts a call; native is that the server
// insists on an encryption of its own kind.
func (c *tnsConn) accepted(packet []byte) (version int, native bool, err error) {
	if len(packet) < 24 {
		return 0, false, c.garbled()
	}
	version = int(binary.BigEndian.Uint16(packet[8:]))
	c.unit = int(binary.BigEndian.Uint16(packet[12:]))
	c.long = version >= tnsLongLengths
	if c.long {
		if len(packet) < 36 {
			return 0, false, c.garbled()
		}
		c.unit = int(min(binary.BigEndian.Uint32(packet[32:]), tnsUnit))
	}
	if c.unit < tnsSmallUnit || version > tnsVersion || version < tnsOldest {
		return 0, false, c.garbled()
	}
	return version, packet[22]&tnsMustNative != 0, nil
}

// tnsRefusal is why a listener refused a call.
type tnsRefusal struct {
	code int // ORA-…; 0 if there is none
	text string
}

func (e *tnsRefusal) Error() string { return fmt.Sprintf("ORA-%05d: %s", e.code, e.text) }

// refusal reads the packet that refuses a call.
func (c *tnsConn) refusal(packet []byte) error {
	const start = 12
	if len(packet) < start {
		return c.garbled()
	}
	text := string(packet[start:])
	code, err := strconv.Atoi(tnsField(text, "ERR"))
	if err != nil {
		return errors.New("the listener refused the connection: " + text)
	}
	return &tnsRefusal{code, text}
}

// redirection reads the packet that sends a call on: the address of another
// listener and, if one is named, the instance of the database there.
func (c *tnsConn) redirection(packet []byte) (address, instance string, err error) {
	if len(packet) == tnsDataStart { // the text follows in a packet of its own
		if _, packet, err = c.packet(); err != nil {
			return "", "", err
		}
	}
	if len(packet) < tnsDataStart {
		return "", "", c.garbled()
	}
	where, how, _ := strings.Cut(string(packet[tnsDataStart:]), "\x00")
	if instance = tnsField(how, "INSTANCE_NAME"); !oracleName(instance) {
		instance = ""
	}
	return net.JoinHostPort(tnsField(where, "HOST"), tnsField(where, "PORT")), instance, nil
}

// tnsField finds the text of (NAME=text) in a descriptor.
func tnsField(descriptor, name string) string {
	begin := "(" + name + "="
	i := strings.Index(strings.ToUpper(descriptor), begin)
	if i < 0 || i+len(begin) > len(descriptor) {
		return ""
	}
	field, _, ok := strings.Cut(descriptor[i+len(begin):], ")")
	if !ok {
		return ""
	}
	return strings.TrimSpace(field)
}
