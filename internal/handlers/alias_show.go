package handlers

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"switchboard/internal/api"
	"switchboard/internal/api/routing"
	"switchboard/web/templates"
)

// showAlias is where an alias leads, and what goes on with it.
func (p *pages) showAlias(c echo.Context) error {
	alias, err := p.aliasView(c)
	if err != nil {
		return err
	}
	route := &alias.Alias.Route
	view := templates.AliasDetailView{
		AliasView: alias, URN: p.aliasURN(c, &alias.Alias), Words: api.RouteWords(route), Advice: ruleAdvice(route), Trial: typedTrial(c),
	}
	view.Call = scheme(c) + "://" + c.Request().Host + "/v2/" + project(c).ID + "/fgs/functions/" + view.URN + "/invocations"
	view.Trial.Action = view.Path() + "/try"
	frame := p.namedFrame(c, alias.Alias.Name)
	frame.Refresh = rampRefresh(alias.Alias.Ramp)
	if err := p.sampleActions(c, &frame, aliasActions(&alias.Alias)...); err != nil {
		return err
	}
	return p.render(c, http.StatusOK, templates.AliasDetail(frame, view))
}

// aliasActions are what can be done with an alias.
func aliasActions(alias *api.Alias) []action {
	edit := does(api.M("aliases.edit"), api.UpdateAlias{ID: alias.ID, Draft: alias.Draft(), Version: alias.Version})
	remove := does(api.M("aliases.delete"), api.DeleteAlias{ID: alias.ID, Version: alias.Version})
	if alias.Route.Additional == "" {
		return []action{edit, remove}
	}
	return []action{
		does(api.M("ramp.promote", "additional", alias.Route.Additional), api.PromoteAlias{ID: alias.ID, Version: alias.Version}),
		does(api.M("ramp.abort", "main", alias.Route.Main), api.AbortAlias{ID: alias.ID, Version: alias.Version}),
		edit, remove,
	}
}

// ruleAdvice is what is odd about the rules of a route.
func ruleAdvice(route *routing.Route) []api.Message {
	var found []api.Message
	for _, f := range routing.Findings(route) {
		found = append(found, api.M("aliases.advice", "n", f.Rule+1, "advice", api.FindingWords(route, f)))
	}
	return found
}

// aliasURN is how programs name an alias.
func (p *pages) aliasURN(c echo.Context, a *api.Alias) string {
	return p.functionURN(c, &api.Function{Package: a.Function.Package, Name: a.Function.Name}, "!"+a.Name)
}

func (p *pages) confirmDeleteAlias(c echo.Context) error {
	alias, err := p.aliasView(c)
	if err != nil {
		return err
	}
	view := templates.AliasDetailView{AliasView: alias, URN: p.aliasURN(c, &alias.Alias)}
	frame := p.frame(c, "aliases.delete_title")
	if err := p.sampleActions(c, &frame, does(api.Message{}, api.DeleteAlias{ID: alias.Alias.ID, Version: alias.Alias.Version})); err != nil {
		return err
	}
	return p.render(c, http.StatusOK, templates.AliasDelete(frame, view))
}

func (p *pages) deleteAlias(c echo.Context) error {
	alias, err := p.aliasView(c)
	if err != nil {
		return err
	}
	if err := p.Service.DeleteAlias(c.Request().Context(), p.scope(c), alias.Alias.ID, readVersion(c.FormValue("version"))); err != nil {
		return err
	}
	p.flashUndo(c, api.M("aliases.deleted", "name", alias.Alias.Name))
	return redirect(c, alias.Base)
}
