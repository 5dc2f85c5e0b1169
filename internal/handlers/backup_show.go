package handlers

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"switchboard/internal/api"
	"switchboard/web/templates"
)

// backup returns the one that the address names, as its pages show it.
func (p *pages) backup(c echo.Context) (templates.BackupView, error) {
	found, err := p.Service.Backup(c.Request().Context(), p.scope(c), c.Param("id"))
	return templates.BackupView{Base: backupsPath(c), Path: backupPath(c, found.ID), Backup: found}, err
}

// showBackup shows a backup. A page that followed something that went on is loaded
// anew when that has ended, because what can be done is not the same any more.
func (p *pages) showBackup(c echo.Context) error {
	view, err := p.backup(c)
	if err != nil {
		return err
	}
	if view.Policies, err = p.policyNames(c); err != nil {
		return err
	}
	if view.SourceHref, err = p.sourceOf(c, &view.Backup); err != nil {
		return err
	}
	if wantedFragment(c.Request()) == templates.BackupPart && !view.Going() {
		c.Response().Header().Set("HX-Refresh", "true")
	}
	frame := p.namedFrame(c, view.Backup.Name)
	if view.Going() {
		frame.Refresh = goingRefresh
	}
	if err := p.sampleActions(c, &frame, does(api.Message{}, api.DeleteBackups{Checkpoint: view.Backup.Checkpoint, IDs: []string{view.Backup.ID}})); err != nil {
		return err
	}
	return p.render(c, http.StatusOK, templates.BackupDetail(frame, view))
}

// sourceOf is the page of the backup that one is a replica of, if it can be told
// which project of its region that is in.
func (p *pages) sourceOf(c echo.Context, b *api.Backup) (string, error) {
	if b.Source == "" {
		return "", nil
	}
	region, err := p.Service.Region(c.Request().Context(), p.scope(c), b.CopyFrom)
	if api.CodeOf(err) == api.NotFound {
		return "", nil
	}
	if err != nil || len(region.Projects) != 1 {
		return "", err
	}
	return "/p/" + region.Projects[0].ID + "/" + templates.SectionReplication + "/" + templates.BackupsTab + "/" + b.Source, nil
}
