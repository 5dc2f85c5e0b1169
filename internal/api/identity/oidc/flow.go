package oidc

import (
	"cmp"
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"time"

	oidc "github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"switchboard/internal/api"
	"switchboard/internal/api/identity"
)

// flowLife is how long somebody may take to sign in at the provider.
const flowLife = 10 * time.Minute

// flow is one sign-in on its way.
type flow struct {
	State, Nonce, Verifier string
	Redirect               string // where the provider sends the browser back to
	Began                  time.Time
}

// Begin makes a flow and the address at the provider that the browser goes to. The
// flow is for nobody but that browser, which keeps it encrypted and brings it to
// Finish, once and within ten minutes. Unavailable if the provider is down and
// nothing is known of it yet.
func (p *Provider) Begin(ctx context.Context, redirect string) (began, address string, err error) {
	m, err := p.metadata(ctx)
	if err != nil {
		return "", "", err
	}
	f := flow{State: rand.Text(), Nonce: rand.Text(), Verifier: oauth2.GenerateVerifier(), Redirect: redirect, Began: p.now()}
	text, err := json.Marshal(f)
	return string(text), p.exchange(m, f).AuthCodeURL(f.State, oidc.Nonce(f.Nonce), oauth2.S256ChallengeOption(f.Verifier)), err
}

func (p *Provider) exchange(m *metadata, f flow) *oauth2.Config {
	return &oauth2.Config{ClientID: p.ClientID, ClientSecret: p.Secret.Reveal(), Endpoint: m.endpoint, RedirectURL: f.Redirect, Scopes: p.Scopes}
}

// Finish returns who signed in, from the flow and what the browser brought back.
// Unauthorised for an answer that does not belong to the flow or is not the
// provider's, Forbidden if the provider refused, Unavailable if it does not answer.
func (p *Provider) Finish(ctx context.Context, began string, answer url.Values) (identity.External, error) {
	var f flow
	_ = json.Unmarshal([]byte(began), &f) // no flow has no state, which is refused
	if err := p.accept(f, answer); err != nil {
		return identity.External{}, err
	}
	ctx = p.web.in(ctx)
	m, err := p.metadata(ctx)
	if err != nil {
		return identity.External{}, err
	}
	token, err := p.exchange(m, f).Exchange(ctx, answer.Get("code"), oauth2.VerifierOption(f.Verifier))
	if err != nil {
		return identity.External{}, p.notExchanged(err)
	}
	id, err := p.verify(ctx, m, f, token)
	if err != nil {
		return identity.External{}, err
	}
	return p.describe(ctx, m, id, token)
}

// accept judges what the browser brought back, before anybody is asked: that it
// belongs to the flow (RFC 6749 §10.12), comes from this provider (RFC 9207), and
// that the provider let somebody in.
func (p *Provider) accept(f flow, answer url.Values) error {
	age := p.now().Sub(f.Began)
	same := f.State != "" && subtle.ConstantTimeCompare([]byte(f.State), []byte(answer.Get("state"))) == 1
	if !same || age < 0 || age > flowLife {
		return refused(api.Unauthorised, "oidc.state", fmt.Errorf("callback: state fits: %t, age: %v", same, age.Round(time.Second)))
	}
	if iss := answer.Get("iss"); iss != "" && iss != p.Issuer {
		return refused(api.Unauthorised, "oidc.not_believed", errors.New("callback: of another issuer"), "provider", p.Label)
	}
	if said := answer.Get("error"); said != "" {
		if !slices.Contains(refusals, said) {
			said = "unknown"
		}
		return refused(api.Forbidden, "oidc.refused", nil, "provider", p.Label, "error", said)
	}
	return nil
}

// refusals are the errors that a provider may send a browser back with (RFC 6749
// §4.1.2.1, OpenID Connect Core 1.0 §3.1.2.6). Nothing else it says is repeated.
var refusals = []string{
	"access_denied", "account_selection_required", "consent_required", "interaction_required", "invalid_request", "invalid_scope",
	"login_required", "server_error", "temporarily_unavailable", "unauthorized_client", "unsupported_response_type",
}

// notExchanged tells a code that is not taken from a provider that is not there.
func (p *Provider) notExchanged(err error) error {
	e, answered := errors.AsType[*oauth2.RetrieveError](err)
	switch {
	case !answered && unanswered(err):
		return refused(api.Unavailable, "oidc.down", err, "provider", p.Label)
	case !answered:
		return refused(api.Unauthorised, "oidc.not_believed", err, "provider", p.Label)
	case e.Response.StatusCode >= http.StatusInternalServerError:
		return refused(api.Unavailable, "oidc.down", fmt.Errorf("token endpoint: %s", e.Response.Status), "provider", p.Label)
	default:
		return refused(api.Unauthorised, "oidc.code", fmt.Errorf("token endpoint: %s: %.60q", e.Response.Status, e.ErrorCode), "provider", p.Label)
	}
}

// verify judges the id token (OpenID Connect Core 1.0 §3.1.3.7): signature, issuer,
// audience and time by the library; nonce, party and access token here.
func (p *Provider) verify(ctx context.Context, m *metadata, f flow, token *oauth2.Token) (*oidc.IDToken, error) {
	text, _ := token.Extra("id_token").(string)
	id, err := m.verifier.Verify(ctx, text)
	if err != nil {
		return nil, refused(api.Unauthorised, "oidc.not_believed", err, "provider", p.Label)
	}
	var said struct {
		Party string `json:"azp"`
	}
	err = id.Claims(&said)
	switch {
	case err != nil:
	case subtle.ConstantTimeCompare([]byte(id.Nonce), []byte(f.Nonce)) != 1:
		err = errors.New("id token: of another sign-in (nonce)")
	case cmp.Or(said.Party, p.ClientID) != p.ClientID:
		err = errors.New("id token: of another client (azp)")
	case id.Subject == "" || len(id.Subject) > 255:
		err = errors.New("id token: no subject, or a longer one than there is (sub)")
	case id.AccessTokenHash != "":
		err = id.VerifyAccessToken(token.AccessToken)
	}
	if err != nil {
		return nil, refused(api.Unauthorised, "oidc.not_believed", err, "provider", p.Label)
	}
	return id, nil
}
