package embedded_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"math"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"github.com/uptrace/bun"

	"switchboard/internal/api"
	"switchboard/internal/api/apitest"
	"switchboard/internal/api/embedded"
	"switchboard/internal/api/store"
	"switchboard/internal/testserver"
)

// eachDatabase runs a benchmark on both databases.
func eachDatabase(b *testing.B, f func(b *testing.B, db *store.DB)) {
	b.Helper()
	b.Run("sqlite", func(b *testing.B) { f(b, apitest.Open(b, b.TempDir()+"/switchboard.db")) })
	b.Run("postgresql", func(b *testing.B) { f(b, apitest.Open(b, testserver.PostgreSQL(b).FreshDatabase(b))) })
}

// whitelistOf makes a service with so many entries.
func whitelistOf(b *testing.B, db *store.DB, n int) (*embedded.Plane, api.EndpointService) {
	b.Helper()
	p := plane(b, db, ring(b)).Service.(*embedded.Plane)
	svc, err := p.CreateEndpointService(b.Context(), mine, apitest.ServiceDraft("mirror"))
	require.NoError(b, err)
	for drafts := range slices.Chunk(accounts(n), api.MaxAddition) {
		addAll(b, p, svc.ID, drafts)
	}
	if !db.Sole { // which does by itself within a minute
		_, err = db.Read.ExecContext(b.Context(), "ANALYZE")
		require.NoError(b, err)
	}
	return p, svc
}

// accounts are n entries whose account ids are as random as those of the cloud,
// and the same each time.
func accounts(n int) []api.PermissionDraft {
	drafts := apitest.PermissionDrafts(n)
	for i := range drafts {
		sum := sha256.Sum256([]byte(drafts[i].Permission))
		drafts[i].Permission = api.AccountPrefix + hex.EncodeToString(sum[:16])
	}
	return drafts
}

// addAll adds drafts in the background, and waits for that.
func addAll(b *testing.B, p *embedded.Plane, service string, drafts []api.PermissionDraft) {
	b.Helper()
	addition, err := p.StartAddition(b.Context(), mine, service, drafts)
	require.NoError(b, err)
	require.NoError(b, p.CatchUp(b.Context(), time.Now()))
	addition, err = p.Addition(b.Context(), mine, service, addition.ID)
	require.NoError(b, err)
	require.Equal(b, len(drafts), addition.Added)
}

// BenchmarkJudgePermissions is the verdicts of 10,000 pasted lines, where none
// is there yet and where all are.
func BenchmarkJudgePermissions(b *testing.B) {
	for _, there := range []int{0, 10_000} {
		b.Run(fmt.Sprintf("10000_of_which_%d_there", there), func(b *testing.B) {
			eachDatabase(b, func(b *testing.B, db *store.DB) {
				p, svc := whitelistOf(b, db, there)
				drafts := accounts(10_000)
				for b.Loop() {
					verdicts, err := p.JudgePermissions(b.Context(), mine, svc.ID, drafts)
					require.NoError(b, err)
					require.Equal(b, there == 0, verdicts[0].Fine())
				}
			})
		})
	}
}

// BenchmarkAddition is 10,000 entries from StartAddition to the end, to compare
// with BenchmarkPlainInsert: one transaction that inserts as many rows in the
// same table.
func BenchmarkAddition(b *testing.B) {
	eachDatabase(b, func(b *testing.B, db *store.DB) {
		p, _ := whitelistOf(b, db, 0)
		drafts := accounts(10_000)
		for b.Loop() {
			b.StopTimer()
			svc, err := p.CreateEndpointService(b.Context(), mine, apitest.ServiceDraft(""))
			require.NoError(b, err)
			b.StartTimer()
			addAll(b, p, svc.ID, drafts)
		}
	})
}

// BenchmarkPlainInsert is what BenchmarkAddition is measured by, in the table as
// it is and in one whose texts are not indexed for searches.
func BenchmarkPlainInsert(b *testing.B) {
	for _, searched := range []bool{true, false} {
		b.Run(fmt.Sprintf("searched=%t", searched), func(b *testing.B) {
			eachDatabase(b, func(b *testing.B, db *store.DB) {
				p, _ := whitelistOf(b, db, 0)
				if !searched {
					dropSearch(b, db)
				}
				for b.Loop() {
					b.StopTimer()
					svc, err := p.CreateEndpointService(b.Context(), mine, apitest.ServiceDraft(""))
					require.NoError(b, err)
					b.StartTimer()
					plainInsert(b, db, svc.ID, accounts(10_000))
				}
			})
		})
	}
}

func dropSearch(b *testing.B, db *store.DB) {
	b.Helper()
	drop := "DROP INDEX permissions_search"
	if db.Sole {
		drop = "DROP TRIGGER permission_inserted"
	}
	require.NoError(b, db.InTx(b.Context(), func(ctx context.Context, tx bun.Tx) error {
		_, err := tx.ExecContext(ctx, drop)
		return err
	}))
}

func plainInsert(b *testing.B, db *store.DB, service string, drafts []api.PermissionDraft) {
	b.Helper()
	rows := make([]permissionRow, len(drafts))
	for i, d := range drafts {
		rows[i] = permissionRow{
			ID: store.NewID(), ServiceID: service, Permission: d.Permission, Description: d.Description,
			Search: d.Permission + "\n" + d.Description, ExpiresAt: math.MaxInt64,
		}
	}
	require.NoError(b, db.InTx(b.Context(), func(ctx context.Context, tx bun.Tx) error {
		for batch := range slices.Chunk(rows, 1000) {
			if _, err := tx.NewInsert().Model(&batch).Exec(ctx); err != nil {
				return err
			}
		}
		return nil
	}))
}

// permissionRow is an entry as the database has it.
type permissionRow struct {
	bun.BaseModel `bun:"table:permissions"`

	ID, ServiceID, Permission, Description, Search, Reason string
	ExpiresAt, CreatedAt, UpdatedAt                        int64
	CreatedBy, UpdatedBy                                   string
}

// BenchmarkPermissionPage is a page of a whitelist, which costs the same however
// long that is, and what a filter makes of it: for one entry that is hard to
// find, for what all have, and for what none has.
func BenchmarkPermissionPage(b *testing.B) {
	for _, n := range []int{500, 100_000} {
		b.Run(fmt.Sprintf("of_%d", n), func(b *testing.B) {
			eachDatabase(b, func(b *testing.B, db *store.DB) {
				p, svc := whitelistOf(b, db, n)
				last := accounts(n)[n-1].Permission
				for name, q := range map[string]api.PermissionQuery{
					"all":           {},
					"last_page":     {Offset: n - 50},
					"search_rare":   {Search: last[len(last)-8:]},
					"search_short":  {Search: last[len(last)-2:]},
					"search_common": {Search: "customer"},
					"search_none":   {Search: "nobody here"},
					"filter_rare":   {Permission: last[len(last)-8:]},
				} {
					b.Run(name, func(b *testing.B) {
						for b.Loop() {
							page, err := p.ListPermissions(b.Context(), mine, svc.ID, q)
							require.NoError(b, err)
							require.Equal(b, name == "search_none", len(page.Items) == 0)
						}
					})
				}
				b.Run("count", func(b *testing.B) {
					for b.Loop() {
						found, err := p.CountPermissions(b.Context(), mine, svc.ID, api.PermissionQuery{})
						require.NoError(b, err)
						require.Equal(b, n, found)
					}
				})
			})
		})
	}
}
