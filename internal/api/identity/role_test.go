package identity_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"switchboard/internal/api"
	"switchboard/internal/api/identity"
)

// inProject is what the command line does in the first project.
func (b *bundle) inProject() api.Scope { return api.Scope{Project: b.project.ID, Actor: cli} }

// role returns what somebody may do in the first project, by each way that is asked.
func (b *bundle) role(t *testing.T, user identity.User) api.Role {
	t.Helper()
	role, err := b.RoleIn(t.Context(), user.ID, b.project.ID)
	require.NoError(t, err)
	found, err := b.Project(t.Context(), user, b.project.ID)
	if role == api.RoleNone {
		requireError(t, err, api.NotFound, "identity.project_not_found")
		return role
	}
	require.NoError(t, err)
	require.Equal(t, role, found.Role)
	return role
}

func (b *bundle) group(t *testing.T, g identity.Group, members ...identity.User) identity.Group {
	t.Helper()
	made, err := b.CreateGroup(t.Context(), cli, g)
	require.NoError(t, err)
	for _, user := range members {
		require.NoError(t, b.AddMember(t.Context(), cli, made.ID, user.ID))
	}
	return made
}

func (b *bundle) grant(t *testing.T, h identity.Holder, role api.Role) {
	t.Helper()
	require.NoError(t, b.SetProjectRole(t.Context(), b.inProject(), h, role))
}

func TestRolesInAProject(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, b *bundle) {
		b.user(t, "root")
		ann := b.add(t, identity.NewPerson{Name: "ann"})
		team := b.group(t, identity.Group{Name: "Team"}, ann)

		require.Equal(t, api.RoleNone, b.role(t, ann), "who has no role finds nothing")
		projects, err := b.Projects(t.Context(), ann)
		require.NoError(t, err)
		require.Empty(t, projects)

		b.grant(t, identity.Holder{Group: team.ID}, api.RoleEditor)
		require.Equal(t, api.RoleEditor, b.role(t, ann), "through a group")
		b.grant(t, identity.Holder{User: ann.ID}, api.RoleApprover)
		require.Equal(t, api.RoleApprover, b.role(t, ann), "the highest counts")
		b.grant(t, identity.Holder{User: ann.ID}, api.RoleViewer)
		require.Equal(t, api.RoleEditor, b.role(t, ann), "the highest counts")

		roles, err := b.ProjectRoles(t.Context(), b.inProject())
		require.NoError(t, err)
		require.Len(t, roles, 2)
		require.Equal(t, "Team", roles[0].Group.Name)
		require.Equal(t, "ann", roles[1].User.Name)
		require.Equal(t, api.RoleViewer, roles[1].Role)
		require.Equal(t, "cli", roles[1].Since.By)

		require.NoError(t, b.RemoveMember(t.Context(), cli, team.ID, ann.ID))
		require.Equal(t, api.RoleViewer, b.role(t, ann))
		b.grant(t, identity.Holder{User: ann.ID}, api.RoleNone)
		require.Equal(t, api.RoleNone, b.role(t, ann), "at the next question")
		require.Equal(t, "set_role", b.actions(t, b.project.ID, "project", b.project.ID)[0])
	})
}

func TestRolesAreForTheirProjectOnly(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, b *bundle) {
		root, foreign := b.user(t, "root"), b.stranger(t)
		other, err := b.AddProject(t.Context(), cli, identity.Project{Name: "other"})
		require.NoError(t, err)
		ann := b.add(t, identity.NewPerson{Name: "ann", Roles: map[string]api.Role{b.project.ID: api.RoleAdmin}})
		projects, err := b.Projects(t.Context(), ann)
		require.NoError(t, err)
		require.Len(t, projects, 1)
		_, err = b.Project(t.Context(), ann, other.ID)
		requireError(t, err, api.NotFound, "identity.project_not_found")
		_, err = b.ProjectByName(t.Context(), ann, "other")
		requireError(t, err, api.NotFound, "identity.project_not_found")
		role, err := b.RoleIn(t.Context(), root.ID, foreign.ID)
		require.NoError(t, err)
		require.Equal(t, api.RoleNone, role, "an administrator is one of his account")
		requireError(t, b.SetProjectRole(t.Context(), api.Scope{Project: foreign.ID, Actor: cli}, identity.Holder{User: ann.ID}, api.RoleAdmin), api.NotFound, "")
	})
}

func TestWhoMayGiveRoles(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, b *bundle) {
		b.user(t, "root")
		ann := b.add(t, identity.NewPerson{Name: "ann"})
		for _, role := range []api.Role{api.RoleNone, api.RoleViewer, api.RoleEditor, api.RoleApprover} {
			scope := api.Scope{Project: b.project.ID, Actor: api.Actor{UserID: ann.ID, User: "ann", Role: role}}
			requireError(t, b.SetProjectRole(t.Context(), scope, identity.Holder{User: ann.ID}, api.RoleAdmin), api.Forbidden, "access.role")
			_, _, err := b.FindHolders(t.Context(), scope, "")
			requireError(t, err, api.Forbidden, "access.role")
		}
		admin := api.Scope{Project: b.project.ID, Actor: api.Actor{UserID: ann.ID, User: "ann", Role: api.RoleAdmin}}
		requireError(t, b.SetProjectRole(t.Context(), admin, identity.Holder{User: ann.ID}, api.RoleAdministrator), api.Invalid, "")
		for _, h := range []identity.Holder{{}, {User: "x"}, {Group: ann.ID}, {User: ann.ID, Group: ann.ID}} {
			requireError(t, b.SetProjectRole(t.Context(), admin, h, api.RoleViewer), api.NotFound, "")
		}
		b.group(t, identity.Group{Name: "Analysts"})
		people, groups, err := b.FindHolders(t.Context(), admin, "AN")
		require.NoError(t, err)
		require.Equal(t, []identity.Person{{User: ann}}, people)
		require.Len(t, groups, 1)
	})
}

func TestARemovedRoleCountsForTokensAtOnce(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, b *bundle) {
		b.user(t, "root")
		ann := b.add(t, identity.NewPerson{Name: "ann", Roles: map[string]api.Role{b.project.ID: api.RoleEditor}})
		actor := api.Actor{UserID: ann.ID, User: "ann"}
		text, made, err := b.CreateAPIToken(t.Context(), actor, "ci", b.project.ID, time.Hour)
		require.NoError(t, err)
		require.Equal(t, b.project.ID, made.Project.ID)
		token, err := b.Token(t.Context(), text)
		require.NoError(t, err)
		require.Equal(t, api.RoleEditor, token.Project.Role)
		require.Equal(t, "ci", token.Name)

		b.grant(t, identity.Holder{User: ann.ID}, api.RoleNone)
		token, err = b.Token(t.Context(), text)
		require.NoError(t, err)
		require.Equal(t, api.RoleNone, token.Project.Role)

		require.NoError(t, b.SetAdministrator(t.Context(), cli, ann.ID, true))
		token, err = b.Token(t.Context(), text)
		require.NoError(t, err)
		require.Equal(t, api.RoleAdmin, token.Project.Role, "it is for one project, and no administrator's")
	})
}

func TestAnArchivedProject(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, b *bundle) {
		root := b.user(t, "root")
		require.NoError(t, b.ArchiveProject(t.Context(), cli, b.project.ID))
		found, err := b.Project(t.Context(), root, b.project.ID)
		require.NoError(t, err, "it can be looked at")
		require.False(t, found.Archived.IsZero())
		require.Equal(t, api.RoleAdministrator, b.role(t, root))
		projects, err := b.Projects(t.Context(), root)
		require.NoError(t, err)
		require.Empty(t, projects)
		archived, err := b.Archived(t.Context(), cli)
		require.NoError(t, err)
		require.Equal(t, []identity.Project{found}, archived)
		requireError(t, b.SetProjectRole(t.Context(), b.inProject(), identity.Holder{User: root.ID}, api.RoleViewer), api.Conflict, "project.archived")
		requireError(t, b.UpdateProject(t.Context(), b.inProject(), "new", ""), api.Conflict, "project.archived")

		require.NoError(t, b.RestoreProject(t.Context(), cli, b.project.ID))
		require.NoError(t, b.RestoreProject(t.Context(), cli, b.project.ID), "twice is no error")
		require.Equal(t, []string{"restore", "archive", "create"}, b.actions(t, b.project.ID, "project", b.project.ID))
		require.NoError(t, b.UpdateProject(t.Context(), b.inProject(), "new", "What it is for"))
		found, err = b.Project(t.Context(), root, b.project.ID)
		require.NoError(t, err)
		require.Equal(t, "new", found.Name)
		require.Equal(t, "What it is for", found.Description)
	})
}
