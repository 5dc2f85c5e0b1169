package e2e

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/network"
	"github.com/stretchr/testify/require"
)

// The first start prints a link that makes the first administrator, once.
func TestSetUp(t *testing.T) {
	t.Parallel()
	p := start(t, withoutAdministrator)
	w := p.browse(t)
	setUp := setUpPath(t, p)
	w.visit(setUp)
	w.find("heading", "Set up Switchboard")
	w.fill("Name", "olga")
	w.fill("Password", "a-long-enough-password")
	w.fill("Password again", "another-password")
	w.submit("button", "Create the administrator")
	require.Contains(t, w.describedBy("Password again"), "The two passwords differ.")
	require.Equal(t, "olga", w.value("Name"))
	w.picture("set-up")
	w.fill("Password", "a-long-enough-password")
	w.fill("Password again", "a-long-enough-password")
	w.click("button", "Create the administrator")
	w.find("heading", "Overview")
	w.roleOf("olga", folds)

	v := p.visit(t)
	require.Equal(t, http.StatusNotFound, v.get(setUp).status, "the link works once")
	require.Equal(t, http.StatusNotFound, v.post(setUp, url.Values{
		"name": {"mallory"}, "password": {"a-long-enough-password"}, "again": {"a-long-enough-password"},
	}).status)
}

var setUpLink = regexp.MustCompile(`http://127\.0\.0\.1:\d+(/set-up\?\S+)`)

// setUpPath is the one-time link that the first start printed.
func setUpPath(t *testing.T, p *program) string {
	t.Helper()
	return eventually(t, "the set-up link", func() (string, bool) {
		found := setUpLink.FindStringSubmatch(p.output.String())
		if found == nil {
			return p.output.String(), false
		}
		return found[1], true
	})
}

func TestSignInLeadsOnlyToThisSite(t *testing.T) {
	t.Parallel()
	p := start(t)
	home := p.enter(t).get("/").location
	for next, goes := range map[string]string{
		home + "/links?q=a":            home + "/links?q=a",
		"//evil.example":               "/",
		"https://evil.example":         "/",
		"/\\evil.example":              "/",
		"/\t/evil.example":             "/",
		"javascript:alert(1)":          "/",
		"":                             "/",
		"/%2fevil.example":             "/%2fevil.example",
		"http:evil.example":            "/",
		"evil.example":                 "/",
		"/sign-in?next=//evil.example": "/sign-in?next=//evil.example",
		"///evil.example":              "/",
		"https:///evil.example":        "/",
		"//" + p.URL[len("http://"):]:  "/",
	} {
		v := p.visit(t)
		page := v.get("/sign-in?next=" + url.QueryEscape(next))
		require.NotContains(t, page.header.Get("Location"), "evil.example")
		a := v.post("/sign-in", url.Values{"name": {adminName}, "password": {adminPassword}, "next": {next}})
		require.Equal(t, http.StatusSeeOther, a.status, next)
		require.Equal(t, goes, a.location, "next=%s", next)
	}
}

func TestSignOutMakesTheCookieUseless(t *testing.T) {
	t.Parallel()
	p := start(t)
	v := p.enter(t)
	home := v.get("/").location
	require.Equal(t, http.StatusOK, v.get(home).status)
	stolen := v.cookies()
	require.Equal(t, http.StatusSeeOther, v.post("/sign-out", nil).status)
	v.restore(stolen)
	again := v.get(home)
	require.Equal(t, http.StatusSeeOther, again.status)
	require.Equal(t, "/sign-in?next="+url.QueryEscape(home), again.location)
}

func TestWrongPasswordsAreSlowedDown(t *testing.T) {
	t.Parallel()
	p := start(t)
	v := p.visit(t)
	wrong := url.Values{"name": {adminName}, "password": {"wrong"}}
	eventually(t, "the throttle", func() (string, bool) {
		a := v.post("/sign-in", wrong)
		require.Equal(t, http.StatusUnprocessableEntity, a.status)
		return a.body, strings.Contains(a.body, "Too many failed attempts.")
	})
	right := url.Values{"name": {adminName}, "password": {adminPassword}}
	require.Contains(t, v.post("/sign-in", right).body, "Too many failed attempts.", "the right password is no way round")
}

// Other sites cannot act in a signed-in person's name.
func TestOtherSitesAreRefused(t *testing.T) {
	t.Parallel()
	p := start(t)
	v := p.enter(t)
	home := v.get("/").location
	for _, header := range [][2]string{
		{"Sec-Fetch-Site", "cross-site"}, {"Sec-Fetch-Site", "same-site"}, {"Origin", "https://evil.example"},
	} {
		for _, path := range []string{home + "/links", "/sign-out", "/preferences"} {
			r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, p.URL+path, strings.NewReader(""))
			require.NoError(t, err)
			r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			r.Header.Set(header[0], header[1])
			require.Equal(t, http.StatusForbidden, do(t, v.http, r).status, "%s %v", path, header)
		}
	}
	require.Equal(t, http.StatusOK, v.get(home).status, "still signed in")
}

// A session that ends while a page is open leads to the sign-in page, and from
// there back.
func TestSessionEndsBehindAnOpenPage(t *testing.T) {
	t.Parallel()
	p := start(t, checkingForm)
	p.call(t).create("findable", somewhere(nil))
	w := p.browse(t)
	w.signIn()
	w.visit(w.home + "/links")
	w.expect("status of 401")
	w.endSession(p)
	w.click("searchbox", "Search name or endpoint")
	w.keys("find")
	w.find("heading", "Sign in")
	w.fill("Name", adminName)
	w.fill("Password", adminPassword)
	w.click("button", "Sign in")
	w.find("heading", "Links")
	w.seesRows(1, "findable")
}

// endSession signs the browser's session out, behind its back.
func (w *tab) endSession(p *program) {
	w.t.Helper()
	thief := p.visit(w.t)
	var cookies []*http.Cookie
	for _, c := range devtools(w, network.GetCookies, network.GetCookiesParams{}).Cookies {
		cookies = append(cookies, &http.Cookie{Name: c.Name, Value: c.Value, Path: "/"})
	}
	thief.restore(cookies)
	require.Equal(w.t, http.StatusSeeOther, thief.post("/sign-out", nil).status)
}
