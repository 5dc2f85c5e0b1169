package handlers_test

import (
	"net/http"
	"net/url"
	"testing"

	"github.com/stretchr/testify/require"

	"switchboard/internal/api/identity"
)

func TestSignIn(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	t.Run("a stranger is sent to sign in and comes back to the page he wanted", func(t *testing.T) {
		stranger := *s
		stranger.t, stranger.client = t, newClient(t)
		stranger.get(s.links() + "?q=a+b").requireRedirect("/sign-in?next=" + url.QueryEscape(s.links()+"?q=a+b"))
		stranger.post("/sign-in", url.Values{"name": {user}, "password": {password}, "next": {s.links()}}).requireRedirect(s.links())
		stranger.get(s.links()).requireStatus(http.StatusOK)
	})
	t.Run("an expired session inside an htmx request loads the sign-in page, not into the table", func(t *testing.T) {
		stranger := *s
		stranger.t, stranger.client = t, newClient(t)
		p := stranger.get(s.links(), append(fragment("links-table"), header{"Referer", s.server.URL + s.links()})...)
		p.requireStatus(http.StatusUnauthorized)
		require.Equal(t, "/sign-in?next="+url.QueryEscape(s.links()), p.header.Get("HX-Redirect"))
	})
	t.Run("a form sent after the session has ended is not swapped away, but told to sign in elsewhere", func(t *testing.T) {
		stranger := *s
		stranger.t, stranger.client = t, newClient(t)
		p := stranger.post(s.links()+"/test", typed(), fragment("link-form")...).requireStatus(http.StatusUnauthorized)
		require.Empty(t, p.header.Get("HX-Redirect"))
		require.Contains(t, p.Find("[data-problem]").AttrOr("data-problem", ""), "what you typed is still in place")
		require.Equal(t, "_blank", p.Find("a[data-problem-link]").AttrOr("target", ""))
		require.NotContains(t, p.html, "canary-password")
	})
	t.Run("without JavaScript it says on the sign-in page what is lost", func(t *testing.T) {
		stranger := *s
		stranger.t, stranger.client = t, newClient(t)
		stranger.signIn(user, password)
		base, err := url.Parse(s.server.URL)
		require.NoError(t, err)
		kept := stranger.client.Jar.Cookies(base)
		stranger.post("/sign-out", nil)
		stranger.client.Jar.SetCookies(base, kept)
		form := s.links() + "/new?connector=mysql"
		p := stranger.post(s.links(), typed(), header{"Referer", s.server.URL + form})
		p.requireRedirect("/sign-in?next=" + url.QueryEscape(form) + "&lost=true")
		p = stranger.get(p.header.Get("Location"))
		require.Contains(t, p.text(".sign-in-notice"), "Your session has ended.")
		require.Contains(t, p.text(".sign-in-notice"), "was not saved")
	})
	t.Run("a stranger who never signed in is told of no session", func(t *testing.T) {
		stranger := *s
		stranger.t, stranger.client = t, newClient(t)
		require.Zero(t, stranger.get("/sign-in").Find(".sign-in-notice").Length())
	})
	t.Run("a wrong password says so and keeps the name", func(t *testing.T) {
		stranger := *s
		stranger.t, stranger.client = t, newClient(t)
		p := stranger.signIn(user, "wrong horse battery").requireStatus(http.StatusUnprocessableEntity)
		require.Equal(t, user, p.value("name"))
		require.Empty(t, p.value("password"))
		require.NotEmpty(t, p.text("[role=alert]"))
	})
	for name, next := range map[string]string{
		"another host":             "https://evil.example/",
		"a host without scheme":    "//evil.example/",
		"a backslash for a slash":  `/\evil.example/`,
		"a line break in the path": "/\nevil",
		"a script":                 "javascript:alert(1)",
		"nothing":                  "",
	} {
		t.Run("after signing in nobody is sent to "+name, func(t *testing.T) {
			stranger := *s
			stranger.t, stranger.client = t, newClient(t)
			stranger.post("/sign-in", url.Values{"name": {user}, "password": {password}, "next": {next}}).requireRedirect("/")
		})
	}
}

func TestSignOutEndsTheSessionBehindTheCookie(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	base, err := url.Parse(s.server.URL)
	require.NoError(t, err)
	stolen := s.client.Jar.Cookies(base)
	s.post("/sign-out", nil).requireRedirect("/sign-in")
	s.get(s.links()).requireStatus(http.StatusSeeOther)
	s.client.Jar.SetCookies(base, stolen)
	s.get(s.links()).requireStatus(http.StatusSeeOther)
}

func TestTheSessionCookieIsKeptFromScriptsAndOtherSites(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.client = newClient(t)
	cookie := s.signIn(user, password).header.Get("Set-Cookie")
	require.Contains(t, cookie, "HttpOnly")
	require.Contains(t, cookie, "SameSite=Lax")
	require.NotContains(t, cookie, "Domain=")
}

func TestCrossOriginRequestsAreRefused(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	for name, headers := range map[string][]header{
		"from another site":      {{"Sec-Fetch-Site", "cross-site"}},
		"from a sibling domain":  {{"Sec-Fetch-Site", "same-site"}},
		"by an old browser":      {{"Origin", "https://evil.example"}},
		"from an opaque context": {{"Origin", "null"}},
	} {
		t.Run(name, func(t *testing.T) {
			p := s.send(http.MethodPost, "/sign-out", url.Values{}, headers)
			require.Equal(t, http.StatusForbidden, p.status)
		})
	}
	s.get(s.links()).requireStatus(http.StatusOK)
}

func TestEveryAnswerCarriesTheSecurityHeaders(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	for _, path := range []string{"/sign-in", s.links(), "/p/nonsense", "/nonsense"} {
		h := s.get(path).header
		require.Contains(t, h.Get("Content-Security-Policy"), "default-src 'none'", path)
		require.NotContains(t, h.Get("Content-Security-Policy"), "unsafe", path)
		require.Equal(t, "nosniff", h.Get("X-Content-Type-Options"), path)
		require.Equal(t, "DENY", h.Get("X-Frame-Options"), path)
		require.Equal(t, "no-store", h.Get("Cache-Control"), path)
		require.NotEmpty(t, h.Get("X-Request-Id"), path)
	}
}

func TestSetUp(t *testing.T) {
	t.Parallel()
	s := emptySite(t)
	token, err := s.identity.NewSetUpLink(t.Context())
	require.NoError(t, err)
	path := "/set-up?token=" + token
	require.Contains(t, s.get("/sign-in").text(".sign-in-notice"), "set-up link", "who comes first is led to it")
	s.get("/set-up?token=wrong").requireStatus(http.StatusNotFound)
	s.get(path).requireStatus(http.StatusOK)

	who := identity.External{Issuer: "https://id.example.com", Subject: "1", Name: "mary"}
	_, _, err = s.identity.SignInExternal(t.Context(), who, console, "")
	require.NoError(t, err)
	require.Contains(t, s.get("/sign-in").text(".sign-in-notice"), "set-up link", "somebody came in, but nobody administrates")
	p := s.post(path, url.Values{"name": {"mary"}, "password": {password}, "again": {password}})
	p.requireStatus(http.StatusUnprocessableEntity)
	require.NotEmpty(t, p.text("#name-error"))
	p = s.post(path, url.Values{"name": {"root"}, "password": {password}, "again": {"something else"}})
	p.requireStatus(http.StatusUnprocessableEntity)
	require.Contains(t, p.text("#again-error"), "differ")
	p = s.post(path, url.Values{"name": {"root"}, "password": {"short"}, "again": {"short"}})
	p.requireStatus(http.StatusUnprocessableEntity)
	require.NotEmpty(t, p.text("#password-error"))
	require.Equal(t, "root", p.value("name"))

	s.post(path, url.Values{"name": {"root"}, "password": {password}, "again": {password}}).requireRedirect("/")
	s.get(s.links()).requireStatus(http.StatusOK)
	s.get(path).requireStatus(http.StatusNotFound)
	s.post(path, url.Values{"name": {"two"}, "password": {password}, "again": {password}}).requireStatus(http.StatusNotFound)
}

func TestPreferences(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.post("/preferences", url.Values{"language": {"zh"}, "next": {s.links()}}).requireRedirect(s.links())
	require.Equal(t, "zh-Hans", s.get(s.links()).Find("html").AttrOr("lang", ""))
	s.post("/preferences", url.Values{"theme": {"dark"}, "next": {"//evil.example"}}).requireRedirect("/")
	p := s.get(s.links())
	require.Equal(t, "dark", p.Find("html").AttrOr("data-theme", ""))
	require.Equal(t, "zh-Hans", p.Find("html").AttrOr("lang", ""), "one choice leaves the other alone")
	s.client = newClient(t)
	s.signIn(user, password)
	require.Equal(t, "zh-Hans", s.get(s.links()).Find("html").AttrOr("lang", ""), "the choice comes along to another browser")
}

func TestAProjectOfAnotherAccountIsNotFound(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.addProject("second")
	for _, path := range []string{"/p/00000000000000000000000000000000", "/p/'%20OR%201=1", "/p/00000000000000000000000000000000/links"} {
		s.get(path).requireStatus(http.StatusNotFound)
	}
}
