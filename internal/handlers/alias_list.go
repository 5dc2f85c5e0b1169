package handlers

import (
	"context"
	"net/http"
	"net/url"

	"github.com/labstack/echo/v4"

	"switchboard/internal/api"
	"switchboard/internal/locale"
	"switchboard/web/templates"
)

func (p *pages) listAliases(c echo.Context) error {
	ctx, s := c.Request().Context(), p.scope(c)
	view := templates.AliasListView{
		Base: aliasesPath(c), Query: aliasQuery(c.QueryParams()), Ticked: c.QueryParam("tick") == "page",
	}
	if id := view.Query.Function; id != "" {
		function, err := p.Service.Function(ctx, s, id)
		if err != nil {
			return err
		}
		view.Function = function.Name
	}
	page, err := p.Service.ListAliases(ctx, s, view.Query)
	if err != nil {
		return err
	}
	view.Page = page
	return p.renderList(c, "aliases", templates.AliasList(p.frame(c, "nav.aliases"), view))
}

// aliasQuery reads a list's state from the URL; what makes no sense there is
// left out.
func aliasQuery(v url.Values) api.AliasQuery {
	q := api.AliasQuery{Search: v.Get("q"), Function: v.Get("function"), Gray: v.Get("gray") == "true", Cursor: v.Get("cursor")}
	q.Sort, q.Desc = sorting(v, api.AliasSorts)
	return q
}

// chooseFunction asks which function gets a new alias.
func (p *pages) chooseFunction(c echo.Context) error {
	v := c.QueryParams()
	view := templates.FunctionChoiceView{
		Aliases: aliasesPath(c), Query: api.FunctionQuery{Search: v.Get("q"), Cursor: v.Get("cursor")},
	}
	view.Query.Sort, view.Query.Desc = sorting(v, api.FunctionSorts)
	page, err := p.Service.ListFunctions(c.Request().Context(), p.scope(c), view.Query)
	if err != nil {
		return err
	}
	view.Page = page
	return p.render(c, http.StatusOK, templates.FunctionChoice(p.frame(c, "aliases.choose_title"), view))
}

// confirmDeleteAliases asks before the selected aliases are removed, and says of
// each where it leads.
func (p *pages) confirmDeleteAliases(c echo.Context) error {
	ctx := localised(c)
	return p.aliasShelf().confirmDelete(c, "aliases.delete_many_title", func(found []api.Alias) templates.DeleteView {
		view := templates.DeleteView{
			Text:         locale.T(ctx, "aliases.delete_many_text", "count", len(found)),
			Button:       locale.T(ctx, "aliases.delete_many_button", "count", len(found)),
			Consequences: []string{locale.T(ctx, "aliases.delete_many_callers"), locale.T(ctx, "aliases.delete_versions")},
		}
		ramps := 0
		for i := range found {
			a := &found[i]
			view.Items = append(view.Items, templates.DeleteItem{ID: a.ID, Name: a.Name, Note: templates.AliasNote(ctx, a), Version: a.Version})
			if a.Ramp != nil {
				ramps++
			}
		}
		if ramps > 0 {
			view.Consequences = append(view.Consequences, locale.T(ctx, "aliases.delete_many_ramps", "count", ramps))
		}
		return view
	}, func(a *api.Alias) api.Deed { return api.DeleteAlias{ID: a.ID, Version: a.Version} })
}

// deleteAliases removes what was named on the page before, each only if it is
// still what it was then.
func (p *pages) deleteAliases(c echo.Context) error {
	d := deed{title: "aliases.delete_many_title", done: "bulk.deleted", one: "aliases.deleted", gone: true}
	return p.aliasShelf().toMany(c, d, func(ctx context.Context, s api.Scope, a *api.Alias) error {
		return p.Service.DeleteAlias(ctx, s, a.ID, readVersion(c.FormValue("version."+a.ID)))
	})
}
