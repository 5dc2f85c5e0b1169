package templates_test

import (
	"bytes"
	"testing"

	"github.com/PuerkitoBio/goquery"
	"github.com/stretchr/testify/require"

	"switchboard/internal/api"
	"switchboard/internal/locale"
	"switchboard/web/templates"
)

func TestDumpViewer(t *testing.T) {
	ctx := templates.WithRole(locale.With(t.Context(), locale.Languages[0]), api.RoleViewer)
	for name, page := range pages(ctx) {
		var html bytes.Buffer
		require.NoError(t, page.Render(ctx, &html))
		doc, err := goquery.NewDocumentFromReader(&html)
		require.NoError(t, err)
		doc.Find("main a[href], main form[method=post]").Each(func(_ int, e *goquery.Selection) {
			h := e.AttrOr("href", "") + e.AttrOr("action", "")
			t.Log(name, "|", goquery.NodeName(e), h)
		})
	}
}
