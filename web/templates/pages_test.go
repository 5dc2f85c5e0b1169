package templates_test

import (
	"bytes"
	"context"
	"maps"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"
	"github.com/a-h/templ"
	"github.com/stretchr/testify/require"

	"switchboard/internal/api"
	"switchboard/internal/locale"
	"switchboard/web/templates"
)

// markup is a text that would be an attack if it ever were markup.
const markup = `<img src=x onerror=alert(1)>"'`

func frame() templates.Frame {
	return templates.Frame{
		Title: "Page", Section: templates.SectionLinks, User: &templates.UserView{Name: markup},
		Project:  templates.ProjectView{Name: "local-1", Href: "/p/1"},
		Projects: []templates.ProjectView{{Name: "local-1", Href: "/p/1"}, {Name: markup, Href: "javascript:alert(1)"}},
		Nav:      []templates.NavItem{{Section: templates.SectionOverview, Href: "/p/1"}, {Section: templates.SectionLinks, Href: "/p/1/links"}},
		Path:     "/p/1/links?q=" + markup, RequestID: "request-1", Version: "1.0",
		Flashes: []templates.Flash{{Kind: templates.Success, Message: api.M("shell.signed_in", "name", markup)}},
	}
}

// pages is every page of this package but the link's form.
func pages(ctx context.Context) map[string]templ.Component {
	f, out := frame(), frame()
	out.User, out.Nav, out.Project, out.Projects = nil, nil, templates.ProjectView{}, nil
	refused := templates.SignInForm(ctx, "/next"+markup)
	refused.Refused = true
	refused.Problems = []api.Problem{{Message: api.M("shell.signed_in", "name", markup)}}
	change := api.Change{Action: "create", Kind: "link", ObjectName: markup, At: time.Unix(0, 0), Actor: api.Actor{User: markup, Way: api.WayPage}}
	all := map[string]templ.Component{
		"kit":               templates.Kit(f),
		"sign in":           templates.SignIn(out, templates.SignInView{Form: templates.SignInForm(ctx, "/")}),
		"refused":           templates.SignIn(out, templates.SignInView{Form: refused}),
		"before set-up":     templates.SignIn(out, templates.SignInView{Form: templates.SignInForm(ctx, "/"), Nobody: true}),
		"session ended":     templates.SignIn(out, templates.SignInView{Form: templates.SignInForm(ctx, "/"), Ended: true, Lost: true}),
		"set up":            templates.SetUp(out, templates.SetUpForm(ctx, "/set-up?token=x")),
		"error":             templates.Error(f, templates.ErrorView{Status: 404, Title: markup, Advice: markup}),
		"error, signed out": templates.Error(out, templates.ErrorView{Status: 500, Title: "Broken", Advice: "Try again."}),
		"overview": templates.Overview(f, templates.OverviewView{
			NewLink: "/p/1/links/new", Changes: []api.Change{change}, HrefOf: func(api.Change) string { return "javascript:alert(1)" },
			Cards: []templates.KindCard{{Section: templates.SectionLinks, Href: "/p/1/links", Figure: markup}},
		}),
		"empty overview": templates.Overview(f, templates.OverviewView{Empty: true, NewLink: "/p/1/links/new"}),
	}
	maps.Copy(all, watchPages(ctx, f))
	maps.Copy(all, searchPages(ctx, f))
	maps.Copy(all, connectionPages(ctx, f))
	maps.Copy(all, functionPages(ctx, f))
	maps.Copy(all, aliasPages(ctx, f))
	maps.Copy(all, runPages(ctx, f))
	maps.Copy(all, replicationPages(ctx, f))
	maps.Copy(all, policyPages(ctx, f))
	maps.Copy(all, peoplePages(ctx, f))
	maps.Copy(all, requestPages(ctx, f))
	return all
}

func render(t *testing.T, ctx context.Context, page templ.Component) (*goquery.Document, string) {
	t.Helper()
	var html bytes.Buffer
	require.NoError(t, page.Render(templates.WithRole(ctx, api.RoleAdministrator), &html))
	text := html.String()
	doc, err := goquery.NewDocumentFromReader(&html)
	require.NoError(t, err)
	return doc, text
}

// everyPage runs a test on every page in both languages.
func everyPage(t *testing.T, test func(t *testing.T, doc *goquery.Document, html string)) {
	t.Helper()
	for _, lang := range locale.Languages {
		ctx := locale.With(t.Context(), lang)
		for name, page := range pages(ctx) {
			t.Run(name+" in "+lang, func(t *testing.T) {
				t.Parallel()
				doc, html := render(t, ctx, page)
				test(t, doc, html)
			})
		}
	}
}

func TestPagesAreWhole(t *testing.T) {
	t.Parallel()
	everyPage(t, func(t *testing.T, doc *goquery.Document, html string) {
		require.True(t, strings.HasPrefix(html, "<!doctype html>"))
		for _, one := range []string{"head > title", "h1", "main#main", "#announcer[aria-live=polite]", "a.skip[href='#main']", "link[rel=stylesheet]", "script[src]", "link[rel=icon]"} {
			require.Equal(t, 1, doc.Find(one).Length(), one)
		}
		require.NotRegexp(t, regexp.MustCompile(`>\s*\[[a-z_]+\.[a-z_.]+\]`), html, "a sentence is missing")
		require.NotContains(t, html, "<no value>")
	})
}

// TestPagesKeepToThePolicy stands for S17 and S18: nothing that a page shows
// becomes markup or an address, and nothing in it needs an unsafe policy.
func TestPagesKeepToThePolicy(t *testing.T) {
	t.Parallel()
	everyPage(t, func(t *testing.T, doc *goquery.Document, _ string) {
		require.Zero(t, doc.Find("[style], style, img:not([src^='/']), [onerror], [hx-on], [hx-vals], [hx-headers], script:not([src])").Length())
		for _, e := range doc.Find("*").EachIter() {
			for _, a := range e.Nodes[0].Attr {
				require.False(t, strings.HasPrefix(a.Key, "on") || strings.HasPrefix(a.Key, "hx-on"), a.Key)
				require.False(t, strings.HasPrefix(a.Val, "javascript:"), "%s=%s", a.Key, a.Val)
				if a.Key == "hx-trigger" {
					require.NotContains(t, a.Val, "[", "a trigger filter needs eval")
				}
			}
		}
		for _, e := range doc.Find("[hx-get], [hx-post]").EachIter() {
			require.NotEmpty(t, e.AttrOr("hx-target", ""), "targets are not inherited")
			require.NotEmpty(t, e.AttrOr("hx-swap", ""), "swaps are not inherited")
		}
		for _, form := range doc.Find("form").EachIter() {
			require.NotEmpty(t, form.AttrOr("action", ""), "works without script")
		}
	})
}

func TestPagesAreWellFormed(t *testing.T) {
	t.Parallel()
	everyPage(t, func(t *testing.T, doc *goquery.Document, _ string) {
		ids := map[string]int{}
		for _, e := range doc.Find("[id]").EachIter() {
			id := e.AttrOr("id", "")
			ids[id]++
			require.Equal(t, 1, ids[id], "id %s", id)
		}
		for _, name := range []string{"for", "aria-describedby", "aria-labelledby", "data-copy", "data-reveal"} {
			for _, e := range doc.Find("[" + name + "]").EachIter() {
				for id := range strings.FieldsSeq(e.AttrOr(name, "")) {
					require.Equal(t, 1, ids[id], "%s=%s", name, id)
				}
			}
		}
		for _, a := range doc.Find("a[href^='#']").EachIter() {
			if id := strings.TrimPrefix(a.AttrOr("href", ""), "#"); id != "" {
				require.Equal(t, 1, ids[id], "link to #%s", id)
			}
		}
		for _, input := range doc.Find("input:not([type=hidden]):not([type=radio]), select, textarea").EachIter() {
			_, labelled := input.Attr("aria-label")
			byFor := doc.Find("label[for='"+input.AttrOr("id", "")+"']").Length() > 0
			require.True(t, labelled || byFor || input.Closest("label").Length() > 0 || input.AttrOr("aria-labelledby", "") != "", "a label for %s", input.AttrOr("name", ""))
		}
		for _, svg := range doc.Find("svg").EachIter() {
			if svg.AttrOr("role", "") == "img" {
				require.NotEmpty(t, svg.Find("title").Text(), "a drawing that says nothing")
			} else {
				require.Equal(t, "true", svg.AttrOr("aria-hidden", ""))
				require.NotEmpty(t, svg.Find("[d]").First().AttrOr("d", ""), "an icon without a shape")
			}
		}
	})
}
