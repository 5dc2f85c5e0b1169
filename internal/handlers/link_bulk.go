package handlers

import (
	"context"

	"github.com/labstack/echo/v4"

	"switchboard/internal/api"
	"switchboard/internal/locale"
	"switchboard/web/templates"
)

func (p *pages) enableLinks(c echo.Context) error {
	d := deed{title: "link.enable_many_title", done: "bulk.enabled", one: "link.now_enabled"}
	return p.linkShelf().toMany(c, d, func(ctx context.Context, s api.Scope, l *api.Link) error {
		return p.Service.EnableLink(ctx, s, l.ID, true)
	})
}

func (p *pages) disableLinks(c echo.Context) error {
	d := deed{title: "link.disable_many_title", done: "bulk.disabled", one: "link.now_disabled"}
	return p.linkShelf().toMany(c, d, func(ctx context.Context, s api.Scope, l *api.Link) error {
		return p.Service.EnableLink(ctx, s, l.ID, false)
	})
}

func (p *pages) codeOfLinks(c echo.Context) error {
	return p.linkShelf().showCode(c, []string{"bulk.enable", "bulk.disable", "bulk.delete"}, func(l *api.Link) []api.Deed {
		return []api.Deed{
			api.EnableLink{ID: l.ID, Enabled: true}, api.EnableLink{ID: l.ID}, api.DeleteLink{ID: l.ID, Version: l.Version},
		}
	})
}

func (p *pages) confirmDeleteLinks(c echo.Context) error {
	ctx := localised(c)
	return p.linkShelf().confirmDelete(c, "link.delete_many_title", func(links []api.Link) templates.DeleteView {
		view := templates.DeleteView{
			Text:         locale.T(ctx, "link.delete_many_text", "count", len(links)),
			Button:       locale.T(ctx, "link.delete_many_button", "count", len(links)),
			Consequences: []string{locale.T(ctx, "link.delete_many_programs"), locale.T(ctx, "link.delete_many_secrets")},
		}
		for i := range links {
			l := &links[i]
			view.Items = append(view.Items, templates.DeleteItem{ID: l.ID, Name: l.Name, Note: templates.LinkNote(ctx, l), Version: l.Version})
		}
		return view
	}, func(l *api.Link) api.Deed { return api.DeleteLink{ID: l.ID, Version: l.Version} })
}

// deleteLinks removes what was named on the page before, each only if it is
// still what it was then.
func (p *pages) deleteLinks(c echo.Context) error {
	d := deed{title: "link.delete_many_title", done: "bulk.deleted", one: "link.deleted", gone: true}
	return p.linkShelf().toMany(c, d, func(ctx context.Context, s api.Scope, l *api.Link) error {
		return p.Service.DeleteLink(ctx, s, l.ID, readVersion(c.FormValue("version."+l.ID)))
	})
}
