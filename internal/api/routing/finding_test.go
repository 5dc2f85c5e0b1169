package routing_test

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"switchboard/internal/api/routing"
)

func TestFindings(t *testing.T) {
	t.Parallel()
	redundant := func(rule, other int) routing.Finding {
		return routing.Finding{Rule: rule, Kind: routing.Redundant, Other: other}
	}
	for _, tc := range []struct {
		name  string
		any   bool
		rules []routing.Rule
		want  []routing.Finding
	}{
		{"nothing about a single rule", false, rules("header A = 1"), nil},
		{"nothing about rules on different sources", false, rules("header A = 1", "header B = 2", "cookie A = 3"), nil},
		{"nothing about lists that overlap, all", false, rules("header A in 1,2", "header A in 2,3"), nil},
		{"nothing about lists that overlap, any", true, rules("header A in 1,2", "header A in 2,3"), nil},
		{"nothing about other values of one source, any", true, rules("cookie a = 1", "cookie a = 2"), nil},
		{"nothing about cookies whose names differ in case", false, rules("cookie a = 1", "cookie A = 2"), nil},

		{"all: a list around what is asked for already", false, rules("header A = 1", "header A in 1,2"), []routing.Finding{redundant(1, 0)}},
		{"all: a list before what is asked for later", false, rules("cookie a in 1,2", "cookie a = 1"), []routing.Finding{redundant(0, 1)}},
		{"any: what a list has already", true, rules("header A in 1,2", "header A = 1"), []routing.Finding{redundant(1, 0)}},
		{"any: what a later list has, too", true, rules("cookie a = 1", "cookie a in 1,2"), []routing.Finding{redundant(0, 1)}},
		{"of two equal rules, the later", false, rules("header A = 1", "header A = 1"), []routing.Finding{redundant(1, 0)}},
		{"of three equal rules, the later two", true, rules("header A = 1", "header A = 1", "header A = 1"), []routing.Finding{redundant(1, 0), redundant(2, 0)}},
		{"equal rules in other words", false, rules("header x-team in qa, ops", "Header X-Team in ops,,qa "), []routing.Finding{redundant(1, 0)}},
		{"a list of one is an equals sign", true, rules("header A = 1", "header A in 1"), []routing.Finding{redundant(1, 0)}},
		{"any: what two others have together", true, rules("header A in 1,2", "header A in 2,3", "header A in 1,3"), []routing.Finding{{Rule: 2, Kind: routing.Redundant, Other: -1}}},
		{"all: what two others leave together", false, rules("cookie a in 1,2", "cookie a in 2,3", "cookie a in 2,4"), []routing.Finding{{Rule: 2, Kind: routing.Redundant, Other: -1}}},

		{"two values of a cookie", false, rules("cookie a = 1", "cookie a = 2"), []routing.Finding{{Rule: 1, Kind: routing.Never, Other: 0}}},
		{"two lists of a cookie without a common item", false, rules("cookie a in 1,2", "header A = 1", "cookie a in 3,4"), []routing.Finding{{Rule: 2, Kind: routing.Never, Other: 0}}},
		{"three lists of a cookie without an item that all have", false, rules("cookie a in 1,2", "cookie a in 2,3", "cookie a in 1,3"), []routing.Finding{{Rule: 2, Kind: routing.Never, Other: -1}}},
		{"two values of a header", false, rules("header A = 1", "header a = 2"), []routing.Finding{{Rule: 1, Kind: routing.SentTwice, Other: 0}}},
		{"two values of a cookie, of which one is asked for twice", false, rules("cookie a = 1", "cookie a = 2", "cookie a = 2"), []routing.Finding{{Rule: 1, Kind: routing.Never, Other: 0}, redundant(2, 1)}},

		{"an item listed twice", false, rules("header A in 1,2, 1"), []routing.Finding{{Rule: 0, Kind: routing.ItemTwice, Other: -1}}},
		{"in the order of the rules", true, rules("header A in 1,1", "header A = 1", "cookie b in 2,2"), []routing.Finding{{Rule: 0, Kind: routing.ItemTwice, Other: -1}, redundant(1, 0), {Rule: 2, Kind: routing.ItemTwice, Other: -1}}},
		{"nothing about what the form refuses", false, rules("header A in ,", "query A = 1", "header A ~ 1", "header A = 1"), nil},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, tc.want, routing.Findings(&routing.Route{Main: "v3", Additional: "v4", Rules: tc.rules, Combine: combine(tc.any)}))
		})
	}
}

// In small worlds every request can be tried: a rule is found redundant exactly
// if there is none that decides otherwise without it.
func TestFindingsAreTrueAndComplete(t *testing.T) {
	t.Parallel()
	worlds := everyRequest()
	answers := func(route *routing.Route) []bool {
		var all []bool
		for _, in := range worlds {
			all = append(all, routing.Decide(route, in).Additional)
		}
		return all
	}
	chance := rand.New(rand.NewPCG(1, 5))
	seen := map[routing.FindingKind]int{}
	for range 400 {
		route := randomRoute(chance)
		found := kinds(&route)
		with := answers(&route)
		rest := without(&route, found[routing.Redundant])
		require.Equal(t, with, answers(&rest), "%+v without %v", route, found)
		require.Equal(t, len(found[routing.Never]) > 0, !slices.Contains(with, true), "%+v: %v", route, found)
		if len(found[routing.Never]) == 0 {
			requireEachMatters(t, &rest, answers)
		}
		requireTwice(t, &rest, len(found[routing.SentTwice]) > 0, worlds)
		for kind := range found {
			seen[kind]++
		}
	}
	for _, kind := range []routing.FindingKind{routing.Redundant, routing.Never, routing.SentTwice, routing.ItemTwice} {
		require.Greater(t, seen[kind], 10, "the worlds are such that %s is found", kind)
	}
}

func kinds(route *routing.Route) map[routing.FindingKind][]int {
	found := map[routing.FindingKind][]int{}
	for _, f := range routing.Findings(route) {
		found[f.Kind] = append(found[f.Kind], f.Rule)
	}
	return found
}

func without(route *routing.Route, dropped []int) routing.Route {
	rest := *route
	rest.Rules = nil
	for i, r := range route.Rules {
		if !slices.Contains(dropped, i) {
			rest.Rules = append(rest.Rules, r)
		}
	}
	return rest
}

// requireEachMatters says that no more rules could have been left out.
func requireEachMatters(t *testing.T, route *routing.Route, answers func(*routing.Route) []bool) {
	t.Helper()
	for i := range route.Rules {
		if fewer := without(route, []int{i}); len(fewer.Rules) > 0 {
			require.NotEqual(t, answers(route), answers(&fewer), "%+v: rule %d decides nothing", route, i)
		}
	}
}

// requireTwice says that a request which has each header at most once can
// satisfy the rules, or that it was found that none can.
func requireTwice(t *testing.T, route *routing.Route, found bool, worlds []*routing.Request) {
	t.Helper()
	some, once := false, false
	for _, in := range worlds {
		if routing.Decide(route, in).Additional {
			some = true
			once = once || len(in.Header["A"]) < 2 && len(in.Header["B"]) < 2
		}
	}
	if some {
		require.Equal(t, found, !once, "%+v", route)
	}
}
