package handlers

import (
	"context"
	"encoding/json"
	"net/url"
	"time"

	"github.com/a-h/templ"
	"github.com/labstack/echo/v4"

	"switchboard/internal/api"
	"switchboard/internal/locale"
	"switchboard/web/templates"
)

// renewPermissions sets anew when the selected entries end.
func (p *pages) renewPermissions(c echo.Context) error {
	view, err := p.serviceView(c)
	if err != nil {
		return err
	}
	text := c.FormValue("expires")
	if text == "until" {
		text = c.FormValue("until")
	}
	now := time.Now()
	if _, ok := api.ReadRenewal(text, time.Time{}, now); !ok || text == "" {
		p.flashKind(c, templates.Warning, api.M("whitelist.choose_date"))
		return redirect(c, backTo(c, view.Path()))
	}
	d := deed{title: "whitelist.renew_title", done: "whitelist.renewed_badge", one: "whitelist.renewed_one"}
	return p.permissionShelf(view).toMany(c, d, func(ctx context.Context, s api.Scope, entry *api.Permission) error {
		until, _ := api.ReadRenewal(text, entry.Expires, now)
		_, err := p.Service.ChangePermission(ctx, s, view.Service.ID, entry.ID, api.PermissionChange{Expires: &until})
		return err
	})
}

// confirmRemovePermissions asks before entries are removed, and names them.
func (p *pages) confirmRemovePermissions(c echo.Context) error {
	view, err := p.serviceView(c)
	if err != nil {
		return err
	}
	ctx := localised(c)
	return p.permissionShelf(view).confirmDelete(c, "whitelist.remove_title", func(found []api.Permission) templates.DeleteView {
		ask := templates.DeleteView{
			Text:         locale.T(ctx, "whitelist.remove_text", "count", len(found)),
			Button:       locale.T(ctx, "whitelist.remove_button", "count", len(found)),
			Consequences: []string{locale.T(ctx, "whitelist.remove_new"), locale.T(ctx, "whitelist.remove_alive")},
		}
		for i := range found {
			if found[i].Permission == api.Everyone {
				ask.Consequences = append(ask.Consequences, locale.T(ctx, "whitelist.remove_everyone"))
			}
			ask.Items = append(ask.Items, templates.DeleteItem{ID: found[i].ID, Name: api.BareAccount(found[i].Permission), Note: found[i].Description})
		}
		return ask
	})
}

// removePermissions removes entries and tells what became of each, what is still
// connected, and how to undo it.
func (p *pages) removePermissions(c echo.Context) error {
	view, err := p.serviceView(c)
	if err != nil {
		return err
	}
	var removed []api.Permission
	d := deed{title: "whitelist.remove_title", done: "whitelist.removed_badge", one: "whitelist.removed_one", gone: true}
	d.extra = func([]api.Outcome) (templ.Component, error) { return p.afterRemoval(c, view, removed) }
	return p.permissionShelf(view).toMany(c, d, func(ctx context.Context, s api.Scope, entry *api.Permission) error {
		err := p.Service.RemovePermissions(ctx, s, view.Service.ID, []string{entry.ID})
		if err == nil {
			removed = append(removed, *entry)
		}
		return err
	})
}

// afterRemoval is what a removal leaves behind. The banner of the service says
// whether it is open to everyone now, so it is looked at again.
func (p *pages) afterRemoval(c echo.Context, view templates.EndpointServiceView, removed []api.Permission) (templ.Component, error) {
	v := templates.RemovedView{EndpointServiceView: view}
	var drafts []api.PermissionDraft
	for i := range removed {
		if removed[i].Permission == api.Everyone {
			v.Everyone = true
			continue
		}
		drafts = append(drafts, api.PermissionDraft{
			Permission: removed[i].Permission, Description: removed[i].Description, Expires: removed[i].Expires,
		})
	}
	if v.Count = len(drafts); v.Count > 0 {
		text, err := json.Marshal(drafts)
		if err != nil {
			return nil, err
		}
		v.Undo = p.hold(c, undoPlace(view.Service.ID), string(text))
	}
	alive, err := p.stillConnected(c, view.Service.ID, drafts, v.Everyone)
	v.Alive, v.MoreAlive = alive.Items, alive.Next != ""
	return templates.Removed(v), err
}

// undoPlace binds removed entries to the service that they go back to.
func undoPlace(service string) string { return "removed/" + service }

// stillConnected lists the connections that a removal leaves alive: those of the
// accounts that were removed or, if that for everyone was, all that could not be
// made any more.
func (p *pages) stillConnected(c echo.Context, service string, removed []api.PermissionDraft, everyone bool) (api.Page[api.Endpoint], error) {
	q := api.EndpointQuery{State: api.EndpointAccepted, Uncovered: everyone, Limit: api.MaxPage}
	if !everyone {
		for _, d := range removed {
			q.Accounts = append(q.Accounts, api.BareAccount(d.Permission))
		}
		if len(q.Accounts) == 0 {
			return api.Page[api.Endpoint]{}, nil
		}
	}
	return p.Service.ListServiceConnections(c.Request().Context(), p.scope(c), service, q)
}

// undoRemoval adds entries again that were removed just before. What cannot come
// back is shown in the editor.
func (p *pages) undoRemoval(c echo.Context) error {
	view, err := p.serviceView(c)
	if err != nil {
		return err
	}
	var drafts []api.PermissionDraft
	text := p.unhold(c, undoPlace(view.Service.ID), c.FormValue(templates.UndoField))
	if json.Unmarshal([]byte(text), &drafts) != nil || len(drafts) == 0 {
		p.flashKind(c, templates.Warning, api.M("whitelist.undo_late"))
		return redirect(c, view.Path())
	}
	add := templates.AddView{EndpointServiceView: view, Form: templates.AddForm(localised(c), view)}
	add.Form.Values = url.Values{}
	return p.saveBatch(c, add, batchOf(drafts), "whitelist.undone")
}
