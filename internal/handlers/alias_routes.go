package handlers

import (
	"github.com/labstack/echo/v4"

	"switchboard/internal/api"
	"switchboard/web/templates"
)

// aliasRoutes are the pages of aliases, of the functions they belong to and of
// what goes on with them.
func (p *pages) aliasRoutes(project *echo.Group) {
	aliases := project.Group("/aliases")
	aliases.GET("", p.listAliases)
	aliases.GET("/new", p.newAlias, p.editor)
	aliases.POST("", p.saveAlias, p.editor)
	aliases.POST("/validate", p.validateAlias, p.editor)
	aliases.POST("/edit", p.redrawAlias, p.editor)
	aliases.POST("/review", p.reviewAlias, p.editor)
	aliases.POST("/try", p.tryDraft, p.editor)
	aliases.POST("/delete", p.confirmDeleteAliases, p.editor)
	aliases.POST("/delete/confirmed", p.deleteAliases, p.editor)
	p.functionRoutes(aliases.Group("/functions"))

	alias := aliases.Group("/:id")
	alias.GET("", p.showAlias)
	alias.GET("/edit", p.editAlias, p.editor)
	alias.POST("", p.saveAlias, p.editor)
	alias.GET("/delete", p.confirmDeleteAlias, p.editor)
	alias.POST("/delete", p.deleteAlias, p.editor)
	p.aliasRunRoutes(alias)
}

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

// aliasShelf is what aliases have in common with other kinds.
func (p *pages) aliasShelf() *shelf[api.Alias, api.AliasQuery] {
	return &shelf[api.Alias, api.AliasQuery]{
		pages: p, kind: api.KindAlias, query: aliasQuery,
		where: func(c echo.Context) templates.Collection { return templates.AliasCollection(aliasesPath(c)) },
		find:  func(echo.Context) api.Shelf[api.Alias, api.AliasQuery] { return api.AliasShelf(p.Service) },
	}
}
