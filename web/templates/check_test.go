package templates_test

import (
	"bytes"
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

// onForm is the place of a check on the page of a link's form.
func onForm(c *api.Check) templates.CheckView {
	return templates.CheckView{ID: "link-check", Check: c, Fields: templates.Here, Tested: "linkConfig."}
}

func panel(t *testing.T, c *api.Check) *goquery.Document {
	t.Helper()
	doc, _ := render(t, locale.With(t.Context(), "en"), templates.CheckPanel(onForm(c)))
	return doc
}

func TestCheckPanel(t *testing.T) {
	t.Parallel()
	failed := &api.Check{Status: api.Failed, At: time.Unix(1_795_325_400, 0), Took: 28 * time.Millisecond, Steps: []api.Step{
		{Name: api.StepResolve, Status: api.Passed, Took: 2 * time.Millisecond, Found: markup},
		{Name: api.StepSignIn, Status: api.Failed, Path: "linkConfig.password", Message: api.M("kit.check_message"), Hint: api.M("kit.check_hint"), Detail: markup},
		{Name: api.StepVersion, Status: api.Skipped},
	}}

	t.Run("steps stand in order, each with its status in words", func(t *testing.T) {
		t.Parallel()
		var lines []string
		for _, line := range panel(t, failed).Find("ol > li .step-line").EachIter() {
			lines = append(lines, strings.Join(strings.Fields(line.Text()), " "))
		}
		require.Equal(t, []string{"Resolve the name: Passed " + markup + " 2 ms", "Sign in: Failed < 1 ms", "Ask for the version: Skipped"}, lines)
	})
	t.Run("the failed step says what, what to do, where, and folds the driver's words", func(t *testing.T) {
		t.Parallel()
		step := panel(t, failed).Find(".step-failed")
		require.Contains(t, step.Find(".step-message").Text(), "refused the user name or the password")
		require.Contains(t, step.Find(".step-hint").Text(), "Type the password again.")
		require.Equal(t, "#linkConfig-password", step.Find("a").AttrOr("href", ""))
		require.Equal(t, markup, step.Find("details:not([open]) pre").Text())
	})
	t.Run("the result is announced", func(t *testing.T) {
		t.Parallel()
		status := panel(t, failed).Find("[role=status]")
		require.Equal(t, "The check failed. Sign in: The server refused the user name or the password.", status.AttrOr("data-announce", ""))
		passed := panel(t, &api.Check{Status: api.Passed})
		require.Equal(t, "The check passed.", passed.Find("[role=status]").AttrOr("data-announce", ""))
	})
	t.Run("without a check there is a place for one", func(t *testing.T) {
		t.Parallel()
		place := panel(t, nil).Find("#link-check")
		require.Equal(t, 1, place.Length())
		require.Empty(t, strings.TrimSpace(place.Text()))
	})
	t.Run("it can be sent alone", func(t *testing.T) {
		t.Parallel()
		var part bytes.Buffer
		page := templates.CheckPanel(onForm(failed))
		require.NoError(t, templ.RenderFragments(locale.With(t.Context(), "en"), &part, page, "link-check"))
		require.True(t, strings.HasPrefix(part.String(), `<div id="link-check"`))
	})
	t.Run("on another page it leads to the form, and nowhere if there is none", func(t *testing.T) {
		t.Parallel()
		ctx := locale.With(t.Context(), "en")
		doc, _ := render(t, ctx, templates.CheckPanel(templates.CheckView{ID: "c", Check: failed, Fields: "/p/1/links/2/edit"}))
		require.Equal(t, "/p/1/links/2/edit#linkConfig-password", doc.Find(".step-failed a").AttrOr("href", ""))
		require.Zero(t, doc.Find("[data-tested], .check-stale").Length(), "nobody types there")
		doc, _ = render(t, ctx, templates.CheckPanel(templates.CheckView{ID: "c", Check: failed}))
		require.Zero(t, doc.Find(".step-failed a").Length())
	})
	t.Run("steps about one address of several stand together below it", func(t *testing.T) {
		t.Parallel()
		c := &api.Check{Status: api.Failed, Steps: []api.Step{
			{Name: api.StepForm, Status: api.Passed},
			{Name: api.StepResolve, At: "zk1:2181", Status: api.Passed}, {Name: api.StepConnect, At: "zk1:2181", Status: api.Passed},
			{Name: api.StepConnect, At: markup, Status: api.Failed, Message: api.M("kit.check_message")},
		}}
		doc := panel(t, c)
		require.Equal(t, "zk1:2181", doc.Find(".step-group .step-at").First().Text())
		require.Equal(t, []int{2, 1}, []int{doc.Find(".step-group").First().Find(".step").Length(), doc.Find(".step-group").Last().Find(".step").Length()})
		require.Equal(t, 1, doc.Find(".check > .steps-list > .step").Length())
		require.Equal(t, "The check failed. Connect ("+markup+"): The server refused the user name or the password.", doc.Find("[role=status]").AttrOr("data-announce", ""))
	})
}
