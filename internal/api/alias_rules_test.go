package api_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"switchboard/internal/api"
	"switchboard/internal/api/routing"
)

func has(versions ...string) func(string) bool {
	return func(version string) bool { return slices.Contains(versions, version) }
}

var hasThree = has("latest", "v1", "v2", "v3", strings.Repeat("v", api.MaxVersionName))

func weighed(weight string) api.AliasDraft {
	return api.AliasDraft{Name: "prod", Version: "v1", Weights: []api.WeightDraft{{Version: "v2", Weight: weight}}}
}

func ruled(combine string, rules ...routing.Rule) api.AliasDraft {
	return api.AliasDraft{Name: "prod", Version: "v1", Strategies: []api.StrategyDraft{{Version: "v2", Combine: routing.Combine(combine), Rules: rules}}}
}

var tester = routing.Rule{Type: "Header", Param: "X-Tester", Op: routing.Equal, Value: "yes"}

func TestWellFormedAliases(t *testing.T) {
	t.Parallel()
	text := strings.Repeat("描", api.MaxFunctionText)
	for name, d := range map[string]api.AliasDraft{
		"no gray release":              {Name: "prod", Version: "v1"},
		"latest as main":               {Name: "prod", Version: "latest"},
		"a name of one letter":         {Name: "p", Version: "v1"},
		"a long name":                  {Name: "a" + strings.Repeat("-", 62) + "9", Version: "v1"},
		"a long description":           {Name: "prod", Version: "v1", Description: &text},
		"an empty description":         {Name: "prod", Version: "v1", Description: new("")},
		"nothing goes there yet":       weighed("0"),
		"all of it goes there":         weighed("100"),
		"rules that must all match":    ruled("", tester),
		"rules of which one is enough": ruled("or", tester, routing.Rule{Type: "COOKIE", Param: "team_9", Op: routing.In, Value: " qa, ,ops,"}),
		"twenty rules":                 ruled("and", slices.Repeat([]routing.Rule{tester}, 20)...),
		"a long value":                 ruled("and", routing.Rule{Type: "header", Param: strings.Repeat("x", 128), Op: routing.Equal, Value: strings.Repeat("值", 1024)}),
		"names that only headers cannot have, and those that no upstream gets": ruled("or",
			routing.Rule{Type: "cookie", Param: "Host", Op: routing.Equal, Value: "1"}, routing.Rule{Type: "header", Param: "Authorization", Op: routing.Equal, Value: "1"},
			routing.Rule{Type: "header", Param: "X-Auth-Token", Op: routing.Equal, Value: "1"}, routing.Rule{Type: "header", Param: "Content-Length", Op: routing.Equal, Value: "1"}),
		"a version with a long name": {Name: "prod", Version: strings.Repeat("v", api.MaxVersionName)},
		"drawn by a cookie": {
			Name: "prod", Version: "v1", Weights: weighed("5").Weights, Sticky: &routing.Source{Type: "cookie", Param: "sid"},
		},
		"drawn at random": {Name: "prod", Version: "v1", Weights: weighed("5").Weights, Sticky: &routing.Source{}},
	} {
		require.Empty(t, d.Problems(hasThree), name)
		_, problems := d.Route()
		require.Empty(t, problems, name)
	}
}

func TestEachProblemOfAnAliasAtItsField(t *testing.T) {
	t.Parallel()
	named := func(names ...string) (drafts []api.AliasDraft) {
		for _, name := range names {
			drafts = append(drafts, api.AliasDraft{Name: name, Version: "v1"})
		}
		return drafts
	}
	leading := func(versions ...string) (drafts []api.AliasDraft) {
		for _, version := range versions {
			drafts = append(drafts, api.AliasDraft{Name: "prod", Version: version})
		}
		return drafts
	}
	adding := func(versions ...string) (drafts []api.AliasDraft) {
		for _, version := range versions {
			byWeight, byRules := weighed("5"), ruled("or", tester)
			byWeight.Weights[0].Version, byRules.Strategies[0].Version = version, version
			drafts = append(drafts, byWeight, byRules)
		}
		return drafts
	}
	weights := func(weights ...string) (drafts []api.AliasDraft) {
		for _, weight := range weights {
			drafts = append(drafts, weighed(weight))
		}
		return drafts
	}
	described := func(text string) []api.AliasDraft {
		return []api.AliasDraft{{Name: "prod", Version: "v1", Description: &text}}
	}
	for want, drafts := range map[string][]api.AliasDraft{
		"name alias.name_required":                         named(""),
		"name alias.name_too_long":                         named(strings.Repeat("a", 65)),
		"name alias.name_form":                             named("1a", "a-", "-a", "a b", "!prod", "pröd", "a\r\nb", "prod\n"),
		"version alias.version_required":                   leading(""),
		"version alias.version_form":                       leading("-v1", "v1-", "v 1", "!prod", strings.Repeat("v", 43), "v1\n", "v\x00"),
		"version alias.version_unknown":                    leading("v9", "LATEST"),
		"description function.description_too_long":        described(strings.Repeat("描", 513)),
		"description function.description_control":         described("a\x00b"),
		"additional alias.additional_required":             adding(""),
		"additional alias.additional_form":                 adding("v2-", "v 2"),
		"additional alias.additional_latest":               adding("latest"),
		"additional alias.additional_same":                 adding("v1"),
		"additional alias.additional_unknown":              adding("v9"),
		"weight alias.weight_whole":                        weights("", "12.5", `"50"`, "true", "1e2", "+5", " 5", "5%", "null", "0x10", "٥"),
		"weight alias.weight_range":                        weights("101", "-1", "99999999999999999999", "-99999999999999999999", strings.Repeat("9", 1<<20)),
		"additional alias.additional_many, weights":        {{Name: "prod", Version: "v1", Weights: []api.WeightDraft{{Version: "v2", Weight: "5"}, {Version: "v3", Weight: "5"}}}},
		"additional alias.additional_many, strategies":     {{Name: "prod", Version: "v1", Strategies: append(ruled("or", tester).Strategies, ruled("or", tester).Strategies...)}},
		"gray alias.gray_both":                             {{Name: "prod", Version: "v1", Weights: weighed("5").Weights, Strategies: ruled("or", tester).Strategies}},
		"combine alias.combine":                            {ruled("xor", tester), ruled("AND", tester)},
		"rules alias.rules_required":                       {ruled("and")},
		"rules alias.rules_many":                           {ruled("and", slices.Repeat([]routing.Rule{tester}, 21)...)},
		"sticky.type alias.rule_type":                      {{Name: "prod", Version: "v1", Sticky: &routing.Source{Param: "sid"}}},
		"sticky.param alias.rule_param_cookie":             {{Name: "prod", Version: "v1", Sticky: &routing.Source{Type: "cookie"}}},
		"sticky.param alias.rule_param_form":               {{Name: "prod", Version: "v1", Sticky: &routing.Source{Type: "header", Param: "a:b"}}},
		"rules.1.type alias.rule_type":                     ruledBy(routing.Rule{Type: "query", Param: "a", Op: "=", Value: "1"}, routing.Rule{Type: "coo\u212Aie", Param: "a", Op: "=", Value: "1"}, routing.Rule{Param: "a", Op: "=", Value: "1"}),
		"rules.1.param alias.rule_param_header":            ruledBy(routing.Rule{Type: "header", Op: "=", Value: "1"}),
		"rules.1.param alias.rule_param_cookie":            ruledBy(routing.Rule{Type: "Cookie", Op: "=", Value: "1"}),
		"rules.1.param alias.rule_param_long":              ruledBy(routing.Rule{Type: "header", Param: strings.Repeat("x", 129), Op: "=", Value: "1"}),
		"rules.1.param alias.rule_param_form":              ruledBy(routing.Rule{Type: "header", Param: "X\r\nY", Op: "=", Value: "1"}, routing.Rule{Type: "header", Param: "X.Y", Op: "=", Value: "1"}, routing.Rule{Type: "header", Param: "X ", Op: "=", Value: "1"}),
		"sticky.param alias.rule_param_unseen":             {{Name: "prod", Version: "v1", Sticky: &routing.Source{Type: "header", Param: "host"}}},
		"rules.1.param alias.rule_param_unseen":            ruledBy(routing.Rule{Type: "Header", Param: "Host", Op: "=", Value: "1"}, routing.Rule{Type: "header", Param: "transfer-ENCODING", Op: "=", Value: "1"}, routing.Rule{Type: "header", Param: "Trailer", Op: "=", Value: "1"}),
		"rules.1.op alias.rule_op":                         ruledBy(routing.Rule{Type: "header", Param: "x", Op: "!=", Value: "1"}, routing.Rule{Type: "header", Param: "x", Value: "1"}),
		"rules.1.value alias.rule_value_required":          ruledBy(routing.Rule{Type: "header", Param: "x", Op: "="}, routing.Rule{Type: "header", Param: "x", Op: "in", Value: "  "}),
		"rules.1.value alias.rule_value_items":             ruledBy(routing.Rule{Type: "header", Param: "x", Op: "in", Value: " , ,"}),
		"rules.1.value alias.rule_value_long":              ruledBy(routing.Rule{Type: "header", Param: "x", Op: "=", Value: strings.Repeat("v", 1025)}, routing.Rule{Type: "header", Param: "x", Op: "=", Value: strings.Repeat("v", 1<<20)}),
		"rules.1.value alias.rule_value_control":           ruledBy(routing.Rule{Type: "header", Param: "x", Op: "=", Value: "a\r\nb"}, routing.Rule{Type: "header", Param: "x", Op: "in", Value: "a,\x00"}, routing.Rule{Type: "header", Param: "x", Op: "=", Value: "\xff"}),
		"rules.1.value alias.rule_value_control, after it": ruledBy(routing.Rule{Type: "header", Param: "x", Op: "=", Value: "a\n"}),
	} {
		want, _, _ = strings.Cut(want, ", ")
		for _, d := range drafts {
			require.Equal(t, []string{want}, said(d.Problems(hasThree)), "%+v", d)
		}
	}
}

// ruledBy are drafts with each of the rules, after a good one.
func ruledBy(rules ...routing.Rule) (drafts []api.AliasDraft) {
	for _, rule := range rules {
		drafts = append(drafts, ruled("and", tester, rule))
	}
	return drafts
}

func TestProblemsOfAnAliasComeInTheOrderInWhichTheyAreReported(t *testing.T) {
	t.Parallel()
	d := api.AliasDraft{
		Name: "-", Version: "v9", Description: new(strings.Repeat("x", 513)), Weights: []api.WeightDraft{{Version: "latest", Weight: "x"}},
		Sticky: &routing.Source{Type: "query", Param: "?"},
	}
	require.Equal(t, []string{
		"name alias.name_form", "description function.description_too_long", "sticky.type alias.rule_type", "sticky.param alias.rule_param_form",
		"version alias.version_unknown", "additional alias.additional_latest", "weight alias.weight_whole",
	}, said(d.Problems(hasThree)))
	route, problems := d.Route()
	require.NotContains(t, said(problems), "version alias.version_unknown", "the form alone says nothing of what there is")
	require.Equal(t, routing.Route{Main: "v9", Additional: "latest", Sticky: *d.Sticky}, route, "without the weight, which cannot be read")
}

func TestARouteIsWhatTheDraftSaysAndTheDraftWhatTheRouteSays(t *testing.T) {
	t.Parallel()
	for name, route := range map[string]routing.Route{
		"no gray release": {Main: "v1"},
		"a weight":        {Main: "latest", Additional: "v2", Weight: 35},
		"no weight":       {Main: "v1", Additional: "v2"},
		"all rules":       {Main: "v1", Additional: "v2", Rules: []routing.Rule{tester}},
		"any rule":        {Main: "v1", Additional: "v2", Rules: []routing.Rule{tester, tester}, Combine: routing.Or},
		"a sticky key":    {Main: "v1", Additional: "v2", Weight: 1, Sticky: routing.Source{Type: "Header", Param: "X-User"}},
	} {
		alias := api.Alias{Name: "prod", Description: "text", Route: route}
		alias.Route.Salt = "id"
		d := alias.Draft()
		require.Equal(t, "prod", d.Name)
		require.Equal(t, "text", *d.Description)
		again, problems := d.Route()
		require.Empty(t, problems, name)
		require.Equal(t, route, again, name)
	}
}

func TestARouteHasNoMoreRulesThanItCanHold(t *testing.T) {
	t.Parallel()
	d := ruled("and", slices.Repeat([]routing.Rule{tester}, 1000)...)
	route, problems := d.Route()
	require.Len(t, route.Rules, routing.MaxRules)
	require.Equal(t, []string{"rules alias.rules_many"}, said(problems))
}
