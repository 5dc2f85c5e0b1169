package mirror_test

import (
	"context"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"github.com/uptrace/bun"

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
	"switchboard/internal/api/wire"
)

const regionName = "local-1"

// mine and other are the two projects here; each lives in one there.
var (
	mine = api.Scope{Project: strings.Repeat("1", 32), Actor: api.Actor{
		UserID: "u1", User: "ada", Way: api.WayPage, Addr: "192.0.2.7", RequestID: "r1",
	}}
	other = api.Scope{Project: strings.Repeat("2", 32), Actor: api.Actor{User: "eve"}}
)

// there is a second Switchboard, which is the region.
type there struct {
	server      *httptest.Server
	db          *store.DB
	plane       *embedded.Plane
	ids         *identity.Service
	key         identity.AccessKey
	mine, other api.Scope // the projects, of somebody who is signed in there
}

func newRegion(t testing.TB) *there {
	t.Helper()
	ctx := t.Context()
	db := apitest.Open(t, filepath.Join(t.TempDir(), "there"))
	keys, err := keyring.Parse(keyring.NewKey())
	require.NoError(t, err)
	console := api.Actor{User: "root", Way: api.WayConsole, Role: api.RoleAdministrator}
	w := &there{db: db, ids: identity.New(db, keys)}
	first, err := w.ids.EnsureFirst(ctx, regionName)
	require.NoError(t, err)
	user, err := w.ids.CreateUser(ctx, console, identity.NewPerson{Name: "boss", Administrator: true}, api.NewSecret("correct horse battery"))
	require.NoError(t, err)
	w.key, err = w.ids.CreateKey(ctx, console, user, nil, "")
	require.NoError(t, err)
	w.plane = embedded.New(db, keys, probe.New(probe.Options{Timeout: 5 * time.Second}), embedded.Options{Region: regionName, Folders: []string{t.TempDir()}})
	require.NoError(t, w.plane.EnsureRegions(ctx))
	second, err := w.ids.AddProject(ctx, console, identity.Project{Name: "second", Region: regionName})
	require.NoError(t, err)
	w.mine, w.other = api.Scope{Project: first.ID, Actor: console}, api.Scope{Project: second.ID, Actor: console}
	governed := governance.New(governance.Options{Next: w.plane, DB: db, Keys: keys, People: w.ids, Nudge: w.plane.Nudge})
	for _, s := range []api.Scope{w.mine, w.other} {
		require.NoError(t, governed.SetApprovalRules(ctx, s, nil, api.Confirmation{}))
	}
	w.server = httptest.NewServer(wire.New(wire.Options{
		Service: governed, Requests: governed, Audit: audit.New(db, keys), Identity: w.ids, Region: regionName, LinkDepth: api.Shape,
	}))
	t.Cleanup(w.server.Close)
	start(t, w.plane)
	return w
}

// start lets a plane work in the background.
func start(t testing.TB, p *embedded.Plane) {
	t.Helper()
	require.NoError(t, p.Start(t.Context(), embedded.Background{Tick: 200 * time.Millisecond}))
	t.Cleanup(func() { require.NoError(t, p.Stop(context.Background())) })
}

// draft is a project here that lives in one there.
func (w *there) draft(project string) api.BackendDraft {
	return api.BackendDraft{
		Kind: api.BackendCloud, Cloud: api.CloudCustom, Region: regionName, Project: project,
		Base: w.server.URL, Access: w.key.Access, Secret: w.key.Secret,
	}
}

// cloudDraft is draft where the region, at that address, is known by the services that a
// cloud has: it does not show that it is a Switchboard.
func (w *there) cloudDraft(project, at string) api.BackendDraft {
	d := w.draft(project)
	d.Base, d.Endpoints = "", map[string]string{}
	for _, service := range api.BackendServices {
		d.Endpoints[service] = at
	}
	return d
}

// here is a Switchboard whose projects live in a region.
type here struct {
	apitest.Plane
	plane  *embedded.Plane
	mirror *mirror.Service
	db     *store.DB
	there  *there
}

// town is both. Nothing is too young to be read again, so that a test sees what is there.
func town(t testing.TB, db *store.DB) *here {
	t.Helper()
	w := newRegion(t)
	keys, err := keyring.Parse(keyring.NewKey())
	require.NoError(t, err)
	require.NoError(t, db.InTx(t.Context(), func(ctx context.Context, tx bun.Tx) error {
		_, err := tx.ExecContext(ctx, "INSERT INTO accounts (id, name, created_at) VALUES ('a', 'default', 0)")
		for _, s := range []api.Scope{mine, other} {
			if err == nil {
				_, err = tx.ExecContext(ctx, "INSERT INTO projects (id, account_id, name, created_at) VALUES (?, 'a', ?, 0)", s.Project, s.Project)
			}
		}
		return err
	}))
	prober := probe.New(probe.Options{Timeout: 5 * time.Second})
	plane := embedded.New(db, keys, prober, embedded.Options{Folders: []string{t.TempDir()}})
	require.NoError(t, plane.EnsureRegions(t.Context()))
	backends := mirror.NewBackends(mirror.BackendsOptions{DB: db, Keys: keys, Cloud: cloud.Options{
		Transport: prober.Transport(), Pause: time.Millisecond, MaxPause: 5 * time.Millisecond, PerSecond: 1e6, Burst: 1e6, Failures: 1e6,
	}, Forget: embedded.Forget})
	h := &here{plane: plane, db: db, there: w}
	h.mirror = mirror.New(mirror.Options{Plane: plane, Backends: backends, DB: db, Age: time.Nanosecond, Wait: 30 * time.Second})
	plane.Follow(h.mirror)
	for s, remote := range map[string]string{mine.Project: w.mine.Project, other.Project: w.other.Project} {
		scope := mine
		scope.Project = s
		_, err := h.mirror.SetBackend(t.Context(), scope, w.cloudDraft(remote, w.server.URL), api.Connect)
		require.NoError(t, err)
	}
	start(t, plane)
	h.Plane = apitest.Plane{Service: h.mirror, Mine: mine, Other: other}
	return h
}

// In a region everything is as it is here: the suites that say what a Service is hold for
// projects that live in one.
func TestAProjectInARegionIsAService(t *testing.T) {
	t.Parallel()
	eachSuite(t, func(t *testing.T, open func(t *testing.T) *store.DB) {
		apitest.Links(t, func(t *testing.T) apitest.Plane { return town(t, open(t)).Plane })
	})
}

// eachSuite runs a suite of what a Service is on one database: that the plane is the same
// on both its own tests say, and what is taken over the tests beside this one.
func eachSuite(t *testing.T, suite func(t *testing.T, open func(t *testing.T) *store.DB)) {
	t.Helper()
	suite(t, func(t *testing.T) *store.DB { return apitest.Open(t, filepath.Join(t.TempDir(), "here")) })
}
