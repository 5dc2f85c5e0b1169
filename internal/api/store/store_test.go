package store_test

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"github.com/uptrace/bun"

	"switchboard/internal/api/apitest"
	"switchboard/internal/api/store"
)

func TestInTx(t *testing.T) {
	t.Parallel()
	apitest.EachDatabase(t, func(t *testing.T, db *store.DB) {
		t.Run("what is committed can be read at once", func(t *testing.T) {
			require.NoError(t, insert(t.Context(), db, "one"))
			require.True(t, exists(t, db, "one"))
		})
		t.Run("a taken key is ErrDuplicate", func(t *testing.T) {
			require.NoError(t, insert(t.Context(), db, "two"))
			require.ErrorIs(t, insert(t.Context(), db, "two"), store.ErrDuplicate)
		})
		t.Run("a taken name is ErrDuplicate", func(t *testing.T) {
			err := db.InTx(t.Context(), func(ctx context.Context, tx bun.Tx) error {
				_, err := tx.ExecContext(ctx, "INSERT INTO accounts (id, name, created_at) VALUES ('a', 'same', 0), ('b', 'same', 0)")
				return err
			})
			require.ErrorIs(t, err, store.ErrDuplicate)
		})
		t.Run("another broken rule is not", func(t *testing.T) {
			err := db.InTx(t.Context(), func(ctx context.Context, tx bun.Tx) error {
				_, err := tx.ExecContext(ctx, "INSERT INTO projects (id, account_id, name, created_at) VALUES ('p', 'nobody', 'p', 0)")
				return err
			})
			require.Error(t, err, "foreign keys are enforced")
			require.NotErrorIs(t, err, store.ErrDuplicate)
		})
		t.Run("an error leaves nothing behind", func(t *testing.T) {
			stop := errors.New("changed my mind")
			err := db.InTx(t.Context(), func(ctx context.Context, tx bun.Tx) error {
				if err := insertIn(ctx, tx, "three"); err != nil {
					return err
				}
				return stop
			})
			require.ErrorIs(t, err, stop)
			require.False(t, exists(t, db, "three"))
		})
	})
}

func TestPoolsOpenANewDatabaseAtOnce(t *testing.T) {
	t.Parallel()
	apitest.EachURL(t, func(t *testing.T, url string) {
		errs := make([]error, 8)
		var group sync.WaitGroup
		for i := range errs {
			group.Go(func() { errs[i] = open(t.Context(), url) })
		}
		group.Wait()
		require.NoError(t, errors.Join(errs...))
		require.NoError(t, open(t.Context(), url), "and once more when it is current")
	})
}

func TestWritersDoNotDisturbEachOther(t *testing.T) {
	t.Parallel()
	apitest.EachURL(t, func(t *testing.T, url string) {
		pools := []*store.DB{apitest.Open(t, url), apitest.Open(t, url)}
		const writes = 50
		var group sync.WaitGroup
		errs := make([]error, len(pools)*writes)
		for i := range errs {
			group.Go(func() { errs[i] = insert(t.Context(), pools[i%len(pools)], store.NewID()) })
		}
		group.Wait()
		require.NoError(t, errors.Join(errs...))
		count, err := pools[0].Read.NewSelect().Table("accounts").Count(t.Context())
		require.NoError(t, err)
		require.EqualValues(t, len(errs), count)
	})
}

func TestSQLiteFilesBelongToTheirOwner(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	db := apitest.Open(t, filepath.Join(folder, "switchboard.db"))
	require.NoError(t, insert(t.Context(), db, "one"))

	entries, err := os.ReadDir(folder)
	require.NoError(t, err)
	require.Len(t, entries, 3, "the database, its log and the log's index")
	for _, e := range entries {
		info, err := e.Info()
		require.NoError(t, err)
		require.Equal(t, fs.FileMode(0o600), info.Mode().Perm(), e.Name())
	}
}

func TestSQLiteReadersCannotWrite(t *testing.T) {
	t.Parallel()
	db := apitest.Open(t, filepath.Join(t.TempDir(), "switchboard.db"))
	_, err := db.Read.ExecContext(t.Context(), "DELETE FROM accounts")
	require.ErrorContains(t, err, "readonly")
}

func TestSQLitePathsMayHoldAnything(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "a b?c#d%20é.db")
	apitest.Open(t, path)
	require.FileExists(t, path)
}

func TestOpenRefuses(t *testing.T) {
	t.Parallel()
	const canary = "canary-password"
	folder := t.TempDir()
	noDatabase := filepath.Join(folder, "text.db")
	require.NoError(t, os.WriteFile(noDatabase, []byte("this is a text, and long enough to have a header of its own"), 0o600))

	for name, url := range map[string]string{
		"a folder that is not there":    filepath.Join(folder, "missing", "switchboard.db"),
		"a folder instead of a file":    folder,
		"a file that is no database":    noDatabase,
		"a port where nobody listens":   "postgres://user:" + canary + "@127.0.0.1:1/name",
		"a URL that cannot be read":     "postgres://user:" + canary + "@host:port/name",
		"a URL with an impossible part": "postgres://user:" + canary + "%zz@127.0.0.1/name",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			err := open(t.Context(), url)
			require.Error(t, err)
			require.NotContains(t, err.Error(), canary)
		})
	}
}

func TestTimesKeepTheirMicroseconds(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 3, 1, 8, 15, 30, 123456789, time.FixedZone("east", 8*3600))
	require.Equal(t, at.UTC().Truncate(time.Microsecond), store.Time(store.Micros(at)))
	require.True(t, store.Time(0).IsZero())
}

func open(ctx context.Context, url string) error {
	db, err := store.Open(ctx, url)
	if err != nil {
		return err
	}
	return db.Close()
}

// insert writes an account, the smallest row there is.
func insert(ctx context.Context, db *store.DB, id string) error {
	return db.InTx(ctx, func(ctx context.Context, tx bun.Tx) error { return insertIn(ctx, tx, id) })
}

func insertIn(ctx context.Context, tx bun.Tx, id string) error {
	_, err := tx.NewRaw("INSERT INTO accounts (id, name, created_at) VALUES (?, ?, 0)", id, id).Exec(ctx)
	return err
}

func exists(t *testing.T, db *store.DB, id string) bool {
	t.Helper()
	found, err := db.Read.NewSelect().Table("accounts").Where("id = ?", id).Exists(t.Context())
	require.NoError(t, err)
	return found
}
