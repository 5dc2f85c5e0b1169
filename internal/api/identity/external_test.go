package identity_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"switchboard/internal/api"
	"switchboard/internal/api/identity"
)

func TestSignInExternal(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, b *bundle) {
		local := b.user(t, "ann")
		team := b.group(t, identity.Group{Name: "Team", Claim: "devs"})
		b.grant(t, identity.Holder{Group: team.ID}, api.RoleEditor)
		byHand := b.group(t, identity.Group{Name: "By hand", Claim: "other"})
		who := identity.External{Issuer: "https://id.example.com", Subject: "s-1", Name: "ann", FullName: "Ann Lee", Email: "ann@example.com", Groups: []string{"devs", "unknown"}}
		enter := func(t *testing.T) identity.User {
			t.Helper()
			token, session, err := b.SignInExternal(t.Context(), who, browser, "Mozilla/5.0")
			require.NoError(t, err)
			require.Equal(t, session.User, requireSession(t, b, token).User)
			return session.User
		}
		ann := enter(t)
		require.NotEqual(t, local.ID, ann.ID, "nobody becomes a local user by having his name")
		require.Equal(t, "ann-2", ann.Name)
		require.False(t, ann.Administrator)
		require.Equal(t, api.RoleEditor, b.role(t, ann))
		person, err := b.Person(t.Context(), cli, ann.ID)
		require.NoError(t, err)
		require.True(t, person.External)
		require.False(t, person.Invited)
		require.Equal(t, "Ann Lee", person.FullName)
		for _, guess := range []string{"", password} {
			requireError(t, b.try(t, "ann-2", guess, ""), api.Unauthorised, "identity.wrong_password")
		}

		t.Run("the same person comes again, whatever the name is now", func(t *testing.T) {
			who.Name, who.FullName = "anna", "Anna Lee"
			require.Equal(t, ann.ID, enter(t).ID)
		})
		t.Run("a provider that says nothing of groups takes none away", func(t *testing.T) {
			was := who.Groups
			who.Groups = nil
			require.Equal(t, api.RoleEditor, b.role(t, enter(t)))
			said := func() []api.Change {
				changes, err := b.db.Changes(t.Context(), "", "user", ann.ID, "", 100)
				require.NoError(t, err)
				return slices.DeleteFunc(changes, func(c api.Change) bool { return c.Action != "keep_groups" })
			}
			require.Len(t, said(), 1)
			require.JSONEq(t, `{"groups":["Team"]}`, string(said()[0].After))
			who.Groups = was
			enter(t)
			require.Len(t, said(), 1, "there is nothing to say if it does")

			other := who
			other.Subject, other.Name, other.Groups = "s-0", "new", nil
			_, session, err := b.SignInExternal(t.Context(), other, browser, "")
			require.NoError(t, err)
			require.NotContains(t, b.actions(t, "", "user", session.User.ID), "keep_groups", "nor if it never gave one")
		})
		t.Run("what the provider takes away is taken away, and nothing else", func(t *testing.T) {
			require.NoError(t, b.AddMember(t.Context(), cli, byHand.ID, ann.ID))
			who.Groups = []string{}
			require.Equal(t, api.RoleNone, b.role(t, enter(t)))
			person, err := b.Person(t.Context(), cli, ann.ID)
			require.NoError(t, err)
			require.Len(t, person.Groups, 1)
			require.Equal(t, "By hand", person.Groups[0].Name)
		})
		t.Run("somebody else of the provider is somebody else", func(t *testing.T) {
			other := who
			other.Subject, other.Name, other.Email = "s-2", strings.Repeat("ä b", 100), "not an address"
			_, session, err := b.SignInExternal(t.Context(), other, browser, "")
			require.NoError(t, err)
			require.NotEqual(t, ann.ID, session.User.ID)
			require.Regexp(t, `^[A-Za-z0-9._@-]{1,64}$`, session.User.Name)
		})
		t.Run("has neither a password nor a second factor here", func(t *testing.T) {
			_, err := b.ResetPassword(t.Context(), cli, ann.ID)
			requireError(t, err, api.Conflict, "identity.external_password")
			_, err = b.BeginFactor(t.Context(), self(ann))
			requireError(t, err, api.Conflict, "identity.factor_external")
		})
		t.Run("who is disabled stays out", func(t *testing.T) {
			require.NoError(t, b.DisablePerson(t.Context(), cli, ann.ID))
			_, _, err := b.SignInExternal(t.Context(), who, browser, "")
			requireError(t, err, api.Unauthorised, "identity.user_disabled")
			require.Equal(t, "sign_in_failed", b.actions(t, "", "user", ann.ID)[0])
		})
		t.Run("nobody is nobody", func(t *testing.T) {
			_, _, err := b.SignInExternal(t.Context(), identity.External{Issuer: who.Issuer}, browser, "")
			requireError(t, err, api.Unauthorised, "identity.external_incomplete")
		})
	})
}

func TestTheLastAdministratorIsNotTakenAwayByTheProvider(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, b *bundle) {
		b.group(t, identity.Group{Name: "Admins", Claim: "admins", Administrator: true})
		who := identity.External{Issuer: "https://id.example.com", Subject: "s-1", Name: "ann", Groups: []string{"admins"}}
		_, session, err := b.SignInExternal(t.Context(), who, browser, "")
		require.NoError(t, err)
		require.True(t, session.User.Administrator)
		who.Groups = []string{}
		_, session, err = b.SignInExternal(t.Context(), who, browser, "")
		require.NoError(t, err)
		require.True(t, session.User.Administrator)
		b.user(t, "root")
		_, session, err = b.SignInExternal(t.Context(), who, browser, "")
		require.NoError(t, err)
		require.False(t, session.User.Administrator)
	})
}
