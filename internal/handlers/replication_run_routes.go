package handlers

import "github.com/labstack/echo/v4"

// runRoutes are the pages of replications, from the question what would be copied
// to what became of each backup; the group is the whole section.
func (p *pages) runRoutes(section *echo.Group) {
	section.GET("/:id/replicate", p.planReplication, p.editor)
	section.POST("/:id/replicate", p.startReplication, p.editor)
	section.GET("/backups/:id/replicate", p.askReplicateBackup, p.editor)
	section.POST("/backups/:id/replicate", p.replicateBackup, p.editor)
	section.POST("/backups/:id/replicate/edit", p.redrawReplicate, p.editor)
	section.GET("/runs", p.listReplications)
	section.GET("/runs/:id", p.showReplication)
	section.GET("/runs/:id/events", p.replicationEvents)
	section.GET("/runs/:id/cancel", p.askCancelReplication, p.editor)
	section.POST("/runs/:id/cancel", p.cancelReplication, p.editor)
	section.POST("/runs/:id/retry", p.retryReplication, p.editor)
	section.GET("/runs/:id/records/:record", p.showReplicationRecord)
}

func replicationRunPath(c echo.Context, run string) string {
	return replicationPath(c) + "/runs/" + run
}
