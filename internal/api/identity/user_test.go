package identity_test

import (
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"switchboard/internal/api"
	"switchboard/internal/api/apitest"
	"switchboard/internal/api/identity"
)

func TestCreateUser(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, b *bundle) {
		found, err := b.HasAdministrator(t.Context())
		require.NoError(t, err)
		require.False(t, found)

		ann := b.user(t, "ann")
		require.Regexp(t, `^[0-9a-f]{32}$`, ann.ID)
		require.Equal(t, b.project.Account, ann.Account)
		require.Equal(t, []string{"create"}, b.actions(t, "", "user", ann.ID))

		t.Run("then there is an administrator", func(t *testing.T) {
			found, err := b.HasAdministrator(t.Context())
			require.NoError(t, err)
			require.True(t, found)
		})
		t.Run("found by name", func(t *testing.T) {
			same, err := b.UserByName(t.Context(), "ann")
			require.NoError(t, err)
			require.Equal(t, ann, same)
			_, err = b.UserByName(t.Context(), "bob")
			requireError(t, err, api.NotFound, "identity.user_not_found")
		})
		t.Run("a taken name is a conflict at the name", func(t *testing.T) {
			_, err := b.CreateUser(t.Context(), cli, identity.NewPerson{Name: "ann"}, api.NewSecret(password))
			requireError(t, err, api.Conflict, "identity.name_taken")
			require.Equal(t, []string{"name"}, paths(t, err))
		})
		t.Run("two at once make one", func(t *testing.T) {
			errs := make([]error, 4)
			var group sync.WaitGroup
			for i := range errs {
				group.Go(func() {
					_, errs[i] = b.CreateUser(t.Context(), cli, identity.NewPerson{Name: "cat"}, api.NewSecret(password))
				})
			}
			group.Wait()
			var made int
			for _, err := range errs {
				if err == nil {
					made++
				} else {
					requireError(t, err, api.Conflict, "identity.name_taken")
				}
			}
			require.Equal(t, 1, made)
		})
	})
}

func TestCreateUserRefuses(t *testing.T) {
	t.Parallel()
	service := newBundle(t, apitest.Open(t, filepath.Join(t.TempDir(), "switchboard.db"))).Service
	long := strings.Repeat("é", 128)
	for name, c := range map[string]struct {
		name, password string
		paths          []string
	}{
		"nothing typed":                     {"", "", []string{"name", "password"}},
		"a blank in the name":               {"ann lee", password, []string{"name"}},
		"a name of 65 characters":           {strings.Repeat("a", 65), password, []string{"name"}},
		"markup in the name":                {"<b>", password, []string{"name"}},
		"a zero byte in the name":           {"a\x00", password, []string{"name"}},
		"a password of 9 characters":        {"ann", "123456789", []string{"password"}},
		"9 characters that are 27 bytes":    {"ann", "一二三四五六七八九", []string{"password"}},
		"a password of 129 characters":      {"ann", long + "x", []string{"password"}},
		"the name as password":              {"annabelle.lee", "annabelle.lee", []string{"password"}},
		"the name as password in capitals":  {"annabelle.lee", "ANNABELLE.LEE", []string{"password"}},
		"a bad name beside a bad password":  {"a b", "short", []string{"name", "password"}},
		"a name as password, and too short": {"ann", "ann", []string{"password"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := service.CreateUser(t.Context(), cli, identity.NewPerson{Name: c.name}, api.NewSecret(c.password))
			requireError(t, err, api.Invalid, "error.invalid")
			require.Equal(t, c.paths, paths(t, err))
		})
	}
}

func TestCreateUserAccepts(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, b *bundle) {
		for _, c := range []struct{ name, password string }{
			{"a", "1234567890"},
			{"Ann.Lee_1-2@example.com", strings.Repeat("é", 128)},
			{strings.Repeat("z", 64), "十个汉字也是一个密码"},
		} {
			_, err := b.CreateUser(t.Context(), cli, identity.NewPerson{Name: c.name}, api.NewSecret(c.password))
			require.NoError(t, err, c.name)
			_, err = b.VerifyPassword(t.Context(), as(c.name, c.password), browser)
			require.NoError(t, err, c.name)
		}
	})
}

func TestSetPreferences(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, b *bundle) {
		ann := b.user(t, "ann")
		actor := api.Actor{UserID: ann.ID, User: ann.Name, Way: api.WayPage}
		token := b.signIn(t, "ann")

		require.NoError(t, b.SetPreferences(t.Context(), actor, "zh", "dark"))
		session, err := b.Session(t.Context(), token)
		require.NoError(t, err)
		require.Equal(t, "zh", session.User.Lang)
		require.Equal(t, "dark", session.User.Theme)

		t.Run("the same again is no change", func(t *testing.T) {
			before := b.actions(t, "", "user", ann.ID)
			require.Equal(t, "update", before[0])
			require.NoError(t, b.SetPreferences(t.Context(), actor, "zh", "dark"))
			require.Equal(t, before, b.actions(t, "", "user", ann.ID))
		})
		t.Run("what is not on offer is refused", func(t *testing.T) {
			requireError(t, b.SetPreferences(t.Context(), actor, "xx", "dark"), api.Invalid, "identity.preference_rule")
			requireError(t, b.SetPreferences(t.Context(), actor, "en", "pink"), api.Invalid, "identity.preference_rule")
		})
		t.Run("nobody has none", func(t *testing.T) {
			requireError(t, b.SetPreferences(t.Context(), cli, "en", ""), api.NotFound, "")
		})
	})
}
