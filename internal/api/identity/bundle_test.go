package identity_test

import (
	"context"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"github.com/uptrace/bun"

	"switchboard/internal/api"
	"switchboard/internal/api/apitest"
	"switchboard/internal/api/identity"
	"switchboard/internal/api/keyring"
	"switchboard/internal/api/store"
)

const region = "local-1"

// password is good, and a canary: it must be found nowhere.
const password = "canary password of ann"

var (
	cli     = api.Actor{User: "cli", Way: api.WayConsole, Role: api.RoleAdministrator}
	browser = api.Actor{Way: api.WayPage, Addr: "192.0.2.1", RequestID: "r-1"}
)

// clock is a time that moves when told to.
type clock struct {
	mu sync.Mutex
	at time.Time
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

func (c *clock) pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(d)
}

// bundle is a service over a database of its own, with an account and a
// project, but no users.
type bundle struct {
	*identity.Service
	db      *store.DB
	keys    *keyring.Ring
	clock   *clock
	project identity.Project
}

// each runs f on both databases.
func each(t *testing.T, f func(t *testing.T, b *bundle)) {
	t.Helper()
	apitest.EachDatabase(t, func(t *testing.T, db *store.DB) { f(t, newBundle(t, db)) })
}

func newBundle(t *testing.T, db *store.DB) *bundle {
	t.Helper()
	keys, err := keyring.Parse(keyring.NewKey())
	require.NoError(t, err)
	b := &bundle{db: db, keys: keys, clock: &clock{at: time.Date(2026, 3, 1, 8, 15, 30, 0, time.UTC)}}
	b.Service = identity.New(db, keys, identity.Clock(b.clock.now))
	b.project, err = b.EnsureFirst(t.Context(), region)
	require.NoError(t, err)
	return b
}

// user adds an administrator whose password is password.
func (b *bundle) user(t *testing.T, name string) identity.User {
	t.Helper()
	return b.add(t, identity.NewPerson{Name: name, Administrator: true})
}

// add adds somebody whose password is password.
func (b *bundle) add(t *testing.T, n identity.NewPerson) identity.User {
	t.Helper()
	user, err := b.CreateUser(t.Context(), cli, n, api.NewSecret(password))
	require.NoError(t, err)
	return user
}

// mine is the first project as an administrator sees it.
func (b *bundle) mine() identity.Project {
	p := b.project
	p.Role = api.RoleAdministrator
	return p
}

// signIn signs somebody in and returns the token.
func (b *bundle) signIn(t *testing.T, name string) string {
	t.Helper()
	token, _, err := b.SignIn(t.Context(), as(name, password), browser, "Mozilla/5.0")
	require.NoError(t, err)
	return token
}

// exec changes the database behind the service's back.
func (b *bundle) exec(t *testing.T, query string, args ...any) {
	t.Helper()
	require.NoError(t, b.db.InTx(t.Context(), func(ctx context.Context, tx bun.Tx) error {
		_, err := tx.ExecContext(ctx, query, args...)
		return err
	}))
}

func (b *bundle) disable(t *testing.T, user identity.User) {
	t.Helper()
	b.exec(t, "UPDATE users SET disabled = TRUE WHERE id = ?", user.ID)
}

// stranger adds another account with a project and returns the project.
func (b *bundle) stranger(t *testing.T) identity.Project {
	t.Helper()
	account := identity.Account{ID: "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", Name: "other"}
	project := identity.Project{ID: "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb", Account: account, Name: "secret-project"}
	b.exec(t, "INSERT INTO accounts (id, name, created_at) VALUES (?, ?, 0)", account.ID, account.Name)
	b.exec(t, "INSERT INTO projects (id, account_id, name, created_at) VALUES (?, ?, ?, 0)", project.ID, account.ID, project.Name)
	return project
}

// actions lists what was recorded about one object, newest first.
func (b *bundle) actions(t *testing.T, project string, kind api.Kind, id string) []string {
	t.Helper()
	changes, err := b.db.Changes(t.Context(), project, kind, id, "", 100)
	require.NoError(t, err)
	var all []string
	for _, c := range changes {
		all = append(all, c.Action)
	}
	return all
}

func (b *bundle) count(t *testing.T, table string) int {
	t.Helper()
	n, err := b.db.Read.NewSelect().Table(table).Count(t.Context())
	require.NoError(t, err)
	return int(n)
}

func as(name, password string) identity.Credentials {
	return identity.Credentials{Name: name, Password: api.NewSecret(password)}
}

// requireError requires a code and, unless empty, the key of its message.
func requireError(t *testing.T, err error, code api.Code, key string) {
	t.Helper()
	require.Equal(t, code, api.CodeOf(err), "%v", err)
	if key != "" {
		require.ErrorContains(t, err, key)
	}
}

// paths are where an error says that something is wrong.
func paths(t *testing.T, err error) []string {
	t.Helper()
	var refusal *api.Error
	require.ErrorAs(t, err, &refusal)
	var all []string
	for _, p := range refusal.Problems {
		all = append(all, p.Path)
	}
	return all
}
