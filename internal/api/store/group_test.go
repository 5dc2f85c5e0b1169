package store_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/uptrace/bun"

	"switchboard/internal/api/apitest"
	"switchboard/internal/api/store"
)

// crowd runs n transactions that all wait while another one is under way, and
// returns how each ended. On SQLite they share commits.
func crowd(t *testing.T, db *store.DB, n int, f func(ctx context.Context, tx bun.Tx, i int) error) []error {
	t.Helper()
	begun, release := make(chan struct{}), make(chan struct{})
	first := make(chan error, 1)
	go func() {
		first <- db.InTx(context.Background(), func(context.Context, bun.Tx) error {
			close(begun)
			<-release
			return nil
		})
	}()
	<-begun
	type end struct {
		i   int
		err error
	}
	ends := make(chan end)
	for i := range n {
		go func() {
			var err error
			defer func() {
				if r := recover(); r != nil {
					err = fmt.Errorf("panic: %v", r)
				}
				ends <- end{i, err}
			}()
			err = db.InTx(context.Background(), func(ctx context.Context, tx bun.Tx) error { return f(ctx, tx, i) })
		}()
	}
	close(release)
	require.NoError(t, <-first)
	errs := make([]error, n)
	for range n {
		e := <-ends
		errs[e.i] = e.err
	}
	return errs
}

func put(ctx context.Context, tx bun.Tx, id string) error {
	_, err := tx.ExecContext(ctx, "INSERT INTO accounts (id, name, created_at) VALUES (?, ?, 0)", id, id)
	return err
}

func TestTransactionsThatWaitTogetherFailAlone(t *testing.T) {
	t.Parallel()
	apitest.EachDatabase(t, func(t *testing.T, db *store.DB) {
		wrong := errors.New("changed my mind")
		errs := crowd(t, db, 100, func(ctx context.Context, tx bun.Tx, i int) error {
			if err := put(ctx, tx, fmt.Sprint("id", i)); err != nil {
				return err
			}
			switch i % 4 {
			case 1:
				return wrong
			case 2:
				return put(ctx, tx, fmt.Sprint("id", i)) // taken, by itself
			case 3:
				panic("a bug")
			}
			return nil
		})
		for i, err := range errs {
			switch i % 4 {
			case 0:
				require.NoError(t, err, i)
			case 1:
				require.ErrorIs(t, err, wrong, i)
			case 2:
				require.ErrorIs(t, err, store.ErrDuplicate, i)
			case 3:
				require.ErrorContains(t, err, "a bug", i)
			}
			require.Equal(t, i%4 == 0, exists(t, db, fmt.Sprint("id", i)), i)
		}
	})
}

func TestATransactionWhoseCallerHasGoneDoesNotBegin(t *testing.T) {
	t.Parallel()
	apitest.EachDatabase(t, func(t *testing.T, db *store.DB) {
		gone, cancel := context.WithCancel(t.Context())
		cancel()
		err := db.InTx(gone, func(ctx context.Context, tx bun.Tx) error { return put(ctx, tx, "gone") })
		require.ErrorIs(t, err, context.Canceled)
		require.False(t, exists(t, db, "gone"))
	})
}

func TestAClosedDatabaseTakesNoMoreTransactions(t *testing.T) {
	t.Parallel()
	db, err := store.Open(t.Context(), t.TempDir()+"/switchboard.db")
	require.NoError(t, err)
	require.NoError(t, db.Close())
	require.Error(t, db.InTx(t.Context(), func(ctx context.Context, tx bun.Tx) error { return put(ctx, tx, "late") }))
	require.NoError(t, db.Close())
}
