package handlers_test

import (
	"crypto/rand"
	"encoding/json"
	"net"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"switchboard/internal/api"
	"switchboard/internal/api/identity"
	"switchboard/internal/api/identity/oidc"
	"switchboard/internal/handlers"
	"switchboard/internal/testserver"
)

// providerSite is a console with a local user, where people can also sign in at a
// real provider.
type providerSite struct {
	*site

	provider *testserver.Server
	config   oidc.Config
}

func newProviderSite(t *testing.T) *providerSite {
	t.Helper()
	s := &providerSite{site: newSite(t), provider: testserver.OpenID(t)}
	s.config = oidc.Config{
		Issuer: "http://" + s.provider.Addr(), ClientID: "console-" + rand.Text(), Secret: api.NewSecret(rand.Text()),
		NameClaim: oidc.DefaultNameClaim, GroupsClaim: oidc.DefaultGroupsClaim, Label: "Acme",
	}
	s.provider.Exec(t, "client "+s.config.ClientID+" "+s.config.Secret.Reveal()+" "+s.server.URL+"/sign-in/oidc/callback")
	s.connect()
	s.client = newClient(t)
	return s
}

// connect makes the console a client of the provider as configured.
func (s *providerSite) connect() {
	s.t.Helper()
	provider, err := oidc.New(s.config)
	require.NoError(s.t, err)
	s.options.OpenID = provider
	s.server.Config.Handler = handlers.New(s.options)
}

// person is known at the provider by a name, and called another one here.
func (s *providerSite) person(name string, groups ...string) string {
	s.t.Helper()
	subject := strings.ToLower(rand.Text())
	s.at(subject, name, groups...)
	return subject
}

// at changes what the provider says of somebody.
func (s *providerSite) at(subject, name string, groups ...string) {
	s.t.Helper()
	claims, err := json.Marshal(map[string]any{"preferred_username": name, "groups": groups, "name": "Person " + name})
	require.NoError(s.t, err)
	s.provider.Exec(s.t, "user "+subject+" secret "+string(claims))
}

// gone is the path that the provider sends the browser back to, which the console
// sent there from a page.
func (s *providerSite) gone(subject, next string) string {
	s.t.Helper()
	p := s.get("/sign-in/oidc?next=" + url.QueryEscape(next)).requireStatus(http.StatusSeeOther)
	browser := &http.Client{CheckRedirect: func(r *http.Request, _ []*http.Request) error {
		if strings.HasPrefix(r.URL.String(), s.server.URL) {
			return http.ErrUseLastResponse
		}
		return nil
	}}
	shown, err := browser.Get(p.header.Get("Location"))
	require.NoError(s.t, err)
	defer shown.Body.Close()
	form := url.Values{"id": {shown.Request.URL.Query().Get("id")}, "name": {subject}, "password": {"secret"}}
	res, err := browser.PostForm(shown.Request.URL.String(), form)
	require.NoError(s.t, err)
	defer res.Body.Close()
	back, err := res.Location()
	require.NoError(s.t, err)
	return back.RequestURI()
}

func (s *providerSite) signInAt(subject string) *page {
	s.t.Helper()
	return s.get(s.gone(subject, s.links()))
}

func (s *providerSite) user(name string) identity.User {
	s.t.Helper()
	found, err := s.identity.UserByName(s.t.Context(), name)
	require.NoError(s.t, err)
	return found
}

// role is what somebody may do in the first project.
func (s *providerSite) role(name string) api.Role {
	s.t.Helper()
	role, err := s.identity.RoleIn(s.t.Context(), s.user(name).ID, s.project.ID)
	require.NoError(s.t, err)
	return role
}

func TestSignInAtAProvider(t *testing.T) {
	t.Parallel()
	s := newProviderSite(t)
	button := s.get("/sign-in?next=" + url.QueryEscape(s.links())).Find(`a[href^="/sign-in/oidc"]`)
	require.Equal(t, "Sign in with Acme", strings.TrimSpace(button.Text()))
	require.Equal(t, "/sign-in/oidc?next="+url.QueryEscape(s.links()), button.AttrOr("href", ""))

	group, err := s.identity.CreateGroup(t.Context(), console, identity.Group{Name: "Night shift", Claim: "/ops/night"})
	require.NoError(t, err)
	scope := api.Scope{Project: s.project.ID, Actor: console}
	require.NoError(t, s.identity.SetProjectRole(t.Context(), scope, identity.Holder{Group: group.ID}, api.RoleEditor))

	mary := s.person("mary", "/ops/day", "/ops/night")
	s.signInAt(mary).requireRedirect(s.links())
	s.get(s.links()).requireStatus(http.StatusOK)
	require.Equal(t, api.RoleEditor, s.role("mary"), "a group gives its role")

	s.at(mary, "mary", "/ops/day")
	s.signInAt(mary).requireRedirect(s.links())
	require.Equal(t, api.RoleNone, s.role("mary"), "a group that was lost takes its role with it at the next sign-in")
	s.get(s.links()).requireStatus(http.StatusNotFound)

	s.at(mary, "mary-anne")
	before := s.user("mary")
	s.signInAt(mary).requireRedirect(s.links())
	require.Equal(t, before.ID, s.user("mary").ID, "who is called otherwise there stays the same user here")
}

func TestWhoIsDisabledHereCannotSignInThere(t *testing.T) {
	t.Parallel()
	s := newProviderSite(t)
	mary := s.person("mary")
	s.signInAt(mary).requireRedirect(s.links())
	require.NoError(t, s.identity.DisablePerson(t.Context(), console, s.user("mary").ID))
	p := s.signInAt(mary).requireStatus(http.StatusUnauthorized)
	require.Contains(t, p.text("[role=alert]"), "disabled")
	require.NotZero(t, p.Find(`[name="password"]`).Length(), "the other way in is beside it")
}

func TestANameIsNotAPerson(t *testing.T) {
	t.Parallel()
	s := newProviderSite(t)
	local := s.user(user)
	s.signInAt(s.person(user)).requireRedirect(s.links())
	s.get(s.links()).requireStatus(http.StatusNotFound)
	people, err := s.identity.People(t.Context(), console, identity.PeopleQuery{Limit: 10})
	require.NoError(t, err)
	require.Len(t, people.Items, 2)
	for _, person := range people.Items {
		require.Equal(t, person.ID != local.ID, person.External, "the local user %s was linked to the provider", person.Name)
	}
}

func TestACallbackThatBelongsToNoSignInIsRefused(t *testing.T) {
	t.Parallel()
	s := newProviderSite(t)
	base, err := url.Parse(s.server.URL)
	require.NoError(t, err)
	mary := s.person("mary")
	refused := func(p *page, words string) {
		t.Helper()
		p.requireStatus(http.StatusUnauthorized)
		require.Contains(t, p.text("[role=alert]"), words)
		s.get(s.links()).requireRedirect("/sign-in?next=" + url.QueryEscape(s.links()))
	}
	refused(s.get("/sign-in/oidc/callback?code=a&state=b"), "Begin again")

	path := s.gone(mary, "/")
	mine := s.client.Jar.Cookies(base)
	s.client = newClient(t)
	refused(s.get(path), "Begin again") // in somebody else's browser

	s.client = newClient(t)
	s.client.Jar.SetCookies(base, mine)
	refused(s.get(strings.Replace(path, "state=", "state=x", 1)), "Begin again")
	refused(s.get(path), "Begin again") // the first answer ended it, whatever it was

	s.client = newClient(t)
	path = s.gone(mary, "/")
	mine = s.client.Jar.Cookies(base)
	s.get(path).requireRedirect("/")
	s.client = newClient(t)
	s.client.Jar.SetCookies(base, mine)
	refused(s.get(path), "used already") // with a copy of the cookie: the provider counts the code

	require.NotContains(t, s.log.String(), s.config.Secret.Reveal())
}

func TestAfterAProviderNobodyIsSentElsewhere(t *testing.T) {
	t.Parallel()
	s := newProviderSite(t)
	for _, next := range []string{"https://evil.example/", "//evil.example/", `/\evil.example/`, "javascript:alert(1)"} {
		s.get(s.gone(s.person("mary"), next)).requireRedirect("/")
	}
}

func TestTheCookieOfASignInIsShortLivedAndClosed(t *testing.T) {
	t.Parallel()
	s := newProviderSite(t)
	p := s.get("/sign-in/oidc").requireStatus(http.StatusSeeOther)
	cookie := p.header.Get("Set-Cookie")
	for _, part := range []string{"HttpOnly", "SameSite=Lax", "Max-Age=600"} {
		require.Contains(t, cookie, part)
	}
	target, err := url.Parse(p.header.Get("Location"))
	require.NoError(t, err)
	require.NotContains(t, cookie, target.Query().Get("state"), "it is encrypted")
	require.Equal(t, s.server.URL+"/sign-in/oidc/callback", target.Query().Get("redirect_uri"))

	s.options.PublicURL = "https://console.example.com"
	s.server.Config.Handler = handlers.New(s.options)
	target, err = url.Parse(s.get("/sign-in/oidc").header.Get("Location"))
	require.NoError(t, err)
	require.Equal(t, "https://console.example.com/sign-in/oidc/callback", target.Query().Get("redirect_uri"))
}

func TestAProviderThatIsDownLeavesTheOtherWayIn(t *testing.T) {
	t.Parallel()
	s := newProviderSite(t)
	nobody, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	require.NoError(t, err)
	s.config.Issuer = "http://" + nobody.Addr().String()
	require.NoError(t, nobody.Close())
	s.connect()
	p := s.get("/sign-in/oidc?next=" + url.QueryEscape(s.links())).requireStatus(http.StatusServiceUnavailable)
	require.Contains(t, p.text("[role=alert]"), "Acme does not answer")
	require.Equal(t, s.links(), p.Find(`#sign-in [name="next"]`).AttrOr("value", ""))
	require.Contains(t, s.log.String(), "connection refused", "the operator is told why")
	s.signIn(user, password).requireRedirect("/")
}

func TestSigningOutSaysThatTheProviderMayStillKnowOne(t *testing.T) {
	t.Parallel()
	s := newProviderSite(t)
	s.signInAt(s.person("mary")).requireRedirect(s.links())
	s.post("/sign-out", nil).requireRedirect("/sign-in?left=true")
	require.Contains(t, s.get("/sign-in?left=true").text(".sign-in-notice"), "sign out there, too")
}

func TestWithoutAProviderThereIsNoSuchWay(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.get("/sign-in/oidc").requireStatus(http.StatusNotFound)
	s.get("/sign-in/oidc/callback?code=a&state=b").requireStatus(http.StatusNotFound)
	s.client = newClient(t)
	require.Zero(t, s.get("/sign-in").Find(`a[href^="/sign-in/oidc"]`).Length())
}
