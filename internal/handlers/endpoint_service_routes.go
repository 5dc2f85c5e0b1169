package handlers

import (
	"github.com/labstack/echo/v4"

	"switchboard/internal/api"
	"switchboard/web/templates"
)

// addRoute is where many accounts are sent to, in one form, and undoRoute where
// those that were removed come back from.
const (
	addRoute  = "/p/:project/whitelist/:id/add"
	undoRoute = "/p/:project/whitelist/:id/entries/undo"
)

// whitelistRoutes are the pages of endpoint services, of who may connect to
// them and of what does.
func (p *pages) whitelistRoutes(project *echo.Group) {
	services := project.Group("/whitelist")
	services.GET("", p.listEndpointServices)
	services.GET("/new", p.newEndpointService)
	services.POST("", p.saveEndpointService)
	services.POST("/validate", p.validateEndpointService)
	services.POST("/edit", p.redrawEndpointService)

	service := services.Group("/:id")
	service.GET("", p.showWhitelist)
	service.GET("/edit", p.editEndpointService)
	service.POST("", p.saveEndpointService)
	service.POST("/validate", p.validateEndpointService)
	service.POST("/edit", p.redrawEndpointService)
	service.GET("/delete", p.confirmDeleteEndpointService)
	service.POST("/delete", p.deleteEndpointService)
	service.GET("/settings", p.showEndpointService)
	service.GET("/history", p.showEndpointServiceHistory)
	service.GET("/connections", p.listServiceConnections)
	service.POST("/connections/accept", p.acceptConnection)
	service.POST("/connections/reject", p.rejectConnection)
	service.GET("/everyone", p.everyonePage)
	service.POST("/everyone", p.openToEveryone)
	service.GET("/add", p.addPage)
	service.POST("/add", p.addPermissions)
	service.POST("/add/check", p.checkPermissions)
	service.POST("/add/drop", p.dropPermissions)
	service.POST("/add/edit", p.redrawPermissions)
	service.POST("/add/validate", p.validatePermissions)
	service.GET("/additions/:addition", p.showAddition)
	service.GET("/additions/:addition/events", p.additionEvents)
	service.POST("/additions/:addition/cancel", p.cancelAddition)

	entries := service.Group("/entries")
	entries.GET("", p.showWhitelist)
	entries.POST("/renew", p.renewPermissions)
	entries.POST("/delete", p.confirmRemovePermissions)
	entries.POST("/delete/confirmed", p.removePermissions)
	entries.POST("/undo", p.undoRemoval)
	entries.GET("/:entry", p.showPermission)
	entries.POST("/:entry", p.savePermission)
	entries.POST("/:entry/describe", p.describePermission)
	entries.POST("/:entry/renew", p.renewPermission)
}

func whitelistPath(c echo.Context) string { return "/p/" + project(c).ID + "/whitelist" }

// serviceView finds the endpoint service of the path.
func (p *pages) serviceView(c echo.Context) (templates.EndpointServiceView, error) {
	service, err := p.Service.EndpointService(c.Request().Context(), p.scope(c), c.Param("id"))
	return templates.EndpointServiceView{Base: whitelistPath(c), Service: service}, err
}

// permissionShelf is what the entries of a whitelist have in common with other
// kinds.
func (p *pages) permissionShelf(v templates.EndpointServiceView) *shelf[api.Permission, api.PermissionQuery] {
	return &shelf[api.Permission, api.PermissionQuery]{
		pages: p, kind: api.KindPermission, query: permissionQuery,
		where: func(c echo.Context) templates.Collection { return templates.PermissionCollection(localised(c), v) },
		find: func(echo.Context) api.Shelf[api.Permission, api.PermissionQuery] {
			return api.PermissionShelf(p.Service, v.Service.ID)
		},
	}
}
