package handlers

import (
	"github.com/labstack/echo/v4"

	"switchboard/internal/api"
	"switchboard/web/templates"
)

// backupRoutes are the pages of backups.
func (p *pages) backupRoutes(backups *echo.Group) {
	backups.GET("", p.listBackups)
	backups.POST("/delete", p.confirmDeleteBackups, p.editor)
	backups.POST("/delete/confirmed", p.deleteBackups, p.editor)
	backups.GET("/:id", p.showBackup)
	backups.GET("/:id/download", p.downloadBackup, p.editor)
	backups.GET("/:id/delete", p.confirmDeleteBackup, p.editor)
	backups.POST("/:id/delete", p.deleteBackup, p.editor)
}

// backupsPath is the path of the project's backups.
func backupsPath(c echo.Context) string { return replicationPath(c) + "/" + templates.BackupsTab }

func backupPath(c echo.Context, id string) string { return backupsPath(c) + "/" + id }

// backupShelf is what backups have in common with other kinds.
func (p *pages) backupShelf() *shelf[api.Backup, api.BackupQuery] {
	return &shelf[api.Backup, api.BackupQuery]{
		pages: p, kind: api.KindBackup, query: backupQuery,
		where: func(c echo.Context) templates.Collection { return templates.BackupCollection(backupsPath(c)) },
		find:  func(echo.Context) api.Shelf[api.Backup, api.BackupQuery] { return api.BackupShelf(p.Service) },
	}
}
