package probe

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"io"
	"net"

	"github.com/twmb/franz-go/pkg/kbin"
	"github.com/twmb/franz-go/pkg/kmsg"
)

// maxKafkaAnswer is how long an answer may be, in bytes: less than a check may
// read, and what is made of it in memory can be a hundred times as much.
const maxKafkaAnswer = maxRead / 2

var errKafka = errors.New("the broker did not answer as Kafka does")

// kafkaConn speaks Kafka's protocol, one request after the other, with the
// driver's messages. The driver itself connects when it sees fit, more than
// once, and keeps looking for brokers in the background.
type kafkaConn struct {
	conn   net.Conn
	r      io.Reader
	format *kmsg.RequestFormatter
	last   int32                                    // number of the request
	knows  map[int16]kmsg.ApiVersionsResponseApiKey // requests that the broker knows
}

func newKafkaConn(conn net.Conn) *kafkaConn {
	return &kafkaConn{conn: conn, r: conn, format: kmsg.NewRequestFormatter(kmsg.FormatterClientID("switchboard"))}
}

// ask sends a request in the newest version that both sides know and returns
// the answer.
func (c *kafkaConn) ask(req kmsg.Request) (kmsg.Response, error) {
	known, ok := c.knows[req.Key()]
	version := min(known.MaxVersion, req.MaxVersion())
	if !ok || version < known.MinVersion {
		return nil, errKafka
	}
	req.SetVersion(version)
	if err := c.send(req); err != nil {
		return nil, err
	}
	return c.receive(req)
}

func (c *kafkaConn) send(req kmsg.Request) error {
	c.last++
	_, err := c.conn.Write(c.format.AppendRequest(nil, req, c.last))
	return err
}

// receive reads the answer to a request: length, number, tags in newer
// versions, and the rest.
func (c *kafkaConn) receive(req kmsg.Request) (kmsg.Response, error) {
	header := make([]byte, 8)
	if _, err := io.ReadFull(c.r, header); err != nil {
		return nil, err
	}
	n := binary.BigEndian.Uint32(header)
	switch {
	case n < 4 || n > 1<<31-1, binary.BigEndian.Uint32(header[4:]) != uint32(c.last): //nolint:gosec // both count from one
		return nil, errKafka
	case n > maxKafkaAnswer:
		return nil, errTooMuch
	}
	body := make([]byte, n-4)
	if _, err := io.ReadFull(c.r, body); err != nil {
		return nil, err
	}
	answer := req.ResponseKind()
	reader := kbin.Reader{Src: body}
	if answer.IsFlexible() && answer.Key() != kmsg.ApiVersions.Int16() { // that one must be read before versions are agreed
		kmsg.SkipTags(&reader)
	}
	if !reader.Ok() || answer.ReadFrom(reader.Src) != nil {
		return nil, errKafka
	}
	return answer, nil
}

// kafkaGreeting asks the broker which requests it knows, which it tells
// everybody.
func (a *attempt) kafkaGreeting(ctx context.Context, conn net.Conn) (*kafkaConn, *kmsg.ApiVersionsResponse, error) {
	c := newKafkaConn(conn)
	req := kmsg.NewPtrApiVersionsRequest() // version 0, which every broker knows
	if err := c.send(req); err != nil {
		return nil, nil, err
	}
	buf := make([]byte, 4096)
	n, err := a.hear(ctx, conn, conn, buf)
	if err != nil {
		return nil, nil, err
	}
	c.r = io.MultiReader(bytes.NewReader(buf[:n]), conn)
	answer, err := c.receive(req)
	if err != nil {
		return nil, nil, err
	}
	versions, ok := answer.(*kmsg.ApiVersionsResponse)
	if !ok || versions.ErrorCode != 0 || len(versions.ApiKeys) == 0 {
		return nil, nil, errKafka
	}
	c.knows = map[int16]kmsg.ApiVersionsResponseApiKey{}
	for _, key := range versions.ApiKeys {
		c.knows[key.ApiKey] = key
	}
	return c, versions, nil
}
