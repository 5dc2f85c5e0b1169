package probe

import (
	"encoding/binary"
	"fmt"
	"net"
	"strconv"
	"strings"
	"unicode/utf16"
)

// tdsLogin is the message that signs in (LOGIN7, TDS 7.4): a header of fixed
// length, the place and length of each text, and the texts. Only what a
// password needs is filled in: no Windows identity, no file to attach, no new
// password. Source: MS-TDS 2.2.6.4.
func tdsLogin(host string, as account) []byte {
	const fixed = 94 // bytes before the texts
	head := make([]byte, 36, fixed)
	le := binary.LittleEndian
	le.PutUint32(head[4:], 0x74000004) // version of the protocol
	le.PutUint32(head[8:], tdsMaxPacket)
	head[24] = 0x20 | 0x40 | 0x80 // tell of the database, which must be opened, and of the language
	head[25] = 0x02               // as an ODBC client
	var texts []byte
	text := func(s string, hide bool) {
		units := utf16.Encode([]rune(s))
		head = le.AppendUint16(head, uint16(fixed+len(texts))) //nolint:gosec // tdsMaxText
		head = le.AppendUint16(head, uint16(len(units)))       //nolint:gosec // tdsMaxText
		for _, unit := range units {
			low, high := byte(unit), byte(unit>>8) //nolint:gosec // its two bytes
			if hide {
				low, high = tdsHide(low), tdsHide(high)
			}
			texts = append(texts, low, high)
		}
	}
	text("", false) // the client's machine
	text(as.user, false)
	text(as.password, true)
	text("Switchboard", false)
	text(host, false)
	text("", false) // no extension
	text("Switchboard", false)
	text("", false) // the server's own language
	text(as.database, false)
	head = append(head, make([]byte, 6)...) // the client's hardware address
	text("", false)                         // no Windows identity
	text("", false)                         // no file to attach
	text("", true)                          // no new password
	head = append(head, make([]byte, 4)...)
	message := append(head, texts...)
	le.PutUint32(message, uint32(len(message))) //nolint:gosec // ours, and short
	return message
}

// tdsMaxText is how long a text of the sign-in may be, in UTF-16 units.
const tdsMaxText = 128

func tdsTooLong(s string) bool { return len(utf16.Encode([]rune(s))) > tdsMaxText }

// tdsHide is what the protocol does to the password's bytes. It hides them
// from nobody; TLS does.
func tdsHide(b byte) byte { return (b<<4 | b>>4) ^ 0xa5 }

// tdsOutcome is the server's answer to a sign-in.
type tdsOutcome struct {
	product  string // with its version; "" if the user was not let in
	database string
	route    string // another server to go to, as host:port
	errs     []tdsError
}

// tdsError is an error message of the server.
type tdsError struct {
	number int32
	text   string
}

func (e *tdsError) Error() string { return fmt.Sprintf("%s (error %d)", e.text, e.number) }

// Tokens that may be in the answer to a sign-in. Source: MS-TDS 2.2.7.
const (
	tokenReturnStatus = 0x79
	tokenOrder        = 0xa9
	tokenError        = 0xaa
	tokenInfo         = 0xab
	tokenLoginAck     = 0xad
	tokenEnvChange    = 0xe3
	tokenDone         = 0xfd
	tokenDoneProc     = 0xfe
	tokenDoneInProc   = 0xff
)

// What an ENVCHANGE token tells, where it matters here.
const (
	envDatabase = 1
	envRouting  = 20
)

// readTDSOutcome reads the answer to a sign-in; not ok if it is none.
func readTDSOutcome(message []byte) (o tdsOutcome, ok bool) {
	for len(message) > 0 {
		token := message[0]
		message = message[1:]
		var body tdsReader
		switch token {
		case tokenReturnStatus:
			body, message, ok = cut(message, 4)
		case tokenDone, tokenDoneProc, tokenDoneInProc:
			body, message, ok = cut(message, 12)
		case tokenOrder, tokenError, tokenInfo, tokenLoginAck, tokenEnvChange:
			if len(message) < 2 {
				return o, false
			}
			body, message, ok = cut(message[2:], int(binary.LittleEndian.Uint16(message)))
		default: // none that was asked for
			return o, false
		}
		if !ok || !o.take(token, body) {
			return o, false
		}
	}
	return o, true
}

func cut(b []byte, n int) (head, rest []byte, ok bool) {
	if n > len(b) {
		return nil, nil, false
	}
	return b[:n], b[n:], true
}

// take notes what a token says; not ok if it is cut short.
func (o *tdsOutcome) take(token byte, r tdsReader) (ok bool) {
	switch token {
	case tokenError:
		e := tdsError{number: int32(r.uint32())} //nolint:gosec // signed in the protocol, too
		r.skip(2)                                // state and class
		e.text = r.text(int(r.uint16()))
		o.errs = append(o.errs, e)
	case tokenLoginAck:
		r.skip(5) // interface and protocol
		o.product = r.text(int(r.uint8()))
		if version := r.skip(4); version != nil {
			o.product += " " + tdsVersion(version)
		}
	case tokenEnvChange:
		switch r.uint8() {
		case envDatabase:
			o.database = r.text(int(r.uint8()))
		case envRouting:
			r.skip(3) // length, and TCP
			port := int(r.uint16())
			host, _, _ := strings.Cut(r.text(int(r.uint16())), `\`) // the port says which instance
			o.route = net.JoinHostPort(host, strconv.Itoa(port))
		}
	}
	return r != nil
}

// tdsReader reads fields from its front. It is nil once one was cut short.
type tdsReader []byte

func (r *tdsReader) skip(n int) []byte {
	if n > len(*r) {
		*r = nil
		return nil
	}
	field := (*r)[:n]
	*r = (*r)[n:]
	return field
}

func (r *tdsReader) number(n int) (value uint32) {
	for i, b := range r.skip(n) {
		value |= uint32(b) << (8 * i)
	}
	return value
}

func (r *tdsReader) uint8() uint8   { return uint8(r.number(1)) }  //nolint:gosec // one byte
func (r *tdsReader) uint16() uint16 { return uint16(r.number(2)) } //nolint:gosec // two bytes
func (r *tdsReader) uint32() uint32 { return r.number(4) }

// text reads a text of so many UTF-16 units.
func (r *tdsReader) text(units int) string {
	field := r.skip(2 * units)
	text := make([]uint16, len(field)/2)
	for i := range text {
		text[i] = binary.LittleEndian.Uint16(field[2*i:])
	}
	return string(utf16.Decode(text))
}
