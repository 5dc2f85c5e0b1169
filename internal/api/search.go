package api

import "context"

// Search is the part of Service that finds things of every kind at once.
type Search interface {
	// Find returns things of the project whose name begins with a text or, after
	// those, whose name or address contains it, in any case: at most limit of each
	// kind, the kinds in menu order. A whole id finds what has it. What only contains
	// the text is looked for among the first MaxSearched of a kind; its list looks
	// through all of them.
	Find(ctx context.Context, s Scope, text string, limit int) ([]Found, error)
}

// Found is something that a search found.
type Found struct {
	Kind   Kind
	ID     string
	Name   string
	Detail string // where it leads to, or what it belongs to
	Parent string // id of what it is a part of: of an entry its service, of an alias its function
}

// Bounds of a search; ours.
const (
	MaxSearched   = 20_000
	MaxSearchText = 200 // characters; a longer one finds nothing
	MaxFound      = 50  // of a kind
)
