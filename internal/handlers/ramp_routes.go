package handlers

import "github.com/labstack/echo/v4"

// trialsRoute is where lists of requests are sent to.
const trialsRoute = "/p/:project/aliases/:id/try/file"

// aliasRunRoutes are the pages of an alias on which something is tried, goes on
// or is brought back; alias is the group of its page.
func (p *pages) aliasRunRoutes(alias *echo.Group) {
	alias.GET("/try", p.trialPage)
	alias.POST("/try", p.tryRequest)
	alias.POST("/try/file", p.tryRequests)

	alias.GET("/ramp", p.showRamp)
	alias.GET("/ramp/new", p.newRamp)
	alias.POST("/ramp", p.startRamp)
	alias.POST("/ramp/validate", p.validateRamp)
	alias.POST("/ramp/edit", p.redrawRamp)
	alias.POST("/ramp/steer", p.steerRamp)
	alias.GET("/ramp/events", p.rampEvents)
	alias.POST("/promote", p.promoteAlias)
	alias.POST("/abort", p.abortAlias)

	alias.GET("/history", p.showAliasHistory)
	alias.GET("/history/:change", p.confirmRollBack)
	alias.POST("/history/:change", p.rollBack)
}
