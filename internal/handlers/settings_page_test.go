package handlers_test

import (
	"net/http"
	"net/url"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"switchboard/internal/api"
	"switchboard/internal/handlers"
)

// settingsSite is a console that knows how it was started.
func settingsSite(t *testing.T) *site {
	t.Helper()
	s := newSite(t)
	s.options.About = func(a api.Actor) (handlers.Installation, error) {
		return handlers.Installation{
			Version: "1.2.3", Go: "go1.26", Began: time.Now(), Database: "SQLite", Keys: []string{"0a1b2c3d", "ffffffff"},
			Settings: []handlers.Setting{
				{Name: "listen", Value: "0.0.0.0:8080", Set: true}, {Name: "region", Value: "local-1"},
				{Name: "client-secret", Value: "canary-in-a-flag", Set: true, Hidden: true},
			},
		}, api.Allow(a, api.RoleAdministrator)
	}
	s.server.Config.Handler = handlers.New(s.options)
	return s
}

func TestSettingsPage(t *testing.T) {
	t.Parallel()
	s := settingsSite(t)
	p := s.get("/settings").requireStatus(http.StatusOK)
	for _, words := range []string{"1.2.3", "SQLite", "0a1b2c3d", "--listen", "0.0.0.0:8080", "--region", "--client-secret", "set, but not shown"} {
		require.Contains(t, p.text("main"), words)
	}
	require.NotContains(t, p.html, "canary-in-a-flag")
	require.Empty(t, p.value("days"), "everything is kept")
	require.Equal(t, 1, s.get(s.links()).Find(`a[href="/settings"]`).Length(), "the menu leads there")
}

func TestSettingsAreForAdministrators(t *testing.T) {
	t.Parallel()
	s := settingsSite(t)
	s.join("grace", api.RoleAdmin)
	grace := s.as(t, "grace", secondPassword)
	p := grace.get("/settings").requireStatus(http.StatusForbidden)
	require.NotContains(t, p.html, "0a1b2c3d")
	grace.post("/settings/verify", nil).requireStatus(http.StatusForbidden)
	grace.post("/settings/retention", url.Values{"days": {"90"}}).requireStatus(http.StatusForbidden)
	require.Zero(t, grace.get(grace.links()).requireStatus(http.StatusOK).Find(`a[href="/settings"]`).Length())
	s.as(t, "", "").get("/settings").requireRedirect("/sign-in?next=%2Fsettings")
	require.Empty(t, s.get("/settings").value("days"))
}

func TestSettingsKeepTheAuditLogAsLongAsSaid(t *testing.T) {
	t.Parallel()
	s := settingsSite(t)
	save := func(days string) *page { return s.post("/settings/retention", url.Values{"days": {days}}) }
	for _, days := range []string{"29", "3651", "-5", "soon", "99999999999999999999"} {
		p := save(days).requireStatus(http.StatusUnprocessableEntity)
		require.NotEmpty(t, p.text("#days-error"), days)
		require.Equal(t, days, p.value("days"), "what was typed stays")
		require.Contains(t, p.text("main"), "--listen", "beside everything else")
		require.Empty(t, s.get("/settings").value("days"))
	}
	save(" 90 ").requireRedirect("/settings")
	p := s.get("/settings")
	require.Equal(t, "90", p.value("days"))
	require.Contains(t, p.html, "The audit log is kept as you said.")
	save("").requireRedirect("/settings")
	require.Empty(t, s.get("/settings").value("days"))
}

func TestSettingsProveTheAuditLog(t *testing.T) {
	t.Parallel()
	s := settingsSite(t)
	require.Zero(t, s.get("/settings").Find("main [role=status]").Length(), "nobody asked")
	p := s.post("/settings/verify", nil).requireStatus(http.StatusOK)
	require.Contains(t, p.text("main [role=status]"), "The chain is intact")
	require.NotContains(t, p.html, "canary-in-a-flag")
}
