package identity_test

import (
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"switchboard/internal/api"
	"switchboard/internal/api/identity"
)

func TestVerifyPassword(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, b *bundle) {
		ann := b.user(t, "ann")
		right := api.NewSecret(password)

		for name, c := range map[string]identity.Credentials{
			"by name":                       {Name: "ann", Password: right},
			"by name in the account":        {Account: identity.AccountName, Name: "ann", Password: right},
			"by name in the account by id":  {AccountID: ann.Account.ID, Name: "ann", Password: right},
			"by id alone":                   {UserID: ann.ID, Password: right},
			"by id in the account":          {Account: identity.AccountName, UserID: ann.ID, Password: right},
			"by id, whatever the name says": {UserID: ann.ID, Name: "somebody", Password: right},
		} {
			t.Run(name, func(t *testing.T) {
				user, err := b.VerifyPassword(t.Context(), c, browser)
				require.NoError(t, err)
				require.Equal(t, ann.ID, user.ID)
			})
		}
		b.stranger(t)
		for name, c := range map[string]identity.Credentials{
			"a wrong password":            {Name: "ann", Password: api.NewSecret("wrong")},
			"no password":                 {Name: "ann"},
			"an unknown name":             {Name: "bob", Password: right},
			"no name":                     {Password: right},
			"another account":             {Account: "other", Name: "ann", Password: right},
			"another account with the id": {Account: "other", UserID: ann.ID, Password: right},
			"an unknown account":          {AccountID: ann.ID, Name: "ann", Password: right},
			"a zero byte in the name":     {Name: "ann\x00", Password: right},
			"broken UTF-8 in the account": {Account: "\xff", Name: "ann", Password: right},
			"a name instead of an id":     {UserID: "ann", Password: right},
		} {
			t.Run(name+" is refused", func(t *testing.T) {
				from := api.Actor{Way: api.WayWire, Addr: "198.51.100." + name}
				_, err := b.VerifyPassword(t.Context(), c, from)
				requireError(t, err, api.Unauthorised, "identity.wrong_password")
				b.clock.pass(time.Hour)
			})
		}
		t.Run("a disabled user is refused as if the password were wrong", func(t *testing.T) {
			b.disable(t, ann)
			_, err := b.VerifyPassword(t.Context(), as("ann", password), browser)
			requireError(t, err, api.Unauthorised, "identity.wrong_password")
		})
	})
}

func TestSignInIsRecorded(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, b *bundle) {
		ann := b.user(t, "ann")
		_, _, err := b.SignIn(t.Context(), as("ann", "not the password"), browser, "")
		requireError(t, err, api.Unauthorised, "")
		b.signIn(t, "ann")
		require.Equal(t, []string{"sign_in", "sign_in_failed", "create"}, b.actions(t, "", "user", ann.ID))

		changes, err := b.db.Changes(t.Context(), "", "user", ann.ID, "", 2)
		require.NoError(t, err)
		require.Equal(t, ann.ID, changes[0].Actor.UserID)
		require.Equal(t, browser.Addr, changes[0].Actor.Addr)
		require.Empty(t, changes[1].Actor.UserID, "nobody has proved anything")

		t.Run("an unknown name is kept short and printable", func(t *testing.T) {
			_, _, err := b.SignIn(t.Context(), as("\x1b[31m\x00\xff"+strings.Repeat("名", 100), "x"), browser, "")
			requireError(t, err, api.Unauthorised, "")
			changes, err := b.db.Changes(t.Context(), "", "user", "", "", 1)
			require.NoError(t, err)
			require.Equal(t, "[31m"+strings.Repeat("名", 60), changes[0].ObjectName)
		})
	})
}

func TestThrottle(t *testing.T) {
	t.Parallel()
	t.Run("after five failures a user waits, longer each time", func(t *testing.T) {
		t.Parallel()
		each(t, func(t *testing.T, b *bundle) {
			b.user(t, "ann")
			for range 5 {
				requireError(t, b.try(t, "ann", "wrong", "192.0.2.1"), api.Unauthorised, "")
			}
			for _, seconds := range []int{1, 2, 4, 8, 16, 32, 60, 60} {
				err := b.try(t, "ann", password, "192.0.2.1")
				requireWait(t, err, seconds)
				requireWait(t, b.try(t, "ann", password, "203.0.113.9"), seconds) // wherever it comes from
				b.clock.pass(time.Duration(seconds)*time.Second - time.Millisecond)
				requireWait(t, b.try(t, "ann", password, "192.0.2.1"), 1)
				b.clock.pass(time.Millisecond)
				requireError(t, b.try(t, "ann", "wrong", "192.0.2.1"), api.Unauthorised, "")
			}
		})
	})
	t.Run("success starts again from nothing", func(t *testing.T) {
		t.Parallel()
		each(t, func(t *testing.T, b *bundle) {
			b.user(t, "ann")
			for range 3 {
				for range 4 {
					requireError(t, b.try(t, "ann", "wrong", ""), api.Unauthorised, "")
				}
				require.NoError(t, b.try(t, "ann", password, ""))
			}
		})
	})
	t.Run("an hour without a failure does, too", func(t *testing.T) {
		t.Parallel()
		each(t, func(t *testing.T, b *bundle) {
			for range 2 {
				for range 5 {
					requireError(t, b.try(t, "nobody", "wrong", ""), api.Unauthorised, "")
				}
				requireWait(t, b.try(t, "nobody", "wrong", ""), 1)
				b.clock.pass(time.Hour + time.Second)
			}
		})
	})
	t.Run("another user does not wait", func(t *testing.T) {
		t.Parallel()
		each(t, func(t *testing.T, b *bundle) {
			b.user(t, "ann")
			for range 6 {
				_ = b.try(t, "bob", "wrong", "192.0.2.1")
			}
			require.NoError(t, b.try(t, "ann", password, "192.0.2.1"))
		})
	})
	t.Run("an id is the same user as the name", func(t *testing.T) {
		t.Parallel()
		each(t, func(t *testing.T, b *bundle) {
			ann := b.user(t, "ann")
			for range 5 {
				_ = b.try(t, "ann", "wrong", "")
			}
			_, err := b.VerifyPassword(t.Context(), identity.Credentials{UserID: ann.ID, Password: api.NewSecret(password)}, api.Actor{})
			requireWait(t, err, 1)
		})
	})
	t.Run("twenty failures from an address make all of it wait, even after a success", func(t *testing.T) {
		t.Parallel()
		each(t, func(t *testing.T, b *bundle) {
			b.user(t, "ann")
			for i := range 20 {
				requireError(t, b.try(t, strings.Repeat("x", i+1), "wrong", "2001:db8::"+string(rune('a'+i%6))), api.Unauthorised, "")
				if i == 10 {
					require.NoError(t, b.try(t, "ann", password, "2001:db8::1"))
				}
			}
			requireWait(t, b.try(t, "ann", password, "2001:db8::1"), 1)
			require.NoError(t, b.try(t, "ann", password, "2001:db8:0:1::1"), "another network")
		})
	})
	t.Run("it counts in the database, for all replicas", func(t *testing.T) {
		t.Parallel()
		each(t, func(t *testing.T, b *bundle) {
			replica := identity.New(b.db, b.keys, identity.Clock(b.clock.now))
			for range 5 {
				_ = b.try(t, "ann", "wrong", "")
			}
			_, err := replica.VerifyPassword(t.Context(), as("ann", "wrong"), api.Actor{})
			requireWait(t, err, 1)
		})
	})
	t.Run("many at once are no way around it", func(t *testing.T) {
		t.Parallel()
		each(t, func(t *testing.T, b *bundle) {
			errs := make([]error, 40)
			var group sync.WaitGroup
			for i := range errs {
				group.Go(func() { errs[i] = b.try(t, "ann", "wrong", "") })
			}
			group.Wait()
			var judged int
			for _, err := range errs {
				if api.CodeOf(err) == api.Unauthorised {
					judged++
				}
			}
			require.GreaterOrEqual(t, judged, 5)
			require.LessOrEqual(t, judged, 5+8, "five, and those that were under way")
		})
	})
}

// try tries a password and returns what came of it.
func (b *bundle) try(t *testing.T, name, password, addr string) error {
	t.Helper()
	_, err := b.VerifyPassword(t.Context(), as(name, password), api.Actor{Way: api.WayPage, Addr: addr})
	return err
}

func requireWait(t *testing.T, err error, seconds int) {
	t.Helper()
	requireError(t, err, api.Limit, "identity.too_many")
	var refusal *api.Error
	require.ErrorAs(t, err, &refusal)
	require.Equal(t, seconds, refusal.Message.Args["seconds"])
}
