package wire

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/labstack/echo/v4"
	"github.com/stretchr/testify/require"

	"switchboard/internal/api"
	"switchboard/internal/api/embedded"
	"switchboard/internal/api/identity"
	"switchboard/internal/api/keyring"
	"switchboard/internal/api/probe"
	"switchboard/internal/api/store"
)

const (
	region   = "local-1"
	password = "correct horse battery"
)

// world is a dialect over a real control plane with one user, who has a token
// and an access key, and two projects.
type world struct {
	*server
	handler        http.Handler
	ids            *identity.Service
	user           identity.User
	project, other identity.Project
	token          string
	key            identity.AccessKey
	log            *strings.Builder

	mu    sync.Mutex
	ahead time.Duration // how far its clocks are ahead
}

func (w *world) clock() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	return time.Now().Add(w.ahead)
}

func (w *world) wait(d time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.ahead += d
}

// start makes a world; change may replace parts of it before it is served.
func start(t testing.TB, change ...func(o *Options)) *world {
	t.Helper()
	ctx := t.Context()
	db, err := store.Open(ctx, filepath.Join(t.TempDir(), "db"))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	keys, err := keyring.Parse(keyring.NewKey())
	require.NoError(t, err)

	w := &world{log: new(strings.Builder)}
	w.ids = identity.New(db, keys, identity.Clock(w.clock))
	w.project, err = w.ids.EnsureFirst(ctx, region)
	require.NoError(t, err)
	w.other, err = w.ids.AddProject(ctx, api.Actor{}, "other", "")
	require.NoError(t, err)
	w.user, err = w.ids.CreateUser(ctx, api.Actor{}, "ada", api.NewSecret(password))
	require.NoError(t, err)
	w.key, err = w.ids.CreateKey(ctx, api.Actor{}, w.user, nil)
	require.NoError(t, err)
	w.token, _, err = w.ids.IssueToken(ctx, api.Actor{}, w.user, &w.project)
	require.NoError(t, err)

	o := Options{
		Service:  embedded.New(db, keys, probe.New(probe.Options{Timeout: 5 * time.Second})),
		Identity: w.ids, Region: region, LinkDepth: api.Shape, Version: "1.2.3",
		Log: slog.New(slog.NewTextHandler(w.log, nil)),
	}
	for _, f := range change {
		f(&o)
	}
	w.server = newServer(o)
	w.now = w.clock
	w.handler = w.server.handler()
	return w
}

func connecting(o *Options) { o.LinkDepth = api.Connect }

// header is a header to send; an empty value takes it away.
type header [2]string

// send sends a request with the token, unless the headers say otherwise.
func (w *world) send(method, target, body string, headers ...header) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, target, strings.NewReader(body))
	r.Header.Set("X-Auth-Token", w.token)
	r.Header.Set("Content-Type", "application/json;charset=UTF-8")
	for _, h := range headers {
		if h[1] == "" {
			r.Header.Del(h[0])
		} else {
			r.Header.Set(h[0], h[1])
		}
	}
	return w.serve(r)
}

func (w *world) serve(r *http.Request) *httptest.ResponseRecorder {
	rec := httptest.NewRecorder()
	w.handler.ServeHTTP(rec, r)
	return rec
}

// signed sends a request that the access key signed, over the headers given.
func (w *world) signed(method, target, body string, headers ...header) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, target, strings.NewReader(body))
	names := []string{"x-sdk-date"}
	r.Header.Set("X-Sdk-Date", w.clock().UTC().Format(dateForm))
	for _, h := range headers {
		r.Header.Set(h[0], h[1])
		names = append(names, strings.ToLower(h[0]))
	}
	a := authorization{scheme: schemeSDK, access: w.key.Access, signed: names}
	form, _ := a.canonical(r, []byte(body))
	r.Header.Set("Authorization", schemeSDK+" Access="+a.access+", SignedHeaders="+strings.Join(names, ";")+
		", Signature="+a.sum(a.key(w.key.Secret.Reveal()), r, form.text(decodedPath)))
	return w.serve(r)
}

// links is the path of the links of a cluster.
func (w *world) links(cluster, rest string) string {
	return "/v1.1/" + w.project.ID + "/clusters/" + cluster + "/cdm/link" + rest
}

// message decodes an error of CDM, after checking that its twins agree.
func message(t *testing.T, rec *httptest.ResponseRecorder) (code, text string) {
	t.Helper()
	var body map[string]string
	require.NoError(t, json.Unmarshal(rec.Body.Bytes(), &body), rec.Body.String())
	require.Len(t, body, 4)
	require.Equal(t, body["code"], body["errCode"])
	require.Equal(t, body["message"], body["externalMessage"])
	return body["code"], body["message"]
}

// found decodes the findings of a check.
func found(t *testing.T, rec *httptest.ResponseRecorder) []finding {
	t.Helper()
	var body struct {
		Result []findings `json:"validation-result"`
	}
	require.NoError(t, json.Unmarshal(rec.Body.Bytes(), &body), rec.Body.String())
	require.Len(t, body.Result, 1)
	return body.Result[0].LinkConfig
}

// closedPort is a port of this machine where nobody listens.
func closedPort(t testing.TB) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer func() { require.NoError(t, l.Close()) }()
	return strconv.Itoa(l.Addr().(*net.TCPAddr).Port)
}

// link is the body of a link of a connector with inputs, pairs of a name and a
// JSON value.
func link(name, connector string, inputs ...string) string {
	var list []string
	for i := 0; i < len(inputs); i += 2 {
		list = append(list, `{"name":"`+inputs[i]+`","value":`+inputs[i+1]+`}`)
	}
	return `{"links":[{"name":"` + name + `","connector-name":"` + connector +
		`","link-config-values":{"configs":[{"name":"linkConfig","inputs":[` + strings.Join(list, ",") + `]}]}}]}`
}

// sftp is a body that needs few inputs.
func sftp(name string, more ...string) string {
	return link(name, "sftp-connector", append([]string{
		"linkConfig.server", `"sftp.example.com"`, "linkConfig.port", `"22"`,
		"linkConfig.username", `"loader"`, "linkConfig.password", `"hunter2hunter2"`,
	}, more...)...)
}

// mysql is a body with inputs of every kind; anyText does not apply to it and
// so may be any text.
func mysql(name string, more ...string) string {
	return link(name, "generic-jdbc-connector", append([]string{
		"linkConfig.databaseType", `"mysql"`, "linkConfig.host", `"db.example.com"`, "linkConfig.port", `3306`,
		"linkConfig.database", `"orders"`, "linkConfig.username", `"ada"`, "linkConfig.password", `"s3cret-s3cret"`,
	}, more...)...)
}

const anyText = "linkConfig.sidname"

// replaced is a Service that does some things in its own way.
type replaced struct {
	api.Service
	create func(ctx context.Context, s api.Scope, d api.LinkDraft, depth api.Depth) (api.Link, error)
	list   func(ctx context.Context, s api.Scope, q api.LinkQuery) (api.Page[api.Link], error)
}

func (r replaced) CreateLink(ctx context.Context, s api.Scope, d api.LinkDraft, depth api.Depth) (api.Link, error) {
	if r.create == nil {
		return r.Service.CreateLink(ctx, s, d, depth)
	}
	return r.create(ctx, s, d, depth)
}

func (r replaced) ListLinks(ctx context.Context, s api.Scope, q api.LinkQuery) (api.Page[api.Link], error) {
	if r.list == nil {
		return r.Service.ListLinks(ctx, s, q)
	}
	return r.list(ctx, s, q)
}

func TestServes(t *testing.T) {
	t.Parallel()
	for target, want := range map[string]bool{
		"/v1.1/p/clusters/c/cdm/link": true, "/v1.0/x": true, "/v2/x": true, "/v3": true, "/v3/": true,
		"/v3/auth/tokens": true, "/v3.0/x": true, "/switchboard/v1/connectors": true, "/": true,
		"/p/x/links": false, "/v1.1": false, "/v3x": false, "/switchboard/": false, "/static/app.css": false,
	} {
		require.Equal(t, want, Serves(httptest.NewRequest("GET", target, nil)), target)
	}
	r := httptest.NewRequest("GET", "/", nil)
	r.Header.Set("Accept", "text/html,application/xhtml+xml,*/*;q=0.8")
	require.False(t, Serves(r), "the root is a browser's")
}

func TestEveryAnswerIsJSONWithARequestID(t *testing.T) {
	t.Parallel()
	w := start(t, func(o *Options) {
		o.Service = replaced{Service: o.Service, create: func(context.Context, api.Scope, api.LinkDraft, api.Depth) (api.Link, error) {
			panic("a bug")
		}}
	})
	cases := []struct {
		name           string
		rec            *httptest.ResponseRecorder
		status         int
		code, contains string
	}{
		{"unknown path", w.send("GET", "/v2/nothing", ""), 404, "APIGW.0101", "GET /v2/nothing"},
		{"unknown method", w.send("PATCH", w.links("c", ""), "{}"), 404, "APIGW.0101", "PATCH"},
		{"trailing slash", w.send("POST", w.links("c", "/"), "{}"), 404, "APIGW.0101", ""},
		{"doubled slash", w.send("GET", "//v3/projects", ""), 404, "APIGW.0101", ""},
		{"dots in the path", w.send("GET", "/v3/x/../projects", ""), 404, "APIGW.0101", ""},
		{"body too large", w.send("POST", w.links("c", ""), strings.Repeat(" ", maxBody+1)), 413, "APIGW.0201", ""},
		{"nobody", w.send("GET", w.links("c", "/all"), "", header{"X-Auth-Token"}), 401, "APIGW.0301", "x-auth-token not found"},
		{"panic", w.send("POST", w.links("c", ""), sftp("a")), 500, "Cdm.0000", "request id"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			require.Equal(t, c.status, c.rec.Code, c.rec.Body.String())
			require.Equal(t, "application/json", c.rec.Header().Get("Content-Type"))
			id := c.rec.Header().Get("X-Request-Id")
			_, err := hex.DecodeString(id)
			require.NoError(t, err)
			require.Len(t, id, 32)
			require.Contains(t, c.rec.Body.String(), c.code)
			require.Contains(t, c.rec.Body.String(), c.contains)
			require.Empty(t, c.rec.Header().Get("Location"))
		})
	}
	require.Contains(t, w.log.String(), "a bug", "panics are logged")
	require.NotContains(t, w.log.String(), "hunter2hunter2")
}

func TestPathsAreRoutedOnDecodedSegments(t *testing.T) {
	t.Parallel()
	w := start(t)
	require.Equal(t, 200, w.send("POST", w.links("c", ""), sftp("订单.库")).Code)
	for _, path := range []string{
		"/%E8%AE%A2%E5%8D%95.%E5%BA%93", "/%e8%ae%a2%e5%8d%95%2E%e5%ba%93", "/订单.库",
	} {
		require.Equal(t, 200, w.send("GET", w.links("c", path), "").Code, path)
	}
	require.Equal(t, 200, w.send("GET", w.links("%63", "/%61ll"), "").Code)
	for path, name := range map[string]string{
		"/a%2Fb": "a/b", "/a%20b": "a b", "/a+b": "a+b", "/urn:x": "urn:x", "/urn%3Ax": "urn:x", "/%2541": "%41", "/a%252Fb": "a%2Fb",
	} {
		rec := w.send("GET", w.links("c", path), "")
		require.Equal(t, 400, rec.Code, path)
		code, text := message(t, rec)
		require.Equal(t, "Cdm.0101", code)
		require.Contains(t, text, "["+name+"]", path)
	}
	for _, path := range []string{"/%00", "/%FF"} {
		require.Equal(t, 400, w.send("GET", w.links("c", path), "").Code, path)
		require.Equal(t, 400, w.send("GET", w.links(path[1:], "/a"), "").Code, path)
	}
}

// context is an echo context of a request that nobody serves.
func (s *server) context(method, target string) echo.Context {
	return echo.New().NewContext(httptest.NewRequest(method, target, nil), httptest.NewRecorder())
}
