package main

import (
	"fmt"
	"math"
	"math/rand/v2"
	"net/http"

	"switchboard/internal/api/routing"
)

// sameAnswers requires that all evaluators answer random requests alike; with
// a share, each has its own callers, but as many.
func sameAnswers(route *routing.Route, all []evaluator) error {
	chance := rand.New(rand.NewPCG(5, 20)) //nolint:gosec // always the same requests
	counts := make([]int, len(all))
	for range checked {
		h := randomHeaders(route, chance)
		var first bool
		for i, e := range all {
			answer := e.fromHeaders(h)()
			if i == 0 {
				first = answer
			}
			if len(route.Rules) > 0 && answer != first || e.fromReady != nil && e.fromReady(h)() != answer {
				return fmt.Errorf("%s answers something else about %v", e.name, h)
			}
			if answer {
				counts[i]++
			}
		}
	}
	return plausible(route, all, counts)
}

// plausible requires that both answers were given, and shares are what they
// should be.
func plausible(route *routing.Route, all []evaluator, counts []int) error {
	for i, n := range counts {
		switch expected := checked * float64(route.Weight) / 100; {
		case n == 0 || n == checked:
			return fmt.Errorf("%s gave one answer only", all[i].name)
		case len(route.Rules) == 0 && math.Abs(float64(n)-expected) > 5*math.Sqrt(expected):
			return fmt.Errorf("%s sent %d of %d to the additional version", all[i].name, n, checked)
		}
	}
	return nil
}

// randomHeaders are such that rules sometimes match.
func randomHeaders(route *routing.Route, chance *rand.Rand) http.Header {
	h := http.Header{}
	hit := 1.0 / routing.MaxRules / 2
	if !route.Any() {
		hit = 1 - hit
	}
	for _, r := range route.Rules {
		switch {
		case chance.Float64() < hit:
			h.Set(r.Param, []string{"red", "green", "blue"}[chance.IntN(3)])
		case chance.IntN(2) == 0:
			h.Set(r.Param, "grey")
		}
	}
	if route.Sticky.Param != "" {
		h.Set(route.Sticky.Param, fmt.Sprintf("caller-%d", chance.Uint64()))
	}
	return h
}
