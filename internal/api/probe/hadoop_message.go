package probe

import (
	"context"
	"encoding/binary"
	"io"
	"net"

	"google.golang.org/protobuf/encoding/protowire"
)

// maxAnswer is how long a server's answer may be, in bytes. What checks ask
// is answered in a few hundred.
const maxAnswer = 64 << 10

// exchangeFrames sends a first message and returns the answer, which is one frame:
// a length of four bytes and that many more. An answer that cannot be one is
// another protocol's.
func (a *attempt) exchangeFrames(ctx context.Context, conn net.Conn, message []byte) ([]byte, error) {
	if _, err := conn.Write(message); err != nil {
		return nil, err
	}
	buf := make([]byte, maxAnswer)
	n, err := a.hear(ctx, conn, conn, buf)
	if err != nil {
		return nil, err
	}
	return a.frame(conn, buf, n)
}

// frame completes a frame of which buf has the first n bytes.
func (a *attempt) frame(r io.Reader, buf []byte, n int) ([]byte, error) {
	const header = 4
	n, err := readOn(r, buf, n, header)
	if err != nil {
		return nil, err
	}
	length := binary.BigEndian.Uint32(buf)
	if length == 0 || length > maxAnswer-header {
		return nil, fault("peer.garbled", a.at.portPath)
	}
	end := header + int(length)
	if _, err := readOn(r, buf, n, end); err != nil {
		return nil, err
	}
	return buf[header:end], nil
}

// withLength puts the length before a message.
func withLength(message []byte) []byte {
	return append(binary.BigEndian.AppendUint32(nil, uint32(len(message))), message...) //nolint:gosec // ours, and short
}

// protoFields are the fields of a protobuf message by number: numbers, and texts
// for everything with a length. Of a repeated field the last one counts; all
// has each.
type protoFields struct {
	numbers map[protowire.Number]uint64
	texts   map[protowire.Number][]byte
	all     []protoField
}

type protoField struct {
	number protowire.Number
	text   []byte
}

// readProto reads a protobuf message; not ok if it is none.
func readProto(message []byte) (f protoFields, ok bool) {
	f = protoFields{numbers: map[protowire.Number]uint64{}, texts: map[protowire.Number][]byte{}}
	for len(message) > 0 {
		number, kind, n := protowire.ConsumeTag(message)
		if n < 0 {
			return f, false
		}
		message = message[n:]
		switch kind {
		case protowire.VarintType:
			f.numbers[number], n = protowire.ConsumeVarint(message)
		case protowire.BytesType:
			f.texts[number], n = protowire.ConsumeBytes(message)
			f.all = append(f.all, protoField{number, f.texts[number]})
		default:
			n = protowire.ConsumeFieldValue(number, kind, message)
		}
		if n < 0 {
			return f, false
		}
		message = message[n:]
	}
	return f, true
}

// delimited splits messages that each have their length before them.
func delimited(b []byte) (message, rest []byte, ok bool) {
	message, n := protowire.ConsumeBytes(b)
	if n < 0 {
		return nil, nil, false
	}
	return message, b[n:], true
}

// protoMessage builds a protobuf message.
type protoMessage []byte

func (p protoMessage) number(field protowire.Number, value uint64) protoMessage {
	return protowire.AppendVarint(protowire.AppendTag(p, field, protowire.VarintType), value)
}

func (p protoMessage) text(field protowire.Number, value string) protoMessage {
	return protowire.AppendString(protowire.AppendTag(p, field, protowire.BytesType), value)
}

func (p protoMessage) message(field protowire.Number, value protoMessage) protoMessage {
	return p.text(field, string(value))
}

// delimit puts messages one after the other, each with its length before it.
func delimit(messages ...protoMessage) []byte {
	var b []byte
	for _, message := range messages {
		b = protowire.AppendBytes(b, message)
	}
	return b
}
