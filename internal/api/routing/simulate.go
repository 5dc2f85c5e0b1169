package routing

// Tally is what became of many requests.
type Tally struct{ Total, Main, Additional int }

// Simulate decides n times about a request, each time with a new draw; if the
// route draws by a key, each time for another caller.
func Simulate(route *Route, request *Request, n int) Tally { return Tally{} }
