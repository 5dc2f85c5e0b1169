package audit_test

import (
	"context"
	"fmt"
	"path/filepath"
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

// BenchmarkSearch tells what a page costs of a log of 10,000 entries and of 1,000,000,
// whatever is asked for: it should be the same.
func BenchmarkSearch(b *testing.B) {
	for _, entries := range []int{10_000, 1_000_000} {
		b.Run(fmt.Sprint(entries), func(b *testing.B) {
			log, first := long(b, entries)
			for name, q := range map[string]api.AuditQuery{
				"newest":        {},
				"frequent kind": {Kind: api.KindLink},
				"rare kind":     {Kind: api.KindRegion},
				"rare action":   {Action: "export"},
				"user":          {User: "user 7"},
				"name":          {Text: "object 123"},
				"frequent name": {Text: "object"},
				"nothing":       {Text: "nothing"},
				"rare together": {User: "user 7", Kind: api.KindAlias, Way: api.WayWire, Action: "update"},
				"long ago":      {Until: first.Add(time.Minute)},
			} {
				b.Run(name, func(b *testing.B) {
					for b.Loop() {
						_, err := log.SearchAudit(b.Context(), viewer, q)
						require.NoError(b, err)
					}
				})
			}
		})
	}
}

// benchRow is an entry as fill and long write it.
type benchRow struct {
	bun.BaseModel `bun:"table:audit"`

	ID, ProjectID, UserID, UserName, Way, Addr, RequestID, Action, ObjectID, ObjectName, Before, After, Seal string
	Kind                                                                                                     api.Kind
	At, Seq                                                                                                  int64
}

// long is a log of so many entries in a SQLite file, and when the first was written.
func long(b *testing.B, entries int) (*audit.Log, time.Time) {
	db := apitest.Open(b, filepath.Join(b.TempDir(), "switchboard.db"))
	keys, err := keyring.Parse(keyring.NewKey())
	require.NoError(b, err)
	first := time.Now()
	const batch = 2_000
	for from := 0; from < entries; from += batch {
		rows := make([]benchRow, min(batch, entries-from))
		for i := range rows {
			n := from + i
			rows[i] = benchRow{
				ID: store.NewID(), ProjectID: "p1", UserName: fmt.Sprintf("user %d", n%100), Way: "page", Addr: "192.0.2.1",
				RequestID: fmt.Sprintf("r-%d", n), Action: "update", ObjectID: fmt.Sprintf("o-%d", n%5_000), ObjectName: fmt.Sprintf("object %d", n%5_000),
				Before: `{"name":"orders","host":"db.example.com"}`, After: `{"name":"orders","host":"db2.example.com"}`,
				Kind: []api.Kind{api.KindLink, api.KindAlias, api.KindPolicy}[n%3], At: store.Micros(time.Now()), Seq: int64(n + 1),
			}
			if n%50_000 == 0 {
				rows[i].Kind, rows[i].Action = api.KindRegion, "export"
			}
		}
		require.NoError(b, db.InTx(b.Context(), func(ctx context.Context, tx bun.Tx) error {
			_, err := tx.NewInsert().Model(&rows).Exec(ctx)
			return err
		}))
	}
	return audit.New(db, keys), first
}
