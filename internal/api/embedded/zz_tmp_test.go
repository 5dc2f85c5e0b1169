package embedded_test

import (
"context"
"slices"
"github.com/uptrace/bun"
"switchboard/internal/api/apitest"
"switchboard/internal/api/embedded"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"switchboard/internal/api"
	"switchboard/internal/api/store"
)

func BenchmarkTmpDelete(b *testing.B) {
	eachDatabase(b, func(b *testing.B, db *store.DB) {
		p, svc := whitelistOf(b, db, 100000)
		began := time.Now()
		require.NoError(b, p.DeleteEndpointService(b.Context(), mine, svc.ID, 0))
		b.Log("delete", time.Since(began))
		_, svc = whitelistOf2(b, p, 50000)
		require.NoError(b, dbexec(b, db, "UPDATE permissions SET expires_at = 1"))
		began = time.Now()
		require.NoError(b, p.CatchUp(b.Context(), time.Now()))
		b.Log("expire 50000", time.Since(began))
		_ = svc
		_ = api.Everyone
	})
}

func whitelistOf2(b *testing.B, p *embedded.Plane, n int) (*embedded.Plane, api.EndpointService) {
	svc, err := p.CreateEndpointService(b.Context(), mine, apitest.ServiceDraft("mirror"))
	require.NoError(b, err)
	for drafts := range slices.Chunk(accounts(n), api.MaxAddition) {
		addAll(b, p, svc.ID, drafts)
	}
	return p, svc
}

func dbexec(b *testing.B, db *store.DB, q string) error {
	return db.InTx(b.Context(), func(ctx context.Context, tx bun.Tx) error { _, err := tx.ExecContext(ctx, q); return err })
}
