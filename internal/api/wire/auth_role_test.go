package wire

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"
	"github.com/stretchr/testify/require"

	"switchboard/internal/api"
	"switchboard/internal/api/identity"
)

// added is somebody with that role in the first project.
func (w *world) added(t *testing.T, name string, role api.Role) (identity.User, api.Actor) {
	t.Helper()
	user, err := w.ids.CreateUser(t.Context(), console, identity.NewPerson{Name: name, Roles: map[string]api.Role{w.project.ID: role}}, api.NewSecret(password))
	require.NoError(t, err)
	return user, api.Actor{UserID: user.ID, User: user.Name}
}

func TestACredentialOpensWhatItsUserHasARoleIn(t *testing.T) {
	t.Parallel()
	w := start(t)
	bob, actor := w.added(t, "bob", api.RoleViewer)
	other := "/v1.1/" + w.other.ID + "/clusters/c/cdm/link/all"
	everywhere, _, err := w.ids.CreateAPIToken(t.Context(), actor, "all", "", time.Hour)
	require.NoError(t, err)
	here, _, err := w.ids.CreateAPIToken(t.Context(), actor, "one", w.project.ID, time.Hour)
	require.NoError(t, err)
	w.key, err = w.ids.CreateKey(t.Context(), actor, bob, nil, "")
	require.NoError(t, err)
	ask := func(path string) []int {
		return []int{
			w.send("GET", path, "", header{"X-Auth-Token", everywhere}).Code,
			w.send("GET", path, "", header{"X-Auth-Token", here}).Code, w.signed("GET", path, "").Code,
		}
	}
	require.Equal(t, []int{200, 200, 200}, ask(w.links("c", "/all")))
	require.Equal(t, []int{403, 403, 403}, ask(other))

	scope := api.Scope{Project: w.project.ID, Actor: console}
	require.NoError(t, w.ids.SetProjectRole(t.Context(), scope, identity.Holder{User: bob.ID}, api.RoleNone))
	require.Equal(t, []int{403, 403, 403}, ask(w.links("c", "/all")), "at the very next request")
	require.NoError(t, w.ids.SetProjectRole(t.Context(), scope, identity.Holder{User: bob.ID}, api.RoleViewer))
	require.NoError(t, w.ids.DisablePerson(t.Context(), console, bob.ID))
	require.Equal(t, []int{401, 401, 401}, ask(w.links("c", "/all")), "at the very next request")
}

func TestACredentialOfOneProjectKnowsNoOther(t *testing.T) {
	t.Parallel()
	w := start(t)
	bob, actor := w.added(t, "bob", api.RoleEditor)
	scope := api.Scope{Project: w.other.ID, Actor: console}
	require.NoError(t, w.ids.SetProjectRole(t.Context(), scope, identity.Holder{User: bob.ID}, api.RoleEditor))
	token, _, err := w.ids.CreateAPIToken(t.Context(), actor, "one", w.project.ID, time.Hour)
	require.NoError(t, err)
	w.key, err = w.ids.CreateKey(t.Context(), actor, bob, &w.project, "")
	require.NoError(t, err)
	for _, list := range []string{
		w.send("GET", "/v3/auth/projects", "", header{"X-Auth-Token", token}).Body.String(),
		w.signed("GET", "/v3/auth/projects", "").Body.String(),
	} {
		require.Contains(t, list, w.project.ID)
		require.NotContains(t, list, w.other.ID)
	}
}

func TestATokenNeedsTheSecondFactor(t *testing.T) {
	t.Parallel()
	w := start(t)
	_, actor := w.added(t, "bob", api.RoleViewer)
	setup, err := w.ids.BeginFactor(t.Context(), actor)
	require.NoError(t, err)
	code := func() string {
		code, err := totp.GenerateCode(setup.Key.Reveal(), w.clock())
		require.NoError(t, err)
		return code
	}
	_, err = w.ids.ConfirmFactor(t.Context(), actor, code())
	require.NoError(t, err)
	w.wait(time.Minute)
	body := func(passcode string) string {
		return fmt.Sprintf(`{"auth":{"identity":{"methods":["password","totp"],
			"password":{"user":{"name":"bob","password":%q,"domain":{"name":"default"}}},
			"totp":{"user":{"id":"","passcode":%q}}},"scope":{"project":{"id":%q}}}}`, password, passcode, w.project.ID)
	}
	for _, wrong := range []string{"", "000000x"} {
		rec := w.send("POST", "/v3/auth/tokens", body(wrong), header{"X-Auth-Token", ""})
		require.Equal(t, http.StatusUnauthorized, rec.Code)
		require.Contains(t, rec.Body.String(), "second factor")
	}
	require.Equal(t, http.StatusCreated, w.send("POST", "/v3/auth/tokens", body(code()), header{"X-Auth-Token", ""}).Code)
}
