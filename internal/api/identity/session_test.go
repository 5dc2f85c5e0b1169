package identity_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"switchboard/internal/api"
	"switchboard/internal/api/identity"
)

func TestSession(t *testing.T) {
	t.Parallel()
	t.Run("a token opens it", func(t *testing.T) {
		t.Parallel()
		each(t, func(t *testing.T, b *bundle) {
			ann := b.user(t, "ann")
			token, session, err := b.SignIn(t.Context(), as("ann", password), browser, "Mozilla/5.0")
			require.NoError(t, err)
			require.GreaterOrEqual(t, len(token), 43, "32 random bytes")
			require.NotContains(t, session.ID, token)
			require.Equal(t, ann, session.User)
			require.Equal(t, b.clock.now().Add(12*time.Hour), session.Expires)

			again, err := b.Session(t.Context(), token)
			require.NoError(t, err)
			require.Equal(t, session, again)
		})
	})
	t.Run("nothing else does", func(t *testing.T) {
		t.Parallel()
		each(t, func(t *testing.T, b *bundle) {
			b.user(t, "ann")
			_, session, err := b.SignIn(t.Context(), as("ann", password), browser, "")
			require.NoError(t, err)
			for _, guess := range []string{"", "guess", session.ID, "\x00", "\xff"} {
				requireEnded(t, b, guess)
			}
		})
	})
	t.Run("it ends after twelve idle hours", func(t *testing.T) {
		t.Parallel()
		each(t, func(t *testing.T, b *bundle) {
			b.user(t, "ann")
			token := b.signIn(t, "ann")
			b.clock.pass(12*time.Hour - time.Second)
			requireSession(t, b, token)
			b.clock.pass(12*time.Hour - time.Second)
			requireSession(t, b, token)
			b.clock.pass(12 * time.Hour)
			requireEnded(t, b, token)
		})
	})
	t.Run("it ends after seven days however busy", func(t *testing.T) {
		t.Parallel()
		each(t, func(t *testing.T, b *bundle) {
			b.user(t, "ann")
			token := b.signIn(t, "ann")
			for range 7*24/6 - 1 {
				b.clock.pass(6 * time.Hour)
				requireSession(t, b, token)
			}
			require.Equal(t, b.clock.now().Add(6*time.Hour), requireSession(t, b, token).Expires)
			b.clock.pass(6 * time.Hour)
			requireEnded(t, b, token)
		})
	})
	t.Run("within a minute nothing is written", func(t *testing.T) {
		t.Parallel()
		each(t, func(t *testing.T, b *bundle) {
			b.user(t, "ann")
			token := b.signIn(t, "ann")
			end := requireSession(t, b, token).Expires
			b.clock.pass(59 * time.Second)
			require.Equal(t, end, requireSession(t, b, token).Expires)
			b.clock.pass(time.Second)
			require.Equal(t, end.Add(time.Minute), requireSession(t, b, token).Expires)
		})
	})
	t.Run("the next sign-in removes those that ended", func(t *testing.T) {
		t.Parallel()
		each(t, func(t *testing.T, b *bundle) {
			b.user(t, "ann")
			b.signIn(t, "ann")
			_ = b.try(t, "bob", "wrong", "")
			b.clock.pass(13 * time.Hour)
			b.signIn(t, "ann")
			require.Equal(t, 1, b.count(t, "sessions"))
			require.Zero(t, b.count(t, "throttles"))
		})
	})
	t.Run("disabling the user ends it at once", func(t *testing.T) {
		t.Parallel()
		each(t, func(t *testing.T, b *bundle) {
			ann := b.user(t, "ann")
			token := b.signIn(t, "ann")
			b.disable(t, ann)
			requireEnded(t, b, token)
		})
	})
}

func TestSignOut(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, b *bundle) {
		ann, bob := b.user(t, "ann"), b.user(t, "bob")
		actor := func(u identity.User) api.Actor { return api.Actor{UserID: u.ID, User: u.Name, Way: api.WayPage} }
		replica := identity.New(b.db, b.keys, identity.Clock(b.clock.now))

		t.Run("ends this session at once, on every replica", func(t *testing.T) {
			here, there := b.signIn(t, "ann"), b.signIn(t, "ann")
			id := requireSession(t, b, here).ID
			require.NoError(t, b.SignOut(t.Context(), actor(ann), id))
			_, err := replica.Session(t.Context(), here)
			requireError(t, err, api.Unauthorised, "identity.session_ended")
			requireSession(t, b, there)
			require.Equal(t, "sign_out", b.actions(t, "", "user", ann.ID)[0])
			require.NoError(t, b.SignOut(t.Context(), actor(ann), id), "twice is no error")
		})
		t.Run("cannot end somebody else's", func(t *testing.T) {
			token := b.signIn(t, "ann")
			require.NoError(t, b.SignOut(t.Context(), actor(bob), requireSession(t, b, token).ID))
			requireSession(t, b, token)
		})
	})
}

func requireSession(t *testing.T, b *bundle, token string) identity.Session {
	t.Helper()
	session, err := b.Session(t.Context(), token)
	require.NoError(t, err)
	return session
}

func requireEnded(t *testing.T, b *bundle, token string) {
	t.Helper()
	_, err := b.Session(t.Context(), token)
	requireError(t, err, api.Unauthorised, "identity.session_ended")
}

// TestACredentialOfAnOldPasswordIsNotMade: who knows a password that is taken away signs
// in again and again, so that one attempt is always between its proof and its session.
func TestACredentialOfAnOldPasswordIsNotMade(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, b *bundle) {
		ann := b.user(t, "ann")
		b.user(t, "bob")
		meanwhile := func() {}
		slow := identity.New(b.db, b.keys, identity.Clock(func() time.Time {
			do := meanwhile
			meanwhile = func() {}
			do()
			return b.clock.now()
		}))
		reset := func() {
			_, err := b.ResetPassword(t.Context(), cli, ann.ID)
			require.NoError(t, err)
		}
		again := func() {
			token, err := b.ResetPassword(t.Context(), cli, ann.ID)
			require.NoError(t, err)
			_, err = b.UsePasswordLink(t.Context(), token, api.NewSecret(password), browser)
			require.NoError(t, err)
		}
		t.Run("for a session", func(t *testing.T) {
			meanwhile = reset
			token, _, err := slow.SignIn(t.Context(), as("ann", password), browser, "")
			requireError(t, err, api.Unauthorised, "identity.wrong_password")
			requireEnded(t, b, token)
		})
		again()
		t.Run("for a session past a second factor that was just added", func(t *testing.T) {
			meanwhile = func() { b.factor(t, ann) }
			_, session, err := slow.SignIn(t.Context(), as("ann", password), browser, "")
			require.NoError(t, err)
			require.True(t, session.Pending)
			require.NoError(t, b.ResetFactor(t.Context(), cli, ann.ID))
		})
		t.Run("for a token", func(t *testing.T) {
			user, err := b.VerifyPassword(t.Context(), as("ann", password), browser)
			require.NoError(t, err)
			reset()
			_, _, err = b.IssueToken(t.Context(), self(ann), user, nil)
			requireError(t, err, api.Unauthorised, "identity.wrong_password")
		})
	})
}
