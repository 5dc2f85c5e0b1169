// Package telemetry is what the fronts tell the server of a request that they
// answer: for its log and its metrics, which are written around them. It holds
// nothing that a person typed.
package telemetry

import "context"

// Request is what is known of a request when it has been answered.
type Request struct {
	Route string // the template that its path matched, "" if none did
	User  string // the id of who sent it, "" if nobody was signed in
}

type requestKey struct{}

// Watch returns a context for a request that is watched, and what will be known
// of it when its handler has returned.
func Watch(ctx context.Context) (context.Context, *Request) {
	r := new(Request)
	return context.WithValue(ctx, requestKey{}, r), r
}

// Of returns what is known of the request of a context. If nobody watches it,
// that goes nowhere.
func Of(ctx context.Context) *Request {
	if r, ok := ctx.Value(requestKey{}).(*Request); ok {
		return r
	}
	return new(Request)
}
