package handlers

import (
	"github.com/labstack/echo/v4"

	"switchboard/internal/api"
	"switchboard/web/templates"
)

// connectionRoutes are the pages of connections and of the queues that use them.
func (p *pages) connectionRoutes(project *echo.Group) {
	connections := project.Group("/connections")
	connections.GET("", p.listConnections)
	connections.GET("/new", p.newConnection, p.editor)
	connections.POST("", p.createConnection, p.editor)
	connections.POST("/validate", p.validateConnection, p.editor)
	connections.POST("/edit", p.redrawConnection, p.editor)
	connections.POST("/test", p.testConnection, p.editor)
	connections.POST("/delete", p.confirmDeleteConnections, p.editor)
	connections.POST("/delete/confirmed", p.deleteConnections, p.editor)
	p.queueRoutes(connections.Group("/queues"))
	p.connectionWatcher().routes(connections)
	connections.GET("/:id", p.showConnection)
	connections.GET("/:id/again", p.againConnection, p.editor)
	connections.GET("/:id/queues", p.showConnectionQueues)
	connections.POST("/:id/bind", p.bindQueues, p.editor)
	connections.POST("/:id/unbind", p.unbindQueues, p.editor)
	connections.GET("/:id/history", p.showConnectionHistory)
	connections.GET("/:id/tags", p.editConnectionTags, p.editor)
	connections.POST("/:id/tags", p.saveConnectionTags, p.editor)
	connections.POST("/:id/tags/validate", p.validateConnectionTags, p.editor)
	connections.POST("/:id/tags/edit", p.redrawConnectionTags, p.editor)
	connections.POST("/:id/reactivate", p.reactivateConnection, p.editor)
	connections.GET("/:id/diagnosis", p.showDiagnosis)
	connections.POST("/:id/diagnosis", p.diagnoseConnection, p.editor)
	connections.GET("/:id/delete", p.confirmDeleteConnection, p.editor)
	connections.POST("/:id/delete", p.deleteConnection, p.editor)
}

func connectionsPath(c echo.Context) string { return "/p/" + project(c).ID + "/connections" }

// connectionShelf is what connections have in common with other kinds.
func (p *pages) connectionShelf() *shelf[api.Connection, api.ConnectionQuery] {
	return &shelf[api.Connection, api.ConnectionQuery]{
		pages: p, kind: api.KindConnection, query: connectionQuery,
		where: func(c echo.Context) templates.Collection { return templates.ConnectionCollection(connectionsPath(c)) },
		find: func(echo.Context) api.Shelf[api.Connection, api.ConnectionQuery] {
			return api.ConnectionShelf(p.Service)
		},
	}
}

// connectionWatcher is what they have in common with other kinds that are
// checked.
func (p *pages) connectionWatcher() *watcher[api.Connection, api.ConnectionQuery] {
	return &watcher[api.Connection, api.ConnectionQuery]{
		shelf: p.connectionShelf(),
		health: func(c echo.Context, connection *api.Connection) templates.HealthView {
			view := templates.ConnectionView{Base: connectionsPath(c), Connection: *connection}
			return templates.HealthView{Watched: view.Watched(localised(c)), Head: templates.ConnectionHead(view, "health")}
		},
		show: func(c echo.Context, connection *api.Connection) error { return p.connectionDetail(c, connection, true) },
		row:  p.connectionRow,
	}
}
