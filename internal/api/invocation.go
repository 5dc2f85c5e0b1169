package api

import (
	"context"
	"net/http"
	"time"

	"switchboard/internal/api/routing"
)

// Invocations is the part of Service that calls functions (spec/aliases.md §6).
type Invocations interface {
	// Invoke sends a call to the upstream of a version and waits for the answer.
	// Of an alias the version is decided by the call's own headers. NotFound for a
	// function, version or alias that is not there; Unavailable if the version
	// has no upstream ("function.no_upstream") or that does not answer, Limit for
	// a body above MaxInvocationBody ("invoke.body_too_long") or if too many calls
	// are under way. Whatever goes wrong once the version is decided, the Answer's
	// Decision tells of it beside the error; nothing else of that Answer is set.
	Invoke(ctx context.Context, s Scope, c Call) (Answer, error)
}

// Call is an invocation.
type Call struct {
	Package   string
	Function  string // its name
	Qualifier string // as in FunctionURN
	Header    http.Header
	Body      []byte // at most MaxInvocationBody
}

// Answer is what an upstream said to a call.
type Answer struct {
	Decision routing.Decision // with the version that answered, or was to
	Status   int              // HTTP
	Header   http.Header
	Body     []byte // at most MaxInvocationBody
	Took     time.Duration
	MemoryMB int // that the version is configured with
}
