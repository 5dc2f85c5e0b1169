package api

import "context"

// Views are what people look at again and again: the filters and the sorting of a
// list under a name. They are their user's alone, in one project.
type Views interface {
	// Views returns the actor's views of a list, by name. section names the list.
	Views(ctx context.Context, s Scope, section string) ([]View, error)
	// SaveView keeps a view, in place of the one of that name. Invalid at "name",
	// Limit above MaxViews.
	SaveView(ctx context.Context, s Scope, section, name, query string) (View, error)
	// RenameView gives it another name: Conflict at "name" if that is taken.
	RenameView(ctx context.Context, s Scope, id, name string) (View, error)
	// DeleteView removes it; NotFound if there is none.
	DeleteView(ctx context.Context, s Scope, id string) error
}

// View is a list's state under a name.
type View struct {
	ID      string
	Section string
	Name    string
	Query   string // as in the list's address, in the order of names and without a cursor
}

// Bounds of views; ours.
const (
	MaxViews     = 50 // of a user, of one list
	MaxViewName  = 64 // characters
	MaxViewQuery = 2000
)
