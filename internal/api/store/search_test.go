package store_test

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/uptrace/bun"

	"switchboard/internal/api/apitest"
	"switchboard/internal/api/store"
)

// entriesOf stores entries of a whitelist; each is found by its id.
func entriesOf(t *testing.T, db *store.DB, texts ...string) {
	t.Helper()
	write(t, db, "INSERT INTO accounts (id, name, created_at) VALUES ('a', 'a', 0)")
	write(t, db, "INSERT INTO projects (id, account_id, name, created_at) VALUES ('p', 'a', 'p', 0)")
	write(t, db, `INSERT INTO endpoint_services VALUES
		('s', 'p', 'a', '', 's', '', '', '', '', '', '', TRUE, '', '', '', '', '', 0, 0, '', 0, '', 1, FALSE)`)
	for i, text := range texts {
		write(t, db, "INSERT INTO permissions VALUES (?, 's', ?, '', ?, '', 1, 0, '', 0, '')", fmt.Sprint(i), fmt.Sprint(i), text)
	}
}

func write(t *testing.T, db *store.DB, query string, args ...any) {
	t.Helper()
	require.NoError(t, db.InTx(t.Context(), func(ctx context.Context, tx bun.Tx) error {
		_, err := tx.ExecContext(ctx, query, args...)
		return err
	}))
}

// found are the entries that may contain a part, of which there must be few.
func found(t *testing.T, db *store.DB, part string) []string {
	t.Helper()
	ids, few, err := db.PermissionsByPart(t.Context(), part, 100)
	require.NoError(t, err)
	require.True(t, few, part)
	slices.Sort(ids)
	return ids
}

func TestEntriesAreFoundByAPart(t *testing.T) {
	t.Parallel()
	apitest.EachDatabase(t, func(t *testing.T, db *store.DB) {
		entriesOf(t, db, "iam:domain::6e9d\nbuild farm", "*\n构建集群 ärger", `100% "of" it_all`, strings.Repeat("ab", 40)+"cd")
		for part, want := range map[string][]string{
			"6e9":        {"0"},
			"d\nbuild":   {"0"},
			"构建集":        {"1"},
			"集群 är":      {"1"},
			`"of"`:       {"2"},
			"100%":       {"2"},
			"it_a":       {"2"},
			"%%%":        nil,
			`" OR "`:     nil,
			"farm build": nil,
			"BUILD":      nil,
		} {
			require.Equal(t, want, found(t, db, part), "%q", part)
		}
		require.Contains(t, found(t, db, strings.Repeat("ab", 40)), "3", "however long the part is")
	})
}

func TestEntriesAreFoundByWhatTheySayNow(t *testing.T) {
	t.Parallel()
	apitest.EachDatabase(t, func(t *testing.T, db *store.DB) {
		entriesOf(t, db, "first text", "second text")
		write(t, db, "UPDATE permissions SET search = 'third text' WHERE id = '0'")
		write(t, db, "UPDATE permissions SET search = search, reason = 'other' WHERE id = '1'")
		require.Empty(t, found(t, db, "first"))
		require.Equal(t, []string{"0"}, found(t, db, "third"))
		require.Equal(t, []string{"0", "1"}, found(t, db, "text"))
		write(t, db, "DELETE FROM permissions WHERE id = '0'")
		require.Equal(t, []string{"1"}, found(t, db, "text"))
		write(t, db, "DELETE FROM endpoint_services")
		require.Empty(t, found(t, db, "text"))
	})
}

func TestWhatIsCommonOrShortIsNotLookedUp(t *testing.T) {
	t.Parallel()
	apitest.EachDatabase(t, func(t *testing.T, db *store.DB) {
		entriesOf(t, db, "one text", "two texts", "three texts")
		for part, want := range map[string]bool{"text": false, "texts": true, "ex": false, "": false, "构建": false, "构建集": true} {
			_, few, err := db.PermissionsByPart(t.Context(), part, 2)
			require.NoError(t, err)
			require.Equal(t, want, few, part)
		}
	})
}

func TestEntriesAreFoundAfterTheFileWasCompacted(t *testing.T) {
	t.Parallel()
	path := t.TempDir() + "/switchboard.db"
	db := apitest.Open(t, path)
	entriesOf(t, db, "one text", "two texts", "three texts")
	write(t, db, "DELETE FROM permissions WHERE id = '0'")
	copied := t.TempDir() + "/copy.db"
	another, err := sql.Open("sqlite", path)
	require.NoError(t, err)
	_, err = another.ExecContext(t.Context(), "VACUUM INTO ?", copied)
	require.NoError(t, err)
	require.NoError(t, another.Close())
	require.Equal(t, []string{"2"}, found(t, apitest.Open(t, copied), "three"))
}
