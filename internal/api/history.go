package api

import (
	"context"
	"time"
)

// History is the part of Service that tells what was changed.
type History interface {
	// Changes returns changes in the project, newest first: all of them, or those
	// of one object if kind and id are set. The cursor is the id of a change, and
	// they are the next ones before it; after a "+", the next ones after it.
	// Without a cursor they are the latest.
	Changes(ctx context.Context, s Scope, kind Kind, id, cursor string, limit int) ([]Change, error)
	// Reverse says what would take a change back, and makes nothing. NotFound if there
	// is no such change in the project; Invalid, with a message that says why, if it
	// cannot be taken back. secrets are those that were typed because Asks named them.
	Reverse(ctx context.Context, s Scope, change string, secrets map[string]Secret) (Reversal, error)
}

// Reversal is what takes a change back: a deed that was not done yet.
type Reversal struct {
	Change Change
	// Now is the object as it is, and Then as it would be, both as the audit log has
	// objects; nil where there is none.
	Now, Then []byte
	// Asks are the paths of secrets that have to be typed: the log has none, and one
	// is bound to its destination (S11).
	Asks []string
	// Deed brings the state before the change back, against the object's version as it
	// is now; nil if nothing is left to do.
	Deed Deed
	// Notes say what is not brought back with it.
	Notes []Message
	// Version is that of the object as it is, 0 if it is not there.
	Version int64
}

// Do takes the change back, if anything is left to do. It is Invalid at the paths of
// Asks as long as those secrets were not typed.
func (r *Reversal) Do(ctx context.Context, to Service, s Scope) error {
	if len(r.Asks) > 0 {
		problems := make([]Problem, len(r.Asks))
		for i, path := range r.Asks {
			problems[i] = Problem{path, M("rollback.secret_missing")}
		}
		return Refuse(problems)
	}
	if r.Deed == nil {
		return nil
	}
	return r.Deed.Do(ctx, to, s)
}

// Change is one line of the audit log.
type Change struct {
	ID            string // in the order of time
	At            time.Time
	Actor         Actor
	Action        string // "create", "update", "delete", …
	Kind          Kind
	ObjectID      string
	ObjectName    string
	Before, After []byte // JSON objects without secrets, nil if there was nothing
	Project       string // empty for what belongs to none
	Seq           int64  // in the chain; 0 until it is sealed
}
