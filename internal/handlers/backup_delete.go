package handlers

import (
	"context"
	"net/http"

	"github.com/labstack/echo/v4"

	"switchboard/internal/api"
	"switchboard/internal/locale"
	"switchboard/web/templates"
)

func (p *pages) confirmDeleteBackup(c echo.Context) error {
	view, err := p.backup(c)
	if err != nil {
		return err
	}
	frame := p.frame(c, "backups.delete_title")
	if err := p.sampleActions(c, &frame, does(api.Message{}, api.DeleteBackups{Checkpoint: view.Backup.Checkpoint, IDs: []string{view.Backup.ID}})); err != nil {
		return err
	}
	return p.render(c, http.StatusOK, templates.BackupDelete(frame, view))
}

func (p *pages) deleteBackup(c echo.Context) error {
	view, err := p.backup(c)
	if err != nil {
		return err
	}
	b := &view.Backup
	if err := p.Service.DeleteBackups(c.Request().Context(), p.scope(c), b.Checkpoint, []string{b.ID}); err != nil {
		return p.sayRefusalAt(c, view.Path, err)
	}
	p.flash(c, api.M("backups.deleting_flash", "name", b.Name))
	return redirect(c, backupsPath(c))
}

// confirmDeleteBackups asks before the selected backups are removed, and says of
// each what it is, and what becomes of copies and of what was taken over.
func (p *pages) confirmDeleteBackups(c echo.Context) error {
	ctx := localised(c)
	return p.backupShelf().confirmDelete(c, "backups.delete_many_title", func(found []api.Backup) templates.DeleteView {
		view := templates.DeleteView{
			Text:         locale.T(ctx, "backups.delete_many_text", "count", len(found)),
			Button:       locale.T(ctx, "backups.delete_many_button", "count", len(found)),
			Consequences: templates.BackupConsequences(ctx, found),
		}
		for i := range found {
			b := &found[i]
			view.Items = append(view.Items, templates.DeleteItem{ID: b.ID, Name: b.Name, Note: templates.BackupNote(ctx, b)})
		}
		return view
	}, func(b *api.Backup) api.Deed { return api.DeleteBackups{Checkpoint: b.Checkpoint, IDs: []string{b.ID}} })
}

// deleteBackups begins to remove what was named on the page before.
func (p *pages) deleteBackups(c echo.Context) error {
	d := deed{title: "backups.delete_many_title", done: "backup_status.deleting", one: "backups.deleting_flash", gone: true, final: true}
	return p.backupShelf().toMany(c, d, func(ctx context.Context, s api.Scope, b *api.Backup) error {
		return p.Service.DeleteBackups(ctx, s, b.Checkpoint, []string{b.ID})
	})
}
