package probe

import (
	"encoding/binary"
	"fmt"
	"io"
)

// ttc is the layer above: messages of client and server (Two-Task Common). Its
// methods read on until the first failure, which stays in err; from then on
// they return nothing.
type ttc struct {
	*tnsConn
	in    []byte // of the packet that is being read
	reset bool   // we asked for silence, and it has not come yet
	err   error
	serverLimits
}

// serverLimits is what a server can do, where it changes how messages look.
type serverLimits struct {
	version             byte // of the messages
	callStatus, callEnd bool // there is more in a status
	bigChunks           bool // pieces of long texts have long lengths
}

// fill reads the next packet of data. A server that breaks off says so with a
// marker; it goes on when we have said that we know.
func (t *ttc) fill() {
	for t.err == nil && len(t.in) == 0 {
		kind, packet, err := t.packet()
		const reset = 2
		switch {
		case err != nil:
			t.err = err
		case kind == tnsMarker && len(packet) > tnsDataStart && packet[tnsDataStart] == reset:
			t.reset = false
		case kind == tnsMarker && !t.reset:
			t.reset = true
			_, t.err = t.Write(t.sized([]byte{0, 0, 0, 0, tnsMarker, 0, 0, 0, 1, 0, reset}))
		case kind == tnsMarker, kind == tnsData && t.reset:
		case kind != tnsData || len(packet) < tnsDataStart:
			t.err = t.garbled()
		case packet[9]&0x40 != 0:
			t.err = io.ErrUnexpectedEOF // the server says that it hangs up
		default:
			t.in = packet[tnsDataStart:]
		}
	}
}

// next forgets the rest of a message.
func (t *ttc) next() { t.in = nil }

// take reads n bytes.
func (t *ttc) take(n int) []byte {
	if n < 0 || n > tnsMaxPacket {
		t.fail()
	}
	var taken []byte
	for t.err == nil && len(taken) < n {
		t.fill()
		part := t.in[:min(len(t.in), n-len(taken))]
		taken, t.in = append(taken, part...), t.in[len(part):]
	}
	if t.err != nil {
		return make([]byte, max(min(n, 8), 0)) // as if there were zeros
	}
	return taken
}

func (t *ttc) fail() {
	if t.err == nil {
		t.err = t.garbled()
	}
}

func (t *ttc) byte() byte { return t.take(1)[0] }

func (t *ttc) le16() int { return int(binary.LittleEndian.Uint16(t.take(2))) }

func (t *ttc) be16() int { return int(binary.BigEndian.Uint16(t.take(2))) }

// number reads a number of any size, which has its length before it.
func (t *ttc) number() int {
	const negative = 0x80
	size := int(t.byte() &^ negative)
	if size > 8 {
		t.fail()
		return 0
	}
	value := 0
	for _, b := range t.take(size) {
		value = value<<8 | int(b)
	}
	return value
}

// text reads a text, which has its length before it or comes in pieces that
// have.
func (t *ttc) text() []byte {
	size := t.byte()
	switch size {
	case 0, 0xfd, 0xff:
		return nil
	case 0xfe: // in pieces
		return t.pieces()
	}
	return t.take(int(size))
}

func (t *ttc) pieces() (text []byte) {
	for t.err == nil {
		var size int
		if t.bigChunks {
			size = t.number()
		} else {
			size = int(t.byte())
		}
		if size == 0 {
			break
		}
		text = append(text, t.take(size)...)
	}
	return text
}

// sizedText reads a text that has its length before it once more.
func (t *ttc) sizedText() []byte {
	if t.number() == 0 {
		return nil
	}
	return t.text()
}

// skip reads numbers, single bytes and texts that nobody asked for.
func (t *ttc) skip(what string) {
	for _, kind := range what {
		switch kind {
		case 'n':
			t.number()
		case 'b':
			t.byte()
		case 't':
			t.text()
		case 's':
			t.sizedText()
		}
	}
}

// ttcMessage is a message that is being written.
type ttcMessage struct {
	b         []byte
	bigChunks bool
}

func (m *ttcMessage) raw(b ...byte) { m.b = append(m.b, b...) }

func (m *ttcMessage) number(n int) {
	var text []byte
	for ; n > 0; n >>= 8 {
		text = append([]byte{byte(n)}, text...)
	}
	m.raw(byte(len(text))) //nolint:gosec // at most 8
	m.raw(text...)
}

func (m *ttcMessage) text(s string) {
	const long = 0xfc
	if len(s) <= long {
		m.raw(byte(len(s))) //nolint:gosec // at most 252
		m.raw([]byte(s)...)
		return
	}
	m.raw(0xfe)
	for len(s) > 0 {
		piece := s[:min(len(s), 64)]
		if m.bigChunks {
			m.number(len(piece))
		} else {
			m.raw(byte(len(piece))) //nolint:gosec // at most 64
		}
		m.raw([]byte(piece)...)
		s = s[len(piece):]
	}
	m.raw(0)
}

// pair writes a setting.
func (m *ttcMessage) pair(name, value string, flag int) {
	for _, s := range []string{name, value} {
		m.number(len(s))
		if s != "" {
			m.text(s)
		}
	}
	m.number(flag)
}

// oracleError is an error message of the server.
type oracleError struct {
	code int // ORA-…
	text string
}

func (e *oracleError) Error() string {
	if e.text == "" {
		return fmt.Sprintf("ORA-%05d", e.code)
	}
	return e.text
}
