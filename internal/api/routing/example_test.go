package routing_test

import (
	"fmt"
	"net/http"

	"switchboard/internal/api/routing"
)

// A part of the callers gets the additional version, each always the same one;
// who cannot be told from others is drawn at random.
func ExampleDecide() {
	route := routing.Route{
		Main: "v3", Additional: "v4", Weight: 20,
		Sticky: routing.Source{Type: routing.Header, Param: "X-User"}, Salt: "default:orders!prod",
	}
	for _, user := range []string{"ada", "eve"} {
		d := routing.Decide(&route, &routing.Request{Header: http.Header{"X-User": {user}}, Draw: routing.Random()})
		fmt.Println(user, d.Version, d.Reason, d.Draw)
	}
	d := routing.Decide(&route, &routing.Request{Draw: 20})
	fmt.Println("somebody", d.Version, d.Reason, d.Draw)
	// Output:
	// ada v3 key 35
	// eve v4 key 12
	// somebody v4 weight 20
}

// Testers of two teams get the additional version, and the decision says of each
// rule how it was.
func ExampleDecide_rules() {
	route := routing.Route{Main: "v3", Additional: "v4", Rules: []routing.Rule{
		{Type: routing.Header, Param: "X-Tester", Op: routing.Equal, Value: "yes"},
		{Type: routing.Cookie, Param: "team", Op: routing.In, Value: "qa, ops"},
	}}
	d := routing.Decide(&route, &routing.Request{
		Header: http.Header{"X-Tester": {"yes"}, "Cookie": {"team=dev"}}, Explain: true,
	})
	fmt.Println(d.Version, d.Reason)
	for i, rule := range route.Rules {
		fmt.Println(rule.Param, d.Present.Has(i), d.Matched.Has(i))
	}
	// Output:
	// v3 rules
	// X-Tester true true
	// team true false
}

// The second rule adds nothing to the first, and a cookie cannot have the value
// of the last as well.
func ExampleFindings() {
	route := routing.Route{Main: "v3", Additional: "v4", Rules: []routing.Rule{
		{Type: routing.Cookie, Param: "team", Op: routing.Equal, Value: "qa"},
		{Type: routing.Cookie, Param: "team", Op: routing.In, Value: "qa, ops"},
		{Type: routing.Cookie, Param: "team", Op: routing.Equal, Value: "dev"},
	}}
	for _, f := range routing.Findings(&route) {
		fmt.Println(f.Rule, f.Kind, f.Other)
	}
	// Output:
	// 1 redundant 0
	// 2 never 0
}
