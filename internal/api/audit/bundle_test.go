package audit_test

import (
	"context"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"github.com/uptrace/bun"

	"switchboard/internal/api"
	"switchboard/internal/api/apitest"
	"switchboard/internal/api/audit"
	"switchboard/internal/api/keyring"
	"switchboard/internal/api/store"
)

var (
	root   = api.Scope{Actor: api.Actor{UserID: "u0", User: "root", Way: api.WayConsole, Role: api.RoleAdministrator}}
	viewer = api.Scope{Project: "p1", Actor: api.Actor{UserID: "u1", User: "ann", Way: api.WayPage, Role: api.RoleViewer}}
)

// bundle is a log over a database of its own, and its clock.
type bundle struct {
	*audit.Log
	db   *store.DB
	keys *keyring.Ring

	mu sync.Mutex
	at time.Time
}

func (b *bundle) now() time.Time {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.at
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
	b := &bundle{db: db, keys: keys, at: time.Now()}
	b.Log = audit.New(db, keys, audit.Clock(b.now))
	return b
}

// record writes an entry and returns its id.
func (b *bundle) record(t *testing.T, s api.Scope, e store.Event) string {
	t.Helper()
	require.NoError(t, b.db.InTx(t.Context(), func(ctx context.Context, tx bun.Tx) error { return store.Record(ctx, tx, s, e) }))
	var id string
	require.NoError(t, b.db.Read.NewSelect().TableExpr("audit").ColumnExpr("MAX(id)").Scan(t.Context(), &id))
	return id
}

func link(name string) store.Event {
	return store.Event{Action: "create", Kind: api.KindLink, ID: "id of " + name, Name: name, After: map[string]string{"name": name}}
}

// exec changes the database behind the console's back.
func (b *bundle) exec(t *testing.T, query string, args ...any) {
	t.Helper()
	require.NoError(t, b.db.InTx(t.Context(), func(ctx context.Context, tx bun.Tx) error {
		_, err := tx.ExecContext(ctx, query, args...)
		return err
	}))
}

func (b *bundle) verify(t *testing.T) api.AuditProof {
	t.Helper()
	proof, err := b.VerifyAudit(t.Context(), root)
	require.NoError(t, err)
	return proof
}
