package identity_test

import (
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"switchboard/internal/api"
	"switchboard/internal/api/identity"
)

func TestChangePassword(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, b *bundle) {
		ann := b.user(t, "ann")
		here, there := b.signIn(t, "ann"), b.signIn(t, "ann")
		token, _, err := b.IssueToken(t.Context(), self(ann), ann, nil)
		require.NoError(t, err)
		program, _, err := b.CreateAPIToken(t.Context(), self(ann), "ci", "", time.Hour)
		require.NoError(t, err)
		id := requireSession(t, b, here).ID
		change := func(old, wanted string) error {
			return b.ChangePassword(t.Context(), self(ann), id, api.NewSecret(old), api.NewSecret(wanted))
		}
		require.Equal(t, []string{"old"}, paths(t, change("wrong", password+"!")))
		require.Equal(t, []string{"new"}, paths(t, change(password, "short")))
		require.NoError(t, change(password, password+"!"))
		requireSession(t, b, here)
		requireEnded(t, b, there)
		_, err = b.Token(t.Context(), token)
		requireError(t, err, api.Unauthorised, identity.TokenUnknown)
		_, err = b.Token(t.Context(), program)
		require.NoError(t, err, "programs go on")
		requireError(t, b.try(t, "ann", password, ""), api.Unauthorised, "identity.wrong_password")
		require.NoError(t, b.try(t, "ann", password+"!", ""))
		require.Contains(t, b.actions(t, "", "user", ann.ID), "change_password")
	})
}

func TestSessions(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, b *bundle) {
		ann, bob := b.user(t, "ann"), b.user(t, "bob")
		foreign := b.signIn(t, "bob")
		older := b.signIn(t, "ann")
		b.clock.pass(time.Minute)
		newer := b.signIn(t, "ann")
		found, err := b.Sessions(t.Context(), self(ann))
		require.NoError(t, err)
		require.Len(t, found, 2)
		require.Equal(t, requireSession(t, b, newer).ID, found[0].ID)
		require.Equal(t, "Mozilla/5.0", found[0].Agent)
		require.Equal(t, browser.Addr, found[0].Addr)

		n, err := b.SignOutEverywhere(t.Context(), self(ann), found[0].ID)
		require.NoError(t, err)
		require.Equal(t, 1, n)
		requireEnded(t, b, older)
		requireSession(t, b, newer)
		requireSession(t, b, foreign)
		n, err = b.SignOutEverywhere(t.Context(), self(ann), "")
		require.NoError(t, err)
		require.Equal(t, 1, n)
		requireEnded(t, b, newer)
		found, err = b.Sessions(t.Context(), self(bob))
		require.NoError(t, err)
		require.Len(t, found, 1)
	})
}

func TestOwnKeys(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, b *bundle) {
		ann, bob := b.user(t, "ann"), b.add(t, identity.NewPerson{Name: "bob"})
		key, err := b.CreateKey(t.Context(), self(ann), ann, &b.project, "laptop")
		require.NoError(t, err)
		_, err = b.Key(t.Context(), key.Access)
		require.NoError(t, err)
		found, err := b.Keys(t.Context(), self(ann))
		require.NoError(t, err)
		require.Equal(t, []identity.KeyInfo{{
			Access: key.Access, Name: "laptop", Project: identity.Project{ID: b.project.ID, Name: region},
			Created: b.clock.now(), Seen: b.clock.now(),
		}}, found)
		_, err = b.CreateKey(t.Context(), self(bob), ann, nil, "")
		requireError(t, err, api.Forbidden, "access.administrator")
		requireError(t, b.DeleteKey(t.Context(), self(bob), key.Access), api.NotFound, "identity.key_unknown")
		require.NoError(t, b.DeleteKey(t.Context(), self(ann), key.Access))
		_, err = b.Key(t.Context(), key.Access)
		requireError(t, err, api.Unauthorised, "identity.key_unknown")
		requireError(t, b.DeleteKey(t.Context(), self(ann), key.Access), api.NotFound, "identity.key_unknown")
		require.Equal(t, []string{"delete", "create"}, b.actions(t, b.project.ID, "access_key", key.Access))
	})
}

func TestAPITokens(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, b *bundle) {
		b.user(t, "root")
		ann, bob := b.add(t, identity.NewPerson{Name: "ann"}), b.add(t, identity.NewPerson{Name: "bob"})
		text, made, err := b.CreateAPIToken(t.Context(), self(ann), "ci", "", 366*24*time.Hour)
		require.NoError(t, err)
		token, err := b.Token(t.Context(), text)
		require.NoError(t, err)
		require.Nil(t, token.Project)
		require.Equal(t, "ci", token.Name)
		found, err := b.APITokens(t.Context(), self(ann))
		require.NoError(t, err)
		made.Seen = b.clock.now()
		require.Equal(t, []identity.APIToken{made}, found)

		_, _, err = b.CreateAPIToken(t.Context(), self(ann), "", b.project.ID, 366*24*time.Hour+1)
		require.Equal(t, []string{"name", "life", "project"}, paths(t, err), "a project without a role is not there")
		requireError(t, b.RevokeAPIToken(t.Context(), self(bob), made.ID), api.NotFound, "identity.api_token_not_found")
		require.NoError(t, b.RevokeAPIToken(t.Context(), self(ann), made.ID))
		_, err = b.Token(t.Context(), text)
		requireError(t, err, api.Unauthorised, identity.TokenUnknown)
		require.Equal(t, []string{"revoke", "create"}, b.actions(t, "", "token", made.ID))
		_, _, err = b.CreateAPIToken(t.Context(), api.Actor{}, "x", "", time.Hour)
		requireError(t, err, api.NotFound, "identity.person_not_found")
	})
}

// Each person has a bound of their own, and of several at the same time the last do not
// get past it.
func TestKeysAndTokensOfAPersonAreBounded(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, b *bundle) {
		b.user(t, "root")
		ann, bob := b.add(t, identity.NewPerson{Name: "ann"}), b.add(t, identity.NewPerson{Name: "bob"})
		makeKey := func(u identity.User) error {
			_, err := b.CreateKey(t.Context(), self(u), u, nil, "")
			return err
		}
		makeToken := func(u identity.User) error {
			_, _, err := b.CreateAPIToken(t.Context(), self(u), "ci", "", time.Hour)
			return err
		}
		for key, c := range map[string]struct {
			make  func(identity.User) error
			bound int
		}{
			"identity.keys_full":       {makeKey, identity.MaxKeys},
			"identity.api_tokens_full": {makeToken, identity.MaxAPITokens},
		} {
			for range c.bound - 1 {
				require.NoError(t, c.make(ann))
			}
			var all sync.WaitGroup
			errs := make(chan error, 4)
			for range cap(errs) {
				all.Go(func() { errs <- c.make(ann) })
			}
			all.Wait()
			close(errs)
			made := 0
			for err := range errs {
				if err == nil {
					made++
					continue
				}
				requireError(t, err, api.Limit, key)
				require.Equal(t, []string{"name"}, paths(t, err), "it is said at the form's field")
			}
			require.Equal(t, 1, made, key)
			require.NoError(t, c.make(bob), "others have their own")
		}
		keys, err := b.Keys(t.Context(), self(ann))
		require.NoError(t, err)
		require.NoError(t, b.DeleteKey(t.Context(), self(ann), keys[0].Access))
		require.NoError(t, makeKey(ann), "there is room again")
		b.clock.pass(2 * time.Hour)
		require.NoError(t, makeToken(ann), "those that expired do not count")
	})
}
