package wire

import (
	"context"
	"encoding/json"
	"log/slog"
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
	"switchboard/internal/api/apitest"
	"switchboard/internal/api/audit"
	"switchboard/internal/api/embedded"
	"switchboard/internal/api/governance"
	"switchboard/internal/api/identity"
	"switchboard/internal/api/keyring"
	"switchboard/internal/api/probe"
	"switchboard/internal/api/signature"
	"switchboard/internal/api/store"
	"switchboard/internal/testserver"
)

const (
	region   = "local-1"
	password = "correct horse battery"
)

// console is who sets everything up.
var console = api.Actor{Way: api.WayConsole, Role: api.RoleAdministrator}

// world is a dialect over a real control plane with one user, who has a token
// and an access key, and two projects.
type world struct {
	*server
	Service        api.Service // behind the one that is served
	handler        http.Handler
	db             *store.DB
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
	return startOn(t, apitest.Open(t, filepath.Join(t.TempDir(), "db")), change...)
}

// startOn makes a world on an empty database.
func startOn(t testing.TB, db *store.DB, change ...func(o *Options)) *world {
	t.Helper()
	ctx := t.Context()
	keys, err := keyring.Parse(keyring.NewKey())
	require.NoError(t, err)

	w := &world{db: db, log: new(strings.Builder)}
	w.ids = identity.New(db, keys, identity.Clock(w.clock))
	w.project, err = w.ids.EnsureFirst(ctx, region)
	require.NoError(t, err)
	w.other, err = w.ids.AddProject(ctx, console, identity.Project{Name: "other"})
	require.NoError(t, err)
	w.user, err = w.ids.CreateUser(ctx, console, identity.NewPerson{Name: "ada", Administrator: true}, api.NewSecret(password))
	require.NoError(t, err)
	w.key, err = w.ids.CreateKey(ctx, console, w.user, nil, "")
	require.NoError(t, err)
	w.token, _, err = w.ids.IssueToken(ctx, api.Actor{}, w.user, &w.project)
	require.NoError(t, err)

	o := Options{
		Service:  planeOn(t, db, keys, probe.New(probe.Options{Timeout: 5 * time.Second})),
		Identity: w.ids, Region: region, LinkDepth: api.Shape, Version: "1.2.3",
		Log: slog.New(slog.NewTextHandler(w.log, nil)),
	}
	for _, f := range change {
		f(&o)
	}
	w.Service = o.Service
	governed := governance.New(governance.Options{Next: o.Service, DB: db, Keys: keys, People: w.ids})
	o.Service, o.Requests, o.Audit = governed, governed, audit.New(db, keys)
	w.server = newServer(o)
	w.now = w.clock
	w.handler = w.server.handler()
	return w
}

// everywhere makes the token one that is not limited to a project: with it its user is
// an administrator of the console.
func (w *world) everywhere(t testing.TB) {
	t.Helper()
	var err error
	w.token, _, err = w.ids.CreateAPIToken(t.Context(), api.Actor{UserID: w.user.ID, User: w.user.Name}, "programs", "", time.Hour)
	require.NoError(t, err)
}

// approveNothing lets every change of the project be made without an approval.
func (w *world) approveNothing(t testing.TB) {
	t.Helper()
	s := api.Scope{Project: w.project.ID, Actor: console}
	require.NoError(t, w.Requests.SetApprovalRules(t.Context(), s, nil, api.Confirmation{}))
}

// planeOn is a control plane with the regions of a fresh start.
func planeOn(t testing.TB, db *store.DB, keys *keyring.Ring, prober *probe.Prober) *embedded.Plane {
	t.Helper()
	plane := embedded.New(db, keys, prober, embedded.Options{Region: region, Folders: []string{t.TempDir()}})
	require.NoError(t, plane.EnsureRegions(t.Context()))
	return plane
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

// signed sends a request that the access key signed, with the headers given.
func (w *world) signed(method, target, body string, headers ...header) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, target, strings.NewReader(body))
	for _, h := range headers {
		r.Header.Set(h[0], h[1])
	}
	signature.Sign(r, []byte(body), w.key.Access, w.key.Secret.Reveal(), w.clock())
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
	return strconv.Itoa(testserver.ClosedAddr(t).Port)
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

// context is an echo context of a request that nobody serves.
func (s *server) context(method, target string) echo.Context {
	return echo.New().NewContext(httptest.NewRequest(method, target, nil), httptest.NewRecorder())
}
