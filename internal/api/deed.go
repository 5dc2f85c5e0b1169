package api

import "context"

// Deed is a change as data: one call of Service that can be shown, kept, approved
// and made later, or taken back. There is one for each call that changes something
// on purpose; what only follows from others (checks, runs, cancelling) has none.
type Deed interface {
	// About says what the deed changes, and how.
	About() About
	// Do makes the call.
	Do(ctx context.Context, to Service, s Scope) error
}

// About is what a deed is about. ID is empty for what is not there yet.
type About struct {
	Kind   Kind
	Action Action
	ID     string
	Name   string
}

// Action is what a deed does to its object, as rules of approval name it.
type Action string

// The actions.
const (
	ActionCreate   Action = "create"
	ActionUpdate   Action = "update"
	ActionDelete   Action = "delete"
	ActionRun      Action = "run"      // a policy: back up, replicate
	ActionEveryone Action = "everyone" // a whitelist: let every account in
)
