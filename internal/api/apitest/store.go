// Package apitest is what tests of several packages share: databases to run on
// and the suite that says what an api.Service is. Only tests import it.
package apitest

import (
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"switchboard/internal/api/store"
	"switchboard/internal/testserver"
)

// EachDatabase runs f once for each kind of database, on an empty one that is
// open and up to date.
func EachDatabase(t *testing.T, f func(t *testing.T, db *store.DB)) {
	t.Helper()
	EachURL(t, func(t *testing.T, url string) { f(t, Open(t, url)) })
}

// EachURL runs f once for each kind of database, with the address of an empty
// one that nobody has opened yet.
func EachURL(t *testing.T, f func(t *testing.T, url string)) {
	t.Helper()
	eachKind(t, func(t *testing.T, fresh func(t *testing.T) string) { f(t, fresh(t)) })
}

// EachFresh runs f once for each kind of database; open makes an empty one that is
// open and up to date, as often as it is called.
func EachFresh(t *testing.T, f func(t *testing.T, open func(t *testing.T) *store.DB)) {
	t.Helper()
	eachKind(t, func(t *testing.T, fresh func(t *testing.T) string) {
		f(t, func(t *testing.T) *store.DB { return Open(t, fresh(t)) })
	})
}

// eachKind runs f once for each kind of database; fresh is the address of an empty one.
func eachKind(t *testing.T, f func(t *testing.T, fresh func(t *testing.T) string)) {
	t.Helper()
	for database, fresh := range map[string]func(t *testing.T) string{
		"sqlite":     func(t *testing.T) string { return filepath.Join(t.TempDir(), "switchboard.db") },
		"postgresql": func(t *testing.T) string { return testserver.PostgreSQL(t).FreshDatabase(t) },
	} {
		t.Run(database, func(t *testing.T) {
			t.Parallel()
			f(t, fresh)
		})
	}
}

// Open opens a database for the length of a test.
func Open(t testing.TB, url string) *store.DB {
	t.Helper()
	db, err := store.Open(t.Context(), url)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	return db
}
