package handlers

import (
	"github.com/labstack/echo/v4"

	"switchboard/web/templates"
)

// aliasesPath is the path of the project's aliases.
func aliasesPath(c echo.Context) string { return "/p/" + project(c).ID + "/aliases" }

// aliasView finds the alias of the path, with the versions of its function.
func (p *pages) aliasView(c echo.Context) (templates.AliasView, error) {
	ctx, s := c.Request().Context(), p.scope(c)
	view := templates.AliasView{Base: aliasesPath(c)}
	var err error
	if view.Alias, err = p.Service.Alias(ctx, s, c.Param("id")); err != nil {
		return view, err
	}
	view.Versions, err = p.Service.Versions(ctx, s, view.Alias.Function.ID)
	return view, err
}
