package oidc

import (
	"context"
	"io"
	"net/http"
	"time"

	oidc "github.com/coreos/go-oidc/v3/oidc"
)

// Bounds of a request to the provider.
const (
	requestTime = 10 * time.Second
	maxAnswer   = 1 << 20 // bytes
)

// client talks to the provider. That is the operator's own configuration, so that it
// does not go through the dialer that guards what users type; it believes the
// system's certificates, and HTTPS_PROXY.
type client struct{ http.Client }

func newClient() *client {
	transport := http.DefaultTransport.(*http.Transport).Clone() // as the standard library makes it
	return &client{http.Client{
		Timeout: requestTime, Transport: bounded{transport},
		// A redirect would send code and secret to whom nobody named.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

// in makes the libraries use the client.
func (c *client) in(ctx context.Context) context.Context { return oidc.ClientContext(ctx, &c.Client) }

// bounded cuts answers off that are too long to be what was asked for.
type bounded struct{ http.RoundTripper }

func (b bounded) RoundTrip(r *http.Request) (*http.Response, error) {
	res, err := b.RoundTripper.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	res.Body = struct {
		io.Reader
		io.Closer
	}{io.LimitReader(res.Body, maxAnswer), res.Body}
	return res, nil
}
