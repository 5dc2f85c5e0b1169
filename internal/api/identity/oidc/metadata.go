package oidc

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	oidc "github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"switchboard/internal/api"
)

// How long what the provider says of itself is believed, and how soon it is asked
// again after it did not answer: not by everybody who waits, one after the other.
const (
	metadataLife = time.Hour
	retryAfter   = 2 * time.Second
)

// leeway is how far the provider's clock and ours may be apart.
const leeway = time.Minute

// metadata is what the provider says of itself (OpenID Connect Discovery 1.0).
type metadata struct {
	*oidc.Provider

	verifier *oidc.IDTokenVerifier
	endpoint oauth2.Endpoint
	at       time.Time
}

// metadata asks the provider about itself, unless that was done lately. What was
// learned once holds while the provider is down. Unavailable if nothing is known.
func (p *Provider) metadata(ctx context.Context) (*metadata, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := p.now()
	if p.known != nil && now.Sub(p.known.at) < metadataLife {
		return p.known, nil
	}
	if p.failed == nil || now.Sub(p.asked) >= retryAfter {
		// Whoever waits may hang up; the answer is for others, too.
		m, err := p.discover(context.WithoutCancel(ctx))
		p.asked, p.failed = now, err
		if err == nil {
			p.known = m
		}
	}
	if p.known == nil {
		return nil, p.failed
	}
	return p.known, nil
}

func (p *Provider) discover(ctx context.Context) (*metadata, error) {
	found, err := oidc.NewProvider(p.web.in(ctx), p.Issuer)
	if _, other := errors.AsType[*oidc.IssuerMismatchError](err); other {
		return nil, refused(api.Unavailable, "oidc.other_issuer", err, "provider", p.Label)
	}
	if err != nil {
		return nil, refused(api.Unavailable, "oidc.down", fmt.Errorf("discovery: %w", err), "provider", p.Label)
	}
	var said struct {
		JWKS    string   `json:"jwks_uri"`
		Methods []string `json:"token_endpoint_auth_methods_supported"`
	}
	if err := found.Claims(&said); err != nil {
		return nil, refused(api.Unavailable, "oidc.down", err, "provider", p.Label)
	}
	m := &metadata{Provider: found, endpoint: found.Endpoint(), at: p.now()}
	for _, address := range []string{m.endpoint.AuthURL, m.endpoint.TokenURL, said.JWKS} {
		if !trusted(withoutQuery(address)) {
			return nil, refused(api.Unavailable, "oidc.down", fmt.Errorf("discovery names %q", address), "provider", p.Label)
		}
	}
	m.endpoint.AuthStyle = p.authStyle(said.Methods)
	m.verifier = found.Verifier(&oidc.Config{
		ClientID: p.ClientID, Now: func() time.Time { return p.now().Add(-leeway) },
	})
	return m, nil
}

// authStyle is how the client proves itself: by HTTP's own way, which all providers
// know that do not say otherwise (Discovery 1.0 §3).
func (p *Provider) authStyle(methods []string) oauth2.AuthStyle {
	if p.Secret.IsZero() || len(methods) > 0 && !slices.Contains(methods, "client_secret_basic") {
		return oauth2.AuthStyleInParams
	}
	return oauth2.AuthStyleInHeader
}
