package probe

import (
	"bufio"
	"cmp"
	"context"
	"encoding/binary"
	"io"
	"net"
	"sync"

	"switchboard/internal/api"
)

// smbWire is a connection that hands the driver whole messages only, and
// notes what the driver keeps to itself: the version agreed on, what the
// server made of the sign-in, and why the connection broke. It is safe for
// the driver's goroutines.
type smbWire struct {
	net.Conn
	a    *attempt
	r    io.Reader
	rest []byte // of the message that is being handed over

	mu     sync.Mutex
	status uint32 // the last answer that is no success
	flags  uint16 // of the session
	err    error
}

// Messages, and what they contain. Source: [MS-SMB2] 2.2.
const (
	smbHeader       = 64
	smbNegotiate    = 0
	smbSessionSetup = 1
	smbMoreToDo     = 0xc0000016 // the sign-in has another round
	smbIsGuest      = 1
	smbIsNull       = 2 // nobody
)

var smbVersions = map[uint16]string{
	0x0202: "SMB 2.0.2", 0x0210: "SMB 2.1", 0x0300: "SMB 3.0", 0x0302: "SMB 3.0.2", 0x0311: "SMB 3.1.1",
}

// smbWire makes one of a new connection. What answers first must not be
// another protocol.
func (a *attempt) smbWire(ctx context.Context, conn net.Conn) *smbWire {
	first := func(b []byte) (int, error) { return a.hear(ctx, conn, conn, b) }
	return &smbWire{Conn: conn, a: a, r: bufio.NewReader(&listener{r: conn, first: first})}
}

func (w *smbWire) Read(b []byte) (int, error) {
	if len(w.rest) == 0 {
		if err := w.next(); err != nil {
			return 0, w.breaks(err)
		}
	}
	n := copy(b, w.rest)
	w.rest = w.rest[n:]
	return n, nil
}

func (w *smbWire) Write(b []byte) (int, error) {
	n, err := w.Conn.Write(b)
	if dropped(err) && w.a.current() == api.StepHandshake {
		err = fault("peer.closed", pathFileServer)
	}
	return n, w.breaks(err)
}

// breaks notes the error that ends the connection: the first one, because the
// driver makes more of it.
func (w *smbWire) breaks(err error) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.err = cmp.Or(w.err, err)
	return err
}

// next reads a message and its length, for which the protocol has three bytes.
func (w *smbWire) next() error {
	var length [4]byte
	if _, err := io.ReadFull(w.r, length[:]); err != nil {
		return err
	}
	size := binary.BigEndian.Uint32(length[:])
	switch {
	case length[0] != 0 || size < smbHeader:
		return fault("peer.garbled", pathFileServer)
	case size > maxRead:
		return errTooMuch
	}
	message := make([]byte, len(length)+int(size))
	copy(message, length[:])
	if _, err := io.ReadFull(w.r, message[len(length):]); err != nil {
		return err
	}
	w.rest = message
	w.note(message[len(length):])
	return nil
}

// note reads a message's header, unless it is encrypted, which those are not
// that matter here.
func (w *smbWire) note(message []byte) {
	if string(message[:4]) != "\xfeSMB" {
		return
	}
	status, command, body := binary.LittleEndian.Uint32(message[8:]), binary.LittleEndian.Uint16(message[12:]), message[smbHeader:]
	w.mu.Lock()
	defer w.mu.Unlock()
	switch {
	case status != 0 && status != smbMoreToDo:
		w.status = status
	case command == smbNegotiate && len(body) >= 6 && w.a.current() == api.StepHandshake:
		w.a.found(smbVersions[binary.LittleEndian.Uint16(body[4:])])
		w.a.enter(api.StepSignIn)
	case command == smbSessionSetup && status == 0 && len(body) >= 4:
		w.flags = binary.LittleEndian.Uint16(body[2:])
	}
}

// guest reports whether the server let the user in as somebody else.
func (w *smbWire) guest() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.flags&(smbIsGuest|smbIsNull) != 0
}

// refusal is the number of the last answer that was no success, or 0.
func (w *smbWire) refusal() uint32 {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.status
}

// broken says why nothing more can be read, or nil.
func (w *smbWire) broken() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.err
}
