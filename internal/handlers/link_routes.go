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
	links.GET("/new", p.newLink)
	links.POST("/new/paste", p.pasteLink)
	links.POST("", p.createLink)
	links.POST("/validate", p.validateLink)
	links.POST("/edit", p.redrawLink)
	links.POST("/test", p.testLink)
	links.POST("/export", p.exportLinks)
	links.GET("/import", p.importLinksPage)
	links.POST("/import", p.planImport)
	links.POST("/import/apply", p.applyImport)
	links.POST("/enable", p.enableLinks)
	links.POST("/disable", p.disableLinks)
	links.POST("/delete", p.confirmDeleteLinks)
	links.POST("/delete/confirmed", p.deleteLinks)
	links.GET("/alerts", p.showHook)
	links.POST("/alerts", p.saveHook)
	links.POST("/alerts/edit", p.redrawHook)
	links.POST("/alerts/test", p.testHook)
	p.linkWatcher().routes(links)
	links.GET("/:id", p.showLink)
	links.GET("/:id/json", p.showLinkJSON)
	links.GET("/:id/edit", p.editLink)
	links.POST("/:id", p.updateLink)
	links.POST("/:id/validate", p.validateLink)
	links.POST("/:id/edit", p.redrawLink)
	links.POST("/:id/test", p.testLink)
	links.GET("/:id/delete", p.confirmDeleteLink)
	links.POST("/:id/delete", p.deleteLink)
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
