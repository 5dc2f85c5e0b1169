package handlers

import (
	"context"
	"net/http"

	"github.com/labstack/echo/v4"

	"switchboard/internal/api"
	"switchboard/internal/locale"
	"switchboard/web/templates"
)

// undeletable says why a connection is not deleted in some states, so that
// nobody is asked in vain whether to.
var undeletable = map[api.ConnectionState]string{
	api.ConnectionCreating: "connection.creating",
	api.ConnectionDeleted:  "connection.deleted",
}

func (p *pages) confirmDeleteConnection(c echo.Context) error {
	view, err := p.connection(c)
	if err != nil {
		return err
	}
	if why, is := undeletable[view.Connection.State]; is {
		return p.sayRefusal(c, api.Errorf(api.Conflict, why))
	}
	frame := p.frame(c, "connections.delete_title")
	if err := p.sampleActions(c, &frame, does(api.Message{}, api.DeleteConnection{ID: view.Connection.ID, Version: view.Connection.Version})); err != nil {
		return err
	}
	return p.render(c, http.StatusOK, templates.ConnectionDelete(frame, view))
}

func (p *pages) deleteConnection(c echo.Context) error {
	view, err := p.connection(c)
	if err != nil {
		return err
	}
	err = p.Service.DeleteConnection(c.Request().Context(), p.scope(c), view.Connection.ID, readVersion(c.FormValue("version")))
	if err != nil {
		return p.sayRefusal(c, err)
	}
	p.flashUndo(c, api.M("connections.deleted_flash", "name", view.Connection.Name))
	return redirect(c, connectionsPath(c))
}

// confirmDeleteConnections asks before the selected connections are removed, and
// names them with the queues that use them.
func (p *pages) confirmDeleteConnections(c echo.Context) error {
	ctx := localised(c)
	return p.connectionShelf().confirmDelete(c, "connections.delete_many_title", func(found []api.Connection) templates.DeleteView {
		view := templates.DeleteView{
			Text:         locale.T(ctx, "connections.delete_many_text", "count", len(found)),
			Button:       locale.T(ctx, "connections.delete_many_button", "count", len(found)),
			Consequences: []string{locale.T(ctx, "connections.delete_many_queues"), locale.T(ctx, "connections.delete_trace")},
		}
		for i := range found {
			connection := &found[i]
			view.Items = append(view.Items, templates.DeleteItem{
				ID: connection.ID, Name: connection.Name, Note: templates.ConnectionNote(ctx, connection), Version: connection.Version,
			})
		}
		return view
	}, func(connection *api.Connection) api.Deed {
		return api.DeleteConnection{ID: connection.ID, Version: connection.Version}
	})
}

// deleteConnections removes what was named on the page before, each only if it
// is still what it was then.
func (p *pages) deleteConnections(c echo.Context) error {
	d := deed{title: "connections.delete_many_title", done: "bulk.deleted", one: "connections.deleted_flash", gone: true}
	return p.connectionShelf().toMany(c, d, func(ctx context.Context, s api.Scope, connection *api.Connection) error {
		return p.Service.DeleteConnection(ctx, s, connection.ID, readVersion(c.FormValue("version."+connection.ID)))
	})
}
