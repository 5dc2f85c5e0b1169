package probe

import (
	"bufio"
	"bytes"
	"context"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
)

// maxRPC bounds an answer, in bytes. A list is asked for in pieces of 8 KiB.
const maxRPC = 64 << 10

// rpcConn is a connection to a service that is called by ONC RPC. Source: RFC
// 5531.
type rpcConn struct {
	conn net.Conn
	r    *bufio.Reader
	id   uint32 // of the last call
}

// rpc makes an rpcConn. What answers first must not be another protocol.
func (a *attempt) rpc(ctx context.Context, conn net.Conn) *rpcConn {
	first := func(b []byte) (int, error) { return a.hear(ctx, conn, conn, b) }
	return &rpcConn{conn: conn, r: bufio.NewReader(&listener{r: conn, first: first})}
}

func (c *rpcConn) close() { _ = c.conn.Close() }

// rpcRefusal is an answer that is no result.
type rpcRefusal struct {
	denied    bool   // for lack of credentials; otherwise the service is not there
	stat      uint32 // accept_stat or reject_stat
	low, high uint32 // the versions that are there, if that is the trouble
}

func (r *rpcRefusal) Error() string {
	kind := "accept_stat"
	if r.denied {
		kind = "reject_stat"
	}
	return fmt.Sprintf("RPC: %s %d, versions %d to %d", kind, r.stat, r.low, r.high)
}

// call calls a procedure and returns its result. An answer that is none is an
// error, *rpcRefusal if the protocol has it.
func (c *rpcConn) call(program, version, procedure uint32, args []byte) (*xdr, error) {
	var id [4]byte
	_, _ = rand.Read(id[:])
	c.id = binary.BigEndian.Uint32(id[:])
	const call, rpcVersion = 0, 2
	message := xdrWords(0, c.id, call, rpcVersion, program, version, procedure)
	message = append(message, credentials()...)
	message = append(message, args...)
	binary.BigEndian.PutUint32(message, lastFragment|count(message[4:]))
	if _, err := c.conn.Write(message); err != nil {
		return nil, rpcError(err)
	}
	answer, err := c.read()
	if err != nil {
		return nil, rpcError(err)
	}
	return c.result(answer)
}

// credentials are those of AUTH_SYS, for nobody, and an empty verifier.
func credentials() []byte {
	const authSys, authNone, nobody = 1, 0, 65534
	body := xdrWords(0)
	body = append(body, xdrText("switchboard")...)
	body = append(body, xdrWords(nobody, nobody, 0)...) // user, group, no more groups
	return append(append(xdrWords(authSys, count(body)), body...), xdrWords(authNone, 0)...)
}

const lastFragment = 1 << 31

// read reads an answer, which may come in fragments.
func (c *rpcConn) read() ([]byte, error) {
	var answer bytes.Buffer
	for {
		var mark [4]byte
		if _, err := io.ReadFull(c.r, mark[:]); err != nil {
			return nil, err
		}
		head := binary.BigEndian.Uint32(mark[:])
		size := int64(head &^ lastFragment)
		if int64(answer.Len())+size > maxRPC {
			return nil, errGarbledRPC
		}
		if _, err := io.CopyN(&answer, c.r, size); err != nil {
			return nil, err
		}
		if head&lastFragment != 0 {
			return answer.Bytes(), nil
		}
	}
}

// result reads what stands before a result.
func (c *rpcConn) result(answer []byte) (*xdr, error) {
	const reply, accepted, denied, mismatch = 1, 0, 1, 2
	x := &xdr{rest: answer}
	if x.word() != c.id || x.word() != reply {
		return nil, errGarbledRPC
	}
	refusal := &rpcRefusal{}
	switch x.word() {
	case accepted:
		x.word() // flavour of the verifier
		x.opaque(400)
		if refusal.stat = x.word(); refusal.stat == mismatch {
			refusal.low, refusal.high = x.word(), x.word()
		}
		if refusal.stat == 0 && !x.bad {
			return x, nil
		}
	case denied:
		refusal.denied, refusal.stat = true, x.word()
	default:
		return nil, errGarbledRPC
	}
	if x.bad {
		return nil, errGarbledRPC
	}
	return nil, refusal
}

// rpcError makes the end of a shorter time than the check's look like that of
// the check's.
func rpcError(err error) error {
	if timedOut(err) || errors.Is(err, net.ErrClosed) {
		return context.DeadlineExceeded
	}
	return err
}

// errGarbledRPC is an answer that the protocol does not have.
var errGarbledRPC = fault("peer.garbled", pathFileServer)

// xdr reads a message. Whatever is read after its end is zero, and bad.
// Source: RFC 4506.
type xdr struct {
	rest []byte
	bad  bool
}

func (x *xdr) take(n int) []byte {
	if x.bad || n > len(x.rest) {
		x.bad = true
		return make([]byte, 4) // what word needs
	}
	taken := x.rest[:n]
	x.rest = x.rest[n:]
	return taken
}

func (x *xdr) word() uint32 { return binary.BigEndian.Uint32(x.take(4)) }

// opaque reads bytes with their length in front, at most limit, and filled up
// to a multiple of four.
func (x *xdr) opaque(limit uint32) []byte {
	n := x.word()
	if n > limit {
		x.bad = true
		return nil
	}
	padded := x.take(int(n+3) &^ 3)
	if x.bad {
		return nil
	}
	return padded[:n]
}

func xdrWords(values ...uint32) []byte {
	var b []byte
	for _, v := range values {
		b = binary.BigEndian.AppendUint32(b, v)
	}
	return b
}

func xdrText(s string) []byte {
	b := append(xdrWords(count([]byte(s))), s...)
	return append(b, make([]byte, -len(s)&3)...)
}

func count(b []byte) uint32 { return uint32(len(b)) } //nolint:gosec // what a check says is short
