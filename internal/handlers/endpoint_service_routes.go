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
	services.GET("/new", p.newEndpointService, p.editor)
	services.POST("", p.saveEndpointService, p.editor)
	services.POST("/validate", p.validateEndpointService, p.editor)
	services.POST("/edit", p.redrawEndpointService, p.editor)

	service := services.Group("/:id")
	service.GET("", p.showWhitelist)
	service.GET("/edit", p.editEndpointService, p.editor)
	service.POST("", p.saveEndpointService, p.editor)
	service.POST("/validate", p.validateEndpointService, p.editor)
	service.POST("/edit", p.redrawEndpointService, p.editor)
	service.GET("/delete", p.confirmDeleteEndpointService, p.editor)
	service.POST("/delete", p.deleteEndpointService, p.editor)
	service.GET("/settings", p.showEndpointService)
	service.GET("/history", p.showEndpointServiceHistory)
	service.GET("/connections", p.listServiceConnections)
	service.POST("/connections/accept", p.acceptConnection, p.editor)
	service.POST("/connections/reject", p.rejectConnection, p.editor)
	service.GET("/everyone", p.everyonePage, p.editor)
	service.POST("/everyone", p.openToEveryone, p.editor)
	service.POST("/everyone/edit", p.redrawEveryone, p.editor)
	service.GET("/add", p.addPage, p.editor)
	service.POST("/add", p.addPermissions, p.editor)
	service.POST("/add/check", p.checkPermissions, p.editor)
	service.POST("/add/drop", p.dropPermissions, p.editor)
	service.POST("/add/edit", p.redrawPermissions, p.editor)
	service.POST("/add/validate", p.validatePermissions, p.editor)
	service.GET("/additions/:addition", p.showAddition)
	service.GET("/additions/:addition/events", p.additionEvents)
	service.POST("/additions/:addition/cancel", p.cancelAddition, p.editor)

	entries := service.Group("/entries")
	entries.GET("", p.showWhitelist)
	entries.POST("/renew", p.renewPermissions, p.editor)
	entries.POST("/code", p.codeOfPermissions, p.editor)
	entries.POST("/delete", p.confirmRemovePermissions, p.editor)
	entries.POST("/delete/confirmed", p.removePermissions, p.editor)
	entries.POST("/undo", p.undoRemoval, p.editor)
	entries.GET("/:entry", p.showPermission)
	entries.POST("/:entry", p.savePermission, p.editor)
	entries.POST("/:entry/edit", p.redrawPermission, p.editor)
	entries.POST("/:entry/describe", p.describePermission, p.editor)
	entries.POST("/:entry/renew", p.renewPermission, p.editor)
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
