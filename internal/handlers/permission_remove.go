package handlers

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"slices"

	"github.com/a-h/templ"
	"github.com/labstack/echo/v4"

	"switchboard/internal/api"
	"switchboard/internal/locale"
	"switchboard/web/templates"
)

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
			Consequences: afterwards(ctx, &view.Service, found),
		}
		for i := range found {
			ask.Items = append(ask.Items, templates.DeleteItem{ID: found[i].ID, Name: api.BareAccount(found[i].Permission), Note: found[i].Description})
		}
		return ask
	}, func(entry *api.Permission) api.Deed {
		return api.RemovePermissions{Service: view.Service.ID, Removal: api.PermissionRemoval{IDs: []string{entry.ID}}}
	})
}

// afterwards says what will be true once entries are removed: who can still
// connect, and what is not undone by it.
func afterwards(ctx context.Context, service *api.EndpointService, found []api.Permission) []string {
	everyone, owner, others := false, false, false
	for i := range found {
		switch found[i].Permission {
		case api.Everyone:
			everyone = true
		case api.AccountPrefix + service.Account:
			owner = true
		default:
			others = true
		}
	}
	var said []string
	switch {
	case service.Everyone != nil && !everyone:
		said = append(said, locale.T(ctx, "whitelist.remove_open"))
		owner = false // it goes without saying
	case others:
		said = append(said, locale.T(ctx, "whitelist.remove_new"))
	}
	if owner {
		said = append(said, locale.T(ctx, "whitelist.remove_owner", "account", service.Account))
	}
	said = append(said, locale.T(ctx, "whitelist.remove_alive"))
	if everyone {
		said = append(said, locale.T(ctx, "whitelist.remove_everyone"))
	}
	return said
}

// removePermissions removes entries and tells what became of each, what is still
// connected, and how to undo it.
func (p *pages) removePermissions(c echo.Context) error {
	view, err := p.serviceView(c)
	if err != nil {
		return err
	}
	sh := p.permissionShelf(view)
	sel, err := sh.selection(c)
	if err != nil {
		return err
	}
	removed, outcomes, err := p.removeSelected(c, view.Service.ID, sh.find(c), sel)
	if err != nil {
		return sh.refuseSelection(c, err)
	}
	d := deed{title: "whitelist.remove_title", done: "whitelist.removed_badge", one: "whitelist.removed_one", gone: true, final: true}
	d.extra = func() (templ.Component, error) { return p.afterRemoval(c, view, removed) }
	return sh.showOutcomes(c, d, outcomes, nil)
}

// removeSelected removes all of the selected entries at once, but for those that
// are gone already. Once begun it is carried through, whether or not who asked
// for it still waits.
func (p *pages) removeSelected(c echo.Context, service string, find api.Shelf[api.Permission, api.PermissionQuery], sel api.Selection[api.PermissionQuery]) (removed []api.Permission, outcomes []api.Outcome, err error) {
	ctx, s := context.WithoutCancel(c.Request().Context()), p.scope(c)
	found, err := api.Selected(ctx, find, s, sel)
	if err != nil {
		return nil, nil, err
	}
	removed, err = p.Service.RemovePermissions(ctx, s, service, api.PermissionRemoval{IDs: idsOf(found), Repeat: true})
	if err != nil && domainError(err).Code == api.Internal {
		return nil, nil, err
	}
	return removed, removalOutcomes(sel.IDs, found, idsOf(removed), err), nil
}

func idsOf(entries []api.Permission) []string {
	ids := make([]string, len(entries))
	for i := range entries {
		ids[i] = entries[i].ID
	}
	return ids
}

// removalOutcomes tells what became of each entry: of those that were asked for,
// some may have been gone before they were found, and some when it was their
// turn; err is why nothing was removed.
func removalOutcomes(asked []string, found []api.Permission, removed []string, err error) []api.Outcome {
	gone := api.Errorf(api.NotFound, "permission.not_found")
	outcomes := make([]api.Outcome, 0, len(found))
	seen := map[string]bool{}
	for i := range found {
		seen[found[i].ID] = true
		o := api.Outcome{ID: found[i].ID, Name: found[i].Permission}
		switch {
		case err != nil:
			o.Err = domainError(err)
		case !slices.Contains(removed, o.ID):
			o.Err = gone
		}
		outcomes = append(outcomes, o)
	}
	for _, id := range asked {
		if !seen[id] {
			seen[id] = true
			outcomes = append(outcomes, api.Outcome{ID: id, Name: id, Err: gone})
		}
	}
	return outcomes
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
	drafts := p.heldRemoval(c, view.Service.ID)
	if len(drafts) == 0 {
		p.flashKind(c, templates.Warning, api.M("whitelist.undo_late"))
		return redirect(c, view.Path())
	}
	add := templates.AddView{EndpointServiceView: view, Form: templates.AddForm(localised(c), view)}
	add.Form.Values = url.Values{}
	return p.saveBatch(c, add, batchOf(drafts), "whitelist.undone")
}

// heldRemoval are the removed entries that the form carries along.
func (p *pages) heldRemoval(c echo.Context, service string) []api.PermissionDraft {
	var drafts []api.PermissionDraft
	text := p.unhold(c, undoPlace(service), c.FormValue(templates.UndoField))
	if json.Unmarshal([]byte(text), &drafts) != nil {
		return nil
	}
	return drafts
}

// showRemoved shows once more what a removal left behind, so that it can still
// be undone.
func (p *pages) showRemoved(c echo.Context, view templates.EndpointServiceView, removed []api.PermissionDraft) error {
	alive, err := p.stillConnected(c, view.Service.ID, removed, false)
	if err != nil {
		return err
	}
	frame := p.frame(c, "whitelist.remove_title")
	frame.Path = view.Path()
	return p.render(c, http.StatusOK, templates.RemovedPage(frame, templates.RemovedView{
		EndpointServiceView: view, Undo: c.FormValue(templates.UndoField), Count: len(removed), Alive: alive.Items, MoreAlive: alive.Next != "",
	}))
}
