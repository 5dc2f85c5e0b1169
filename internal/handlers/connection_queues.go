package handlers

import (
	"context"
	"net/http"

	"github.com/labstack/echo/v4"

	"switchboard/internal/api"
	"switchboard/web/templates"
)

// showConnectionQueues shows which queues use a connection, and which could.
func (p *pages) showConnectionQueues(c echo.Context) error {
	view, err := p.connection(c)
	if err != nil {
		return err
	}
	if view.Queues, err = p.Service.ListQueues(c.Request().Context(), p.scope(c)); err != nil {
		return err
	}
	return p.render(c, http.StatusOK, templates.ConnectionQueues(p.namedFrame(c, view.Connection.Name), view))
}

func (p *pages) bindQueues(c echo.Context) error {
	return p.changeQueues(c, p.Service.BindQueues, "connections.bound_flash")
}

func (p *pages) unbindQueues(c echo.Context) error {
	return p.changeQueues(c, p.Service.UnbindQueues, "connections.unbound_flash")
}

// bindOrUnbind is BindQueues or UnbindQueues.
type bindOrUnbind func(ctx context.Context, s api.Scope, id string, queues []string) (api.Connection, error)

// changeQueues binds or unbinds the chosen queues and leads back to where they
// are listed, which says so or why not.
func (p *pages) changeQueues(c echo.Context, change bindOrUnbind, done string) error {
	values, err := formValues(c)
	if err != nil {
		return err
	}
	connection, err := change(c.Request().Context(), p.scope(c), c.Param("id"), values["queue"])
	message, kind := api.M(done, "name", connection.Name, "count", len(values["queue"])), templates.Success
	if err != nil {
		e := domainError(err)
		if e.Code != api.Invalid && e.Code != api.Conflict {
			return err
		}
		message, kind = e.Message, templates.Warning
		if len(e.Problems) > 0 {
			message = e.Problems[0].Message
		}
	}
	p.flashKind(c, kind, message)
	return redirect(c, connectionPath(c, c.Param("id"))+"/queues")
}
