package e2e

import (
	"encoding/json"
	"io"
	"maps"
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

// caller uses the wire API with a token.
type caller struct {
	t       *testing.T
	base    string
	http    *http.Client
	project string
	token   string
}

// cluster is the CDM cluster that the tests put links into; the console uses
// the same one.
const cluster = "default"

// call makes a caller with a token for the region's project, or for the one
// with that name.
func (p *program) call(t *testing.T, project ...string) *caller {
	t.Helper()
	c := &caller{t: t, base: p.URL, http: &http.Client{Timeout: patience}}
	scope := append(project, regionName)[0]
	a := c.send(http.MethodPost, "/v3/auth/tokens", passwordLogin(scope))
	require.Equal(t, http.StatusCreated, a.status, a.body)
	c.token = a.header.Get("X-Subject-Token")
	var body struct {
		Token struct {
			Project struct{ ID string }
		}
	}
	require.NoError(t, json.Unmarshal([]byte(a.body), &body))
	c.project = body.Token.Project.ID
	return c
}

// passwordLogin is the body that asks for a token in the scope of a project.
func passwordLogin(project string) map[string]any {
	user := map[string]any{"name": adminName, "password": adminPassword, "domain": map[string]any{"name": "default"}}
	return map[string]any{"auth": map[string]any{
		"identity": map[string]any{"methods": []string{"password"}, "password": map[string]any{"user": user}},
		"scope":    map[string]any{"project": map[string]any{"name": project}},
	}}
}

func (c *caller) links() string { return "/v1.1/" + c.project + "/clusters/" + cluster + "/cdm/link" }

func (c *caller) send(method, path string, body any) answer {
	c.t.Helper()
	var content io.Reader
	if body != nil {
		text, err := json.Marshal(body)
		require.NoError(c.t, err)
		content = strings.NewReader(string(text))
	}
	r, err := http.NewRequestWithContext(c.t.Context(), method, c.base+path, content)
	require.NoError(c.t, err)
	r.Header.Set("Content-Type", "application/json")
	if c.token != "" {
		r.Header.Set("X-Auth-Token", c.token)
	}
	return do(c.t, c.http, r)
}

// create makes a link and requires that it is acknowledged.
func (c *caller) create(name string, inputs map[string]string) {
	c.t.Helper()
	a := c.send(http.MethodPost, c.links(), linkBody(name, inputs))
	require.Equal(c.t, http.StatusOK, a.status, a.body)
}

// linkBody is the wire's body for a link of a relational database.
func linkBody(name string, inputs map[string]string) map[string]any {
	var list []map[string]any
	for input, value := range inputs {
		list = append(list, map[string]any{"name": "linkConfig." + input, "value": value})
	}
	return map[string]any{"links": []any{map[string]any{
		"name": name, "connector-name": "generic-jdbc-connector", "enabled": true,
		"link-config-values": map[string]any{"configs": []any{map[string]any{"name": "linkConfig", "inputs": list}}},
	}}}
}

// somewhere describes a database that does not exist, with differences.
func somewhere(other map[string]string) map[string]string {
	inputs := map[string]string{
		"databaseType": "MYSQL", "host": "db.example.com", "port": "3306",
		"database": "orders", "username": "loader", "password": "correct-horse-9",
	}
	maps.Copy(inputs, other)
	return inputs
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
