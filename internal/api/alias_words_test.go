package api_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"switchboard/internal/api"
	"switchboard/internal/api/routing"
	"switchboard/internal/locale"
)

func sentences(lang string, messages []api.Message) string {
	var all []string
	for _, m := range messages {
		all = append(all, locale.In(lang, m))
	}
	return strings.Join(all, "\n")
}

var (
	testerRule = routing.Rule{Type: "Header", Param: "X-Tester", Op: routing.Equal, Value: " yes "}
	teamRule   = routing.Rule{Type: routing.Header, Param: "X-Team", Op: routing.In, Value: "qa, ops,"}
	betaRule   = routing.Rule{Type: routing.Cookie, Param: "beta", Op: routing.In, Value: "1"}
)

func gray(route routing.Route) *routing.Route {
	route.Main, route.Additional = "v3", "v4"
	return &route
}

func TestRoutesInWords(t *testing.T) {
	t.Parallel()
	user := routing.Source{Type: routing.Header, Param: "X-User"}
	for _, tc := range []struct {
		name   string
		route  *routing.Route
		en, zh string
	}{
		{"no gray release", &routing.Route{Main: "latest"}, "All requests go to latest.", "全部请求由 latest 处理。"},
		{
			"a weight", gray(routing.Route{Weight: 35}),
			"35 of 100 requests go to v4, the others (65) to v3.",
			"每 100 个请求中，35 个由 v4 处理，其余 65 个由 v3 处理。",
		},
		{"no weight", gray(routing.Route{}), "No request goes to v4 yet: all go to v3.", "暂无请求由 v4 处理，全部请求由 v3 处理。"},
		{"all the weight", gray(routing.Route{Weight: 100}), "All requests go to v4, none to v3.", "全部请求由 v4 处理，v3 不再处理请求。"},
		{
			"a weight with a key", gray(routing.Route{Weight: 1, Sticky: user}),
			"1 of 100 requests go to v4, the others (99) to v3.\nWhoever always sends the same header X-User always gets the same version, and while the share only grows nobody goes back. Requests without it are drawn at random.",
			"每 100 个请求中，1 个由 v4 处理，其余 99 个由 v3 处理。\n携带相同请求头 X-User 的请求始终由同一版本处理；只要权重只增不减，已切换的调用方不会退回。未携带的请求随机分配。",
		},
		{
			"one rule", gray(routing.Route{Rules: []routing.Rule{testerRule}, Sticky: user}),
			"Requests whose header X-Tester is “yes” go to v4.\nAll others go to v3, also those without header X-Tester.",
			"请求头 X-Tester 等于“yes”的请求由 v4 处理。\n其他请求由 v3 处理，包括未携带请求头 X-Tester 的请求。",
		},
		{
			"too many rules", gray(routing.Route{Rules: slices.Repeat([]routing.Rule{testerRule}, routing.MaxRules+1)}),
			"There are more than 20 rules, so none of them counts: all requests go to v3.",
			"规则超过 20 条，全部规则均不生效，全部请求由 v3 处理。",
		},
		{
			"all of several", gray(routing.Route{Rules: []routing.Rule{testerRule, teamRule, betaRule}}),
			"Requests that satisfy all 3 rules go to v4:\nRule 1: header X-Tester is “yes”.\nRule 2: header X-Team is one of “qa, ops”.\nRule 3: cookie beta is “1”.\nAll others go to v3: it is enough that one rule is not satisfied.",
			"同时满足全部 3 条规则的请求由 v4 处理：\n规则 1：请求头 X-Tester 等于“yes”。\n规则 2：请求头 X-Team 为“qa, ops”之一。\n规则 3：Cookie beta 等于“1”。\n其他请求由 v3 处理：只要有一条规则不满足即属于此类。",
		},
		{
			"any of several", gray(routing.Route{Rules: []routing.Rule{testerRule, betaRule}, Combine: routing.Or}),
			"Requests that satisfy at least one of 2 rules go to v4:\nRule 1: header X-Tester is “yes”.\nRule 2: cookie beta is “1”.\nAll others go to v3: those that satisfy none of the rules.",
			"至少满足 2 条规则之一的请求由 v4 处理：\n规则 1：请求头 X-Tester 等于“yes”。\n规则 2：Cookie beta 等于“1”。\n其他请求由 v3 处理，即不满足任何规则的请求。",
		},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, tc.en, sentences(locale.English, api.RouteWords(tc.route)))
			require.Equal(t, tc.zh, sentences(locale.Chinese, api.RouteWords(tc.route)))
		})
	}
}

func TestDecisionsInWords(t *testing.T) {
	t.Parallel()
	three := []routing.Rule{testerRule, teamRule, betaRule}
	for _, tc := range []struct {
		name    string
		route   *routing.Route
		request routing.Request
		en      string
	}{
		{"no gray release", &routing.Route{Main: "v3"}, routing.Request{}, "There is no gray release, so every request goes to v3."},
		{"a draw within the weight", gray(routing.Route{Weight: 35}), routing.Request{Draw: 35}, "This request was drawn at random: 35, out of 1 to 100.\n35 is at most the share of 35, so it goes to v4."},
		{"a draw above the weight", gray(routing.Route{Weight: 35}), routing.Request{Draw: 36}, "This request was drawn at random: 36, out of 1 to 100.\n36 is above the share of 35, so it goes to v3."},
		{"no draw", gray(routing.Route{Weight: 100}), routing.Request{}, "Nothing was drawn for this request, so it goes to v3."},
		{
			"too many rules", gray(routing.Route{Rules: slices.Repeat(three[:1], routing.MaxRules+1)}), routing.Request{Header: http.Header{"X-Tester": {"yes"}}},
			"There are more than 20 rules, so none of them counts: all requests go to v3.",
		},
		{
			"a draw by key", gray(routing.Route{Weight: 35, Sticky: routing.Source{Type: routing.Cookie, Param: "user"}}), routing.Request{Header: http.Header{"Cookie": {"user=ada"}}},
			"This request was drawn by its cookie user, which always draws 55, out of 1 to 100.\n55 is above the share of 35, so it goes to v3.",
		},
		{
			"one rule satisfied", gray(routing.Route{Rules: three[:1]}), routing.Request{Header: http.Header{"X-Tester": {"yes"}}},
			"The rule is satisfied, so the request goes to v4.\nRule 1 is satisfied: header X-Tester is “yes”.",
		},
		{
			"one rule not satisfied", gray(routing.Route{Rules: three[:1]}), routing.Request{Header: http.Header{"X-Tester": {"no"}}},
			"The rule is not satisfied, so the request goes to v3.\nRule 1 is not satisfied: header X-Tester is there, but is not “yes”.",
		},
		{
			"not all of several", gray(routing.Route{Rules: three}), routing.Request{Header: http.Header{"X-Tester": {"yes"}, "X-Team": {"dev"}}},
			"Not all rules are satisfied, so the request goes to v3.\nRule 1 is satisfied: header X-Tester is “yes”.\nRule 2 is not satisfied: header X-Team is there, but is none of “qa, ops”.\nRule 3 is not satisfied: cookie beta is not in the request.",
		},
		{
			"all of several", gray(routing.Route{Rules: three[:2]}), routing.Request{Header: http.Header{"X-Tester": {"yes"}, "X-Team": {"ops"}}},
			"All rules are satisfied, so the request goes to v4.\nRule 1 is satisfied: header X-Tester is “yes”.\nRule 2 is satisfied: header X-Team is one of “qa, ops”.",
		},
		{
			"any of several", gray(routing.Route{Rules: three[:2], Combine: routing.Or}), routing.Request{Header: http.Header{"X-Team": {"ops"}}},
			"One of the rules is satisfied, which is enough, so the request goes to v4.\nRule 1 is not satisfied: header X-Tester is not in the request.\nRule 2 is satisfied: header X-Team is one of “qa, ops”.",
		},
		{
			"none of several", gray(routing.Route{Rules: three[:2], Combine: routing.Or}), routing.Request{},
			"None of the rules is satisfied, so the request goes to v3.\nRule 1 is not satisfied: header X-Tester is not in the request.\nRule 2 is not satisfied: header X-Team is not in the request.",
		},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			tc.request.Explain = true
			words := api.DecisionWords(tc.route, routing.Decide(tc.route, &tc.request))
			require.Equal(t, tc.en, sentences(locale.English, words))
			require.NotContains(t, sentences(locale.Chinese, words), "[routing.")
		})
	}
}

func TestFindingsInWords(t *testing.T) {
	t.Parallel()
	cookie := func(op routing.Op, value string) routing.Rule {
		return routing.Rule{Type: routing.Cookie, Param: "beta", Op: op, Value: value}
	}
	header := func(value string) routing.Rule {
		return routing.Rule{Type: routing.Header, Param: "X-Team", Op: routing.In, Value: value}
	}
	for _, tc := range []struct {
		name  string
		any   bool
		rules []routing.Rule
		en    string
	}{
		{"all, redundant", false, []routing.Rule{cookie("=", "1"), cookie("=", "1")}, "This rule never decides: what satisfies rule 1 satisfies this one, too. Remove it."},
		{"any, redundant", true, []routing.Rule{cookie("=", "1"), cookie("in", "1,2")}, "This rule never decides: what satisfies it satisfies rule 2, too. Remove it."},
		{"redundant by two", true, []routing.Rule{header("1,2"), header("2,3"), header("1,3")}, "This rule never decides: the other rules together already say what it says. Remove it."},
		{"never", false, []routing.Rule{cookie("=", "1"), cookie("=", "2")}, "No request satisfies this rule and rule 1: cookie beta has one value only. So nothing would ever go to v4. Let one rule be enough, or change one of the two."},
		{"never by two", false, []routing.Rule{cookie("in", "1,2"), cookie("in", "2,3"), cookie("in", "1,3")}, "No request satisfies this rule and those before it: cookie beta has one value only. So nothing would ever go to v4. Let one rule be enough, or change the rules."},
		{"twice", false, []routing.Rule{header("qa"), header("ops")}, "A request satisfies this rule and rule 1 only if it has header X-Team twice, with two values. If one of the values is meant to be enough, write both into one rule with “in”."},
		{"twice by two", false, []routing.Rule{header("1,2"), header("2,3"), header("1,3")}, "A request satisfies this rule and those before it only if it has header X-Team more than once, with several values. If one value is meant to be enough, write one rule with “in”."},
		{"an item twice", true, []routing.Rule{header("qa, ops ,qa")}, "“qa” stands in this list more than once. Remove one of them."},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			route := gray(routing.Route{Rules: tc.rules})
			if tc.any {
				route.Combine = routing.Or
			}
			found := routing.Findings(route)
			require.Len(t, found, 1)
			require.Equal(t, tc.en, locale.In(locale.English, api.FindingWords(route, found[0])))
			require.NotContains(t, locale.In(locale.Chinese, api.FindingWords(route, found[0])), "[routing.")
		})
	}
}

func TestWordsQuoteLongValuesInPart(t *testing.T) {
	t.Parallel()
	long := testerRule
	long.Value = strings.Repeat("张", api.MaxRuleValue)
	words := sentences(locale.English, api.RouteWords(gray(routing.Route{Rules: []routing.Rule{long}})))
	require.Less(t, len([]rune(words)), 300)
	require.Contains(t, words, "张…”")
}
