package handlers_test

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"
	"github.com/stretchr/testify/require"

	"switchboard/internal/api"
	"switchboard/internal/api/apitest"
	"switchboard/internal/api/audit"
	"switchboard/internal/api/cloud"
	"switchboard/internal/api/embedded"
	"switchboard/internal/api/governance"
	"switchboard/internal/api/identity"
	"switchboard/internal/api/keyring"
	"switchboard/internal/api/mirror"
	"switchboard/internal/api/probe"
	"switchboard/internal/api/store"
	"switchboard/internal/api/views"
	"switchboard/internal/api/wire"
	"switchboard/internal/handlers"
)

const (
	user     = "ada"
	password = "correct horse battery"
)

// console is who does everything else.
var console = api.Actor{Way: api.WayConsole, Role: api.RoleAdministrator}

// site is a console with one user, and that user's browser.
type site struct {
	t        testing.TB
	server   *httptest.Server
	client   *http.Client
	service  api.Service
	identity *identity.Service
	db       *store.DB
	project  identity.Project
	log      *strings.Builder
	stopping chan struct{}
	prober   *probe.Prober
	options  handlers.Options
}

// newSite starts a console and signs its user in.
func newSite(t testing.TB) *site {
	t.Helper()
	s := emptySite(t)
	_, err := s.identity.CreateUser(t.Context(), console, identity.NewPerson{Name: user, Administrator: true}, api.NewSecret(password))
	require.NoError(t, err)
	s.signIn(user, password)
	return s
}

// emptySite starts a console without users.
func emptySite(t testing.TB) *site {
	t.Helper()
	return emptyProberSite(t, probe.New(probe.Options{}))
}

// emptyProberSite is emptySite with another prober.
func emptyProberSite(t testing.TB, prober *probe.Prober) *site {
	t.Helper()
	return emptySiteOn(t, apitest.Open(t, filepath.Join(t.TempDir(), "switchboard.db")), prober)
}

// emptySiteOn is emptyProberSite on another database.
func emptySiteOn(t testing.TB, db *store.DB, prober *probe.Prober) *site {
	t.Helper()
	s := &site{t: t, db: db, log: new(strings.Builder), stopping: make(chan struct{}), prober: prober}
	keys, err := keyring.Parse(keyring.NewKey())
	require.NoError(t, err)
	s.identity = identity.New(s.db, keys)
	s.project, err = s.identity.EnsureFirst(t.Context(), "local-1")
	require.NoError(t, err)
	plane := embedded.New(s.db, keys, prober, embedded.Options{Folders: []string{t.TempDir()}})
	require.NoError(t, plane.EnsureRegions(t.Context()))
	s.service = plane
	governed := s.governed(plane, keys)
	s.options = handlers.Options{
		Service: governed, Requests: governed, Backends: governed, Audit: audit.New(s.db, keys), Views: views.New(s.db), Identity: s.identity, Keys: keys, Region: "local-1", Version: "test",
		Log: slog.New(slog.NewTextHandler(s.log, nil)), Stopping: s.stopping,
		LinkJSON: wire.LinkJSON, AliasJSON: wire.AliasJSON, LinkFile: handlers.LinkFile{Write: wire.WriteLinks, Read: wire.ReadLinks},
	}
	s.server = httptest.NewServer(handlers.New(s.options))
	t.Cleanup(s.server.Close)
	s.client = newClient(t)
	return s
}

// addProject adds a project to the account.
func (s *site) addProject(name string) identity.Project {
	s.t.Helper()
	project, err := s.identity.AddProject(s.t.Context(), console, identity.Project{Name: name})
	require.NoError(s.t, err)
	return project
}

// serve makes the console work with another service from now on.
func (s *site) serve(service api.Service) {
	options := s.options
	options.Service = s.governed(service, options.Keys)
	s.server.Config.Handler = handlers.New(options)
}

// governed is a service as people are served with it.
func (s *site) governed(service api.Service, keys *keyring.Ring) *governance.Service {
	places := mirror.New(mirror.Options{DB: s.db, Backends: mirror.NewBackends(mirror.BackendsOptions{
		DB: s.db, Keys: keys, Cloud: cloud.Options{Transport: s.prober.Transport(), Pause: time.Millisecond},
	})})
	return governance.New(governance.Options{Next: service, Backends: places, DB: s.db, Keys: keys, People: s.identity})
}

// approveNothing lets every change of the project be made without an approval.
func (s *site) approveNothing() {
	s.t.Helper()
	scope := s.scope()
	scope.Actor.Role = api.RoleAdmin
	require.NoError(s.t, s.options.Requests.SetApprovalRules(s.t.Context(), scope, nil, api.Confirmation{}))
}

// newClient is a browser that keeps cookies and does not follow redirects.
func newClient(t testing.TB) *http.Client {
	t.Helper()
	jar, err := cookiejar.New(nil)
	require.NoError(t, err)
	return &http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
}

func (s *site) signIn(name, password string) *page {
	s.t.Helper()
	return s.post("/sign-in", url.Values{"name": {name}, "password": {password}})
}

// links is the path of the project's links.
func (s *site) links() string { return "/p/" + s.project.ID + "/links" }

// scope is what the tests do behind the pages' back.
func (s *site) scope() api.Scope {
	return api.Scope{Project: s.project.ID, Actor: api.Actor{User: "grace"}}
}

func (s *site) create(d api.LinkDraft) api.Link {
	s.t.Helper()
	link, err := s.service.CreateLink(s.t.Context(), s.scope(), d, api.Shape)
	require.NoError(s.t, err)
	return link
}

// catchUp does the work in the background that is due.
func (s *site) catchUp() {
	s.t.Helper()
	require.NoError(s.t, s.service.(*embedded.Plane).CatchUp(s.t.Context(), time.Now()))
}

// unreachable is the draft of a link to a port of this machine on which nothing
// listens.
func (s *site) unreachable(name string) api.LinkDraft {
	d := apitest.MySQLDraft(name)
	d.Inputs["linkConfig.host"], d.Inputs["linkConfig.port"] = "127.0.0.1", "1"
	return d
}

// page is an answer of the console.
type page struct {
	*goquery.Document

	t      testing.TB
	status int
	header http.Header
	html   string
}

type header struct{ name, value string }

// fragment asks as htmx does when it will replace the element with that id.
func fragment(id string) []header { return []header{{"HX-Request", "true"}, {"HX-Target", id}} }

func (s *site) get(path string, headers ...header) *page {
	s.t.Helper()
	return s.send(http.MethodGet, path, nil, headers)
}

func (s *site) post(path string, values url.Values, headers ...header) *page {
	s.t.Helper()
	return s.send(http.MethodPost, path, values, append(headers, header{"Sec-Fetch-Site", "same-origin"}))
}

func (s *site) send(method, path string, values url.Values, headers []header) *page {
	s.t.Helper()
	req, err := http.NewRequestWithContext(context.Background(), method, s.server.URL+path, strings.NewReader(values.Encode()))
	require.NoError(s.t, err)
	if values != nil {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	for _, h := range headers {
		req.Header.Set(h.name, h.value)
	}
	return s.do(req)
}

func (s *site) do(req *http.Request) *page {
	s.t.Helper()
	res, err := s.client.Do(req)
	require.NoError(s.t, err)
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	require.NoError(s.t, err)
	doc, err := goquery.NewDocumentFromReader(strings.NewReader(string(body)))
	require.NoError(s.t, err)
	return &page{Document: doc, t: s.t, status: res.StatusCode, header: res.Header, html: string(body)}
}

func (p *page) requireStatus(status int) *page {
	p.t.Helper()
	require.Equal(p.t, status, p.status, p.html)
	return p
}

// requireRedirect requires that the browser is sent on to path.
func (p *page) requireRedirect(path string) *page {
	p.t.Helper()
	p.requireStatus(http.StatusSeeOther)
	require.Equal(p.t, path, p.header.Get("Location"))
	return p
}

// text is the text of the elements that match, with its blanks folded.
func (p *page) text(selector string) string {
	p.t.Helper()
	found := p.Find(selector)
	require.NotZero(p.t, found.Length(), "nothing matches %s in %s", selector, p.html)
	return strings.Join(strings.Fields(found.Text()), " ")
}

// value is what stands in the field with that name.
func (p *page) value(name string) string {
	p.t.Helper()
	field := p.Find(`[name="` + name + `"]`)
	require.NotZero(p.t, field.Length(), "there is no field %s in %s", name, p.html)
	if field.Is("select") {
		return field.Find("option[selected]").AttrOr("value", "")
	}
	return field.AttrOr("value", "")
}

// whole reports whether this is a page rather than a part of one.
func (p *page) whole() bool {
	return strings.HasPrefix(p.html, "<!doctype html>") || strings.HasPrefix(p.html, "<!DOCTYPE html>")
}
