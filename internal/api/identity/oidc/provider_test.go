package oidc_test

import (
	"bytes"
	"crypto/rand"
	"encoding/json"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"switchboard/internal/api"
	"switchboard/internal/api/identity"
	"switchboard/internal/api/identity/oidc"
	"switchboard/internal/testserver"
)

// back is where the provider sends browsers back to. Nobody goes there: the tests
// take from the address what a browser would bring.
const back = "http://127.0.0.1:1/back"

// claims are what the provider says of somebody, or instead of what is true.
type claims map[string]any

func (c claims) String() string {
	text, _ := json.Marshal(c)
	return string(text)
}

// registered is a client at the provider, configured as an operator does.
type registered struct {
	*oidc.Provider

	t      testing.TB
	server *testserver.Server
	ahead  atomic.Int64 // of the real time, a time.Duration
}

type change func(*oidc.Config)

// register makes a client; its id tokens have other claims, if there are any.
func register(t testing.TB, other claims, changes ...change) *registered {
	t.Helper()
	r := &registered{t: t, server: testserver.OpenID(t)}
	c := oidc.Config{
		Issuer: "http://" + r.server.Addr(), ClientID: "client-" + rand.Text(), Secret: api.NewSecret(rand.Text()), Scopes: oidc.DefaultScopes,
		NameClaim: oidc.DefaultNameClaim, GroupsClaim: oidc.DefaultGroupsClaim, Label: "Acme",
	}
	statement := "client " + c.ClientID + " " + c.Secret.Reveal() + " " + back
	if other != nil {
		statement += " " + other.String()
	}
	r.server.Exec(t, statement)
	for _, change := range changes {
		change(&c)
	}
	var err error
	r.Provider, err = oidc.New(c, oidc.Clock(func() time.Time { return time.Now().Add(time.Duration(r.ahead.Load())) }))
	require.NoError(t, err)
	return r
}

// person adds somebody to the provider and returns the name there.
func (r *registered) person(c claims) string {
	r.t.Helper()
	name := strings.ToLower(rand.Text())
	r.server.Exec(r.t, "user "+name+" secret "+c.String())
	return name
}

// begin begins a sign-in.
func (r *registered) begin() (flow, address string) {
	r.t.Helper()
	flow, address, err := r.Begin(r.t.Context(), back)
	require.NoError(r.t, err)
	return flow, address
}

// answered is what the browser of somebody brings back who signed in at an address of
// the provider, or who did not want to.
func (r *registered) answered(address, name, do string) url.Values {
	r.t.Helper()
	jar, err := cookiejar.New(nil)
	require.NoError(r.t, err)
	browser := &http.Client{Jar: jar, CheckRedirect: func(req *http.Request, _ []*http.Request) error {
		if strings.HasPrefix(req.URL.String(), back) {
			return http.ErrUseLastResponse
		}
		return nil
	}}
	page, err := browser.Get(address)
	require.NoError(r.t, err)
	defer page.Body.Close()
	require.Equal(r.t, "/login", page.Request.URL.Path, "the provider shows its form")
	id := page.Request.URL.Query().Get("id")
	res, err := browser.PostForm(page.Request.URL.String(), url.Values{"id": {id}, "name": {name}, "password": {"secret"}, "do": {do}})
	require.NoError(r.t, err)
	defer res.Body.Close()
	target, err := res.Location()
	require.NoError(r.t, err)
	return target.Query()
}

// signIn is all of it.
func (r *registered) signIn(name string) (identity.External, error) {
	r.t.Helper()
	flow, address := r.begin()
	return r.Finish(r.t.Context(), flow, r.answered(address, name, "enter"))
}

func (r *registered) requireRefused(err error, code api.Code, key string) {
	r.t.Helper()
	require.Equal(r.t, code, api.CodeOf(err), "%v", err)
	require.ErrorContains(r.t, err, key)
}

// between stands between the console and the provider, and can lie or be down.
type between struct {
	url  string
	down atomic.Bool
	host atomic.Pointer[string] // that the provider sees instead, on these paths
	keys atomic.Bool            // publish none
}

func newBetween(t testing.TB) *between {
	t.Helper()
	provider := &url.URL{Scheme: "http", Host: testserver.OpenID(t).Addr()}
	b := &between{}
	proxy := &httputil.ReverseProxy{
		Rewrite: func(r *httputil.ProxyRequest) {
			r.SetURL(provider)
			r.Out.Host = r.In.Host
			if path := b.host.Load(); path != nil && strings.HasPrefix(r.In.URL.Path, *path) {
				r.Out.Host = "somebody.example"
			}
		},
		ModifyResponse: func(r *http.Response) error {
			if b.keys.Load() && r.Request.URL.Path == "/keys" {
				r.Body, r.ContentLength = io.NopCloser(bytes.NewReader([]byte(`{"keys":[]}`))), -1
				r.Header.Del("Content-Length")
			}
			return nil
		},
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if b.down.Load() {
			panic(http.ErrAbortHandler)
		}
		proxy.ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	b.url = server.URL
	return b
}

func (b *between) asIssuer(c *oidc.Config) { c.Issuer = b.url }
