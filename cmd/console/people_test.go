package main

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"switchboard/internal/api"
	"switchboard/internal/api/identity"
)

func TestPeopleOnTheCommandLine(t *testing.T) {
	t.Parallel()
	e := env{"SWITCHBOARD_DATA": t.TempDir(), envPassword: canary}
	done(t, e, "project", "add", "team")
	require.Equal(t, "user root added\n", done(t, e, "user", "add", "root", "--administrator"))
	invited := done(t, e, "user", "invite", "ann", "--full-name", "Ann Lee", "--email", "ann@example.com", "--role", "team=editor", "--role", "local-1=viewer")
	require.Regexp(t, `^user ann invited, .* within 7 days: /password\?token=[\w-]{43}\n$`, invited)
	list := decode[[]userJSON](t, done(t, e, "user", "list", "--json"))
	require.Len(t, list, 2)
	require.Equal(t, userJSON{
		ID: list[0].ID, Name: "ann", FullName: "Ann Lee", Email: "ann@example.com", State: "invited",
		Groups: []string{}, Roles: map[string]string{"team": "editor", "local-1": "viewer"},
	}, list[0])
	require.Equal(t, list[0].ID+"  ann  invited\n"+list[1].ID+"  root  administrator\n", done(t, e, "user", "list"))

	t.Run("a link sets a password, and reset makes another", func(t *testing.T) {
		ids := look(t, e["SWITCHBOARD_DATA"])
		printed := done(t, e, "user", "reset", "ann")
		require.Contains(t, printed, "within 24 hours: "+passwordPath(""))
		token := printed[len(printed)-44 : len(printed)-1]
		_, err := ids.UsePasswordLink(t.Context(), token, api.NewSecret(canary), api.Actor{Way: api.WayPage})
		require.NoError(t, err)
		require.NoError(t, signIn(t, e["SWITCHBOARD_DATA"], "ann", canary))
	})
	t.Run("disable, and enable", func(t *testing.T) {
		require.Contains(t, done(t, e, "user", "disable", "ann"), "user ann is disabled")
		require.Error(t, signIn(t, e["SWITCHBOARD_DATA"], "ann", canary))
		requireRefused(t, console(t, e, "user", "disable", "root"), "Nobody would be left")
		require.Equal(t, "user ann is enabled\n", done(t, e, "user", "enable", "ann"))
		require.Equal(t, "user ann has no second factor any more\n", done(t, e, "user", "reset", "ann", "--factor"))
	})
	t.Run("groups", func(t *testing.T) {
		require.Equal(t, "group Ops added\n", done(t, e, "group", "add", "Ops", "--claim", "ops", "--administrator"))
		require.Equal(t, "user ann is in group Ops\n", done(t, e, "group", "member", "Ops", "ann"))
		require.Equal(t, 1, decode[[]groupJSON](t, done(t, e, "group", "list", "--json"))[0].Members)
		require.Equal(t, "user ann is not in group Ops\n", done(t, e, "group", "member", "Ops", "ann", "--remove"))
		requireRefused(t, console(t, e, "group", "member", "None", "ann"), `no group named "None"`)
		require.Equal(t, "Ops is approver in project team\n", done(t, e, "project", "role", "team", "--group", "Ops", "--role", "approver"))
		require.Equal(t, "approver  group Ops\neditor  user ann\n", done(t, e, "project", "role", "team"))
		require.Equal(t, "group Ops deleted\n", done(t, e, "group", "delete", "Ops"))
	})
	t.Run("roles", func(t *testing.T) {
		require.Equal(t, "ann is none in project team\n", done(t, e, "project", "role", "team", "--user", "ann", "--role", "none"))
		require.Empty(t, done(t, e, "project", "role", "team"))
		requireRefused(t, console(t, e, "project", "role", "team", "--role", "editor"), "say who gets which role")
		requireRefused(t, console(t, e, "project", "role", "team", "--user", "ann", "--role", "administrator"), "none, viewer, editor, approver, admin")
		requireRefused(t, console(t, e, "user", "add", "bob", "--role", "team"), "PROJECT=ROLE")
		requireRefused(t, console(t, e, "user", "add", "bob", "--role", "none=editor"), `no project named "none"`)
	})
	t.Run("projects are archived and restored", func(t *testing.T) {
		require.Contains(t, done(t, e, "project", "archive", "team"), "project team is archived")
		requireRefused(t, console(t, e, "project", "role", "team", "--user", "ann", "--role", "viewer"), "rchived")
		require.Equal(t, "project team is in use again\n", done(t, e, "project", "restore", "team"))
	})
}

func TestTokensAndKeysOnTheCommandLine(t *testing.T) {
	t.Parallel()
	e := env{"SWITCHBOARD_DATA": t.TempDir(), envPassword: canary}
	done(t, e, "user", "add", "ann", "--role", "local-1=editor")
	ids := look(t, e["SWITCHBOARD_DATA"])

	made := decode[tokenJSON](t, done(t, e, "token", "create", "ci", "--user", "ann", "--project", "local-1", "--days", "7", "--json"))
	token, err := ids.Token(t.Context(), made.Token)
	require.NoError(t, err)
	require.Equal(t, api.RoleEditor, token.Project.Role)
	require.WithinDuration(t, time.Now().Add(7*24*time.Hour), token.Expires, time.Minute)
	listed := decode[[]tokenJSON](t, done(t, e, "token", "list", "--user", "ann", "--json"))
	made.Token = ""
	require.Equal(t, []tokenJSON{made}, listed)
	require.Contains(t, done(t, e, "token", "revoke", made.ID), "is revoked")
	require.Empty(t, done(t, e, "token", "list", "--user", "ann"))
	requireRefused(t, console(t, e, "token", "create", "ci", "--user", "ann", "--days", "367"), "life: Choose a period")
	requireRefused(t, console(t, e, "token", "list"), "--user NAME")

	key := decode[keyJSON](t, done(t, e, "key", "create", "--user", "ann", "--name", "laptop", "--json"))
	require.Equal(t, []keyInfoJSON{{AccessKey: key.AccessKey, Name: "laptop"}}, decode[[]keyInfoJSON](t, done(t, e, "key", "list", "--user", "ann", "--json")))
	require.Contains(t, done(t, e, "key", "delete", key.AccessKey), "is deleted")
	_, err = ids.Key(t.Context(), key.AccessKey)
	require.Equal(t, api.Unauthorised, api.CodeOf(err))
	requireRefused(t, console(t, e, "key", "delete", key.AccessKey), "does not exist")
	_, err = ids.Project(t.Context(), identity.User{ID: token.User.ID}, token.Project.ID)
	require.NoError(t, err)
}
