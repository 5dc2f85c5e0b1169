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
	return p.changeQueues(c, p.Service.BindQueues, "connections.bound_flash", "connections.bound_already")
}

func (p *pages) unbindQueues(c echo.Context) error {
	return p.changeQueues(c, p.Service.UnbindQueues, "connections.unbound_flash", "connections.unbound_already")
}

// bindOrUnbind is BindQueues or UnbindQueues.
type bindOrUnbind func(ctx context.Context, s api.Scope, id string, queues []string) (api.Connection, error)

// changeQueues binds or unbinds the chosen queues and leads back to where they
// are listed, which says how many were, that there was nothing to do, or why not.
func (p *pages) changeQueues(c echo.Context, change bindOrUnbind, done, already string) error {
	values, err := formValues(c)
	if err != nil {
		return err
	}
	before, err := p.connection(c)
	if err != nil {
		return err
	}
	after, err := change(c.Request().Context(), p.scope(c), before.Connection.ID, values["queue"])
	changed := len(after.Queues) - len(before.Connection.Queues)
	message, kind := api.M(done, "name", after.Name, "count", max(changed, -changed)), templates.Success
	if changed == 0 {
		message, kind = api.M(already, "name", after.Name), templates.Info
	}
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
