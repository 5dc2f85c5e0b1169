package templates_test

import (
	"bytes"
	"testing"

	"github.com/PuerkitoBio/goquery"
	"github.com/a-h/templ"
	"github.com/stretchr/testify/require"

	"switchboard/internal/api"
	"switchboard/internal/api/routing"
	"switchboard/internal/locale"
	"switchboard/web/templates"
)

// shown is a page as somebody with a role has it.
func shown(t *testing.T, role api.Role, page templ.Component) *goquery.Document {
	t.Helper()
	var html bytes.Buffer
	require.NoError(t, page.Render(templates.WithRole(locale.With(t.Context(), "en"), role), &html))
	doc, err := goquery.NewDocumentFromReader(&html)
	require.NoError(t, err)
	return doc
}

func TestAnAliasOffersNothingThatItsReaderMayNot(t *testing.T) {
	t.Parallel()
	view := templates.AliasView{Base: "/p/1/aliases", Alias: named("a", routing.Route{Main: "v1", Additional: "v2", Weight: 20})}
	past := templates.AliasPastView{AliasView: view, Review: templates.AliasReviewView{
		AliasFormView: templates.AliasFormView{Base: view.Base, Stored: &view.Alias}, Draft: templates.AliasState{Description: "other"},
	}}
	refused := past
	refused.Problems = []api.Problem{{Path: "version", Message: api.M("alias.rules_required")}}
	pages := map[string]templ.Component{
		"detail": templates.AliasDetail(frame(), templates.AliasDetailView{
			AliasView: view, URN: "urn", Call: "/invoke", Trial: templates.TrialView{Action: "/p/1/aliases/a/try"},
		}),
		"past":    templates.AliasPast(frame(), past),
		"refused": templates.AliasPast(frame(), refused),
	}
	const changes = "main [href$='/new'], main [href$='/edit'], main [href$='/delete'], #alias-call, #alias-promote, #alias-abort, #past-save"
	for name, page := range pages {
		require.NotZero(t, shown(t, api.RoleEditor, page).Find(changes).Length(), name)
		viewer := shown(t, api.RoleViewer, page)
		require.Zero(t, viewer.Find(changes).Length(), name)
	}
	require.Equal(t, 1, shown(t, api.RoleViewer, pages["detail"]).Find("#trial-go").Length(), "the bench changes nothing and calls nobody")
}

func TestARollBackSaysWhatItDoesNotBringBack(t *testing.T) {
	t.Parallel()
	reversal := api.Reversal{
		Change: api.Change{ID: "c", Kind: api.KindEndpointService, Action: "delete", ObjectName: "mirror"},
		Then:   []byte(`{"name":"mirror"}`), Deed: api.CreateEndpointService{}, Notes: []api.Message{api.M("reverse.whitelist_stays", "count", 3)},
	}
	view := func() templates.RollBackView {
		return templates.RollBackView{Reversal: reversal, Form: templates.RollBackForm(t.Context(), &reversal)}
	}
	said := func() string {
		return shown(t, api.RoleEditor, templates.RollBack(frame(), view())).Find(".consequences").Text()
	}
	note := locale.Msg(locale.With(t.Context(), "en"), reversal.Notes[0])
	require.Contains(t, said(), note)
	require.Contains(t, said(), "Consumers of this service notice at once.")
	reversal.Deed, reversal.Then = nil, nil
	require.Contains(t, said(), note, "also where nothing is left to do")
	require.NotContains(t, said(), "notice at once")
}

func TestWhatIsPrunedIsNotAlwaysABackup(t *testing.T) {
	t.Parallel()
	ctx := locale.With(t.Context(), "en")
	require.Equal(t, "Audit log: removed what is not kept any longer", templates.ChangeTitle(ctx, &api.Change{Kind: api.KindAudit, Action: "prune"}))
}

// A check's fields are in a form that is not the reader's, unless they are on the page.
func TestAFailedStepLeadsToAFormForThoseWhoMaySendIt(t *testing.T) {
	t.Parallel()
	failed := &api.Check{Status: api.Failed, Steps: []api.Step{{Name: "resolve", Status: api.Failed, Path: "linkConfig.host"}}}
	stored := templates.CheckPanel(templates.CheckView{ID: "c", Check: failed, Fields: "/p/1/links/2/edit"})
	require.Equal(t, 1, shown(t, api.RoleEditor, stored).Find(".step-field").Length())
	require.Zero(t, shown(t, api.RoleViewer, stored).Find(".step-field").Length())
	here := templates.CheckPanel(templates.CheckView{ID: "c", Check: failed, Fields: templates.Here})
	require.Equal(t, 1, shown(t, api.RoleViewer, here).Find(".step-field").Length())
}

func TestWhatSomebodyMayNotFillInIsAFact(t *testing.T) {
	t.Parallel()
	rules := templates.ApprovalForm(t.Context(), "/p/1/settings/approvals", "p", false)
	rules.Values = templates.ApprovalValues([]api.ApprovalRule{{Kind: api.KindLink, Action: api.ActionDelete}})
	page := templates.ApprovalPage(frame(), templates.ApprovalView{Requests: "/p/1/requests", Form: rules})
	require.NotZero(t, shown(t, api.RoleAdmin, page).Find("main input[type=checkbox]").Length())
	viewer := shown(t, api.RoleViewer, page)
	require.Zero(t, viewer.Find("main input, main button").Length())
	require.Equal(t, len(templates.ApprovableKinds()), viewer.Find("main .details dt").Length())
	require.Equal(t, 1, viewer.Find("main .details dd").FilterFunction(func(_ int, s *goquery.Selection) bool {
		return s.Find(".muted").Length() == 0
	}).Length(), "the others need no approval")
}
