package e2e

import (
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// visitor uses the console without a browser: a cookie jar and plain requests.
type visitor struct {
	t    *testing.T
	base string
	http *http.Client
}

// answer is what came back.
type answer struct {
	status   int
	location string
	header   http.Header
	body     string
}

// visit makes a visitor who is not signed in.
func (p *program) visit(t *testing.T) *visitor {
	t.Helper()
	jar, err := cookiejar.New(nil)
	require.NoError(t, err)
	return &visitor{t: t, base: p.URL, http: &http.Client{
		Jar:           jar,
		Timeout:       patience,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

// enter makes a visitor who has signed in as the administrator.
func (p *program) enter(t *testing.T) *visitor {
	t.Helper()
	v := p.visit(t)
	v.signIn(adminName)
	return v
}

func (v *visitor) signIn(name string) {
	v.t.Helper()
	a := v.post("/sign-in", url.Values{"name": {name}, "password": {adminPassword}})
	require.Equal(v.t, http.StatusSeeOther, a.status, a.body)
}

// linkPath is where the console shows the link of that name.
func (v *visitor) linkPath(project, name string) string {
	v.t.Helper()
	list := v.get(project + "/links?q=" + url.QueryEscape(name)).body
	found := regexp.MustCompile(`href="(` + project + `/links/[0-9a-f-]{36})"`).FindStringSubmatch(list)
	require.NotNil(v.t, found, list)
	return found[1]
}

func (v *visitor) get(path string) answer {
	v.t.Helper()
	return v.send(http.MethodGet, path, nil)
}

func (v *visitor) post(path string, form url.Values) answer {
	v.t.Helper()
	return v.send(http.MethodPost, path, form)
}

func (v *visitor) send(method, path string, form url.Values) answer {
	v.t.Helper()
	r, err := http.NewRequestWithContext(v.t.Context(), method, v.base+path, strings.NewReader(form.Encode()))
	require.NoError(v.t, err)
	r.Header.Set("Accept", "text/html") // at "/" programs find something else
	if form != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	return do(v.t, v.http, r)
}

func do(t *testing.T, client *http.Client, r *http.Request) answer {
	t.Helper()
	resp, err := client.Do(r)
	require.NoError(t, err)
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	return answer{resp.StatusCode, resp.Header.Get("Location"), resp.Header, string(body)}
}

// cookies returns what the visitor could give to a thief.
func (v *visitor) cookies() []*http.Cookie {
	v.t.Helper()
	at, err := url.Parse(v.base)
	require.NoError(v.t, err)
	return v.http.Jar.Cookies(at)
}

// restore puts cookies back that the server has deleted.
func (v *visitor) restore(cookies []*http.Cookie) {
	v.t.Helper()
	at, err := url.Parse(v.base)
	require.NoError(v.t, err)
	v.http.Jar.SetCookies(at, cookies)
}
