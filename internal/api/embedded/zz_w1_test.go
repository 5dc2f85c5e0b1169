package embedded_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"github.com/uptrace/bun"

	"switchboard/internal/api"
	"switchboard/internal/api/apitest"
	"switchboard/internal/api/store"
)

func dbexec(b *testing.B, db *store.DB, q string) {
	require.NoError(b, db.InTx(b.Context(), func(ctx context.Context, tx bun.Tx) error { _, err := tx.ExecContext(ctx, q); return err }))
}

func BenchmarkZZ(b *testing.B) {
	for _, opt := range []string{"SELECT 1", "INSERT INTO permission_trigrams(permission_trigrams, rank) VALUES ('automerge', 0)",
		"INSERT INTO permission_trigrams(permission_trigrams, rank) VALUES ('automerge', 8)",} {
		db := apitest.Open(b, b.TempDir()+"/switchboard.db")
		p, svc := whitelistOf(b, db, 0)
		dbexec(b, db, opt)
		began := time.Now()
		for i := range 10 {
			addAll(b, p, svc.ID, accounts(100000)[i*10000:(i+1)*10000])
		}
		added := time.Since(began)
		last := accounts(100000)[99999].Permission
		search := time.Hour
		for range 20 {
			began = time.Now()
			page, err := p.ListPermissions(b.Context(), mine, svc.ID, api.PermissionQuery{Search: last[len(last)-8:]})
			require.NoError(b, err)
			require.Len(b, page.Items, 1)
			search = min(search, time.Since(began))
		}
		common := time.Hour
		for range 10 {
			began = time.Now()
			_, err := p.ListPermissions(b.Context(), mine, svc.ID, api.PermissionQuery{Search: "customer"})
			require.NoError(b, err)
			common = min(common, time.Since(began))
		}
		require.NoError(b, p.DeleteEndpointService(b.Context(), mine, svc.ID, 0))
		began = time.Now()
		done := make(chan error)
		go func() { done <- p.CatchUp(context.Background(), time.Now()) }()
		var worst time.Duration
		n := 0
		for on := true; on; {
			select {
			case err := <-done:
				require.NoError(b, err)
				on = false
			default:
				at := time.Now()
				_, err := p.CreateEndpointService(b.Context(), mine, apitest.ServiceDraft(""))
				if api.CodeOf(err) != api.Limit { require.NoError(b, err) }
				worst = max(worst, time.Since(at))
				n++
				time.Sleep(10*time.Millisecond)
			}
		}
		b.Log(opt, "add 10x10000", added, "search", search, "common", common, "chore", time.Since(began), "another writer's worst", worst, "of", n)
	}
}
