package handlers_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"switchboard/internal/api/connector/paste"
)

func TestPasting(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	pasted := func(text string) *page { return s.post(s.links()+"/new/paste", url.Values{"text": {text}}) }

	t.Run("the picker and a new form have a box for it, open on the picker", func(t *testing.T) {
		require.Equal(t, 1, s.get(s.links()+"/new").Find("details#paste[open] textarea").Length())
		require.Equal(t, 1, s.get(s.links()+"/new?connector=mysql").Find("details#paste:not([open]) textarea").Length())
		require.Zero(t, s.get(s.links()+"/new?connector=mysql").Find("form form").Length())
	})
	t.Run("a JDBC URL becomes a filled form that says what was made of it", func(t *testing.T) {
		p := pasted("jdbc:postgresql://db.example.com:5433/orders?user=loader&password=canary-password&nonsense=1").requireStatus(http.StatusOK)
		require.Equal(t, "PostgreSQL", p.text("#section-link .badge"))
		for path, want := range map[string]string{
			"linkConfig.databaseType": "POSTGRESQL", "linkConfig.host": "db.example.com", "linkConfig.port": "5433",
			"linkConfig.database": "orders", "linkConfig.username": "loader",
		} {
			require.Equal(t, want, p.value(path))
		}
		require.Contains(t, p.text(".paste-report"), "Host: db.example.com")
		require.Contains(t, p.text(".paste-report"), "nonsense")
		require.Equal(t, "name", p.Find("[autofocus]").AttrOr("id", ""))
		require.Equal(t, s.links()+"/new?connector=postgresql", p.value("next"), "the switches lead to the form")
	})
	t.Run("a password in it goes on sealed, and is not in the page", func(t *testing.T) {
		p := pasted("mysql -h db.example.com -u loader -pcanary-password orders").requireStatus(http.StatusOK)
		require.NotContains(t, p.html, "canary-password")
		v := editing(p)
		v.Set("name", "pasted")
		v.Set("linkConfig.port", closedPort(t))
		v.Set("linkConfig.host", "127.0.0.1")
		v.Set("anyway", "true")
		s.post(s.links(), v).requireStatus(http.StatusSeeOther)
		link, err := s.service.FindLink(t.Context(), s.scope(), "default", "pasted")
		require.NoError(t, err)
		require.True(t, link.HasSecret["linkConfig.password"])
	})
	t.Run("with script only the refusal is drawn, and the text stays in its box", func(t *testing.T) {
		const part = "paste-refusal"
		for _, path := range []string{"/new", "/new?connector=mysql"} {
			p := s.get(s.links() + path)
			require.Equal(t, "#"+part, p.Find(".paste-form").AttrOr("hx-target", ""))
			require.Equal(t, 1, p.Find("#"+part).Length())
		}
		refused := s.post(s.links()+"/new/paste", url.Values{"text": {"canary-password and gibberish"}}, fragment(part)...)
		refused.requireStatus(http.StatusUnprocessableEntity)
		require.False(t, refused.whole())
		require.Zero(t, refused.Find("textarea").Length())
		require.NotEmpty(t, refused.text("#"+part+"[role=alert]"))
		done := s.post(s.links()+"/new/paste", url.Values{"text": {"mysql -h db.example.com"}}, fragment(part)...).requireStatus(http.StatusOK)
		require.True(t, done.whole())
		require.Equal(t, "body", done.header.Get("HX-Retarget"))
	})
	for name, text := range map[string]string{
		"nothing":                "",
		"what is no connection":  "canary-password and gibberish",
		"more than is read":      strings.Repeat("canary-password ", paste.MaxText/8),
		"a program's own markup": `"><script>alert('canary-password')</script>`,
	} {
		t.Run(name+" is refused, and the box comes back empty", func(t *testing.T) {
			p := pasted(text).requireStatus(http.StatusUnprocessableEntity)
			require.NotEmpty(t, p.text("#paste-error"))
			require.Empty(t, p.Find("#paste-text").Text())
			require.NotContains(t, p.html, "canary-password")
			require.NotZero(t, p.Find(".tile").Length(), "one can still pick")
		})
	}
}
