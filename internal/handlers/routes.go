package handlers

import (
	"github.com/labstack/echo/v4"

	"switchboard/web"
	"switchboard/web/templates"
)

// routes is the whole console, in menu order. Everything below /p/{project} is
// for signed-in users who may use the project.
func (p *pages) routes(e *echo.Echo) {
	e.GET("/assets/*", echo.WrapHandler(web.Handler()))

	all := e.Group("", p.readSession)
	all.POST("/preferences", p.savePreferences)
	all.GET("/set-up", p.setUpPage)
	all.POST("/set-up", p.setUp)
	all.GET("/sign-in", p.signInPage)
	all.POST("/sign-in", p.signIn)
	all.POST("/sign-out", p.signOut)

	in := all.Group("", p.requireSession)
	in.GET("/", p.home)
	in.GET("/kit", p.kit)

	project := in.Group("/p/:project", p.requireProject)
	project.GET("", p.overview)

	for _, kind := range []string{
		templates.SectionConnections, templates.SectionAliases, templates.SectionWhitelist, templates.SectionReplication,
	} {
		project.GET("/"+kind, p.planned)
	}

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
	links.POST("/check", p.checkLink)
	links.POST("/enable", p.enableLinks)
	links.POST("/disable", p.disableLinks)
	links.POST("/schedule", p.scheduleLinks)
	links.POST("/delete", p.confirmDeleteLinks)
	links.POST("/delete/confirmed", p.deleteLinks)
	links.POST("/runs", p.startRun)
	links.GET("/runs/:run", p.showRun)
	links.GET("/runs/:run/events", p.runEvents)
	links.POST("/runs/:run/cancel", p.cancelRun)
	links.GET("/alerts", p.showHook)
	links.POST("/alerts", p.saveHook)
	links.POST("/alerts/edit", p.redrawHook)
	links.POST("/alerts/test", p.testHook)
	links.GET("/:id", p.showLink)
	links.GET("/:id/health", p.showLinkHealth)
	links.POST("/:id/check", p.checkLink)
	links.POST("/:id/schedule", p.scheduleLink)
	links.GET("/:id/json", p.showLinkJSON)
	links.GET("/:id/edit", p.editLink)
	links.POST("/:id", p.updateLink)
	links.POST("/:id/validate", p.validateLink)
	links.POST("/:id/edit", p.redrawLink)
	links.POST("/:id/test", p.testLink)
	links.GET("/:id/delete", p.confirmDeleteLink)
	links.POST("/:id/delete", p.deleteLink)
}
