package templates_test

import (
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"
	"github.com/stretchr/testify/require"

	"switchboard/internal/locale"
	"switchboard/web/templates"
)

func kit(t *testing.T, lang string, f templates.Frame) *goquery.Document {
	t.Helper()
	doc, _ := render(t, locale.With(t.Context(), lang), templates.Kit(f))
	return doc
}

func TestShell(t *testing.T) {
	t.Parallel()
	t.Run("the page says its language", func(t *testing.T) {
		t.Parallel()
		require.Equal(t, "en", kit(t, "en", frame()).Find("html").AttrOr("lang", ""))
		require.Equal(t, "zh-Hans", kit(t, "zh", frame()).Find("html").AttrOr("lang", ""))
	})
	t.Run("a chosen theme is stated, the system's is left to the browser", func(t *testing.T) {
		t.Parallel()
		for chosen, want := range map[string]string{"": "", "auto": "", "light": "light", "dark": "dark", "neon": ""} {
			f := frame()
			f.Theme = chosen
			doc := kit(t, "en", f)
			require.Equal(t, want, doc.Find("html").AttrOr("data-theme", ""))
			current := doc.Find("button[name=theme][aria-current]")
			require.Equal(t, 1, current.Length())
			require.Equal(t, want, strings.TrimSuffix(current.AttrOr("value", ""), "auto"))
		}
	})
	t.Run("the current entry of the navigation is marked, and only what exists is there", func(t *testing.T) {
		t.Parallel()
		nav := kit(t, "en", frame()).Find("nav.sidebar")
		require.Equal(t, "Links", strings.TrimSpace(nav.Find("[aria-current=page]").Text()))
		require.Equal(t, 2, nav.Find("a").Length())
	})
	t.Run("switches come back to this page", func(t *testing.T) {
		t.Parallel()
		forms := kit(t, "en", frame()).Find("form[action='/preferences'][method=post]")
		require.Equal(t, 2, forms.Length())
		for _, form := range forms.EachIter() {
			require.Equal(t, frame().Path, form.Find("input[name=next]").AttrOr("value", ""))
		}
		require.Equal(t, "zh", forms.Find("button[name=language]").AttrOr("value", ""))
	})
	t.Run("the switcher marks the current project and signing out is a post", func(t *testing.T) {
		t.Parallel()
		doc := kit(t, "en", frame())
		require.Equal(t, "/p/1", doc.Find("details .popup-panel a[aria-current=true]").AttrOr("href", ""))
		require.Equal(t, 1, doc.Find("form[action='/sign-out'][method=post] button").Length())
	})
	t.Run("flashes are a status", func(t *testing.T) {
		t.Parallel()
		require.Contains(t, kit(t, "en", frame()).Find(".flashes[role=status]").Text(), "Signed in as "+markup)
	})
	t.Run("an error in one line is there for whoever asked for a part of a page", func(t *testing.T) {
		t.Parallel()
		f := frame()
		doc, _ := render(t, locale.With(t.Context(), "en"), templates.Error(f, templates.ErrorView{Status: 503, Title: "Busy", Advice: "Try again."}))
		require.Equal(t, "Busy: Try again. (Request id: request-1)", doc.Find("[data-problem]").AttrOr("data-problem", ""))
		require.Equal(t, "503", doc.Find(".error-status").Text())
	})
}
