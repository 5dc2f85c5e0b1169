package handlers

import (
	"github.com/labstack/echo/v4"

	"switchboard/internal/api"
	"switchboard/web/templates"
)

// backupRoutes are the pages of backups.
func (p *pages) backupRoutes(backups *echo.Group) {
	backups.GET("", p.listBackups)
	backups.POST("/delete", p.confirmDeleteBackups)
	backups.POST("/delete/confirmed", p.deleteBackups)
	backups.GET("/:id", p.showBackup)
	backups.GET("/:id/download", p.downloadBackup)
	backups.GET("/:id/delete", p.confirmDeleteBackup)
	backups.POST("/:id/delete", p.deleteBackup)
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
