package templates

import (
	"context"
	"slices"

	"github.com/a-h/templ"

	"switchboard/internal/locale"
)

// Collection is the things of one kind in one place, as the pages about many of
// them show it. It is how a kind uses the parts that all lists have in common:
//
//	func GateCollection(base string) Collection {
//		return Collection{
//			Base: base, ID: "gates", Actions: gateActions(base), Enter: base + "/runs", Fields: "/edit",
//			Words: Words{List: "gate.list_title", Name: "gate.name", Search: "gate.search", All: "gate.all"},
//		}
//	}
//
//	templ gateActions(base string) {
//		@BulkButton(base+"/runs", icon.Test, "bulk.test")
//		@BulkSchedule(base)
//		@BulkButton(base+"/delete", icon.Delete, "bulk.delete")
//	}
//
//	templ GateList(f Frame, v GateListView) {
//		@Shell(f) {
//			@PageHeader(f.Title, locale.T(ctx, "gate.list_lead")) { …buttons… }
//			@ListSearch(v.list(ctx)) { …each filter, in <label class="filter">… }
//			@ListTable(v.list(ctx)) { …a row for each, in a fragment that is named RowID… }
//		}
//	}
//
// where list fills in a List (see there), and a row begins with
//
//	<th scope="row">
//		@tick(g.ID, g.Name, v.Ticked)
//		<a class="row-link" href={ v.Base + "/" + g.ID }>{ g.Name }</a>
//	</th>
//
// How wide its columns are, and which go where the screen is small, is CSS of the
// kind, at .table-gates. Outcome, DeleteMany, RunPage and HealthPage are whole
// pages; ChangePanel, HealthBeside and CheckPanel are parts of others. The
// handlers are in shelf.go and watcher.go of package handlers, and link_routes.go
// there is the example.
type Collection struct {
	Base string // path of the list; each thing is at Base/ID
	ID   string // begins the ids of elements and is the table's class: "links"
	// Above is what the list itself stands under, such as the service that a
	// whitelist belongs to.
	Above   []Crumb
	Words   Words
	Actions templ.Component // buttons of the bar above rows that can be ticked
	Enter   string          // where Enter in a row posts the ticked ones to
	// Fields is where, below a thing, the form with its fields is; empty if
	// there is none.
	Fields string
	// Plain says that its things have no page of their own.
	Plain bool
}

// Words are the keys of what a collection calls its things.
type Words struct {
	List   string // the list: crumb and label of its table
	Name   string // head of the column of names
	Search string // label of the search box; without one there is none
	All    string // the choice of all that there are: "All links of this project"
}

// table is the element, and fragment, that the list's controls replace.
func (k *Collection) table() string { return k.ID + "-table" }

// RowID names the row of a thing, which is a fragment.
func RowID(id string) string { return "row-" + id }

// path is the page of a thing, empty if it has none.
func (k *Collection) path(id string) string {
	if k.Plain {
		return ""
	}
	return k.Base + "/" + id
}

// fields is the page with the form of a thing, empty if it has none.
func (k *Collection) fields(id string) string {
	if k.Fields == "" {
		return ""
	}
	return k.Base + "/" + id + k.Fields
}

// crumbs is the way to a page about things of the collection.
func (k *Collection) crumbs(ctx context.Context) []Crumb {
	return append(slices.Clone(k.Above), Crumb{Label: locale.T(ctx, k.Words.List), Href: k.Base})
}
