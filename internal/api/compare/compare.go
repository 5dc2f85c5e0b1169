// Package compare tells what is different between two projects, and plans what would make
// a thing of one of them be in the other, too. It knows things by the names that people
// know them by, never by ids, and leaves out what changes by itself. It stands on
// api.Service alone, so that it does not matter which backends the projects live on.
//
// What a page of it costs is bounded by what was looked at for it, not by how much there
// is: it walks the list of one project and looks up each thing in the other by its name,
// and then the list of the other for what is missing here. So it needs no order that two
// backends, or two databases, agree on. kinds.go is the table of kinds.
package compare

import (
	"cmp"
	"context"

	"switchboard/internal/api"
)

// Side is a project as somebody sees it.
type Side struct {
	Service api.Service
	Scope   api.Scope
	Region  string // begins the whole names of endpoint services that are made in it
}

// Thing is something that a project has.
type Thing struct {
	Key    Key
	ID     string
	Parent string // id of what it is a part of: of an entry its service
	// View is the thing as the audit log would have it, without ids, times and what else
	// says nothing about it: JSON, equal for equal things.
	View []byte
	// unclear says that its name does not tell it apart from others of the project.
	unclear bool
}

// State is how a thing here compares to the one of the same name there.
type State string

// The states. Unclear is what has no name of its own, so that nothing can be said.
const (
	OnlyHere  State = "here"
	OnlyThere State = "there"
	Different State = "different"
	Unclear   State = "unclear"
	Same      State = "same"
)

// Row is a thing of one project beside that of the other; nil where there is none.
type Row struct {
	Key         Key
	State       State
	Here, There *Thing
}

// Show says which things are asked for.
type Show string

// What can be asked for. ShowAll also names what is the same.
const (
	ShowDifferences Show = ""
	ShowAll         Show = "all"
	ShowHere        Show = "here"
	ShowThere       Show = "there"
	ShowDifferent   Show = "different"
)

// Shows are all of them.
var Shows = []Show{ShowDifferences, ShowAll, ShowHere, ShowThere, ShowDifferent}

// Query asks for a page of a comparison.
type Query struct {
	Kind   api.Kind // one of Kinds
	Text   string   // that the name contains, or the name of what it is a part of, in any case
	Show   Show
	Cursor string // Next of another page with the same query
	Limit  int    // rows, api.DefaultPage if 0; a few more may come
	Looks  int    // things to look at, MaxLooks if 0
}

// MaxLooks is how many things are looked at for a page.
const MaxLooks = 500

// Page is a part of a comparison: first what is here, as its lists sort it, then what is
// only there.
type Page struct {
	Rows   []Row
	Same   int    // of those looked at
	Named  []Key  // these, with ShowAll
	Looked int    // things of either project
	Next   string // empty if that was all
}

// Compare returns a page of what is different between two projects. A kind that is not
// one of Kinds is NotFound.
func Compare(ctx context.Context, here, there Side, q Query) (Page, error) {
	k := kindOf(q.Kind)
	if k == nil {
		return Page{}, api.Errorf(api.NotFound, "error.not_found")
	}
	w := walk{kind: k, query: q, here: open(here), there: open(there)}
	w.query.Limit = cmp.Or(max(q.Limit, 0), api.DefaultPage)
	w.query.Looks = cmp.Or(max(q.Looks, 0), MaxLooks)
	err := w.run(ctx)
	return w.page, err
}
