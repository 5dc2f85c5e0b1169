package wire

import (
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"switchboard/internal/api"
	"switchboard/internal/api/apitest"
	"switchboard/internal/api/embedded"
	"switchboard/internal/api/identity"
	"switchboard/internal/api/keyring"
	"switchboard/internal/api/probe"
	"switchboard/internal/api/signature"
)

// goods are ids and names of something of every kind that calls can be about. Own is a
// request of the person's.
type goods struct {
	apitest.Stock

	Project, Request, Digest, Own string
}

// town is a dialect with three projects, of which one is archived, something of every
// kind in each, and one person with credentials.
type town struct {
	*world

	who                    person
	asker                  identity.User
	there                  string       // the project that backups are replicated to
	credentials            []credential // for the person's project
	narrow                 []credential // for another one
	subject                string       // a token that calls of IAM are about
	mine, foreign, archive goods
}

// person is who asks: somebody with a role in the first project, or in another.
type person struct {
	role      api.Role // RoleAdministrator is that of the console
	elsewhere bool     // in the other project
	past      bool     // in the archived one
	disabled  bool     // since he got his credentials
	nobody    bool     // has none
}

// credential is what a request is sent with.
type credential struct {
	name   string
	token  string             // or
	key    identity.AccessKey // which signs
	inside bool               // is for one project: nobody is an administrator of the console by it
}

// Words that are in the texts of each project alone.
const (
	ownWord      = "own_c3f1"
	foreignWord  = "foreign_8d27"
	archivedWord = "archived_51ae"
)

func newTown(t *testing.T, who person) *town {
	t.Helper()
	db := apitest.Open(t, t.TempDir()+"/db")
	keys, err := keyring.Parse(keyring.NewKey())
	require.NoError(t, err)
	here, err := probe.ParseRules("127.0.0.1")
	require.NoError(t, err)
	prober := probe.New(probe.Options{Policy: probe.Policy{Allow: here}, Resolver: nowhere{}, Timeout: fuzzTimeout})
	w := &town{who: who, world: startOn(t, db, func(o *Options) {
		projects, err := o.Identity.(*identity.Service).AllProjects(t.Context())
		require.NoError(t, err)
		home, err := o.Service.Region(t.Context(), api.Scope{Project: projects[0].ID}, "")
		require.NoError(t, err)
		o.Service = embedded.New(db, keys, prober, embedded.Options{Region: region, Folders: []string{filepath.Dir(home.Folder)}})
	})}
	archived, spare := w.founded(t, "kept"), w.founded(t, "spare")
	w.there = apitest.Destination(t, apitest.Plane{Service: w.Service, Mine: w.scope()}).Project
	spareRegion := api.RegionDraft{Name: "spare", Kind: api.StoreFolder, Folder: "spare"}
	_, err = w.Service.CreateRegion(t.Context(), api.Scope{Project: w.project.ID, Actor: console}, spareRegion)
	require.NoError(t, err)

	home := w.project
	switch {
	case who.elsewhere:
		home = w.other
	case who.past:
		home = archived
	}
	w.admit(t, home, spare)
	require.NoError(t, w.ids.ProveKeys(t.Context()))
	w.mine = w.stocked(t, w.project, ownWord)
	w.foreign = w.stocked(t, w.other, foreignWord)
	w.archive = w.stocked(t, archived, archivedWord)
	require.NoError(t, w.ids.ArchiveProject(t.Context(), console, archived.ID))
	if who.disabled {
		require.NoError(t, w.ids.DisablePerson(t.Context(), console, w.asker.ID))
	}
	return w
}

// founded is a new project.
func (w *town) founded(t *testing.T, name string) identity.Project {
	t.Helper()
	project, err := w.ids.AddProject(t.Context(), console, identity.Project{Name: name})
	require.NoError(t, err)
	return project
}

// admit adds the person, with a role at home, in a spare project, and where backups
// go, and makes all kinds of credentials.
func (w *town) admit(t *testing.T, home, spare identity.Project) {
	t.Helper()
	ctx, asker := t.Context(), identity.NewPerson{Name: "asker", Administrator: w.who.role == api.RoleAdministrator}
	if api.RoleNone < w.who.role && w.who.role < api.RoleAdministrator {
		asker.Roles = map[string]api.Role{home.ID: w.who.role, spare.ID: w.who.role, w.there: w.who.role}
	}
	var err error
	w.asker, err = w.ids.CreateUser(ctx, console, asker, api.NewSecret(password))
	require.NoError(t, err)
	w.subject, _, err = w.ids.IssueToken(ctx, api.Actor{}, w.asker, nil)
	require.NoError(t, err)
	if w.who.nobody {
		w.credentials = []credential{{name: "nothing"}, {name: "a token that nobody has", token: "MIIabc"}, {name: "a key that nobody has", key: identity.AccessKey{Access: "HPUAEXAMPLEACCESSKEY"}}}
		return
	}
	token, _, err := w.ids.IssueToken(ctx, api.Actor{}, w.asker, &home)
	require.NoError(t, err)
	account, _, err := w.ids.IssueToken(ctx, api.Actor{}, w.asker, nil)
	require.NoError(t, err)
	w.credentials = []credential{
		{name: "an API token", token: w.apiToken(t, "")}, {name: "a key", key: w.accessKey(t, nil)},
		{name: "a token", token: token, inside: true}, {name: "a key of the project", key: w.accessKey(t, &home), inside: true},
	}
	w.narrow = []credential{{name: "a key of another project", key: w.accessKey(t, &spare)}, {name: "a token of the account", token: account}}
	if w.who.role > api.RoleNone {
		w.credentials = append(w.credentials, credential{name: "an API token of the project", token: w.apiToken(t, home.ID), inside: true})
		w.narrow = append(w.narrow, credential{name: "an API token of another project", token: w.apiToken(t, spare.ID)})
	}
}

func (w *town) apiToken(t *testing.T, project string) string {
	t.Helper()
	text, _, err := w.ids.CreateAPIToken(t.Context(), api.Actor{UserID: w.asker.ID, User: w.asker.Name}, "program", project, time.Hour)
	require.NoError(t, err)
	return text
}

func (w *town) accessKey(t *testing.T, project *identity.Project) identity.AccessKey {
	t.Helper()
	key, err := w.ids.CreateKey(t.Context(), console, w.asker, project, "")
	require.NoError(t, err)
	return key
}

// stocked puts something of every kind into a project.
func (w *town) stocked(t *testing.T, project identity.Project, word string) goods {
	t.Helper()
	scope := api.Scope{Project: project.ID, Actor: console}
	work := func() { require.NoError(t, w.Service.(*embedded.Plane).CatchUp(t.Context(), time.Now())) }
	g := goods{Project: project.ID, Stock: apitest.FillStock(t, apitest.Plane{Service: w.Service, Mine: scope}, word, work)}
	g.Request, g.Digest = w.requested(t, scope, g.Service, w.user)
	g.Own, _ = w.requested(t, scope, g.Service, w.asker)
	return g
}

// requested is the request of somebody to open a service to everyone.
func (w *town) requested(t *testing.T, scope api.Scope, service string, by identity.User) (id, digest string) {
	t.Helper()
	found, err := w.Service.EndpointService(t.Context(), scope, service)
	require.NoError(t, err)
	scope.Actor.UserID, scope.Actor.User = by.ID, by.Name
	_, err = w.server.Service.OpenToEveryone(t.Context(), scope, service, api.EveryoneDraft{Confirm: found.Name, Reason: apitest.Reason})
	require.Equal(t, api.Approval, api.CodeOf(err), "%v", err)
	page, err := w.Requests.ListRequests(t.Context(), scope, api.RequestQuery{Mine: true})
	require.NoError(t, err)
	return page.Items[0].ID, page.Items[0].Digest
}

// ask sends a request with a credential.
func (w *town) ask(with credential, method, target, body string, headers ...header) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, target, strings.NewReader(body))
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set(headerSubject, w.subject)
	for _, h := range headers {
		r.Header.Set(h[0], h[1])
	}
	switch {
	case with.token != "":
		r.Header.Set(headerAuth, with.token)
	case with.key.Access != "":
		signature.Sign(r, []byte(body), with.key.Access, with.key.Secret.Reveal(), w.clock())
	}
	return w.serve(r)
}
