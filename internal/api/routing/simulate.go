package routing

import (
	"math/rand/v2"
	"net/http"
	"strconv"
)

// Tally is what became of many requests.
type Tally struct{ Total, Main, Additional int }

// Simulate decides n times about a request, each time with a new draw; if the
// route draws by a key, each time for another caller. Where no draw decides, all
// decisions are the same, and one is made.
func Simulate(route *Route, request *Request, n int) Tally {
	n = max(n, 0)
	if len(route.Rules) > 0 || route.Additional == "" {
		return tally(n, n*share(Decide(route, request)))
	}
	one := Request{Header: request.Header}
	next := func() {}
	if route.Sticky != (Source{}) {
		one.Header, next = route.Sticky.callers()
	}
	additional := 0
	for range n {
		one.Draw = Random()
		next()
		additional += share(Decide(route, &one))
	}
	return tally(n, additional)
}

func tally(total, additional int) Tally {
	return Tally{Total: total, Main: total - additional, Additional: additional}
}

// share is 1 if the request went to the additional version.
func share(d Decision) int {
	if d.Additional {
		return 1
	}
	return 0
}

// callers returns the headers of a caller, and a function that makes them those
// of another one.
func (s *Source) callers() (h http.Header, next func()) {
	name, prefix := s.Param, ""
	if s.Type.Is(Cookie) {
		name, prefix = "Cookie", s.Param+"="
	}
	values := []string{""}
	h = http.Header{http.CanonicalHeaderKey(name): values}
	number := rand.Uint64() //nolint:gosec // names of nobody
	return h, func() {
		number++
		values[0] = prefix + strconv.FormatUint(number, 36)
	}
}
