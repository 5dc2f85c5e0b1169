package routing_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"switchboard/internal/api/routing"
)

// Whatever a rule and a request are, the decision is one of the two versions,
// is the same again, follows from its sets, and says the same of a header
// however the rule writes its name.
func FuzzDecide(f *testing.F) {
	f.Add("header", "X-Tester", "=", "yes", "X-Tester", "yes", uint8(35), uint8(20), false)
	f.Add("Cookie", "beta", "in", "1, 2,,", "Cookie", `a=b; beta="2"; beta=3`, uint8(0), uint8(0), true)
	f.Add("cookie", "", "in", ",", "Cookie", "=;;=", uint8(100), uint8(99), true)
	f.Add("HEADER", "x_y-", "in", "\x00,é", "x_y-", " é\t", uint8(200), uint8(255), false)
	f.Fuzz(func(t *testing.T, kind, param, op, value, name, sent string, weight, draw uint8, either bool) {
		h := http.Header{}
		h.Add(name, sent)
		h.Add(name, value)
		r := routing.Rule{Type: routing.SourceType(kind), Param: param, Op: routing.Op(op), Value: value}
		route := routing.Route{Main: "v3", Additional: "v4", Rules: []routing.Rule{r, {Type: routing.Header, Param: name, Op: routing.Equal, Value: sent}}, Combine: combine(either)}
		in := &routing.Request{Header: h, Draw: int(draw)}

		d := routing.Decide(&route, in)
		require.Equal(t, d, routing.Decide(&route, in))
		require.Zero(t, d.Matched&^d.Present, "what matches is there")
		require.Equal(t, d.Additional, d.Matched == 0b11 || either && d.Matched != 0)
		require.Equal(t, map[bool]string{true: "v4", false: "v3"}[d.Additional], d.Version)
		for _, finding := range routing.Findings(&route) {
			require.Less(t, finding.Rule, 2)
			require.Less(t, finding.Other, 2)
		}

		route.Rules, route.Weight, route.Sticky = nil, int(weight), routing.Source{Type: r.Type, Param: param}
		d = routing.Decide(&route, in)
		require.Equal(t, d, routing.Decide(&route, in))
		require.Equal(t, 1 <= d.Draw && d.Draw <= int(weight), d.Additional)
		if d.Reason == routing.ByKey {
			require.LessOrEqual(t, d.Draw, 100)
			require.GreaterOrEqual(t, d.Draw, 1)
		}
	})
}
