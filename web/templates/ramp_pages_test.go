package templates_test

import (
	"context"
	"net/url"
	"time"

	"github.com/a-h/templ"

	"switchboard/internal/api"
	"switchboard/internal/api/routing"
	"switchboard/web/templates"
	"switchboard/web/templates/form"
)

// runPages are the pages on which something of an alias is tried, goes on or is
// brought back.
func runPages(ctx context.Context, f templates.Frame) map[string]templ.Component {
	const base = "/p/1/aliases"
	said := api.M("shell.signed_in", "name", markup)
	then := time.Now().Add(-time.Hour)
	pages := map[string]templ.Component{}
	for name, route := range aliasRoutes() {
		alias := templates.AliasView{Base: base, Alias: named("a-"+name, route), Versions: []api.Version{{Name: "latest"}, {Name: markup}}}
		pages["bench "+name] = templates.TrialPage(f, trialsOf(alias, &route))
		pages["no ramp "+name] = templates.RampPage(f, templates.RampView{AliasView: alias})
		pages["ramp to be planned "+name] = templates.RampPlanPage(f, templates.RampFormView{AliasView: alias, Form: badPlan(ctx, alias)})
		pages["ramp to be started "+name] = templates.RampStart(f, templates.RampStartView{
			AliasView: alias, Draft: api.RampDraft{Additional: markup, Promote: true}, Steps: []api.RampStep{{Percent: 5, Hold: time.Hour}, {Percent: 10}},
			At: then, Hidden: []form.Hidden{{Name: "additional", Value: markup}}, Changed: true,
		})
		change := api.Change{
			ID: "c1", At: then, Actor: api.Actor{User: markup, Way: api.WayPage}, Action: "update", Kind: api.KindAlias, ObjectName: markup,
			Before: []byte(`{"version": "v1", "description": "<b>"}`), After: []byte(`{"version": "v2", "description": "</script>"}`),
		}
		pages["history of alias "+name] = templates.AliasHistoryPage(f, templates.AliasHistoryView{
			AliasView: alias, History: templates.History{Path: alias.Path() + "/history", Changes: []api.Change{change}, Back: alias.Back},
		})
		past := templates.AliasPastView{
			AliasView: alias, Change: change, Problems: []api.Problem{{Path: "version", Message: said}}, Changed: true,
			Review: templates.AliasReviewView{
				AliasFormView: templates.AliasFormView{Base: base, Stored: &alias.Alias}, Request: markup, JSON: markup,
				Draft: templates.AliasState{Description: "other", Route: routing.Route{Main: markup}},
			},
		}
		pages["past of alias "+name] = templates.AliasPast(f, past)
		past.Review.Draft = templates.AliasState{Description: alias.Alias.Description, Route: route}
		pages["past that is live "+name] = templates.AliasPast(f, past)
	}
	for _, state := range []api.RampState{api.RampRunning, api.RampPaused, api.RampPromoted, api.RampAborted, api.RampOvertaken} {
		ramp := api.Ramp{
			ID: "r", Main: markup, Additional: markup, Steps: []api.RampStep{{Percent: 5, Hold: time.Hour}, {Percent: 10}, {Percent: 20, Hold: 90 * time.Second}},
			Promote: true, State: state, At: 1, Started: api.Stamp{At: then, By: markup}, Message: said,
		}
		view := templates.RampView{AliasView: templates.AliasView{Base: base, Alias: named("a", aliasRoutes()["weight"])}, Said: said}
		if state == api.RampRunning || state == api.RampPaused {
			view.Alias.Ramp = &ramp
		} else {
			ramp.Ended = then
			view.Past = []api.Ramp{ramp}
		}
		pages["ramp "+string(state)] = templates.RampPage(f, view)
	}
	return pages
}

// trialsOf is the bench with an answer and a table.
func trialsOf(alias templates.AliasView, route *routing.Route) templates.TrialPageView {
	side := &templates.TrialSide{Route: route, Decision: routing.Decide(route, &routing.Request{Explain: true}), Tally: routing.Tally{Total: 10, Main: 7, Additional: 3}}
	other := *side
	other.Decision.Version = "other"
	return templates.TrialPageView{
		AliasView: alias,
		Trial: templates.TrialView{
			Action: alias.Path() + "/try", Request: markup, Count: markup, Tried: true, Live: side, Draft: &other,
			Problems: []api.Problem{{Path: templates.TrialRequest, Message: api.M("routing.trial_no_colon", "name", markup)}, {Path: templates.TrialCount, Message: api.M("trial.bad_count", "max", 1)}},
		},
		Many: templates.TrialsView{
			Action: alias.Path() + "/try/file", Text: markup, Route: route, Totals: templates.TrialTotals{Main: 1, ByChance: 1, Bad: 1},
			Problems: []api.Problem{{Path: templates.TrialsText, Message: api.M("routing.trial_none")}},
			Rows: []templates.TrialRow{
				{Request: api.TrialRequest{Line: 1, Text: markup}, Decision: side.Decision},
				{Request: api.TrialRequest{Line: 2, Text: markup, Error: api.M("routing.trial_no_colon", "name", markup)}},
			},
		},
	}
}

// badPlan is the form of a ramp in which something is wrong.
func badPlan(ctx context.Context, alias templates.AliasView) *form.Form {
	f := templates.RampForm(ctx, alias, markup)
	f.Refused = true
	f.Values = url.Values{"additional": {markup}, "preset": {markup}, "steps.0.percent": {markup}, "steps.0.hold": {markup}}
	f.Problems = []api.Problem{{Message: api.M("ramp.under_way")}, {Path: "steps.0.percent", Message: api.M("ramp.percent_rise", "before", markup)}, {Path: "additional", Message: api.M("alias.additional_required")}}
	return f
}
