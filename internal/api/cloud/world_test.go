package cloud_test

import (
	"bytes"
	"log/slog"
	"net/http/httptest"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"switchboard/internal/api"
	"switchboard/internal/api/apitest"
	"switchboard/internal/api/audit"
	"switchboard/internal/api/cloud"
	"switchboard/internal/api/embedded"
	"switchboard/internal/api/governance"
	"switchboard/internal/api/identity"
	"switchboard/internal/api/keyring"
	"switchboard/internal/api/probe"
	"switchboard/internal/api/wire"
)

const (
	region   = "local-1"
	password = "correct horse battery"
)

// there is a second Switchboard, which is the region that is talked to.
type there struct {
	server  *httptest.Server
	ids     *identity.Service
	service api.Service
	user    identity.User
	project identity.Project
	key     identity.AccessKey
	prober  *probe.Prober
	log     *lines
}

// lines is a log.
type lines struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *lines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

func start(t *testing.T) *there {
	t.Helper()
	ctx := t.Context()
	db := apitest.Open(t, filepath.Join(t.TempDir(), "db"))
	keys, err := keyring.Parse(keyring.NewKey())
	require.NoError(t, err)
	console := api.Actor{Way: api.WayConsole, Role: api.RoleAdministrator}
	w := &there{ids: identity.New(db, keys), log: &lines{}}
	w.project, err = w.ids.EnsureFirst(ctx, region)
	require.NoError(t, err)
	w.user, err = w.ids.CreateUser(ctx, console, identity.NewPerson{Name: "ada", Administrator: true}, api.NewSecret(password))
	require.NoError(t, err)
	w.key, err = w.ids.CreateKey(ctx, console, w.user, nil, "")
	require.NoError(t, err)
	w.prober = probe.New(probe.Options{Timeout: 5 * time.Second})
	plane := embedded.New(db, keys, w.prober, embedded.Options{Region: region, Folders: []string{t.TempDir()}})
	require.NoError(t, plane.EnsureRegions(ctx))
	governed := governance.New(governance.Options{Next: plane, DB: db, Keys: keys, People: w.ids})
	require.NoError(t, governed.SetApprovalRules(ctx, api.Scope{Project: w.project.ID, Actor: console}, nil, api.Confirmation{}))
	w.service = governed
	w.server = httptest.NewServer(wire.New(wire.Options{
		Service: governed, Requests: governed, Audit: audit.New(db, keys), Identity: w.ids, Region: region, LinkDepth: api.Connect,
	}))
	t.Cleanup(w.server.Close)
	return w
}

// draft is a project that lives there, with an access key.
func (w *there) draft() api.BackendDraft {
	return api.BackendDraft{
		Kind: api.BackendCloud, Cloud: api.CloudCustom, Base: w.server.URL, Region: region, Project: w.project.ID,
		Access: w.key.Access, Secret: w.key.Secret,
	}
}

// signingIn is the same with the user's own sign-in.
func (w *there) signingIn() api.BackendDraft {
	d := w.draft()
	d.Access, d.Domain, d.User, d.Secret = "", w.user.Account.Name, w.user.Name, api.NewSecret(password)
	return d
}

// quick are options with which nothing waits for long.
func (w *there) quick() cloud.Options {
	return cloud.Options{
		Transport: w.prober.Transport(), Log: slog.New(slog.NewTextHandler(w.log, &slog.HandlerOptions{Level: slog.LevelDebug})),
		Pause: time.Millisecond, MaxPause: 5 * time.Millisecond, PerSecond: 1e6, Burst: 1e6, Failures: 1e6,
	}
}

func client(o cloud.Options, d api.BackendDraft) *cloud.Client {
	return cloud.New(o, cloud.AccountOf(&d))
}

// call is a call of the project there; params are pairs of a name and a value.
func (w *there) call(operation, body string, params ...string) wire.Call {
	c := wire.Call{Operation: wire.FindOperation(operation), Params: map[string]string{"project": w.project.ID}}
	for i := 0; i < len(params); i += 2 {
		c.Params[params[i]] = params[i+1]
	}
	if body != "" {
		c.Body = []byte(body)
	}
	return c
}
