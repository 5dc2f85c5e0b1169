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
}
