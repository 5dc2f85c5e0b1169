package embedded_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"github.com/uptrace/bun"

	"switchboard/internal/api"
	"switchboard/internal/api/apitest"
	"switchboard/internal/api/embedded"
	"switchboard/internal/api/store"
)

// scheduled makes n copies of a link that nobody answers, checked every hour,
// of which due are due now and the others in the hour to come.
func scheduled(b *testing.B, n, due int) (*embedded.Plane, *store.DB) {
	b.Helper()
	db := apitest.Open(b, b.TempDir()+"/switchboard.db")
	p := plane(b, db, ring(b)).Service.(*embedded.Plane)
	_, err := p.CreateLink(b.Context(), mine, apitest.ClosedDraft(b, "template"), api.Shape)
	require.NoError(b, err)
	now := store.Micros(time.Now())
	require.NoError(b, db.InTx(b.Context(), func(ctx context.Context, tx bun.Tx) error {
		_, err := tx.ExecContext(ctx, `WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?)
			INSERT INTO links (id, project_id, cluster, name, connector, endpoint, enabled, inputs, sealed, secrets, extended,
				created_at, created_by, updated_at, updated_by, version, check_status, checked_at, check_json, every_us, next_check_at)
			SELECT id || i, project_id, cluster, name || i, connector, endpoint, enabled, inputs, '', '', extended,
				created_at, created_by, updated_at, updated_by, version, check_status, checked_at, check_json, ?,
				CASE WHEN i <= ? THEN ? - i ELSE ? + i * 1000 END
			FROM links, n`, n, time.Hour.Microseconds(), due, now, now+time.Minute.Microseconds())
		return err
	}))
	return p, db
}

// BenchmarkTick is what it costs to find what is due, however many links are
// scheduled.
func BenchmarkTick(b *testing.B) {
	for _, c := range []struct{ links, due int }{{100, 0}, {10_000, 0}, {100_000, 0}, {10_000, 100}, {100_000, 100}} {
		b.Run(fmt.Sprintf("%d_of_%d_due", c.due, c.links), func(b *testing.B) {
			p, _ := scheduled(b, c.links, c.due)
			b.ReportAllocs()
			for b.Loop() {
				tasks, err := p.Due(b.Context(), time.Now())
				require.NoError(b, err)
				require.Equal(b, c.due > 0, len(tasks) > 0) // no more than the project's share is handed out
			}
		})
	}
}

// BenchmarkScheduledCheck is a whole check of a link that is due: found, taken,
// asked (the answer is that nobody listens), written down and due again. It
// must cost the same with many links, and with a long history.
func BenchmarkScheduledCheck(b *testing.B) {
	for _, links := range []int{100, 10_000} {
		b.Run(fmt.Sprintf("of_%d", links), func(b *testing.B) {
			p, db := scheduled(b, links, 0)
			b.ReportAllocs()
			for b.Loop() {
				b.StopTimer()
				require.NoError(b, db.InTx(b.Context(), func(ctx context.Context, tx bun.Tx) error {
					_, err := tx.ExecContext(ctx, "UPDATE links SET next_check_at = 1 WHERE id = (SELECT MAX(id) FROM links WHERE every_us > 0)")
					return err
				}))
				b.StartTimer()
				require.NoError(b, p.CatchUp(b.Context(), time.Now()))
			}
		})
	}
}
