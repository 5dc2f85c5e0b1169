package handlers_test

import (
	"net/http"
	"net/url"
	"testing"

	"github.com/stretchr/testify/require"

	"switchboard/internal/api"
)

func TestAliasIsBroughtBack(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	alias := s.pointed(byWeight("20"))
	path := s.aliasPath(alias)
	d := byRules()
	d.Version, d.Description = "v3", new("testers first")
	s.led(alias, d)

	p := s.get(path + "/history").requireStatus(http.StatusOK)
	require.Equal(t, 2, p.Find(".changes > li").Length())
	require.Zero(t, p.Find(".changes > li:nth-child(1) .change-back").Length(), "what is live is not brought back")
	back := p.Find(".changes > li:nth-child(2) .change-back").AttrOr("href", "")

	p = s.get(back).requireStatus(http.StatusOK)
	t.Run("the difference from what is live is shown first", func(t *testing.T) {
		require.Contains(t, p.text(".lead"), "Alias created")
		require.Contains(t, p.text(".change-values"), "v3")
		require.Contains(t, p.text(".change-values"), "testers first")
		require.JSONEq(t, `{"version": "v1", "description": "", "additional_version_weights": {"v2": 20}}`, p.Find("#alias-json").Text())
		require.Equal(t, "v3", s.stored(alias).Route.Main, "and nothing is changed by looking")
	})
	t.Run("who presses after somebody else changed the alias sees the new difference", func(t *testing.T) {
		s.led(alias, api.AliasDraft{Version: "v2"})
		p = s.post(back, fields(p, "form[action='"+back+"']")).requireStatus(http.StatusUnprocessableEntity)
		require.Contains(t, p.text("[role=alert]"), "grace changed the alias")
		require.Equal(t, "v2", s.stored(alias).Route.Main)
	})
	s.post(back, fields(p, "form[action='"+back+"']")).requireRedirect(path)
	now := s.stored(alias)
	require.Equal(t, []any{"v1", "v2", 20, ""}, []any{now.Route.Main, now.Route.Additional, now.Route.Weight, now.Description})
	require.Contains(t, s.get(path).text(".flashes"), "prod is back to the state after")

	t.Run("what is so already has nothing to bring back", func(t *testing.T) {
		p := s.get(back).requireStatus(http.StatusOK)
		require.Contains(t, p.text(".notice"), "like this already")
		require.Zero(t, p.Find("#past-save").Length())
		require.Equal(t, 2, s.get(path+"/history").Find(".change-back").Length())
	})
	t.Run("what does not hold any more is said, and not offered", func(t *testing.T) {
		s.led(alias, api.AliasDraft{Version: "v1"})
		require.NoError(t, s.service.DeleteVersion(t.Context(), s.scope(), alias.Function.ID, "v2", api.Confirmation{}))
		p := s.get(back).requireStatus(http.StatusOK)
		require.Contains(t, p.text("#past-problems"), "no version v2")
		require.Zero(t, p.Find("#past-save").Length())
		seen := p.value("version")
		p = s.post(back, url.Values{"version": {seen}}).requireStatus(http.StatusUnprocessableEntity)
		require.Contains(t, p.text("#past-problems"), "no version v2")
	})
	t.Run("what is no change of it is not found", func(t *testing.T) {
		s.get(path + "/history/nonsense").requireStatus(http.StatusNotFound)
		s.post(path+"/history/"+alias.ID, nil).requireStatus(http.StatusNotFound)
	})
}

func TestRampEndsWhereAnEarlierStateIsBroughtBack(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	alias := s.pointed(api.AliasDraft{})
	s.ramped(alias, false, "10", "1h", "50", "1h")
	path := s.aliasPath(alias)
	back := s.get(path+"/history").Find(".changes > li:nth-child(2) .change-back").AttrOr("href", "")
	p := s.get(back).requireStatus(http.StatusOK)
	require.Contains(t, p.text(".impact"), "ramp")
	s.post(back, fields(p, "form[action='"+back+"']")).requireRedirect(path)
	require.Nil(t, s.stored(alias).Ramp)
}

func TestWhatGoesOnAtAnAliasOfAnotherProjectIsNotFound(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	alias := s.pointed(byWeight("20"))
	other := s.addProject("other")
	path := "/p/" + other.ID + "/aliases/" + alias.ID
	changes, err := s.service.Changes(t.Context(), s.scope(), api.KindAlias, alias.ID, "", 1)
	require.NoError(t, err)
	for _, address := range []string{"/try", "/ramp", "/ramp/new", "/ramp/events", "/history", "/history/" + changes[0].ID} {
		s.get(path + address).requireStatus(http.StatusNotFound)
	}
	sent := url.Values{"main": {"v1"}, "additional": {"v2"}, "at": {"0"}, "do": {"next"}, "confirm": {"true"}, "requests": {"X-A: b"}}
	for _, address := range []string{
		"/try", "/try/file", "/ramp", "/ramp/validate", "/ramp/edit", "/ramp/steer", "/promote", "/abort", "/history/" + changes[0].ID,
	} {
		s.post(path+address, sent).requireStatus(http.StatusNotFound)
	}
	require.Equal(t, 20, s.stored(alias).Route.Weight)
}
