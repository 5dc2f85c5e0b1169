package probe

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/http"
	"time"

	"switchboard/internal/api"
)

// Bounds of Forward: how many requests may be under way, in all and of one
// project. Each holds up to two bodies of api.MaxInvocationBody. Those beyond
// are refused and not kept waiting: what waits holds its body, too.
const (
	MaxForwards        = 128
	MaxProjectForwards = 64
)

// Bounds of the connections that Forward keeps for the next request.
const (
	keptForwards = 256
	keptFor      = 30 * time.Second
)

// Why Forward brings no answer. ErrNoAnswer is all that anybody learns of an
// address that is refused, closed, silent or no web server (S3).
var (
	ErrNoAnswer = errors.New("the upstream does not answer")
	ErrTooLate  = errors.New("the upstream did not answer in time")
	ErrTooLong  = errors.New("the upstream's answer is too long")
	ErrTooMany  = errors.New("too many requests are being forwarded")
)

// Forwarding is a request to an upstream.
type Forwarding struct {
	Project string // who asks: requests are capped per project
	URL     string // http or https
	Header  http.Header
	Body    []byte
	Timeout time.Duration // of the whole, the answer read to its end included
}

// Forward posts a request to an upstream and reads its answer, of which nothing
// is followed or unpacked. Connections go through the guard and are kept for the
// next request, whoever's it is; certificates are verified; nothing in the
// environment and no cookie is used. Errors are those above, or ctx's if it
// ended. A request that may have arrived is never sent a second time, unless it
// has an Idempotency-Key.
func (p *Prober) Forward(parent context.Context, f Forwarding) (api.Answer, error) {
	release, ok := p.forwards.tryAcquire(f.Project)
	if !ok {
		return api.Answer{}, ErrTooMany
	}
	defer release()
	ctx, cancel := context.WithTimeout(parent, f.Timeout)
	defer cancel()
	began := time.Now()
	answer, err := p.forward(ctx, f)
	answer.Took = time.Since(began)
	switch {
	case err == nil:
		return answer, nil
	case parent.Err() != nil:
		return api.Answer{}, parent.Err()
	case ctx.Err() != nil:
		return api.Answer{}, ErrTooLate
	case errors.Is(err, ErrTooLong):
		return api.Answer{}, ErrTooLong
	}
	return api.Answer{}, ErrNoAnswer
}

func (p *Prober) forward(ctx context.Context, f Forwarding) (api.Answer, error) {
	ctx = context.WithValue(ctx, forwardKey{}, ctx)
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, f.URL, bytes.NewReader(f.Body))
	if err != nil {
		return api.Answer{}, err
	}
	request.Header = f.Header
	response, err := p.upstreams.RoundTrip(request)
	if err != nil {
		return api.Answer{}, err
	}
	defer func() { _ = response.Body.Close() }()
	if response.StatusCode < http.StatusOK { // wants to speak another protocol from now on
		return api.Answer{}, ErrNoAnswer
	}
	body, err := readAnswer(response)
	return api.Answer{Status: response.StatusCode, Header: response.Header, Body: body}, err
}

// readAnswer reads what fits. What an upstream announces is not believed before
// it is there.
func readAnswer(response *http.Response) ([]byte, error) {
	if response.ContentLength > api.MaxInvocationBody {
		return nil, ErrTooLong
	}
	var body bytes.Buffer
	body.Grow(int(min(max(response.ContentLength, 0), 64<<10)) + bytes.MinRead)
	n, err := body.ReadFrom(io.LimitReader(response.Body, api.MaxInvocationBody+1))
	if n > api.MaxInvocationBody {
		return nil, ErrTooLong
	}
	return body.Bytes(), err
}

// newUpstreams makes what Forward sends with.
func (p *Prober) newUpstreams() *http.Transport {
	config := &tls.Config{RootCAs: p.roots, MinVersion: tls.VersionTLS12, NextProtos: []string{"http/1.1"}}
	return &http.Transport{
		Proxy: nil, // not even the environment's
		DialContext: func(ctx context.Context, _, address string) (net.Conn, error) {
			return p.dialUpstream(ctx, address, nil)
		},
		DialTLSContext: func(ctx context.Context, _, address string) (net.Conn, error) {
			return p.dialUpstream(ctx, address, config)
		},
		MaxIdleConns:           keptForwards,
		MaxIdleConnsPerHost:    MaxProjectForwards,
		IdleConnTimeout:        keptFor,
		DisableCompression:     true,
		MaxResponseHeaderBytes: maxRead / 16,
	}
}

// forwardKey is where a request's context has itself: a transport dials with one
// that knows the request's values, but neither its deadline nor its cancel.
type forwardKey struct{}

// dialUpstream connects to host:port through the guard, with TLS if config is
// not nil. It ends with the request that it is for; the connection does not.
func (p *Prober) dialUpstream(detached context.Context, address string, config *tls.Config) (net.Conn, error) {
	ctx, ok := detached.Value(forwardKey{}).(context.Context)
	if !ok {
		return nil, ErrNoAnswer
	}
	ctx, cancel := context.WithTimeout(ctx, p.timeout)
	defer cancel()
	at, addrs, err := p.lookUp(ctx, address) //nolint:contextcheck // the request's, and not the transport's: see above
	if err != nil {
		return nil, err
	}
	conn, _, err := p.guard.open(ctx, at.host, addrs, at.port) //nolint:contextcheck // as above
	if err != nil || config == nil {
		return conn, err
	}
	config = config.Clone()
	config.ServerName = at.host
	encrypted := tls.Client(conn, config)
	if err := encrypted.HandshakeContext(ctx); err != nil { //nolint:contextcheck // as above
		_ = conn.Close()
		return nil, err
	}
	return encrypted, nil
}
