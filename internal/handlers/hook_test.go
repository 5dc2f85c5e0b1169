package handlers_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"

	"github.com/stretchr/testify/require"

	"switchboard/internal/api"
)

// receiver is an address that takes alerts, or answers with another status.
func receiver(t *testing.T, status int) string {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(status) }))
	t.Cleanup(server.Close)
	return server.URL + "/hook"
}

const signing = "canary-signing-secret-1234"

func TestAlerts(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	alerts, address := s.links()+"/alerts", receiver(t, http.StatusNoContent)
	p := s.get(alerts).requireStatus(http.StatusOK)
	require.Contains(t, p.text("#hook-delivery"), "Save an address first")
	require.Zero(t, p.Find("#hook-test").Length(), "there is nothing to test yet")
	require.Contains(t, p.text("main"), "Webhook-Signature")

	t.Run("a refused form keeps what was typed, the secret sealed", func(t *testing.T) {
		p := s.post(alerts, url.Values{"url": {"not an address"}, "secret": {signing}}).requireStatus(http.StatusUnprocessableEntity)
		require.Equal(t, "not an address", p.value("url"))
		require.NotEmpty(t, p.text("#url-error"))
		require.NotContains(t, p.html, signing)
		held := p.value("secret.held")
		s.post(alerts, url.Values{"url": {address}, "enabled": {"true"}, "secret.held": {held}}).requireRedirect(alerts)
	})
	t.Run("a stored secret is kept without being typed, and never shown", func(t *testing.T) {
		p := s.get(alerts)
		require.NotContains(t, p.html, signing)
		require.Equal(t, "keep", p.Find("[name='secret.mode'][checked]").AttrOr("value", ""))
		v := url.Values{"url": {address}, "secret.mode": {"keep"}, "version": {p.value("version")}}
		s.post(alerts, v).requireRedirect(alerts)
		hook, err := s.service.Hook(t.Context(), s.scope())
		require.NoError(t, err)
		require.True(t, hook.Secret)
		require.False(t, hook.Enabled)
	})
	t.Run("replacing with nothing is not keeping", func(t *testing.T) {
		p := s.post(alerts, url.Values{"url": {address}, "secret.mode": {"replace"}}).requireStatus(http.StatusUnprocessableEntity)
		require.Contains(t, p.text("#secret-error"), "Enter the new secret")
	})
	t.Run("another destination asks for the secret again", func(t *testing.T) {
		p := s.post(alerts, url.Values{"url": {"https://elsewhere.example/"}, "secret.mode": {"keep"}}).requireStatus(http.StatusUnprocessableEntity)
		require.NotEmpty(t, p.text("#secret-error"))
		require.Equal(t, "again", p.Find("[name='secret.mode'][checked]").AttrOr("value", ""))
	})
	t.Run("who was slower is told, and can save all the same", func(t *testing.T) {
		v := url.Values{"url": {address}, "secret.mode": {"keep"}, "version": {"1"}}
		p := s.post(alerts, v).requireStatus(http.StatusUnprocessableEntity)
		require.Contains(t, p.text("[role=alert]"), user)
		v.Set("version", p.value("version"))
		s.post(alerts, v).requireRedirect(alerts)
	})
	t.Run("an empty address removes them", func(t *testing.T) {
		s.post(alerts, url.Values{"url": {" "}}).requireRedirect(alerts)
		hook, err := s.service.Hook(t.Context(), s.scope())
		require.NoError(t, err)
		require.Empty(t, hook.URL)
	})
}

func TestATestEvent(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		status int
		badge  string
		told   string
	}{
		"that is taken":   {http.StatusNoContent, "Taken", "The test event was taken."},
		"that is refused": {http.StatusTeapot, "Not taken", "HTTP status 418"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newSite(t)
			alerts := s.links() + "/alerts"
			err := s.service.SetHook(t.Context(), s.scope(), api.HookDraft{URL: receiver(t, c.status), Enabled: true, Secret: api.NewSecret(signing)})
			require.NoError(t, err)
			p := s.post(alerts+"/test", nil, fragment("hook-delivery")...).requireStatus(http.StatusOK)
			require.False(t, p.whole())
			require.Contains(t, p.text(".badge"), c.badge)
			require.Contains(t, p.Find("#hook-delivery").AttrOr("data-announce", ""), c.badge)

			s.post(alerts+"/test", nil).requireRedirect(alerts)
			p = s.get(alerts)
			require.Contains(t, p.text(".flashes"), c.told)
			require.Contains(t, p.text("#hook-delivery .badge"), c.badge, "and the result stays on the page")
		})
	}
}

func TestAlertsInAnotherLanguageKeepWhatWasTyped(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	p := s.post(s.links()+"/alerts/edit", url.Values{"url": {"https://half.typ"}, "secret": {signing}, "language": {"zh"}})
	p.requireStatus(http.StatusOK)
	require.Equal(t, "zh-Hans", p.Find("html").AttrOr("lang", ""))
	require.Equal(t, "https://half.typ", p.value("url"))
	require.NotEmpty(t, p.value("secret.held"))
	require.NotContains(t, p.html, signing)
	require.Equal(t, 1, p.Find("form[data-unsaved]").Length())
}

func TestAlertsOfAProjectThatOneMayNotUseAreNotFound(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	for _, alerts := range []string{"/p/00000000000000000000000000000000/links/alerts"} {
		s.get(alerts).requireStatus(http.StatusNotFound)
		s.post(alerts, url.Values{"url": {"https://evil.example"}}).requireStatus(http.StatusNotFound)
		s.post(alerts+"/test", nil).requireStatus(http.StatusNotFound)
	}
}
