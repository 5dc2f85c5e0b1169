package identity_test

import (
	"errors"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"switchboard/internal/api"
	"switchboard/internal/api/apitest"
	"switchboard/internal/api/identity"
	"switchboard/internal/api/keyring"
)

func TestEnsureFirst(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, b *bundle) {
		t.Run("makes an account and a project with ids as the wire dialect needs them", func(t *testing.T) {
			require.Regexp(t, `^[0-9a-f]{32}$`, b.project.ID)
			require.Regexp(t, `^[0-9a-f]{32}$`, b.project.Account.ID)
			require.Equal(t, region, b.project.Name)
			require.Equal(t, []string{"create"}, b.actions(t, b.project.ID, "project", b.project.ID))
			require.Equal(t, []string{"create"}, b.actions(t, "", "account", b.project.Account.ID))
		})
		t.Run("a second start changes nothing", func(t *testing.T) {
			again, err := b.EnsureFirst(t.Context(), region)
			require.NoError(t, err)
			require.Equal(t, b.project, again)
		})
		t.Run("another region adds its project to the same account", func(t *testing.T) {
			moved, err := b.EnsureFirst(t.Context(), "cn-north-4")
			require.NoError(t, err)
			require.Equal(t, b.project.Account, moved.Account)
			require.NotEqual(t, b.project.ID, moved.ID)
			all, err := b.AllProjects(t.Context())
			require.NoError(t, err)
			require.Equal(t, []identity.Project{moved, b.project}, all)
		})
		t.Run("a region that cannot name a project is refused", func(t *testing.T) {
			_, err := b.EnsureFirst(t.Context(), "no region")
			requireError(t, err, api.Invalid, "identity.project_name_rule")
		})
	})
}

func TestFirstStartsAtOnce(t *testing.T) {
	t.Parallel()
	apitest.EachURL(t, func(t *testing.T, url string) {
		keys, err := keyring.Parse(keyring.NewKey())
		require.NoError(t, err)
		projects, errs := make([]identity.Project, 6), make([]error, 6)
		var group sync.WaitGroup
		for i := range projects {
			service := identity.New(apitest.Open(t, url), keys)
			group.Go(func() { projects[i], errs[i] = service.EnsureFirst(t.Context(), region) })
		}
		group.Wait()
		require.NoError(t, errors.Join(errs...))
		for _, p := range projects {
			require.Equal(t, projects[0], p)
		}
	})
}
