package templates_test

import (
	"slices"
	"testing"

	"github.com/PuerkitoBio/goquery"
	"github.com/stretchr/testify/require"

	"switchboard/internal/api"
	"switchboard/internal/locale"
	"switchboard/web/templates"
)

func spark(t *testing.T, recent ...api.Status) *goquery.Document {
	t.Helper()
	doc, _ := render(t, locale.With(t.Context(), "en"), templates.Sparkline(recent))
	return doc
}

func TestSparkline(t *testing.T) {
	t.Parallel()
	doc := spark(t, api.Passed, api.Passed, api.Failed, api.Warned)

	t.Run("says in words what it draws", func(t *testing.T) {
		t.Parallel()
		require.Equal(t, "Latest checks: 2 × Passed, 1 × Passed with a warning, 1 × Failed", doc.Find("title").Text())
	})
	t.Run("the ways to end differ in shape, not in colour alone", func(t *testing.T) {
		t.Parallel()
		require.Equal(t, "M105 6.5h6", doc.Find(".spark-passed").AttrOr("d", ""), "stands on the line")
		require.Equal(t, "M117 9.5h2", doc.Find(".spark-warned").AttrOr("d", ""), "stands half as high")
		require.Equal(t, "M113 16.5h2", doc.Find(".spark-failed").AttrOr("d", ""), "hangs below the line")
	})
	t.Run("the newest check stands at the right end, and only the latest are drawn", func(t *testing.T) {
		t.Parallel()
		many := spark(t, append(slices.Repeat([]api.Status{api.Failed}, 5), slices.Repeat([]api.Status{api.Passed}, api.RecentChecks)...)...)
		require.Zero(t, many.Find(".spark-failed").Length())
		require.Equal(t, "M1 6.5h118", many.Find(".spark-passed").AttrOr("d", ""))
		require.Equal(t, "0 0 120 20", many.Find("svg").AttrOr("viewbox", many.Find("svg").AttrOr("viewBox", "")))
	})
	t.Run("without checks there is nothing to draw", func(t *testing.T) {
		t.Parallel()
		require.Zero(t, spark(t).Find("svg").Length())
	})
}
