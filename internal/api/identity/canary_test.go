package identity_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"switchboard/internal/api"
	"switchboard/internal/api/identity"
	"switchboard/internal/api/store"
)

// TestSecretsAreNowhere does everything that handles a secret and then reads
// every row of every table.
func TestSecretsAreNowhere(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, b *bundle) {
		const typed = "canary that was typed"
		link := b.link(t)
		ann, err := b.CompleteSetUp(t.Context(), link, "ann", api.NewSecret(password), browser)
		require.NoError(t, err)
		_, err = b.CreateUser(t.Context(), cli, identity.NewPerson{Name: "ann"}, api.NewSecret(typed))
		require.Error(t, err)
		require.Error(t, b.try(t, "ann", typed, "192.0.2.1"))
		session := b.signIn(t, "ann")
		key, err := b.CreateKey(t.Context(), cli, ann, &b.project, "")
		require.NoError(t, err)
		token, _, err := b.IssueToken(t.Context(), cli, ann, &b.project)
		require.NoError(t, err)

		rows := dump(t, b.db)
		require.Contains(t, rows, key.Access, "the dump sees what there is")
		for name, secret := range map[string]string{
			"the set-up link": link, "the password": password, "the typed password": typed,
			"the session": session, "the secret key": key.Secret.Reveal(), "the token": token,
		} {
			require.NotContains(t, rows, secret, name)
		}
	})
}

func dump(t *testing.T, db *store.DB) string {
	t.Helper()
	var all strings.Builder
	for _, table := range []string{
		"accounts", "projects", "users", "sessions", "setup_links", "throttles", "access_keys", "tokens", "audit",
	} {
		var rows []map[string]any
		require.NoError(t, db.Read.NewSelect().Table(table).Scan(t.Context(), &rows))
		for _, row := range rows {
			for column, value := range row {
				if b, ok := value.([]byte); ok {
					value = string(b)
				}
				fmt.Fprintln(&all, table, column, value)
			}
		}
	}
	return all.String()
}
