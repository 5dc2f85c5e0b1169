package handlers

import (
	"github.com/labstack/echo/v4"

	"switchboard/internal/api"
	"switchboard/web/templates"
)

// linkRoutes are the pages of links and of the alerts about them.
func (p *pages) linkRoutes(project *echo.Group) {
	links := project.Group("/links")
	links.GET("", p.listLinks)
	links.GET("/new", p.newLink, p.editor)
	links.POST("/new/paste", p.pasteLink, p.editor)
	links.POST("", p.createLink, p.editor)
	links.POST("/validate", p.validateLink, p.editor)
	links.POST("/edit", p.redrawLink, p.editor)
	links.POST("/test", p.testLink, p.editor)
	links.POST("/export", p.exportLinks)
	links.GET("/import", p.importLinksPage, p.editor)
	links.POST("/import", p.planImport, p.editor)
	links.POST("/import/apply", p.applyImport, p.editor)
	links.POST("/enable", p.enableLinks, p.editor)
	links.POST("/disable", p.disableLinks, p.editor)
	links.POST("/code", p.codeOfLinks, p.editor)
	links.POST("/delete", p.confirmDeleteLinks, p.editor)
	links.POST("/delete/confirmed", p.deleteLinks, p.editor)
	links.GET("/alerts", p.showHook)
	links.POST("/alerts", p.saveHook, p.admin)
	links.POST("/alerts/edit", p.redrawHook, p.admin)
	links.POST("/alerts/test", p.testHook, p.admin)
	p.linkWatcher().routes(links)
	links.GET("/:id", p.showLink)
	links.GET("/:id/json", p.showLinkJSON)
	links.GET("/:id/edit", p.editLink, p.editor)
	links.POST("/:id", p.updateLink, p.editor)
	links.POST("/:id/validate", p.validateLink, p.editor)
	links.POST("/:id/edit", p.redrawLink, p.editor)
	links.POST("/:id/test", p.testLink, p.editor)
	links.GET("/:id/delete", p.confirmDeleteLink, p.editor)
	links.POST("/:id/delete", p.deleteLink, p.editor)
}

func linksPath(c echo.Context) string { return "/p/" + project(c).ID + "/links" }

// linkShelf is what links have in common with other kinds.
func (p *pages) linkShelf() *shelf[api.Link, api.LinkQuery] {
	return &shelf[api.Link, api.LinkQuery]{
		pages: p, kind: api.KindLink, query: linkQuery,
		where: func(c echo.Context) templates.Collection { return templates.LinkCollection(linksPath(c)) },
		find:  func(echo.Context) api.Shelf[api.Link, api.LinkQuery] { return api.LinkShelf(p.Service) },
	}
}

// linkWatcher is what they have in common with other kinds that are checked.
func (p *pages) linkWatcher() *watcher[api.Link, api.LinkQuery] {
	return &watcher[api.Link, api.LinkQuery]{
		shelf: p.linkShelf(),
		health: func(c echo.Context, l *api.Link) templates.HealthView {
			view := templates.LinkView{Base: linksPath(c), Link: *l}
			return templates.HealthView{Watched: view.Watched(localised(c)), Head: templates.LinkHead(view, "health")}
		},
		show: func(c echo.Context, l *api.Link) error { return p.linkDetail(c, l, true) },
		row:  p.linkRow,
	}
}
