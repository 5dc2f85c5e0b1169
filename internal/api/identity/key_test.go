package identity_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"switchboard/internal/api"
	"switchboard/internal/api/apitest"
	"switchboard/internal/api/identity"
	"switchboard/internal/api/keyring"
	"switchboard/internal/api/store"
)

func TestAccessKeys(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, b *bundle) {
		ann := b.user(t, "ann")
		key, err := b.CreateKey(t.Context(), cli, ann, nil, "")
		require.NoError(t, err)
		require.Regexp(t, `^[A-Z0-9]{20}$`, key.Access)
		require.Regexp(t, `^[A-Za-z0-9]{40}$`, key.Secret.Reveal())
		require.Equal(t, []string{"create"}, b.actions(t, "", "access_key", key.Access))

		t.Run("comes back with its secret and its user", func(t *testing.T) {
			same, err := b.Key(t.Context(), key.Access)
			require.NoError(t, err)
			require.Equal(t, key, same)
			require.Empty(t, same.Project, "works in all projects")
		})
		t.Run("one of a project says so", func(t *testing.T) {
			bound, err := b.CreateKey(t.Context(), cli, ann, &b.project, "")
			require.NoError(t, err)
			same, err := b.Key(t.Context(), bound.Access)
			require.NoError(t, err)
			require.Equal(t, b.project.ID, same.Project)
			require.Equal(t, []string{"create"}, b.actions(t, b.project.ID, "access_key", bound.Access))
		})
		for name, access := range map[string]string{
			"an unknown one": "AAAAAAAAAAAAAAAAAAAA", "nothing": "", "a zero byte": "AAAAAAAAAAAAAAAAAAA\x00", "broken UTF-8": "\xff",
		} {
			t.Run(name+" is refused", func(t *testing.T) {
				_, err := b.Key(t.Context(), access)
				requireError(t, err, api.Unauthorised, "identity.key_unknown")
			})
		}
		t.Run("a secret moved to another row cannot be opened", func(t *testing.T) {
			moved, err := b.CreateKey(t.Context(), cli, ann, nil, "")
			require.NoError(t, err)
			b.exec(t, "UPDATE access_keys SET sealed = (SELECT sealed FROM access_keys WHERE access = ?) WHERE access = ?", key.Access, moved.Access)
			_, err = b.Key(t.Context(), moved.Access)
			require.ErrorIs(t, err, keyring.ErrSealed)
			require.Equal(t, api.Internal, api.CodeOf(err))
		})
		t.Run("disabling the user disables the key at once", func(t *testing.T) {
			b.disable(t, ann)
			_, err := b.Key(t.Context(), key.Access)
			requireError(t, err, api.Unauthorised, "identity.user_disabled")
		})
	})
}

func TestReseal(t *testing.T) {
	t.Parallel()
	apitest.EachDatabase(t, func(t *testing.T, db *store.DB) {
		folder := t.TempDir()
		before, err := keyring.Load(folder, "")
		require.NoError(t, err)
		running := identity.New(db, before)
		_, err = running.EnsureFirst(t.Context(), region)
		require.NoError(t, err)
		ann, err := running.CreateUser(t.Context(), cli, identity.NewPerson{Name: "ann"}, api.NewSecret(password))
		require.NoError(t, err)
		var keys []identity.AccessKey
		for range 3 {
			key, err := running.CreateKey(t.Context(), cli, ann, nil, "")
			require.NoError(t, err)
			keys = append(keys, key)
		}

		require.NoError(t, keyring.Rotate(folder))
		after, err := keyring.Load(folder, "")
		require.NoError(t, err)
		rotated := identity.New(db, after)
		n, err := rotated.Reseal(t.Context())
		require.NoError(t, err)
		require.Equal(t, len(keys), n)
		n, err = rotated.Reseal(t.Context())
		require.NoError(t, err)
		require.Zero(t, n, "once is enough")

		for _, service := range []*identity.Service{rotated, running} {
			for _, key := range keys {
				same, err := service.Key(t.Context(), key.Access)
				require.NoError(t, err)
				require.Equal(t, key, same)
			}
		}
		var sealed []string
		require.NoError(t, db.Read.NewSelect().Table("access_keys").Column("sealed").Scan(t.Context(), &sealed))
		for _, s := range sealed {
			require.True(t, after.Current(s))
		}
	})
}
