package probe

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"net/http"
	"net/netip"
	"time"
)

// ErrUnreachable is why a request of HTTPClient was not sent: there is no way
// to the address, or the policy refuses it. Which of the two, only the log
// says.
var ErrUnreachable = errors.New("the address cannot be reached from this console")

// HTTPClient returns a client for requests that are no checks, such as those
// of webhooks. Every connection goes through the guard; certificates are
// verified; no redirect is followed, no proxy, cookie or environment variable
// is used. A request, its answer read to the end included, takes no longer
// than timeout (Options.Timeout if it is not positive), and reading fails
// after an answer of 1 MiB. No connection outlives its request. Errors are
// *url.Error, whose text has the URL.
func (p *Prober) HTTPClient(timeout time.Duration) *http.Client {
	if timeout <= 0 {
		timeout = p.timeout
	}
	return &http.Client{Timeout: timeout, CheckRedirect: stay, Transport: caller{p}}
}

// stay is the end of a redirect: where one leads is not what was asked for (S6).
func stay(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }

// caller sends each request over a connection of its own, which ends with the
// request's context; the context that a shared http.Transport dials with knows
// neither deadline nor cancel.
type caller struct{ p *Prober }

// RoundTrip implements http.RoundTripper.
func (c caller) RoundTrip(r *http.Request) (*http.Response, error) {
	transport := http.Transport{
		DialContext: func(_ context.Context, _, address string) (net.Conn, error) {
			return c.p.call(r.Context(), address) //nolint:contextcheck // the request's, and not the transport's: see above
		},
		TLSClientConfig:        &tls.Config{RootCAs: c.p.roots, MinVersion: tls.VersionTLS12},
		DisableKeepAlives:      true,
		DisableCompression:     true, // the cap counts what is read
		MaxResponseHeaderBytes: maxRead / 16,
		Proxy:                  nil, // not even the environment's
	}
	response, err := transport.RoundTrip(r)
	if err != nil && r.Context().Err() != nil { // and not that the connection was closed then
		return nil, r.Context().Err()
	}
	return response, err
}

// call connects to host:port through the guard.
func (p *Prober) call(ctx context.Context, address string) (net.Conn, error) {
	at, addrs, err := p.lookUp(ctx, address)
	if err != nil {
		return nil, err
	}
	conn, err := p.guard.dial(ctx, at.host, addrs, at.port)
	if unreachable(err) {
		return nil, ErrUnreachable
	}
	if err != nil {
		return nil, err
	}
	return conn, nil
}

// lookUp reads host:port and finds the addresses of the host.
func (p *Prober) lookUp(ctx context.Context, address string) (endpoint, []netip.Addr, error) {
	at, err := readEndpoint(address, "")
	if err != nil {
		return at, nil, err
	}
	addrs, err := p.guard.resolve(ctx, at.host)
	return at, addrs, err
}
