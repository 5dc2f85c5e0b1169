package probe

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"sync/atomic"
	"syscall"
	"time"
)

// How long a connection of Transport may stand still: while something is sent, and
// while an answer is waited for, which for a large object that is put together can
// take a while.
const (
	sendStall   = 30 * time.Second
	answerStall = 2 * time.Minute
)

// keptTransport bounds the connections that one Transport keeps.
const keptTransport = 64

// Transport makes a way to object stores: connections go through the guard and are
// kept for the next request, certificates are verified, nothing in the environment
// is used. Bodies are as long as they are; a connection on which nothing moves any
// more ends. An address that the policy refuses looks like one that there is no
// way to (S3).
func (p *Prober) Transport() http.RoundTripper {
	config := &tls.Config{RootCAs: p.roots, MinVersion: tls.VersionTLS12, NextProtos: []string{"http/1.1"}}
	return &http.Transport{
		Proxy: nil, // not even the environment's
		DialContext: func(ctx context.Context, _, address string) (net.Conn, error) {
			return p.dialStore(ctx, address, nil)
		},
		DialTLSContext: func(ctx context.Context, _, address string) (net.Conn, error) {
			return p.dialStore(ctx, address, config)
		},
		MaxIdleConns:           keptTransport,
		MaxIdleConnsPerHost:    keptTransport,
		IdleConnTimeout:        keptFor,
		DisableCompression:     true,
		MaxResponseHeaderBytes: maxRead / 16,
		WriteBufferSize:        64 << 10,
		ReadBufferSize:         64 << 10,
	}
}

// dialStore connects to host:port through the guard, with TLS if config is not nil.
func (p *Prober) dialStore(parent context.Context, address string, config *tls.Config) (net.Conn, error) {
	ctx, cancel := context.WithTimeout(parent, p.timeout)
	defer cancel()
	at, addrs, err := p.lookUp(ctx, address)
	if err != nil {
		return nil, err
	}
	conn, _, err := p.guard.open(ctx, at.host, addrs, at.port)
	if errors.Is(err, errForbidden) {
		return nil, fmt.Errorf("dial: %w", syscall.EHOSTUNREACH)
	}
	if err != nil {
		return nil, err
	}
	conn = &movingConn{Conn: conn}
	if config == nil {
		return conn, nil
	}
	config = config.Clone()
	config.ServerName = at.host
	encrypted := tls.Client(conn, config)
	if err := encrypted.HandshakeContext(ctx); err != nil {
		_ = conn.Close()
		return nil, err
	}
	return encrypted, nil
}

// movingConn ends when nothing moves on it any more.
type movingConn struct {
	net.Conn
	extended atomic.Int64 // when its deadlines were, in seconds
}

func (c *movingConn) Read(p []byte) (int, error) {
	c.extend()
	return c.Conn.Read(p)
}

func (c *movingConn) Write(p []byte) (int, error) {
	c.extend()
	n, err := c.Conn.Write(p)
	c.extend()
	return n, err
}

// extend moves the deadlines, at most once a second: also that of a read that waits
// for the answer while the request is being sent.
func (c *movingConn) extend() {
	now := time.Now()
	if was := c.extended.Swap(now.Unix()); was == now.Unix() {
		return
	}
	_ = c.SetReadDeadline(now.Add(answerStall))
	_ = c.SetWriteDeadline(now.Add(sendStall))
}
