package templates

import (
	"context"

	"switchboard/internal/api"
	"switchboard/internal/locale"
	"switchboard/web/templates/form"
)

// FunctionCollection is the functions of the project whose functions are at base.
func FunctionCollection(base string) Collection {
	return Collection{
		Base: base, ID: "functions", Fields: "/edit",
		Words: Words{List: "functions.title", Name: "functions.name", Search: "functions.search"},
	}
}

// FunctionListView is a page of functions and the question it answers. Aliases is
// the path of the project's aliases.
type FunctionListView struct {
	Aliases string
	Query   api.FunctionQuery
	Page    api.Page[api.Function]
}

// base is the path of the functions.
func (v *FunctionListView) base() string { return FunctionsPath(v.Aliases) }

// FunctionsPath is the path of the functions of the project whose aliases are at
// that path.
func FunctionsPath(aliases string) string { return aliases + "/functions" }

func (v *FunctionListView) list(ctx context.Context) List {
	return List{
		Collection: FunctionCollection(v.base()),
		Search:     v.Query.Search, Filters: []form.Hidden{{Name: "package", Value: v.Query.Package}},
		Sort: v.Query.Sort, First: api.FunctionSorts[0], Desc: v.Query.Desc,
		Cursor: v.Query.Cursor, Next: v.Page.Next, Prev: v.Page.Prev, Shown: len(v.Page.Items),
		Columns: []ListColumn{
			{Label: locale.T(ctx, "functions.name"), Sort: "name"},
			{Label: locale.T(ctx, "functions.package")},
			{Label: locale.T(ctx, "functions.runtime")},
			{Label: locale.T(ctx, "functions.versions")},
			{Label: locale.T(ctx, "nav.aliases")},
			{Label: locale.T(ctx, "functions.updated"), Sort: "updated"},
		},
		Chosen: chosenPackage(*v),
		Blank:  noFunctions(v.base()),
	}
}

// inPackage is the address of the list with one package only, or with all if that
// is empty.
func (v *FunctionListView) inPackage(name string) string {
	l := List{
		Collection: Collection{Base: v.base()}, Search: v.Query.Search,
		Filters: []form.Hidden{{Name: "package", Value: name}}, First: api.FunctionSorts[0],
	}
	return l.href(v.Query.Sort, v.Query.Desc, "")
}

// The lists of the section of aliases, which lead to each other.
const (
	ListOfAliases   = "aliases"
	ListOfFunctions = "functions"
)

// aliasLists are the tabs above the lists of the section.
func aliasLists(ctx context.Context, aliases, current string) []Tab {
	return []Tab{
		{Label: locale.T(ctx, "nav.aliases"), Href: aliases, Current: current == ListOfAliases},
		{Label: locale.T(ctx, "functions.title"), Href: FunctionsPath(aliases), Current: current == ListOfFunctions},
	}
}
