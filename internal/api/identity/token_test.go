package identity_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"switchboard/internal/api"
	"switchboard/internal/api/identity"
)

func TestTokens(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, b *bundle) {
		ann := b.user(t, "ann")
		actor := api.Actor{UserID: ann.ID, User: ann.Name, Way: api.WayWire}
		issue := func(t *testing.T, project *identity.Project) (string, identity.Token) {
			t.Helper()
			text, token, err := b.IssueToken(t.Context(), actor, ann, project)
			require.NoError(t, err)
			require.GreaterOrEqual(t, len(text), 43, "32 random bytes")
			return text, token
		}

		t.Run("of a project", func(t *testing.T) {
			text, token := issue(t, new(b.mine()))
			require.Equal(t, ann, token.User)
			require.Equal(t, b.mine().Limited(), *token.Project)
			require.Equal(t, api.RoleAdmin, token.Project.Role, "it is for this project only")
			require.Equal(t, b.clock.now(), token.Issued)
			require.Equal(t, b.clock.now().Add(24*time.Hour), token.Expires)
			same, err := b.Token(t.Context(), text)
			require.NoError(t, err)
			require.Equal(t, token, same)
		})
		t.Run("of the account", func(t *testing.T) {
			text, token := issue(t, nil)
			same, err := b.Token(t.Context(), text)
			require.NoError(t, err)
			require.Nil(t, same.Project)
			require.Equal(t, token, same)
		})
		t.Run("a second one leaves the first valid", func(t *testing.T) {
			first, _ := issue(t, nil)
			issue(t, nil)
			_, err := b.Token(t.Context(), first)
			require.NoError(t, err)
		})
		t.Run("a guess is unknown", func(t *testing.T) {
			for _, guess := range []string{"", "guess", "\x00", "\xff"} {
				_, err := b.Token(t.Context(), guess)
				requireError(t, err, api.Unauthorised, identity.TokenUnknown)
			}
		})
		t.Run("a revoked one is unknown at once", func(t *testing.T) {
			text, _ := issue(t, &b.project)
			require.NoError(t, b.RevokeToken(t.Context(), actor, text))
			_, err := b.Token(t.Context(), text)
			requireError(t, err, api.Unauthorised, identity.TokenUnknown)
			requireError(t, b.RevokeToken(t.Context(), actor, text), api.NotFound, identity.TokenUnknown)
			require.Equal(t, "revoke", b.actions(t, b.project.ID, "token", "")[0])
		})
		t.Run("an expired one is told from an unknown one, for a day", func(t *testing.T) {
			text, token := issue(t, nil)
			b.clock.pass(24 * time.Hour)
			_, err := b.Token(t.Context(), text)
			requireError(t, err, api.Unauthorised, identity.TokenExpired)
			var refusal *api.Error
			require.ErrorAs(t, err, &refusal)
			require.Equal(t, token.Expires.Format(time.RFC3339), refusal.Message.Args["at"])

			b.clock.pass(24*time.Hour + time.Second)
			issue(t, nil)
			_, err = b.Token(t.Context(), text)
			requireError(t, err, api.Unauthorised, identity.TokenUnknown)
			require.Equal(t, 1, b.count(t, "tokens"))
		})
		t.Run("disabling the user disables the token at once", func(t *testing.T) {
			text, _ := issue(t, nil)
			b.disable(t, ann)
			_, err := b.Token(t.Context(), text)
			requireError(t, err, api.Unauthorised, "identity.user_disabled")
		})
	})
}
