package store_test

import (
	"context"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"switchboard/internal/api/apitest"
	"switchboard/internal/api/store"
)

func TestAStatement(t *testing.T) {
	t.Parallel()
	apitest.EachDatabase(t, func(t *testing.T, db *store.DB) {
		const hostile = `it's ? "quoted" \ $1`
		write(t, db, "INSERT INTO accounts (id, name, created_at) VALUES ('a', ?, 7)", hostile)
		s := db.Statement("SELECT id, created_at FROM accounts WHERE name = ? AND created_at <= ?")
		ask := func(ctx context.Context, name string, at int64) (ids []string, err error) {
			var found []struct {
				ID        string
				CreatedAt int64
			}
			err = s.Scan(ctx, &found, name, at)
			for _, row := range found {
				ids = append(ids, row.ID)
			}
			return ids, err
		}
		ended, cancel := context.WithCancel(t.Context())
		cancel()
		_, err := ask(ended, hostile, 7)
		require.ErrorIs(t, err, context.Canceled, "which spoils nothing")

		var all sync.WaitGroup
		for range 16 { // more than there are connections
			all.Go(func() {
				for at, want := range map[int64][]string{6: nil, 7: {"a"}} {
					got, err := ask(t.Context(), hostile, at)
					if err != nil || len(got) != len(want) {
						t.Errorf("asked with %d: %v, %v", at, got, err)
					}
				}
			})
		}
		all.Wait()
		write(t, db, "INSERT INTO accounts (id, name, created_at) VALUES ('b', 'later', 7)")
		got, err := ask(t.Context(), "later", 7)
		require.NoError(t, err)
		require.Equal(t, []string{"b"}, got, "what is written meanwhile is found")
	})
}
