package identity_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"switchboard/internal/api"
	"switchboard/internal/api/identity"
)

func TestProjects(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, b *bundle) {
		ann, foreign := b.user(t, "ann"), b.stranger(t)

		t.Run("a user sees those of the account", func(t *testing.T) {
			projects, err := b.Projects(t.Context(), ann)
			require.NoError(t, err)
			require.Equal(t, []identity.Project{b.mine()}, projects)
		})
		t.Run("found by id and by exact name", func(t *testing.T) {
			byID, err := b.Project(t.Context(), ann, b.project.ID)
			require.NoError(t, err)
			require.Equal(t, b.mine(), byID)
			byName, err := b.ProjectByName(t.Context(), ann, region)
			require.NoError(t, err)
			require.Equal(t, b.mine(), byName)
		})
		t.Run("another account's project is not found", func(t *testing.T) {
			_, err := b.Project(t.Context(), ann, foreign.ID)
			requireError(t, err, api.NotFound, "identity.project_not_found")
			_, err = b.ProjectByName(t.Context(), ann, foreign.Name)
			requireError(t, err, api.NotFound, "identity.project_not_found")
		})
		for name, text := range map[string]string{
			"nothing": "", "part of a name": "local", "a zero byte": "a\x00b", "broken UTF-8": "\xff\xfe", "a wildcard": "%",
		} {
			t.Run(name+" is not found", func(t *testing.T) {
				_, err := b.Project(t.Context(), ann, text)
				requireError(t, err, api.NotFound, "identity.project_not_found")
				_, err = b.ProjectByName(t.Context(), ann, text)
				requireError(t, err, api.NotFound, "identity.project_not_found")
			})
		}
	})
}

func TestAddProject(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, b *bundle) {
		const id = "0a1b2c3d4e5f60718293a4b5c6d7e8f9"
		mirror, err := b.AddProject(t.Context(), cli, identity.Project{Name: "cn-north-4", ID: id})
		require.NoError(t, err)
		require.Equal(t, identity.Project{ID: id, Account: b.project.Account, Name: "cn-north-4"}, mirror)
		require.Equal(t, []string{"create"}, b.actions(t, id, "project", id))

		t.Run("without an id it gets one", func(t *testing.T) {
			added, err := b.AddProject(t.Context(), cli, identity.Project{Name: "cn-north-4_team"})
			require.NoError(t, err)
			require.Regexp(t, `^[0-9a-f]{32}$`, added.ID)
		})
		t.Run("a taken name is a conflict at the name", func(t *testing.T) {
			_, err := b.AddProject(t.Context(), cli, identity.Project{Name: "cn-north-4"})
			requireError(t, err, api.Conflict, "identity.project_name_taken")
			require.Equal(t, []string{"name"}, paths(t, err))
		})
		t.Run("a taken id is a conflict at the id", func(t *testing.T) {
			_, err := b.AddProject(t.Context(), cli, identity.Project{Name: "another", ID: id})
			requireError(t, err, api.Conflict, "identity.project_id_taken")
			require.Equal(t, []string{"id"}, paths(t, err))
		})
		t.Run("everything wrong is said at once", func(t *testing.T) {
			_, err := b.AddProject(t.Context(), cli, identity.Project{Name: "-", ID: "XYZ"})
			requireError(t, err, api.Invalid, "")
			require.Equal(t, []string{"name", "id"}, paths(t, err))
		})
	})
}
