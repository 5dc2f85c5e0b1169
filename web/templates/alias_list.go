package templates

import (
	"context"

	"switchboard/internal/api"
	"switchboard/internal/api/routing"
	"switchboard/internal/locale"
	"switchboard/web/templates/form"
)

// AliasCollection is the aliases of the project whose aliases are at base.
func AliasCollection(base string) Collection {
	return Collection{
		Base: base, ID: "aliases", Actions: aliasBulk(base), Enter: base + "/delete", Fields: "/edit",
		Words: Words{List: "nav.aliases", Name: "aliases.name", Search: "aliases.search", All: "aliases.all"},
	}
}

// AliasListView is a page of aliases and the question it answers. Base is the
// path of the project's aliases.
type AliasListView struct {
	Base     string
	Query    api.AliasQuery
	Function string // the name of the one that Query asks for
	Page     api.Page[api.Alias]
	Ticked   bool // all on the page: the way to tick them without JavaScript
}

func (v *AliasListView) list(ctx context.Context) List {
	return List{
		Collection: AliasCollection(v.Base),
		Search:     v.Query.Search, Filters: v.filters(v.Query.Function),
		Sort: v.Query.Sort, First: api.AliasSorts[0], Desc: v.Query.Desc,
		Cursor: v.Query.Cursor, Next: v.Page.Next, Prev: v.Page.Prev, Shown: len(v.Page.Items), Ticked: v.Ticked,
		Columns: []ListColumn{
			{Label: locale.T(ctx, "aliases.name"), Sort: "name"},
			{Label: locale.T(ctx, "aliases.function"), Sort: "function"},
			{Label: locale.T(ctx, "aliases.route")},
			{Label: locale.T(ctx, "aliases.tab_ramp")},
			{Label: locale.T(ctx, "aliases.updated"), Sort: "updated"},
			{Label: locale.T(ctx, "aliases.actions"), Silent: true},
		},
		Chosen: chosenFunction(*v),
		Blank:  noAliases(v.Base),
	}
}

// filters are what the list is filtered by beside the search, for that function.
func (v *AliasListView) filters(function string) []form.Hidden {
	return []form.Hidden{{Name: "gray", Value: trueText(v.Query.Gray)}, {Name: "function", Value: function}}
}

// of is the address of the list for one function, or for all.
func (v *AliasListView) of(function string) string {
	l := List{Collection: Collection{Base: v.Base}, Search: v.Query.Search, Filters: v.filters(function), First: api.AliasSorts[0]}
	return l.href(v.Query.Sort, v.Query.Desc, "")
}

// newAlias is where an alias is made: of the function that the list is of.
func (v *AliasListView) newAlias() string {
	if v.Query.Function == "" {
		return v.Base + "/new"
	}
	return v.Base + "/new?function=" + v.Query.Function
}

// byRules reports whether rules decide which version a request gets.
func byRules(r *routing.Route) bool { return r.Additional != "" && len(r.Rules) > 0 }

// byWeight reports whether requests are shared by weight.
func byWeight(r *routing.Route) bool { return r.Additional != "" && len(r.Rules) == 0 }

// shareText is a percentage in words.
func shareText(ctx context.Context, n int) string { return locale.T(ctx, "trial.percent", "n", n) }

// AliasNote says of an alias in one line whose it is and where it leads.
func AliasNote(ctx context.Context, a *api.Alias) string {
	return functionTitle(a.Function) + " · " + routeText(ctx, &a.Route)
}

// routeText is where an alias leads in one line.
func routeText(ctx context.Context, r *routing.Route) string {
	switch {
	case byRules(r):
		return locale.T(ctx, "aliases.by_rules", "main", r.Main, "additional", r.Additional)
	case byWeight(r):
		return r.Additional + " " + shareText(ctx, r.Weight) + " · " + r.Main + " " + shareText(ctx, 100-r.Weight)
	}
	return r.Main
}

// FunctionChoiceView is a page of functions, of which one gets a new alias.
// Aliases is the path of the project's aliases.
type FunctionChoiceView struct {
	Aliases string
	Query   api.FunctionQuery
	Page    api.Page[api.Function]
}

func (v *FunctionChoiceView) list(ctx context.Context) List {
	return List{
		Collection: Collection{
			Base: v.Aliases + "/new", ID: "choices", Plain: true,
			Words: Words{List: "functions.title", Name: "aliases.function", Search: "functions.search"},
		},
		Search: v.Query.Search, Sort: v.Query.Sort, First: api.FunctionSorts[0], Desc: v.Query.Desc,
		Cursor: v.Query.Cursor, Next: v.Page.Next, Prev: v.Page.Prev, Shown: len(v.Page.Items),
		Columns: []ListColumn{
			{Label: locale.T(ctx, "aliases.function"), Sort: "name"},
			{Label: locale.T(ctx, "aliases.versions")},
			{Label: locale.T(ctx, "nav.aliases")},
		},
		Blank: noFunctions(FunctionsPath(v.Aliases)),
	}
}
