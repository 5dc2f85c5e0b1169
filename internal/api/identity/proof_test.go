package identity_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"switchboard/internal/api"
	"switchboard/internal/api/apitest"
	"switchboard/internal/api/identity"
	"switchboard/internal/api/keyring"
	"switchboard/internal/api/store"
)

func TestADatabaseIsUsedOnlyWithTheKeysOfItsSecrets(t *testing.T) {
	t.Parallel()
	apitest.EachDatabase(t, func(t *testing.T, db *store.DB) {
		first, second := keyring.NewKey(), keyring.NewKey()
		with := func(keys ...string) *identity.Service {
			ring, err := keyring.Parse(strings.Join(keys, "\n"))
			require.NoError(t, err)
			return identity.New(db, ring)
		}
		require.NoError(t, with(first).ProveKeys(t.Context()), "the first process decides")
		require.NoError(t, with(first).ProveKeys(t.Context()))
		require.Equal(t, api.Unavailable, api.CodeOf(with(second).ProveKeys(t.Context())))

		rotated := with(second, first)
		require.NoError(t, rotated.ProveKeys(t.Context()), "an older key still proves it")
		_, err := rotated.Reseal(t.Context())
		require.NoError(t, err)
		require.NoError(t, with(second).ProveKeys(t.Context()), "after resealing the old key can go")
	})
}
