package handlers

import (
	"github.com/labstack/echo/v4"

	"switchboard/web"
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
	p.openIDRoutes(all)

	p.inviteRoutes(all)

	in := all.Group("", p.requireSession)
	in.GET("/", p.home)
	in.GET("/kit", p.kit)
	p.profileRoutes(in)
	p.peopleRoutes(in)
	p.groupRoutes(in)
	p.projectRoutes(in)

	project := in.Group("/p/:project", p.requireProject)
	project.GET("", p.overview)
	project.GET("/search", p.search)
	project.POST("/refresh", p.refreshRegion)
	p.viewRoutes(project.Group("/views"))

	p.linkRoutes(project)
	p.connectionRoutes(project)
	p.whitelistRoutes(project)
	p.aliasRoutes(project)
	p.replicationRoutes(project)
	p.settingsRoutes(project)
	p.backendRoutes(project)
	p.requestRoutes(project)
	p.auditRoutes(in, project)
	p.explorerRoutes(project)
	p.compareRoutes(project)
	p.installationRoutes(in)
}
