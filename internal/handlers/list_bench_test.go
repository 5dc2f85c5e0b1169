package handlers_test

import (
	"context"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/uptrace/bun"

	"switchboard/internal/api/apitest"
)

// BenchmarkListOfLinks is a page of 50 links that are checked again and again.
func BenchmarkListOfLinks(b *testing.B) {
	s := newSite(b)
	for i := range 50 {
		s.create(apitest.MySQLDraft("link-" + strconv.Itoa(i)))
	}
	require.NoError(b, s.db.InTx(b.Context(), func(ctx context.Context, tx bun.Tx) error {
		_, err := tx.ExecContext(ctx, "UPDATE links SET every_us = 3600000000, last_good_at = updated_at, check_status = 'passed', "+
			"checked_at = updated_at, recent = 'ppppppppfpppwpppppffpppppppppp'")
		return err
	}))
	for b.Loop() {
		s.get(s.links(), header{"Accept-Encoding", "gzip"})
	}
}
