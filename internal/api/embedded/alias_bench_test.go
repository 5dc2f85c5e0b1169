package embedded_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/uptrace/bun"

	"switchboard/internal/api"
	"switchboard/internal/api/embedded"
	"switchboard/internal/api/store"
)

// aliased makes n functions with an alias each, of which one in a hundred has an
// additional version.
func aliased(b *testing.B, db *store.DB, n int) *embedded.Plane {
	b.Helper()
	p := plane(b, db, ring(b)).Service.(*embedded.Plane)
	const numbers = " WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?) "
	const by = "created_at, created_by, updated_at, updated_by"
	require.NoError(b, db.InTx(b.Context(), func(ctx context.Context, tx bun.Tx) error {
		for _, statement := range []string{
			"INSERT INTO functions (id, project_id, package, name, version, " + by + ")" + numbers +
				"SELECT 'f' || i, ?, 'default', 'function_' || (i * 7919 % ?), 1, i, '', i, '' FROM n",
			"INSERT INTO function_versions (function_id, name, description, config, code, upstream, " + by + ")" + numbers +
				"SELECT 'f' || i, 'latest', '', '{}', '{}', '', i, '', i, '' FROM n",
			"INSERT INTO function_versions (function_id, name, description, config, code, upstream, " + by + ")" + numbers +
				"SELECT 'f' || i, 'v1', '', '{}', '{}', '', i, '', i, '' FROM n",
			"INSERT INTO aliases (id, project_id, function_id, package, function_name, slot, name, search, description, main, additional, " +
				"weight, combine, sticky, version, " + by + ")" + numbers +
				`SELECT 'a' || i, ?, 'f' || i, 'default', 'function_' || (i * 7919 % ?), 1, 'alias_' || (i * 7907 % ?),
				'alias_' || (i * 7907 % ?) || ' function_' || (i * 7919 % ?), '', 'latest', CASE WHEN i % 100 = 0 THEN 'v1' END,
				CASE WHEN i % 100 = 0 THEN 5 END, '', '', 1, i, '', i, '' FROM n`,
		} {
			if _, err := tx.ExecContext(ctx, statement, n, mine.Project, n, n, n, n); err != nil {
				return err
			}
		}
		return nil
	}))
	if !db.Sole { // which does by itself within a minute
		_, err := db.Read.ExecContext(b.Context(), "ANALYZE")
		require.NoError(b, err)
	}
	return p
}

// BenchmarkListAliases is a page of aliases of a short and of a long list. But
// for searches, which look at every name, both have to cost the same.
func BenchmarkListAliases(b *testing.B) {
	for _, n := range []int{100, 100_000} {
		b.Run(fmt.Sprintf("of_%d", n), func(b *testing.B) {
			eachDatabase(b, func(b *testing.B, db *store.DB) {
				p := aliased(b, db, n)
				middle, err := p.ListAliases(b.Context(), mine, api.AliasQuery{Search: fmt.Sprintf("alias_%d", n/2), Limit: 1})
				require.NoError(b, err)
				for name, q := range map[string]api.AliasQuery{
					"first":       {},
					"after":       {Cursor: middle.Next},
					"by_function": {Sort: "function", Desc: true},
					"by_update":   {Sort: "updated", Desc: true},
					"gray":        {Gray: true},
					"gray_update": {Gray: true, Sort: "updated", Desc: true},
					"of_function": {Function: "f7"},
					"search":      {Search: "alias_77"},
					"search_none": {Search: "nothing like it"},
				} {
					b.Run(name, func(b *testing.B) {
						for b.Loop() {
							_, err := p.ListAliases(b.Context(), mine, q)
							require.NoError(b, err)
						}
					})
				}
			})
		})
	}
}
