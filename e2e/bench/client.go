package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"time"
)

// client is a browser or a program that talks to a server: headers that go
// along with every request, over connections that are kept.
type client struct {
	base   string
	header http.Header
	http   *http.Client
}

func newClient(p *program) *client {
	transport := &http.Transport{MaxIdleConnsPerHost: manyAtone, DisableCompression: true}
	return &client{base: p.url, header: http.Header{}, http: &http.Client{
		Transport: transport, Timeout: time.Minute,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

// with returns a client that sends one more header.
func (c *client) with(name, value string) *client {
	other := *c
	other.header = c.header.Clone()
	other.header.Set(name, value)
	return &other
}

// at returns the same client at another server.
func (c *client) at(p *program) *client {
	other := *c
	other.base = p.url
	return &other
}

// answer is what came back.
type answer struct {
	status int
	header http.Header
	body   []byte // as it was sent: compressed, if the server did that
}

func (c *client) send(ctx context.Context, method, path string, body []byte) (answer, error) {
	r, err := http.NewRequestWithContext(ctx, method, c.base+path, bytes.NewReader(body))
	if err != nil {
		return answer{}, err
	}
	r.Header = c.header
	return c.do(r)
}

func (c *client) do(r *http.Request) (answer, error) {
	resp, err := c.http.Do(r)
	if err != nil {
		return answer{}, err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	return answer{resp.StatusCode, resp.Header, body}, err
}

// must is send for an answer that has to be 200.
func (c *client) must(ctx context.Context, method, path string, body []byte) (answer, error) {
	a, err := c.send(ctx, method, path, body)
	if err == nil && a.status != http.StatusOK {
		err = fmt.Errorf("%s %s answered %d: %.300s", method, path, a.status, a.body)
	}
	return a, err
}

// getting is the operation that gets a path.
func (c *client) getting(path string) func(context.Context, int64) error {
	return func(ctx context.Context, _ int64) error {
		_, err := c.must(ctx, http.MethodGet, path, nil)
		return err
	}
}

var projectLink = regexp.MustCompile(`^/p/[0-9a-f]{32}$`)

// signIn returns a signed-in browser and the path of its project.
func signIn(ctx context.Context, p *program) (*client, string, error) {
	c := newClient(p).with("Accept-Encoding", "gzip").with("Accept-Language", "en")
	form := url.Values{"name": {"admin"}, "password": {adminPassword}}.Encode()
	a, err := c.with("Content-Type", "application/x-www-form-urlencoded").send(ctx, http.MethodPost, "/sign-in", []byte(form))
	if err != nil {
		return nil, "", err
	}
	var cookies []string
	for _, line := range a.header.Values("Set-Cookie") {
		cookie, _, _ := strings.Cut(line, ";")
		cookies = append(cookies, cookie)
	}
	c = c.with("Cookie", strings.Join(cookies, "; "))
	a, err = c.with("Accept", "text/html").send(ctx, http.MethodGet, "/", nil)
	if home := a.header.Get("Location"); err != nil || projectLink.MatchString(home) {
		return c, home, err
	}
	return nil, "", fmt.Errorf("signing in failed: %d, then to %q", a.status, a.header.Get("Location"))
}

// token returns a program with a token for the region's project, and the
// project's id.
func token(ctx context.Context, p *program) (*client, string, error) {
	login := `{"auth":{"identity":{"methods":["password"],"password":{"user":{"name":"admin","password":"` + adminPassword +
		`","domain":{"name":"default"}}}},"scope":{"project":{"name":"local-1"}}}}`
	c := newClient(p).with("Content-Type", "application/json")
	a, err := c.send(ctx, http.MethodPost, "/v3/auth/tokens", []byte(login))
	if err != nil {
		return nil, "", err
	}
	var said struct {
		Token struct {
			Project struct{ ID string }
		}
	}
	err = json.Unmarshal(a.body, &said)
	return c.with("X-Auth-Token", a.header.Get("X-Subject-Token")), said.Token.Project.ID, err
}
