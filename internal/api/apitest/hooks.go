package apitest

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"switchboard/internal/api"
)

// HookSecret is the secret of hooks in tests.
const HookSecret = "correct-horse-battery-staple"

func hookDraft(url string) api.HookDraft {
	return api.HookDraft{URL: url, Enabled: true, Secret: api.NewSecret(HookSecret)}
}

func hookStored(t *testing.T, p Plane) {
	hook, err := p.Service.Hook(t.Context(), p.Mine)
	require.NoError(t, err)
	require.Equal(t, api.Hook{}, hook)
	require.NoError(t, p.Service.SetHook(t.Context(), p.Mine, hookDraft(" https://hooks.example.com/a?b=c ")))
	hook, err = p.Service.Hook(t.Context(), p.Mine)
	require.NoError(t, err)
	require.Equal(t, "https://hooks.example.com/a?b=c", hook.URL)
	require.True(t, hook.Enabled)
	require.True(t, hook.Secret)
	require.EqualValues(t, 1, hook.Version)
	require.Equal(t, p.Mine.Actor.User, hook.Updated.By)

	require.NoError(t, p.Service.SetHook(t.Context(), p.Mine, api.HookDraft{}))
	require.NoError(t, p.Service.SetHook(t.Context(), p.Mine, api.HookDraft{}), "gone already")
	hook, err = p.Service.Hook(t.Context(), p.Mine)
	require.NoError(t, err)
	require.Equal(t, api.Hook{}, hook)
	changes, err := p.Service.Changes(t.Context(), p.Mine, "hook", "", "", 10)
	require.NoError(t, err)
	require.Len(t, changes, 2)
	for i, action := range []string{"delete", "create"} {
		require.Equal(t, action, changes[i].Action)
		require.NotContains(t, string(changes[i].Before)+string(changes[i].After), HookSecret)
	}
}

func hookForeign(t *testing.T, p Plane) {
	require.NoError(t, p.Service.SetHook(t.Context(), p.Mine, hookDraft("https://hooks.example.com/a")))
	hook, err := p.Service.Hook(t.Context(), p.Other)
	require.NoError(t, err)
	require.Equal(t, api.Hook{}, hook)
	requireCode(t, p.Service.TestHook(t.Context(), p.Other), api.NotFound)
}

func hookProblems(t *testing.T, p Plane) {
	for url, problem := range map[string]string{ //nolint:gosec // addresses, none with a password
		"hooks.example.com":                          "url hook.url_form",
		"ftp://hooks.example.com/":                   "url hook.url_form",
		"file:///etc/passwd":                         "url hook.url_form",
		"https://":                                   "url hook.url_form",
		"https://hooks.example.com/#a":               "url hook.url_form",
		"https://hooks.example.com/\x00":             "url hook.url_form",
		"https://user@hooks.example.com/":            "url hook.url_user",
		"https://e.com/" + strings.Repeat("a", 2000): "url hook.url_too_long",
	} {
		require.Equal(t, []string{problem}, paths(p.Service.SetHook(t.Context(), p.Mine, hookDraft(url))), url)
	}
	for secret, problem := range map[string]string{
		"":                                    "secret hook.secret_required",
		"too-short":                           "secret hook.secret_length",
		strings.Repeat("a", 501):              "secret hook.secret_length",
		"whsec_" + strings.Repeat("not*", 10): "secret hook.secret_form",
	} {
		d := hookDraft("https://hooks.example.com/")
		d.Secret = api.NewSecret(secret)
		require.Equal(t, []string{problem}, paths(p.Service.SetHook(t.Context(), p.Mine, d)), secret)
	}
	require.Equal(t, []string{"url hook.url_form", "secret hook.secret_required"},
		paths(p.Service.SetHook(t.Context(), p.Mine, api.HookDraft{URL: "x"})), "all at once")
}

func hookSecretIsBound(t *testing.T, p Plane) {
	require.NoError(t, p.Service.SetHook(t.Context(), p.Mine, hookDraft("https://hooks.example.com/a")))
	for url, same := range map[string]bool{
		"https://hooks.example.com/b":      true,
		"https://HOOKS.example.com.:443/a": true,
		"https://evil.example.com/a":       false,
		"https://hooks.example.com:8443/a": false,
		"http://hooks.example.com/a":       false,
	} {
		err := p.Service.SetHook(t.Context(), p.Mine, api.HookDraft{URL: url, Enabled: true})
		if same {
			require.NoError(t, err, url)
		} else {
			require.Equal(t, []string{"secret hook.secret_again"}, paths(err), url)
		}
	}
}

func hookVersions(t *testing.T, p Plane) {
	require.NoError(t, p.Service.SetHook(t.Context(), p.Mine, hookDraft("https://hooks.example.com/a")))
	d := hookDraft("https://hooks.example.com/b")
	d.Version = 1
	require.NoError(t, p.Service.SetHook(t.Context(), p.Mine, d))
	requireCode(t, p.Service.SetHook(t.Context(), p.Mine, d), api.Conflict)
	d.URL = ""
	requireCode(t, p.Service.SetHook(t.Context(), p.Mine, d), api.Conflict)
}

func hookTested(t *testing.T, p Plane) {
	requireCode(t, p.Service.TestHook(t.Context(), p.Mine), api.NotFound)
	closed := ClosedDraft(t, "").Inputs
	url := fmt.Sprintf("http://%s:%s/", closed["linkConfig.host"], closed["linkConfig.port"])
	require.NoError(t, p.Service.SetHook(t.Context(), p.Mine, hookDraft(url)))
	err := p.Service.TestHook(t.Context(), p.Mine)
	requireCode(t, err, api.Invalid)
	require.Equal(t, []string{"url hook.no_answer"}, paths(err))
	hook, err := p.Service.Hook(t.Context(), p.Mine)
	require.NoError(t, err)
	require.Equal(t, api.M("hook.no_answer"), hook.LastError)
	require.WithinDuration(t, time.Now(), hook.LastAt, time.Minute)
}
