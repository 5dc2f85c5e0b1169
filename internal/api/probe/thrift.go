package probe

import (
	"context"
	"errors"
	"net"

	"github.com/apache/thrift/lib/go/thrift"
)

// errWantsSASL is the answer of a server whose clients must sign in with SASL
// first, which is how Thrift does Kerberos.
var errWantsSASL = errors.New("the server wants SASL")

// First bytes with which such a server refuses. Source: Thrift's
// TSaslTransport.
const (
	saslBad   = 3
	saslError = 4
)

// thriftClient calls methods of a Thrift server that have no parameters.
type thriftClient struct {
	a      *attempt
	client thrift.TClient
}

// newThrift makes a client for a connection. The library's other transports
// dial, and its limits are for servers that are trusted.
func (a *attempt) newThrift(ctx context.Context, conn net.Conn) *thriftClient {
	first := func(b []byte) (int, error) {
		n, err := a.hear(ctx, conn, conn, b)
		if n > 1 && (b[0] == saslBad || b[0] == saslError) && b[1] == 0 {
			return 0, errWantsSASL
		}
		return n, err
	}
	strict := true
	protocol := thrift.NewTBinaryProtocolConf(
		thrift.NewStreamTransport(&listener{r: conn, first: first}, conn),
		&thrift.TConfiguration{MaxMessageSize: maxRead, TBinaryStrictRead: &strict, TBinaryStrictWrite: &strict})
	return &thriftClient{a, thrift.NewTStandardClient(protocol, protocol)}
}

// call calls a method.
func (c *thriftClient) call(ctx context.Context, method string) (thriftValue, error) {
	var value thriftValue
	_, err := c.client.Call(ctx, method, &thriftValue{}, &value)
	return value, c.failure(err)
}

// failure explains an error of the library: what is wrong with the connection
// stays as it is, everything else is wrong with the answer.
func (c *thriftClient) failure(err error) error {
	_, understood := errors.AsType[*failure](err)
	if err == nil || understood || errors.Is(err, errWantsSASL) || errors.Is(err, context.Canceled) || dropped(err) || timedOut(err) {
		return err
	}
	if e, ok := errors.AsType[thrift.TApplicationException](err); ok && e.TypeId() == thrift.UNKNOWN_METHOD {
		return fault("hive.no_metastore", pathMetastores).because(err)
	}
	return fault("peer.garbled", c.a.at.portPath)
}

// thriftValue is what a method returned, and as an argument nothing.
type thriftValue struct {
	number    int32
	text      string
	names     []string
	exception bool // one that the method declares
}

// Write implements thrift.TStruct.
func (v *thriftValue) Write(ctx context.Context, p thrift.TProtocol) error {
	return p.WriteFieldStop(ctx)
}

// Read implements thrift.TStruct. The value is field 0, exceptions are others.
func (v *thriftValue) Read(ctx context.Context, p thrift.TProtocol) error {
	for {
		_, kind, id, err := p.ReadFieldBegin(ctx)
		if err != nil || kind == thrift.STOP {
			return err
		}
		switch {
		case id == 0 && kind == thrift.I32:
			v.number, err = p.ReadI32(ctx)
		case id == 0 && kind == thrift.STRING:
			v.text, err = p.ReadString(ctx)
		case id == 0 && kind == thrift.LIST:
			v.names, err = readThriftNames(ctx, p)
		default:
			v.exception = true
			err = thrift.SkipDefaultDepth(ctx, p, kind)
		}
		if err != nil {
			return err
		}
	}
}

func readThriftNames(ctx context.Context, p thrift.TProtocol) ([]string, error) {
	kind, size, err := p.ReadListBegin(ctx)
	if err != nil {
		return nil, err
	}
	if kind != thrift.STRING {
		return nil, errors.New("a list of something else")
	}
	var names []string
	for range size {
		name, err := p.ReadString(ctx)
		if err != nil {
			return nil, err
		}
		names = append(names, name)
	}
	return names, nil
}
