package main

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"switchboard/internal/api"
	"switchboard/internal/api/identity"
	"switchboard/internal/api/identity/oidc"
)

// someProvider is an issuer whom nobody asks: it does not answer.
const someProvider = "https://id.example.com/realm"

func TestSigningInAtAProvider(t *testing.T) {
	t.Parallel()
	e := env{
		"SWITCHBOARD_DATA": t.TempDir(), envOpenIDSecret: canary, envAdmin: canary,
		"SWITCHBOARD_OIDC_ISSUER": someProvider, "SWITCHBOARD_OIDC_CLIENT_ID": "console", "SWITCHBOARD_OIDC_ADMIN_GROUP": "/ops",
	}
	people := func(t *testing.T) []identity.Group {
		t.Helper()
		groups, err := look(t, e["SWITCHBOARD_DATA"]).Groups(t.Context(), api.Actor{Role: api.RoleAdministrator})
		require.NoError(t, err)
		return groups
	}
	s := serve(t, e, "--oidc-label", "Acme")
	status, page := asked(t, s.url+"/sign-in")
	require.Equal(t, http.StatusOK, status)
	require.Contains(t, page, "Sign in with Acme")
	require.Zero(t, s.end())
	require.NotContains(t, s.output()+s.errors(), canary)

	t.Run("makes the group of administrators, once", func(t *testing.T) {
		require.Zero(t, serve(t, e).end())
		groups := people(t)
		require.Len(t, groups, 1)
		require.Equal(t, []any{"/ops", "/ops", true}, []any{groups[0].Name, groups[0].Claim, groups[0].Administrator})
	})
	t.Run("a group that is there becomes one of administrators", func(t *testing.T) {
		done(t, e, "group", "add", "Night shift", "--claim", "/night")
		e["SWITCHBOARD_OIDC_ADMIN_GROUP"] = "/night"
		require.Zero(t, serve(t, e).end())
		for _, g := range people(t) {
			require.True(t, g.Administrator, g.Name)
		}
		require.Len(t, people(t), 2)
	})
	t.Run("without an issuer there is no such way", func(t *testing.T) {
		plain := serve(t, nil, "--data", t.TempDir())
		_, page := asked(t, plain.url+"/sign-in")
		require.NotContains(t, page, "/sign-in/oidc")
	})
}

func TestFlagsOfAProvider(t *testing.T) {
	t.Parallel()
	parsed := func(t *testing.T, e env, args ...string) *signingIn {
		t.Helper()
		flags := newFlags()
		o := signingInFlags(flags)
		_, err := (&program{getenv: e.get}).parse(flags, args)
		require.NoError(t, err)
		return o
	}
	t.Run("nothing said is what most providers know", func(t *testing.T) {
		require.Equal(t, &signingIn{Config: oidc.Config{
			Scopes: []string{"profile", "email"}, GroupsClaim: "groups", NameClaim: "preferred_username", Label: "OpenID Connect",
		}}, parsed(t, nil))
	})
	t.Run("flags go before the environment", func(t *testing.T) {
		o := parsed(t, env{"SWITCHBOARD_OIDC_LABEL": "Other", "SWITCHBOARD_OIDC_NAME_CLAIM": "email"},
			"--oidc-label", "Acme", "--oidc-scopes", "profile, groups", "--oidc-groups-claim=", "--public-url", "https://console.example.com/")
		require.Equal(t, []string{"profile", "groups"}, o.Scopes)
		require.Equal(t, []string{"Acme", "email", "", "https://console.example.com"}, []string{o.Label, o.NameClaim, o.GroupsClaim, o.publicURL})
	})
}
