package templates_test

import (
	"context"
	"net/url"
	"testing"
	"time"

	"github.com/a-h/templ"
	"github.com/stretchr/testify/require"

	"switchboard/internal/api"
	"switchboard/internal/api/routing"
	"switchboard/web/templates"
	"switchboard/web/templates/form"
)

// named is an alias whose every text is hostile.
func named(id string, route routing.Route) api.Alias {
	then := api.Stamp{At: time.Now().Add(-time.Hour), By: markup}
	return api.Alias{
		ID: id, Function: api.AliasFunction{ID: "f1", Package: markup, Name: markup}, Name: markup, Description: markup,
		Route: route, Created: then, Updated: then, Version: 3,
	}
}

// aliasRoutes are the ways an alias can share its requests.
func aliasRoutes() map[string]routing.Route {
	return map[string]routing.Route{
		"one":    {Main: markup},
		"weight": {Main: markup, Additional: "v2", Weight: 20, Sticky: routing.Source{Type: "cookie", Param: markup}},
		"rules": {Main: "v1", Additional: markup, Combine: routing.Or, Rules: []routing.Rule{
			{Type: "Header", Param: markup, Op: routing.In, Value: markup + ", b"}, {Type: "cookie", Param: "b", Op: routing.Equal, Value: markup},
		}},
	}
}

// aliasPages are the pages about aliases but for those of what goes on with
// them.
func aliasPages(ctx context.Context, f templates.Frame) map[string]templ.Component {
	const base = "/p/1/aliases"
	fn := api.Function{ID: "f1", Package: markup, Name: markup, Versions: 3, Aliases: 2}
	full := fn
	full.ID, full.Aliases = "f2", api.MaxAliases
	versions := []api.Version{{Name: "latest", Main: []api.Used{{ID: "a9", Name: markup}}}, {Name: "v2", Description: markup}, {Name: markup}}
	list := templates.AliasListView{Base: base, Function: markup, Query: api.AliasQuery{Search: markup, Function: "f1", Gray: true, Sort: "name"}}
	pages := map[string]templ.Component{
		"no aliases":        templates.AliasList(f, templates.AliasListView{Base: base}),
		"choose a function": templates.FunctionChoice(f, templates.FunctionChoiceView{Aliases: base, Page: api.Page[api.Function]{Items: []api.Function{fn, full}}}),
		"no function":       templates.FunctionChoice(f, templates.FunctionChoiceView{Aliases: base}),
	}
	for name, route := range aliasRoutes() {
		alias := named("a-"+name, route)
		alias.Ramp = &api.Ramp{Additional: "v2", Main: "v1", State: api.RampPaused, Steps: []api.RampStep{{Percent: 5}}, Started: alias.Created}
		list.Page.Items = append(list.Page.Items, alias)
		detail := templates.AliasDetailView{
			AliasView: templates.AliasView{Base: base, Alias: alias, Versions: versions}, URN: markup, Call: markup,
			Words: []api.Message{api.M("shell.signed_in", "name", markup)}, Advice: []api.Message{api.M("shell.signed_in", "name", markup)},
			Trial: templates.TrialView{Action: base + "/a/try"},
		}
		pages["alias "+name] = templates.AliasDetail(f, detail)
		pages["delete alias "+name] = templates.AliasDelete(f, detail)

		fields := templates.AliasFields{Function: fn, Versions: versions, Stored: &alias, Main: route.Main, Additional: route.Additional, Types: []string{"Header", "header"}}
		view := templates.AliasFormView{
			Base: base, Function: alias.Function, Stored: &alias, Trial: templates.TrialView{Action: base + "/try"},
			Changed: &templates.LinkChanged{By: markup, Fields: []templates.Difference{{Label: markup, Mine: markup, Theirs: markup}}},
			Form: &form.Form{
				ID: templates.AliasFormID, Action: base, Refused: true, Sections: templates.AliasSections(ctx, fields),
				Values: url.Values{"shift": {name}, "weight": {markup}, "rules.0.param": {markup}, "rules.0.op": {"in"}, "rules.0.value": {markup + ",b"}},
				Problems: []api.Problem{
					{Message: api.M("shell.signed_in", "name", markup)}, {Path: "rules.0.param", Message: api.M("alias.rule_param_form")},
					{Path: "rules", Message: api.M("alias.rules_required")}, {Path: "combine", Message: api.M("alias.combine")},
				},
				Advice: []api.Problem{{Path: "rules.0", Message: api.M("shell.signed_in", "name", markup)}},
			},
		}
		pages["form of alias "+name] = templates.AliasForm(f, view)
		view.Form = &form.Form{ID: templates.AliasFormID, Action: base, Post: base + "/a1", Hidden: []form.Hidden{{Name: "name", Value: markup}}}
		view.Words.Sentences = detail.Words
		review := templates.AliasReviewView{
			AliasFormView: view, Name: markup, Request: markup, JSON: markup,
			Draft: templates.AliasState{Description: "other", Route: routing.Route{Main: "v1", Additional: "v2", Sticky: routing.Source{Type: "header", Param: "X"}}},
		}
		pages["review of alias "+name] = templates.AliasReview(f, review)
		review.Stored = nil
		pages["review of a new alias "+name] = templates.AliasReview(f, review)
	}
	pages["aliases"] = templates.AliasList(f, list)
	return pages
}

func TestDifferencesOfAliasesAreOnlyWhatDiffers(t *testing.T) {
	t.Parallel()
	routes := aliasRoutes()
	mine := templates.AliasState{Description: "same", Route: routes["weight"]}
	require.Empty(t, templates.AliasDifferences(t.Context(), mine, mine))

	theirs := mine
	theirs.Route.Salt = "another id"
	require.Empty(t, templates.AliasDifferences(t.Context(), mine, theirs), "whose it is makes no difference")
	theirs.Route.Weight = 35
	require.Equal(t, []templates.Difference{{Label: "Share of the additional version", Mine: "20 %", Theirs: "35 %"}}, templates.AliasDifferences(t.Context(), mine, theirs))

	theirs.Route = routing.Route{Main: "v1", Additional: "v2", Rules: []routing.Rule{{Type: "HEADER", Param: "X-A", Op: routing.In, Value: "a,b"}}}
	var labels []string
	for _, d := range templates.AliasDifferences(t.Context(), mine, theirs) {
		labels = append(labels, d.Label)
		if d.Label == "Rules" {
			require.Equal(t, "Header X-A in a,b", d.Theirs)
		}
	}
	require.Equal(t, []string{"Main version", "Share of the additional version", "Rules must match", "Rules", "Keep callers on one version"}, labels)
}
