package routing_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"switchboard/internal/api/routing"
)

// cases are decisions that must be quick: twenty rules, written as nobody would
// want them, and weights.
func cases() map[string]func() routing.Decision {
	var twenty []routing.Rule
	var lines []string
	for i := range routing.MaxRules {
		twenty = append(twenty, rule(fmt.Sprintf("Header x-attribute-%02d in a, b ,c", i)))
		lines = append(lines, fmt.Sprintf("X-Attribute-%02d: c", i))
	}
	in := request(append(lines, `Cookie: session=0123456789; theme=dark; beta="one"; user=ada`, "X-User: ada")...)
	decide := func(route routing.Route) func() routing.Decision {
		route.Main, route.Additional = "v3", "v4"
		in := *in
		in.Draw = 20
		return func() routing.Decision { return routing.Decide(&route, &in) }
	}
	cookies := make([]routing.Rule, routing.MaxRules)
	for i := range cookies {
		cookies[i] = rule("cookie beta in two,one")
	}
	return map[string]func() routing.Decision{
		"all of 20":  decide(routing.Route{Rules: twenty}),
		"any of 20":  decide(routing.Route{Rules: twenty, Combine: routing.Or}),
		"20 cookies": decide(routing.Route{Rules: cookies}),
		"weight":     decide(routing.Route{Weight: 20}),
		"by header":  decide(routing.Route{Weight: 20, Sticky: routing.Source{Type: routing.Header, Param: "x-user"}, Salt: "0197a4c2-0000-7000-8000-000000000001"}),
		"by cookie":  decide(routing.Route{Weight: 20, Sticky: routing.Source{Type: routing.Cookie, Param: "user"}}),
	}
}

func TestDecideAllocatesNothing(t *testing.T) {
	for name, decide := range cases() {
		require.NotEmpty(t, decide().Reason)
		require.Zero(t, testing.AllocsPerRun(100, func() { decide() }), name)
	}
}

func BenchmarkDecide(b *testing.B) {
	for name, decide := range cases() {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				decide()
			}
		})
	}
}

func BenchmarkSimulateAMillion(b *testing.B) {
	in := request("X-User: ada")
	for name, sticky := range map[string]routing.Source{"by chance": {}, "by key": {Type: routing.Header, Param: "X-User"}} {
		b.Run(name, func(b *testing.B) {
			route := routing.Route{Main: "v3", Additional: "v4", Weight: 20, Sticky: sticky}
			for b.Loop() {
				routing.Simulate(&route, in, 1_000_000)
			}
		})
	}
}
