package handlers

import (
	"context"
	"net/http"
	"slices"

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
	frame := p.namedFrame(c, view.Connection.Name)
	if err := p.sampleActions(c, &frame, queueActions(&view, c.QueryParams()["queue"])...); err != nil {
		return err
	}
	return p.render(c, http.StatusOK, templates.ConnectionQueues(frame, view))
}

// queueActions are to bind the chosen queues, or all that can be if none is chosen, and
// to unbind those that are bound.
func queueActions(view *templates.ConnectionView, chosen []string) []action {
	var bound, free, picked []string
	for _, q := range view.Connection.Queues {
		bound = append(bound, q.Name)
	}
	for i := range view.Queues {
		if name := view.Queues[i].Name; name != api.DefaultQueue && !slices.Contains(bound, name) {
			free = append(free, name)
			if slices.Contains(chosen, name) {
				picked = append(picked, name)
			}
		}
	}
	if len(picked) == 0 {
		picked = free
	}
	var actions []action
	if len(free) > 0 {
		bind := does(api.M("connections.bind"), api.BindQueues{ID: view.Connection.ID, Queues: picked})
		bind.with = templates.BindForm
		actions = append(actions, bind)
	}
	if len(bound) > 0 {
		actions = append(actions, does(api.M("connections.unbind"), api.UnbindQueues{ID: view.Connection.ID, Queues: bound}))
	}
	return actions
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
