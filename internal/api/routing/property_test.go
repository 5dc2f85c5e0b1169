package routing_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"switchboard/internal/api/routing"
)

// count decides n times with draws of a fixed seed, or of callers 0 to n-1, and
// returns how many got the additional version.
func count(route *routing.Route, n int) int {
	chance := rand.New(rand.NewPCG(uint64(route.Weight), 5))
	h := http.Header{"User": {""}}
	additional := 0
	for i := range n {
		h["User"][0] = fmt.Sprint("caller-", i)
		if routing.Decide(route, &routing.Request{Header: h, Draw: 1 + chance.IntN(100)}).Additional {
			additional++
		}
	}
	return additional
}

// within reports whether a count is at most four standard deviations off what
// the weight promises. The seeds are fixed, so it is always the same count.
func within(t *testing.T, additional, n, weight int) {
	t.Helper()
	p := float64(weight) / 100
	require.InDelta(t, float64(n)*p, additional, 4*math.Sqrt(float64(n)*p*(1-p)), "of %d with weight %d", n, weight)
}

func TestSharesConvergeToTheWeight(t *testing.T) {
	t.Parallel()
	const n = 5000
	user := routing.Source{Type: routing.Header, Param: "User"}
	for weight := 0; weight <= 100; weight++ {
		within(t, count(&routing.Route{Main: "v3", Additional: "v4", Weight: weight}, n), n, weight)
		within(t, count(&routing.Route{Main: "v3", Additional: "v4", Weight: weight, Sticky: user, Salt: "one"}, n), n, weight)
	}
}

func TestDrawsByKeyAreEven(t *testing.T) {
	t.Parallel()
	for name, key := range map[string]string{
		"numbers": "%d", "padded numbers": "%012d", "mail addresses": "user%d@example.com", "ids": "0197a4c2-0000-7000-8000-%012x", "long": "a much longer key that ends in %d",
	} {
		const n = 20_000
		var drawn [100]int
		route := routing.Route{Main: "v3", Additional: "v4", Salt: "an alias", Sticky: routing.Source{Type: routing.Header, Param: "User"}}
		for i := range n {
			d := routing.Decide(&route, &routing.Request{Header: http.Header{"User": {fmt.Sprintf(key, i)}}})
			drawn[d.Draw-1]++
		}
		squares := 0.0
		for _, times := range drawn {
			squares += math.Pow(float64(times)-n/100, 2) / (n / 100)
		}
		require.Less(t, squares, 160.0, "%s: chi squared of 99 degrees, one in 10 000 is above", name)
	}
}

func TestAliasesDrawIndependently(t *testing.T) {
	t.Parallel()
	const n = 20_000
	both := 0
	one := routing.Route{Main: "v3", Additional: "v4", Weight: 30, Salt: "one", Sticky: routing.Source{Type: routing.Header, Param: "User"}}
	two := one
	two.Salt = "two"
	for i := range n {
		in := &routing.Request{Header: http.Header{"User": {fmt.Sprint(i)}}}
		if routing.Decide(&one, in).Additional && routing.Decide(&two, in).Additional {
			both++
		}
	}
	within(t, both, n, 9)
}

// Who was on the additional version stays there for every greater weight.
func TestCallersStayWhileTheWeightGrows(t *testing.T) {
	t.Parallel()
	for i := range 2000 {
		in := request(fmt.Sprint("User: caller-", i))
		moved := false
		for weight := 0; weight <= 100; weight++ {
			route := routing.Route{Main: "v3", Additional: "v4", Weight: weight, Salt: "an alias", Sticky: routing.Source{Type: routing.Header, Param: "User"}}
			in.Draw = (i+weight*37)%100 + 1 // of no account
			d := routing.Decide(&route, in)
			require.False(t, moved && !d.Additional, "caller %d went back at %d", i, weight)
			moved = d.Additional
		}
		require.True(t, moved, "with 100 everybody is there")
	}
}

// Rules and weights never mix: with rules, neither weight nor draw nor key
// changes anything.
func TestRulesDoNotMixWithWeights(t *testing.T) {
	t.Parallel()
	chance := rand.New(rand.NewPCG(5, 5))
	worlds := everyRequest()
	for range 5000 {
		route, in := randomRoute(chance), worlds[chance.IntN(len(worlds))]
		want := routing.Decide(&route, in)
		route.Weight, in.Draw = chance.IntN(101), chance.IntN(100)
		route.Sticky, route.Salt = routing.Source{Type: routing.Header, Param: "A"}, "salt"
		require.Equal(t, want, routing.Decide(&route, in))
		require.Equal(t, routing.ByRules, want.Reason)
		require.Zero(t, want.Draw)
	}
}

// Small worlds: few names and values, so that rules meet one another.
var (
	sources = []string{"header A", "Header a", "header B", "cookie a", "cookie b"}
	values  = []string{"1", "2", "3"}
)

// What is explained decides as what is not, and says as much at least.
func TestAnExplanationChangesNoDecision(t *testing.T) {
	t.Parallel()
	chance := rand.New(rand.NewPCG(5, 8))
	requests := everyRequest()
	for range 200 {
		route := randomRoute(chance)
		in := *requests[chance.IntN(len(requests))]
		short := routing.Decide(&route, &in)
		in.Explain = true
		whole := routing.Decide(&route, &in)
		require.Equal(t, whole.Version, short.Version)
		require.Equal(t, whole.Additional, short.Additional)
		require.Zero(t, short.Matched&^whole.Matched)
		require.Zero(t, short.Present&^whole.Present)
	}
}

func randomRoute(chance *rand.Rand) routing.Route {
	route := routing.Route{Main: "v3", Additional: "v4", Combine: combine(chance.IntN(2) == 0)}
	for range 1 + chance.IntN(4) {
		r := rule(sources[chance.IntN(len(sources))] + " = " + values[chance.IntN(len(values))])
		if chance.IntN(2) == 0 {
			r.Op = routing.In
			for range chance.IntN(3) {
				r.Value += " , " + values[chance.IntN(len(values))]
			}
		}
		route.Rules = append(route.Rules, r)
	}
	return route
}

// everyRequest returns every request of the small world that differs for any
// rule: each header with each set of values, each cookie with each value, and
// one value that no rule names.
func everyRequest() []*routing.Request {
	headers := [][]string{nil, {"other"}}
	for set := 1; set < 1<<len(values); set++ {
		var some []string
		for i, v := range values {
			if set&(1<<i) != 0 {
				some = append(some, v)
			}
		}
		headers = append(headers, some)
	}
	cookies := append([]string{"", "other"}, values...)
	var all []*routing.Request
	for _, a := range headers {
		for _, b := range headers {
			for _, c := range cookies {
				for _, d := range cookies {
					h := http.Header{}
					if a != nil {
						h["A"] = a
					}
					if b != nil {
						h["B"] = b
					}
					if c != "" {
						h.Add("Cookie", "a="+c)
					}
					if d != "" {
						h.Add("Cookie", "b="+d)
					}
					all = append(all, &routing.Request{Header: h})
				}
			}
		}
	}
	return all
}
