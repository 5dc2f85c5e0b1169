package handlers

import (
	"net/http"
	"net/url"

	"github.com/labstack/echo/v4"

	"switchboard/internal/api"
	"switchboard/web/templates"
)

func (p *pages) listFunctions(c echo.Context) error {
	view := templates.FunctionListView{Aliases: aliasesPath(c), Query: functionQuery(c.QueryParams())}
	page, err := p.Service.ListFunctions(c.Request().Context(), p.scope(c), view.Query)
	if err != nil {
		return err
	}
	view.Page = page
	return p.renderList(c, "functions", templates.FunctionList(p.frame(c, "functions.title"), view))
}

// functionQuery reads a list's state from the URL; what makes no sense there is
// left out.
func functionQuery(v url.Values) api.FunctionQuery {
	q := api.FunctionQuery{Search: v.Get("q"), Package: v.Get("package"), Cursor: v.Get("cursor")}
	q.Sort, q.Desc = sorting(v, api.FunctionSorts)
	return q
}

// showVersions is the function's page: its versions, and who uses them.
func (p *pages) showVersions(c echo.Context) error {
	view, err := p.functionView(c)
	if err != nil {
		return err
	}
	versions, err := p.Service.Versions(c.Request().Context(), p.scope(c), view.Function.ID)
	if err != nil {
		return err
	}
	frame := p.functionFrame(c, &view)
	if err := p.sampleActions(c, &frame, functionActions(&view.Function)...); err != nil {
		return err
	}
	return p.render(c, http.StatusOK, templates.FunctionVersions(frame, templates.VersionsView{FunctionView: view, Versions: versions}))
}

// functionActions are what can be done with a function.
func functionActions(fn *api.Function) []action {
	return []action{
		does(api.M("functions.edit"), api.UpdateFunction{ID: fn.ID, Draft: fn.Draft(), Version: fn.Version}),
		does(api.M("functions.delete"), api.DeleteFunction{ID: fn.ID, Version: fn.Version}),
	}
}

func (p *pages) functionFrame(c echo.Context, view *templates.FunctionView) templates.Frame {
	return p.namedFrame(c, view.Function.Name)
}

// showFunctionAliases lists the aliases of a function, which are few.
func (p *pages) showFunctionAliases(c echo.Context) error {
	view, err := p.functionView(c)
	if err != nil {
		return err
	}
	aliases, err := p.Service.AliasesOf(c.Request().Context(), p.scope(c), view.Function.ID)
	if err != nil {
		return err
	}
	return p.render(c, http.StatusOK, templates.FunctionAliases(p.functionFrame(c, &view), templates.FunctionAliasesView{FunctionView: view, List: aliases}))
}

// showFunctionSettings is what the function is, and how programs name it.
func (p *pages) showFunctionSettings(c echo.Context) error {
	view, err := p.functionView(c)
	if err != nil {
		return err
	}
	urn := p.functionURN(c, &view.Function, "")
	frame := p.functionFrame(c, &view)
	if err := p.sampleActions(c, &frame, functionActions(&view.Function)...); err != nil {
		return err
	}
	return p.render(c, http.StatusOK, templates.FunctionSettings(frame, view, urn))
}

// showFunctionHistory is what was changed at the function and its versions.
func (p *pages) showFunctionHistory(c echo.Context) error {
	view, err := p.functionView(c)
	if err != nil {
		return err
	}
	history, err := p.history(c, view.Path()+"/history", view.Function.ID, historyChanges, api.KindFunction)
	if err != nil {
		return err
	}
	return p.render(c, http.StatusOK, templates.FunctionHistory(p.functionFrame(c, &view), view, history))
}
