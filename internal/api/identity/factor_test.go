package identity_test

import (
	"bytes"
	"fmt"
	"image/png"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"
	"github.com/stretchr/testify/require"

	"switchboard/internal/api"
	"switchboard/internal/api/identity"
	"switchboard/internal/api/keyring"
)

// code is what an authenticator shows at that time.
func (b *bundle) code(t *testing.T, key string) string {
	t.Helper()
	code, err := totp.GenerateCode(key, b.clock.now())
	require.NoError(t, err)
	return code
}

// factor gives a user a second factor and returns its key and the recovery codes. The
// code that confirmed it is over.
func (b *bundle) factor(t *testing.T, user identity.User) (key string, recovery []string) {
	t.Helper()
	setup, err := b.BeginFactor(t.Context(), self(user))
	require.NoError(t, err)
	key = setup.Key.Reveal()
	recovery, err = b.ConfirmFactor(t.Context(), self(user), b.code(t, key))
	require.NoError(t, err)
	b.clock.pass(time.Minute)
	return key, recovery
}

// half signs somebody in as far as the password goes.
func (b *bundle) half(t *testing.T, name string) string {
	t.Helper()
	token, session, err := b.SignIn(t.Context(), as(name, password), browser, "")
	require.NoError(t, err)
	require.True(t, session.Pending)
	return token
}

func TestSecondFactor(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, b *bundle) {
		ann := b.user(t, "ann")
		_, err := b.FactorImage(t.Context(), self(ann))
		requireError(t, err, api.NotFound, "identity.factor_not_begun")
		setup, err := b.BeginFactor(t.Context(), self(ann))
		require.NoError(t, err)
		require.Contains(t, setup.URI.Reveal(), "otpauth://totp/Switchboard:ann?")
		again, err := b.BeginFactor(t.Context(), self(ann))
		require.NoError(t, err)
		require.Equal(t, setup, again, "a page that is drawn again shows the same")
		image, err := b.FactorImage(t.Context(), self(ann))
		require.NoError(t, err)
		_, err = png.Decode(bytes.NewReader(image))
		require.NoError(t, err)
		b.signIn(t, "ann")

		key := setup.Key.Reveal()
		_, err = b.ConfirmFactor(t.Context(), self(ann), "000000x")
		require.Equal(t, []string{"code"}, paths(t, err))
		first := b.code(t, key)
		recovery, err := b.ConfirmFactor(t.Context(), self(ann), first)
		require.NoError(t, err)
		require.Len(t, recovery, 10)
		_, err = b.BeginFactor(t.Context(), self(ann))
		requireError(t, err, api.Conflict, "identity.factor_exists")

		token := b.half(t, "ann")
		_, err = b.Session(t.Context(), token)
		requireError(t, err, api.Unauthorised, identity.FactorAwaited)
		_, err = b.CompleteSignIn(t.Context(), token, first, browser)
		requireError(t, err, api.Unauthorised, identity.WrongCode)
		b.clock.pass(30 * time.Second)
		session, err := b.CompleteSignIn(t.Context(), token, " "+b.code(t, key)[:3]+" "+b.code(t, key)[3:], browser)
		require.NoError(t, err)
		require.False(t, session.Pending)
		require.Equal(t, session, requireSession(t, b, token))
		require.Equal(t, []string{"sign_in", "factor_failed", "add_factor"}, b.actions(t, "", "user", ann.ID)[:3])

		t.Run("a code counts once, however many use it", func(t *testing.T) {
			b.clock.pass(time.Minute)
			code := b.code(t, key)
			tokens, errs := []string{b.half(t, "ann"), b.half(t, "ann"), b.half(t, "ann")}, make([]error, 3)
			var group sync.WaitGroup
			for i := range tokens {
				group.Go(func() { _, errs[i] = b.CompleteSignIn(t.Context(), tokens[i], code, browser) })
			}
			group.Wait()
			require.Equal(t, 1, none(errs), "%v", errs)
		})
		t.Run("a recovery code counts once", func(t *testing.T) {
			token := b.half(t, "ann")
			_, err := b.CompleteSignIn(t.Context(), token, strings.ToLower(recovery[3]), browser)
			require.NoError(t, err)
			_, err = b.CompleteSignIn(t.Context(), b.half(t, "ann"), recovery[3], browser)
			requireError(t, err, api.Unauthorised, identity.WrongCode)
			_, err = b.CompleteSignIn(t.Context(), b.half(t, "ann"), recovery[4], browser)
			require.NoError(t, err)
			require.Contains(t, b.actions(t, "", "user", ann.ID), "use_recovery_code")
		})
		t.Run("the rest of a sign-in is awaited for ten minutes", func(t *testing.T) {
			token := b.half(t, "ann")
			b.clock.pass(10 * time.Minute)
			_, err := b.CompleteSignIn(t.Context(), token, b.code(t, key), browser)
			requireError(t, err, api.Unauthorised, "identity.session_ended")
		})
		t.Run("a program gives both at once", func(t *testing.T) {
			c := as("ann", password)
			_, err := b.VerifyPassword(t.Context(), c, browser)
			requireError(t, err, api.Unauthorised, identity.FactorNeeded)
			c.Code = "000000x"
			_, err = b.VerifyPassword(t.Context(), c, browser)
			requireError(t, err, api.Unauthorised, identity.WrongCode)
			c.Code = b.code(t, key)
			user, err := b.VerifyPassword(t.Context(), c, browser)
			require.NoError(t, err)
			require.Equal(t, ann.ID, user.ID)
		})
		t.Run("it is turned off with the password", func(t *testing.T) {
			require.Equal(t, []string{"password"}, paths(t, b.RemoveFactor(t.Context(), self(ann), api.NewSecret("wrong"))))
			require.NoError(t, b.RemoveFactor(t.Context(), self(ann), api.NewSecret(password)))
			b.signIn(t, "ann")
			b.factor(t, ann)
			require.NoError(t, b.ResetFactor(t.Context(), cli, ann.ID))
			b.signIn(t, "ann")
		})
	})
}

func TestCodesOfASecondFactorAreThrottled(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, b *bundle) {
		ann := b.user(t, "ann")
		key, _ := b.factor(t, ann)
		for i := range 5 {
			_, err := b.CompleteSignIn(t.Context(), b.half(t, "ann"), fmt.Sprint("wrong", i), browser)
			requireError(t, err, api.Unauthorised, identity.WrongCode)
		}
		require.Equal(t, "locked_out", b.actions(t, "", "user", ann.ID)[0])
		token := b.half(t, "ann") // to know the password forgives nothing
		_, err := b.CompleteSignIn(t.Context(), token, b.code(t, key), browser)
		requireError(t, err, api.Limit, "identity.too_many")
		b.clock.pass(time.Second)
		_, err = b.CompleteSignIn(t.Context(), token, b.code(t, key), browser)
		require.NoError(t, err)
	})
}

func TestASecondFactorIsSealed(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, b *bundle) {
		ann, bob := b.user(t, "ann"), b.user(t, "bob")
		key, recovery := b.factor(t, ann)
		var kept []string
		require.NoError(t, b.db.Read.NewSelect().TableExpr("users").ColumnExpr("factor || factor_pending || recovery").Scan(t.Context(), &kept))
		for _, secret := range append(recovery, key) {
			require.NotContains(t, strings.Join(kept, ""), secret)
			require.NotContains(t, strings.Join(kept, ""), strings.ReplaceAll(secret, "-", ""))
		}
		t.Run("for its user only", func(t *testing.T) {
			b.exec(t, "UPDATE users SET factor = (SELECT a.factor FROM users AS a WHERE a.id = ?), recovery = '[]' WHERE id = ?", ann.ID, bob.ID)
			_, err := b.CompleteSignIn(t.Context(), b.half(t, "bob"), b.code(t, key), browser)
			require.ErrorIs(t, err, keyring.ErrSealed)
			require.NoError(t, b.ResetFactor(t.Context(), cli, bob.ID))
		})
		t.Run("and sealed again with a new key", func(t *testing.T) {
			folder := t.TempDir()
			old, err := keyring.Load(folder, "")
			require.NoError(t, err)
			before := identity.New(b.db, old, identity.Clock(b.clock.now))
			setup, err := before.BeginFactor(t.Context(), self(bob))
			require.NoError(t, err)
			_, err = before.ConfirmFactor(t.Context(), self(bob), b.code(t, setup.Key.Reveal()))
			require.NoError(t, err)
			require.NoError(t, b.ResetFactor(t.Context(), cli, ann.ID)) // of other keys
			require.NoError(t, keyring.Rotate(folder))
			rotated, err := keyring.Load(folder, "")
			require.NoError(t, err)
			after := identity.New(b.db, rotated, identity.Clock(b.clock.now))
			n, err := after.Reseal(t.Context())
			require.NoError(t, err)
			require.Equal(t, 1, n)
			n, err = after.Reseal(t.Context())
			require.NoError(t, err)
			require.Zero(t, n)
			b.clock.pass(time.Minute)
			_, err = after.CompleteSignIn(t.Context(), b.half(t, "bob"), b.code(t, setup.Key.Reveal()), browser)
			require.NoError(t, err)
		})
	})
}
