package templates_test

import (
	"context"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"
	"github.com/stretchr/testify/require"

	"switchboard/internal/api"
	"switchboard/internal/locale"
	"switchboard/web/templates"
	"switchboard/web/templates/form"
)

// entries is a list of things that have no page of their own, below another.
func entries() templates.List {
	return templates.List{
		Collection: templates.Collection{
			Base: "/p/1/lists/7/entries", ID: "entries", Plain: true, Enter: "/p/1/lists/7/entries/delete",
			Above: []templates.Crumb{{Label: "Lists", Href: "/p/1/lists"}}, Actions: templates.Tag("act"),
			Words: templates.Words{List: "link.list_title", Name: "link.name", Search: "link.search", All: "link.all"},
		},
		Sort: "created", First: "created", Shown: 1,
		Columns: []templates.ListColumn{{Label: "Created", Sort: "created"}, {Label: "Plain"}, {Label: "Quiet", Silent: true}},
		Blank:   templates.Tag("nothing yet"),
	}
}

func TestListsOfAnyKind(t *testing.T) {
	t.Parallel()
	ctx := locale.With(t.Context(), "en")
	table := func(t *testing.T, l templates.List) *goquery.Document {
		t.Helper()
		doc, _ := render(t, ctx, templates.ListTable(l))
		return doc
	}
	href := func(s *goquery.Selection) string { return s.AttrOr("href", "") }

	t.Run("every filter stays in the address, as often as it was given", func(t *testing.T) {
		t.Parallel()
		l := entries()
		l.Search, l.Sort, l.Desc, l.Cursor, l.Next = "a&b", "name", true, "c1", "c2"
		l.Filters = []form.Hidden{{Name: "state", Value: "A"}, {Name: "state", Value: "B"}, {Name: "tag", Value: ""}}
		doc := table(t, l)
		require.Equal(t, "/p/1/lists/7/entries?cursor=c2&order=desc&q=a%26b&sort=name&state=A&state=B", href(doc.Find("a[rel=next]")))
		require.Equal(t, "/p/1/lists/7/entries?q=a%26b&state=A&state=B", href(doc.Find("#sort-created")))
		require.Equal(t, "/p/1/lists/7/entries?cursor=c1&order=desc&q=a%26b&sort=name&state=A&state=B", doc.Find("[name=back]").AttrOr("value", ""))
		require.Equal(t, 2, doc.Find("[type=hidden][name=state]").Length(), "and goes with what is done to all that it finds")
		require.Equal(t, 1, doc.Find("[name=all]").Length())
	})
	t.Run("a column that is sorted by turns around", func(t *testing.T) {
		t.Parallel()
		doc := table(t, entries())
		require.Equal(t, "/p/1/lists/7/entries?order=desc&sort=created", href(doc.Find("#sort-created")))
		require.Equal(t, 1, doc.Find("th[aria-sort=ascending]").Length())
		require.Equal(t, "Quiet", doc.Find("th > .sr-only").Text())
	})
	t.Run("without actions there is nothing to tick for", func(t *testing.T) {
		t.Parallel()
		l := entries()
		l.Actions = nil
		require.Zero(t, table(t, l).Find("form, .bulk-bar").Length())
	})
	for name, c := range map[string]struct {
		change func(*templates.List)
		want   string
	}{
		"nothing was made yet":     {func(*templates.List) {}, "nothing yet"},
		"the filter finds nothing": {func(l *templates.List) { l.Search = "x" }, "Nothing matches"},
		"the page is gone":         {func(l *templates.List) { l.Search, l.Cursor = "x", "c" }, "Nothing is left on this page"},
	} {
		t.Run("is empty because "+name, func(t *testing.T) {
			t.Parallel()
			l := entries()
			l.Shown = 0
			c.change(&l)
			doc := table(t, l)
			require.Contains(t, doc.Text(), c.want)
			require.Zero(t, doc.Find("table, .bulk-bar").Length())
		})
	}
}

func TestThingsWithoutAPageOfTheirOwn(t *testing.T) {
	t.Parallel()
	ctx, k := locale.With(t.Context(), "en"), entries().Collection
	names := []templates.DeleteItem{{ID: "1", Name: "one"}, {ID: "2", Name: "two", Version: 4}}
	for name, page := range map[string]func(context.Context) *goquery.Document{
		"deletion": func(ctx context.Context) *goquery.Document {
			doc, _ := render(t, ctx, templates.DeleteMany(frame(), templates.DeleteView{Collection: k, Items: names}))
			return doc
		},
		"outcome": func(ctx context.Context) *goquery.Document {
			doc, _ := render(t, ctx, templates.Outcome(frame(), templates.OutcomeView{Collection: k, Rows: []api.Outcome{{ID: "1", Name: "one"}}}))
			return doc
		},
		"run": func(ctx context.Context) *goquery.Document {
			doc, _ := render(t, ctx, templates.RunPage(frame(), templates.RunView{Collection: k, Run: api.Run{Rows: []api.RunRow{{ID: "1", Name: "one"}}}}))
			return doc
		},
	} {
		t.Run("are not led to: "+name, func(t *testing.T) {
			t.Parallel()
			doc := page(ctx)
			require.Zero(t, doc.Find("main a[href$='/1'], main a[href*='/1/edit']").Length())
			require.Contains(t, doc.Find("main").Text(), "one")
			var way []string
			for _, a := range doc.Find(".crumbs a").EachIter() {
				way = append(way, a.AttrOr("href", ""))
			}
			require.Equal(t, "/p/1/lists /p/1/lists/7/entries", strings.Join(way, " "))
		})
	}
	t.Run("are deleted as they were seen, where they have versions", func(t *testing.T) {
		t.Parallel()
		doc, _ := render(t, ctx, templates.DeleteMany(frame(), templates.DeleteView{Collection: k, Items: names}))
		require.Equal(t, "4", doc.Find("[name='version.2']").AttrOr("value", ""))
		require.Zero(t, doc.Find("[name='version.1']").Length())
		require.Equal(t, 2, doc.Find("form [name=id]").Length())
	})
}
