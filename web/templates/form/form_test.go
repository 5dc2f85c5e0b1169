package form_test

import (
	"bytes"
	"net/url"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"
	"github.com/a-h/templ"
	"github.com/stretchr/testify/require"

	"switchboard/internal/api"
	"switchboard/internal/locale"
	"switchboard/web/templates/form"
)

// canary is a secret that must never be in a page.
const canary = "c4n4ry-p4ssw0rd"

func link() *form.Form {
	return &form.Form{
		ID: "link-form", Action: "/p/1/links",
		Values: url.Values{
			"name": {"<orders>"}, "linkConfig.host": {"db:3306"}, "linkConfig.password": {canary}, "linkConfig.keytab": {canary},
			"linkConfig.type": {"SYBASE"}, "linkConfig.props.0.key": {"a"}, "linkConfig.props.0.value": {"1"},
		},
		Hidden: []form.Hidden{{Name: "version", Value: "3"}},
		Sections: []form.Section{
			{ID: "general", Title: "General", Fields: []form.Field{
				{Path: "name", Kind: form.Text, Label: "Name", Help: "Short.", Required: true, Live: true},
				{Path: "linkConfig.type", Kind: form.Select, Label: "Type", Redraw: true, Choices: []form.Choice{{Value: "MYSQL", Label: "MySQL"}}},
			}},
			{ID: "where", Title: "Where", Fields: []form.Field{
				{Path: "linkConfig.host", Kind: form.Text, Label: "Host", Live: true},
				{Path: "linkConfig.port", Kind: form.Number, Label: "Port", MaxLen: 5},
				{Path: "linkConfig.tls", Kind: form.Bool, Label: "TLS", Unset: "Not set"},
				{Path: "enabled", Kind: form.Switch, Label: "Enabled"},
				{Path: "linkConfig.password", Kind: form.Password, Label: "Password", Required: true},
				{Path: "linkConfig.keytab", Kind: form.File, Label: "Keytab", Secret: true},
			}},
			{ID: "advanced", Title: "Advanced", Advanced: true, Fields: []form.Field{
				{Path: "linkConfig.props", Kind: form.Map, Label: "Properties"},
			}},
		},
	}
}

// render renders the form, or only the fragment of that name.
func render(t *testing.T, f *form.Form, fragment ...any) *goquery.Document {
	t.Helper()
	ctx := locale.With(t.Context(), "en")
	var page bytes.Buffer
	if len(fragment) > 0 {
		require.NoError(t, templ.RenderFragments(ctx, &page, form.Bound(f), fragment...))
	} else {
		require.NoError(t, form.Bound(f).Render(ctx, &page))
	}
	require.NotContains(t, page.String(), canary, "no page carries a secret")
	doc, err := goquery.NewDocumentFromReader(&page)
	require.NoError(t, err)
	return doc
}

func attr(t *testing.T, s *goquery.Selection, name string) string {
	t.Helper()
	require.Equal(t, 1, s.Length())
	value, ok := s.Attr(name)
	require.True(t, ok, "no attribute %s", name)
	return value
}

func text(s *goquery.Selection) string { return strings.Join(strings.Fields(s.Text()), " ") }

func TestValues(t *testing.T) {
	t.Parallel()
	doc := render(t, link())

	t.Run("what was typed is shown as typed", func(t *testing.T) {
		t.Parallel()
		require.Equal(t, "<orders>", attr(t, doc.Find("#name"), "value"))
		require.Equal(t, "db:3306", attr(t, doc.Find("input[name='linkConfig.host']"), "value"))
	})
	t.Run("a choice that is not on offer is kept, not replaced", func(t *testing.T) {
		t.Parallel()
		require.Equal(t, "SYBASE", attr(t, doc.Find("#linkConfig-type option[selected]"), "value"))
	})
	t.Run("rows are named by path and number", func(t *testing.T) {
		t.Parallel()
		require.Equal(t, "a", attr(t, doc.Find("input[name='linkConfig.props.0.key']#linkConfig-props-0-key"), "value"))
		require.Equal(t, "1", attr(t, doc.Find("input[name='linkConfig.props.0.value']"), "value"))
	})
	t.Run("a number is text with a numeric keyboard, drawn as long as it may be", func(t *testing.T) {
		t.Parallel()
		port := doc.Find("#linkConfig-port")
		require.Equal(t, []string{"text", "numeric", "5"}, []string{attr(t, port, "type"), attr(t, port, "inputmode"), attr(t, port, "size")})
		require.Empty(t, port.AttrOr("maxlength", ""), "what is pasted must not be cut silently")
	})
	t.Run("yes or no can be left unset", func(t *testing.T) {
		t.Parallel()
		require.Equal(t, 3, doc.Find("input[type=radio][name='linkConfig.tls']").Length())
		require.Empty(t, attr(t, doc.Find("[name='linkConfig.tls'][checked]"), "value"))
	})
	t.Run("hidden values travel along", func(t *testing.T) {
		t.Parallel()
		require.Equal(t, "3", attr(t, doc.Find("input[type=hidden][name=version]"), "value"))
	})
	t.Run("Enter presses none of the row buttons", func(t *testing.T) {
		t.Parallel()
		first := doc.Find("button, input[type=submit]").First()
		require.Equal(t, "submit", attr(t, first, "type"))
		require.Empty(t, first.AttrOr("name", ""))
		require.Empty(t, first.AttrOr("formaction", ""))
	})
}

func TestProblems(t *testing.T) {
	t.Parallel()
	refused := link()
	refused.Refused = true
	refused.Problems = []api.Problem{
		{Path: "linkConfig.host", Message: api.M("kit.problem_host")},
		{Path: "linkConfig.props.0.key", Message: api.M("form.row_without_key")},
		{Path: "", Message: api.M("shell.broken")},
		{Path: "not.in.the.form", Message: api.M("shell.offline")},
	}
	doc := render(t, refused)

	t.Run("all are summed up at the top, with links to their fields", func(t *testing.T) {
		t.Parallel()
		summary := doc.Find("[role=alert]")
		require.Equal(t, 1, summary.Length())
		var hrefs []string
		for _, a := range summary.Find("a").EachIter() {
			hrefs = append(hrefs, attr(t, a, "href"))
			require.Equal(t, 1, doc.Find(attr(t, a, "href")).Length(), "the link leads somewhere")
		}
		require.Equal(t, []string{"#linkConfig-host", "#linkConfig-props-0-key"}, hrefs)
		require.Contains(t, text(summary), "There are 2 problems to fix")
	})
	t.Run("what belongs to no field is said all the same", func(t *testing.T) {
		t.Parallel()
		summary := text(doc.Find("[role=alert]"))
		require.Contains(t, summary, "The server could not do that.")
		require.Contains(t, summary, "The server did not answer.")
	})
	t.Run("each is told at its field", func(t *testing.T) {
		t.Parallel()
		host := doc.Find("#linkConfig-host")
		require.Equal(t, "true", attr(t, host, "aria-invalid"))
		require.Equal(t, "linkConfig-host-error", attr(t, host, "aria-describedby"))
		require.Contains(t, text(doc.Find("#field-linkConfig-host #linkConfig-host-error")), "Write the host without a port")
		require.Equal(t, "true", attr(t, doc.Find("#linkConfig-props-0-key"), "aria-invalid"))
		require.Equal(t, "Short.", text(doc.Find("#name-help")))
	})
	t.Run("the first bad field gets the focus, and only that", func(t *testing.T) {
		t.Parallel()
		require.Equal(t, "linkConfig-host", attr(t, doc.Find("[autofocus]"), "id"))
	})
	t.Run("sections count theirs, and a folded one that has some is open", func(t *testing.T) {
		t.Parallel()
		require.Equal(t, "Where 1 issue", text(doc.Find("#where > legend")))
		require.Equal(t, "General", text(doc.Find("#general > legend")))
		require.Equal(t, 1, doc.Find("details#advanced[open]").Length())
		require.Zero(t, render(t, link()).Find("details#advanced[open]").Length())
	})
	t.Run("a form that was not submitted has no summary and takes no focus", func(t *testing.T) {
		t.Parallel()
		f := link()
		f.Problems = refused.Problems
		doc := render(t, f)
		require.Zero(t, doc.Find("[role=alert]").Length())
		require.Zero(t, doc.Find("[autofocus]").Length())
	})
}

func TestChecks(t *testing.T) {
	t.Parallel()
	doc := render(t, &form.Form{
		ID: "f", Action: "/f", Values: url.Values{"days": {"tu", "x"}},
		Sections: []form.Section{{ID: "s", Fields: []form.Field{{
			Path: "days", Kind: form.Checks, Label: "Days", Required: true, Live: true, Below: form.Cancel(),
			Choices: []form.Choice{{Value: "mo", Label: "Mo", Note: "Monday"}, {Value: "tu", Label: "Tu", Note: "Tuesday"}},
		}}}},
	})
	boxes := doc.Find(`#days[role=group][aria-labelledby="days-label"] input[type=checkbox][name=days]`)
	require.Equal(t, 2, boxes.Length(), "each is sent under the same name")
	require.Zero(t, doc.Find("#days[aria-required]").Length(), "a group cannot say that")
	require.Equal(t, "Tuesday", attr(t, boxes.Filter("[checked]"), "aria-label"), "what is no choice is not drawn")
	require.Equal(t, 1, doc.Find("#field-days [data-cancel]").Length(), "what stands below the input comes along with the field")
}
