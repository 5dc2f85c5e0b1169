package identity_test

import (
	"database/sql"
	"os"
	"strings"
	"testing"

	"github.com/pressly/goose/v3"
	"github.com/stretchr/testify/require"

	"switchboard/internal/api"
	"switchboard/internal/api/apitest"
)

// beforeRoles is the schema of the time when everybody could do everything.
const beforeRoles = 9

// leave makes a database as the program of that time left it. The seventh step, an
// index of something else, is not among the files.
func leave(t *testing.T, url string, statements ...string) {
	t.Helper()
	driver, dialect := "sqlite", goose.DialectSQLite3
	if strings.HasPrefix(url, "postgres") {
		driver, dialect = "pgx", goose.DialectPostgres
	}
	db, err := sql.Open(driver, url)
	require.NoError(t, err)
	defer func() { require.NoError(t, db.Close()) }()
	migrations, err := goose.NewProvider(dialect, db, os.DirFS("../store/migrations"), goose.WithDisableGlobalRegistry(true),
		goose.WithGoMigrations(goose.NewGoMigration(7, nil, nil)))
	require.NoError(t, err)
	_, err = migrations.UpTo(t.Context(), beforeRoles)
	require.NoError(t, err)
	for _, statement := range statements {
		_, err := db.ExecContext(t.Context(), statement)
		require.NoError(t, err, statement)
	}
}

func TestWhoWasThereBeforeRolesIsAnAdministrator(t *testing.T) {
	t.Parallel()
	const account, project = "0123456789abcdef0123456789abcdef", "1123456789abcdef0123456789abcdef"
	ann, bob := strings.Repeat("a", 32), strings.Repeat("b", 32)
	apitest.EachURL(t, func(t *testing.T, url string) {
		user := "INSERT INTO users (id, account_id, name, password_hash, disabled, created_at) VALUES "
		leave(t, url,
			"INSERT INTO accounts (id, name, created_at) VALUES ('"+account+"', 'default', 1)",
			"INSERT INTO projects (id, account_id, name, region, created_at) VALUES ('"+project+"', '"+account+"', '"+region+"', '"+region+"', 1)",
			user+"('"+ann+"', '"+account+"', 'ann', 'x', FALSE, 1)", user+"('"+bob+"', '"+account+"', 'bob', 'x', TRUE, 1)")

		b := newBundle(t, apitest.Open(t, url))
		require.Equal(t, project, b.project.ID)
		found, err := b.UserByName(t.Context(), "ann")
		require.NoError(t, err)
		require.True(t, found.Administrator)
		require.Equal(t, api.RoleAdministrator, b.role(t, found))
		disabled, err := b.Person(t.Context(), cli, bob)
		require.NoError(t, err)
		require.True(t, disabled.Disabled)
		require.Equal(t, api.RoleNone, b.role(t, disabled.User))
		requireError(t, b.DisablePerson(t.Context(), cli, ann), api.Conflict, "identity.last_administrator")
	})
}
