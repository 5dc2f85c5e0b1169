package identity_test

import (
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"switchboard/internal/api"
	"switchboard/internal/api/identity"
)

func TestSetUp(t *testing.T) {
	t.Parallel()
	t.Run("a link makes the first user, once", func(t *testing.T) {
		t.Parallel()
		each(t, func(t *testing.T, b *bundle) {
			token := b.link(t)
			requireOpen(t, b, token, true)

			user, err := b.CompleteSetUp(t.Context(), token, "ann", api.NewSecret(password), browser)
			require.NoError(t, err)
			b.signIn(t, "ann")
			requireOpen(t, b, token, false)
			changes, err := b.db.Changes(t.Context(), "", "user", user.ID, "", 10)
			require.NoError(t, err)
			made := changes[len(changes)-1]
			require.Equal(t, "create", made.Action)
			require.Equal(t, "ann", made.Actor.User, "who used the link made the user")
			require.Equal(t, browser.Addr, made.Actor.Addr)

			_, err = b.CompleteSetUp(t.Context(), token, "eve", api.NewSecret(password), browser)
			requireError(t, err, api.NotFound, "identity.set_up_closed")
			_, err = b.NewSetUpLink(t.Context())
			requireError(t, err, api.Conflict, "identity.has_administrator")
		})
	})
	t.Run("a new link replaces the old one", func(t *testing.T) {
		t.Parallel()
		each(t, func(t *testing.T, b *bundle) {
			older, newer := b.link(t), b.link(t)
			requireOpen(t, b, older, false)
			requireOpen(t, b, newer, true)
		})
	})
	t.Run("it ends after a day", func(t *testing.T) {
		t.Parallel()
		each(t, func(t *testing.T, b *bundle) {
			token := b.link(t)
			b.clock.pass(24*time.Hour - time.Second)
			requireOpen(t, b, token, true)
			b.clock.pass(time.Second)
			requireOpen(t, b, token, false)
			_, err := b.CompleteSetUp(t.Context(), token, "ann", api.NewSecret(password), browser)
			requireError(t, err, api.NotFound, "identity.set_up_closed")
		})
	})
	t.Run("a refused form leaves it open", func(t *testing.T) {
		t.Parallel()
		each(t, func(t *testing.T, b *bundle) {
			token := b.link(t)
			_, err := b.CompleteSetUp(t.Context(), token, "", api.NewSecret("short"), browser)
			require.Equal(t, []string{"name", "password"}, paths(t, err))
			requireOpen(t, b, token, true)
		})
	})
	t.Run("an administrator who comes in by another way closes it", func(t *testing.T) {
		t.Parallel()
		each(t, func(t *testing.T, b *bundle) {
			token := b.link(t)
			b.user(t, "ann")
			requireOpen(t, b, token, false)
			_, err := b.CompleteSetUp(t.Context(), token, "eve", api.NewSecret(password), browser)
			requireError(t, err, api.NotFound, "identity.set_up_closed")
		})
	})
	t.Run("and so does one whom a provider names", func(t *testing.T) {
		t.Parallel()
		each(t, func(t *testing.T, b *bundle) {
			token := b.link(t)
			b.group(t, identity.Group{Name: "Admins", Claim: "admins", Administrator: true})
			b.external(t, "ann", "admins")
			requireOpen(t, b, token, false)
			_, err := b.NewSetUpLink(t.Context())
			requireError(t, err, api.Conflict, "identity.has_administrator")
		})
	})
	t.Run("who cannot sign in and administrate leaves it open", func(t *testing.T) {
		t.Parallel()
		each(t, func(t *testing.T, b *bundle) {
			token := b.link(t)
			b.external(t, "ann", "admins")
			b.add(t, identity.NewPerson{Name: "bob", Roles: map[string]api.Role{b.project.ID: api.RoleAdmin}})
			_, _, err := b.Invite(t.Context(), cli, identity.NewPerson{Name: "cat", Administrator: true})
			require.NoError(t, err)
			b.disable(t, b.user(t, "dan"))
			found, err := b.HasAdministrator(t.Context())
			require.NoError(t, err)
			require.False(t, found)
			requireOpen(t, b, token, true)

			for _, name := range []string{"ann", "bob"} {
				_, err = b.CompleteSetUp(t.Context(), token, name, api.NewSecret(password), browser)
				requireError(t, err, api.Conflict, "identity.name_taken")
				require.Equal(t, []string{"name"}, paths(t, err), "nobody becomes somebody who is there")
			}
			token = b.link(t)
			root, err := b.CompleteSetUp(t.Context(), token, "root", api.NewSecret(password), browser)
			require.NoError(t, err)
			require.True(t, root.Administrator)
			b.signIn(t, "root")
			requireOpen(t, b, token, false)
		})
	})
	t.Run("a guess opens nothing", func(t *testing.T) {
		t.Parallel()
		each(t, func(t *testing.T, b *bundle) {
			b.link(t)
			for _, guess := range []string{"", "guess", "%", "\x00", "\xff"} {
				requireOpen(t, b, guess, false)
			}
		})
	})
}

func TestSetUpsAtOnceMakeOneUser(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, b *bundle) {
		token := b.link(t)
		names := []string{"ann", "bob", "cat", "dan"}
		errs := make([]error, len(names))
		var group sync.WaitGroup
		for i, name := range names {
			group.Go(func() {
				_, errs[i] = b.CompleteSetUp(t.Context(), token, name, api.NewSecret(password), browser)
			})
		}
		group.Wait()
		var made int
		for _, err := range errs {
			if err == nil {
				made++
				continue
			}
			require.Contains(t, []api.Code{api.NotFound, api.Conflict}, api.CodeOf(err))
		}
		require.Equal(t, 1, made)
		require.Equal(t, 1, b.count(t, "users"))
	})
}

func TestFirstUserByEnvironment(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, b *bundle) {
		token := b.link(t)
		_, err := b.CreateFirst(t.Context(), cli, "admin", api.NewSecret(password))
		require.NoError(t, err)
		requireOpen(t, b, token, false)
		_, err = b.CreateFirst(t.Context(), cli, "second", api.NewSecret(password))
		requireError(t, err, api.Conflict, "identity.has_administrator")
	})
}

// external lets somebody in whom a provider knows.
func (b *bundle) external(t *testing.T, name string, groups ...string) identity.User {
	t.Helper()
	who := identity.External{Issuer: "https://id.example.com", Subject: name, Name: name, Groups: groups}
	_, session, err := b.SignInExternal(t.Context(), who, browser, "")
	require.NoError(t, err)
	return session.User
}

func (b *bundle) link(t *testing.T) string {
	t.Helper()
	token, err := b.NewSetUpLink(t.Context())
	require.NoError(t, err)
	require.GreaterOrEqual(t, len(token), 43, "32 random bytes")
	return token
}

func requireOpen(t *testing.T, b *bundle, token string, want bool) {
	t.Helper()
	open, err := b.SetUpOpen(t.Context(), token)
	require.NoError(t, err)
	require.Equal(t, want, open)
}
