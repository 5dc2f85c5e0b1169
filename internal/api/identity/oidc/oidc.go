// Package oidc lets people sign in at an OpenID provider (OpenID Connect Core 1.0):
// the code flow with PKCE. It says who somebody is there; what that means here is
// identity's to say.
package oidc

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"switchboard/internal/api"
)

// Config is the client that an operator registered at a provider.
type Config struct {
	Issuer   string // https://…, exactly as the provider calls itself
	ClientID string
	Secret   api.Secret // none for a public client
	Scopes   []string   // beside openid
	// GroupsClaim and NameClaim name claims, nested ones by a path with dots. Without
	// a groups claim a provider makes nobody a member of a group, and what it made
	// somebody before ends with the next sign-in.
	GroupsClaim, NameClaim string
	Label                  string // what people call the provider
}

// What a Config is where nobody said otherwise. Most providers know these.
const (
	DefaultNameClaim   = "preferred_username"
	DefaultGroupsClaim = "groups"
	DefaultLabel       = "OpenID Connect"
)

// DefaultScopes are asked for where nobody said otherwise.
var DefaultScopes = []string{"profile", "email"}

// Provider is a client of one OpenID provider. It may be down: whatever needs it
// then says so, and works again when it is back.
type Provider struct {
	Config

	now func() time.Time
	web *client

	mu     sync.Mutex // held while the provider is asked
	known  *metadata
	failed error // why it could not be asked
	asked  time.Time
}

// Option changes how a Provider works.
type Option func(*Provider)

// Clock makes a Provider tell the time by now instead of time.Now.
func Clock(now func() time.Time) Option { return func(p *Provider) { p.now = now } }

// New makes a client of the provider, which is not asked for anything yet. What is
// wrong with the configuration is said in English, for the operator.
func New(c Config, options ...Option) (*Provider, error) {
	switch {
	case c.ClientID == "":
		return nil, errors.New("the OpenID client has no id")
	case !trusted(c.Issuer):
		return nil, fmt.Errorf("the OpenID issuer %q must be an https:// address without query (http:// only on this machine)", c.Issuer)
	}
	p := &Provider{Config: c, now: time.Now, web: newClient()}
	p.Scopes = append([]string{"openid"}, slices.DeleteFunc(slices.Clone(c.Scopes), func(s string) bool { return s == "openid" })...)
	for _, option := range options {
		option(p)
	}
	return p, nil
}

// Title is what people call the provider.
func (p *Provider) Title() string { return p.Label }

// trusted reports whether secrets may be sent to an address: by https, or to this
// machine.
func trusted(address string) bool {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		return false
	}
	return u.Scheme == "https" || u.Scheme == "http" && loopback(u.Hostname())
}

func loopback(host string) bool {
	addr, err := netip.ParseAddr(strings.Trim(host, "[]"))
	return host == "localhost" || err == nil && addr.IsLoopback()
}

// refused is an answer for people, with the cause for the log.
func refused(code api.Code, key string, cause error, args ...any) error {
	return errors.Join(api.Errorf(code, key, args...), cause)
}

// unanswered reports whether an error is that of a connection.
func unanswered(err error) bool {
	_, found := errors.AsType[net.Error](err)
	return found
}
