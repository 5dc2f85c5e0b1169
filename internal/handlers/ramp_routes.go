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
	alias.GET("/ramp/new", p.newRamp, p.editor)
	alias.POST("/ramp", p.startRamp, p.editor)
	alias.POST("/ramp/validate", p.validateRamp, p.editor)
	alias.POST("/ramp/edit", p.redrawRamp, p.editor)
	alias.POST("/ramp/steer", p.steerRamp, p.editor)
	alias.GET("/ramp/events", p.rampEvents)
	alias.POST("/promote", p.promoteAlias, p.editor)
	alias.POST("/abort", p.abortAlias, p.editor)

	alias.GET("/history", p.showAliasHistory)
	alias.GET("/history/:change", p.confirmRollBack, p.editor)
	alias.POST("/history/:change", p.rollBack, p.editor)
}
