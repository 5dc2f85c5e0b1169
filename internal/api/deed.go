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
	// Plan judges the call by what can be known before, says what it would change, and
	// writes nothing. An error is one that the call would end in.
	Plan(ctx context.Context, to Service, s Scope) (Plan, error)
}

// Plan is what a deed would do, seen from now.
type Plan struct {
	// Deed is bound to what was seen, as far as the call can be.
	Deed  Deed
	About About // with id and name
	// Before and After are the object as the audit log would have it, nil where there
	// is none.
	Before, After any
	// State is what the deed was seen against: if that is another one, so is what it
	// would do.
	State any
}

// bind is the version that a change is about: the one that was seen, or the stored one
// if nobody said.
func bind(seen *int64, stored int64, by Stamp) error {
	if *seen == 0 {
		*seen = stored
	}
	if *seen != stored {
		return Errorf(Conflict, "request.moved", "by", By(by.By))
	}
	return nil
}

// seen is a state that an object's version stands for.
func seen(view any, version int64) any {
	return map[string]any{"object": view, "version": version}
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
