package handlers

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"switchboard/internal/api"
	"switchboard/web/templates"
)

// creatingRefresh is after how many seconds a browser without JavaScript looks
// at a connection that is being created again.
const creatingRefresh = 2

// historyChanges is how many changes a page of a history lists.
const historyChanges = 50

// connection returns the one that the address names, as its pages show it.
func (p *pages) connection(c echo.Context) (templates.ConnectionView, error) {
	found, err := p.Service.Connection(c.Request().Context(), p.scope(c), c.Param("id"))
	return templates.ConnectionView{Base: connectionsPath(c), Connection: found}, err
}

// showConnection shows a connection. A page that followed its creation is loaded
// anew when that has ended, because what can be done with it is not the same
// any more.
func (p *pages) showConnection(c echo.Context) error {
	view, err := p.connection(c)
	if err != nil {
		return err
	}
	if wantedFragment(c.Request()) == templates.ConnectionPart && view.Connection.State != api.ConnectionCreating {
		c.Response().Header().Set("HX-Refresh", "true")
	}
	if wantedFragment(c.Request()) == templates.ConnectionStateID(view.Connection.ID) {
		return p.connectionRow(c, &view.Connection, false)
	}
	return p.connectionDetail(c, &view.Connection, false)
}

func (p *pages) connectionDetail(c echo.Context, connection *api.Connection, checked bool) error {
	view := templates.ConnectionView{Base: connectionsPath(c), Connection: *connection, Checked: checked}
	frame := p.namedFrame(c, connection.Name)
	frame.Path = connectionPath(c, connection.ID)
	if connection.State == api.ConnectionCreating {
		frame.Refresh = creatingRefresh
	}
	if err := p.sampleActions(c, &frame, connectionActions(connection)...); err != nil {
		return err
	}
	return p.render(c, http.StatusOK, templates.ConnectionDetail(frame, view))
}

// connectionActions are what can be done with a connection in its state.
func connectionActions(connection *api.Connection) []action {
	audited := connection.Audited()
	again := does(api.M("connections.again"), api.CreateConnection{Draft: audited.Draft()})
	if _, stays := undeletable[connection.State]; stays {
		return []action{again}
	}
	return []action{
		does(api.M("connections.edit_tags"), api.TagConnection{ID: connection.ID, Tags: connection.Tags, Version: connection.Version}),
		does(api.M("connections.reactivate"), api.ReactivateConnection{ID: connection.ID}),
		again,
		does(api.M("bulk.delete"), api.DeleteConnection{ID: connection.ID, Version: connection.Version}),
	}
}

func connectionPath(c echo.Context, id string) string { return connectionsPath(c) + "/" + id }

func (p *pages) showConnectionHistory(c echo.Context) error {
	view, err := p.connection(c)
	if err != nil {
		return err
	}
	view.History, err = p.history(c, connectionPath(c, view.Connection.ID)+"/history", view.Connection.ID, historyChanges, api.KindConnection)
	if err != nil {
		return err
	}
	return p.render(c, http.StatusOK, templates.ConnectionHistory(p.namedFrame(c, view.Connection.Name), view))
}

func (p *pages) reactivateConnection(c echo.Context) error {
	connection, err := p.Service.ReactivateConnection(c.Request().Context(), p.scope(c), c.Param("id"))
	if err != nil {
		return p.sayRefusal(c, err)
	}
	p.flash(c, api.M("connections.reactivated", "name", connection.Name))
	return redirect(c, connectionPath(c, connection.ID))
}

// sayRefusal leads back to the connection's page, which says why something could
// not be done with it; other errors stay.
func (p *pages) sayRefusal(c echo.Context, err error) error {
	return p.sayRefusalAt(c, connectionPath(c, c.Param("id")), err)
}

// sayRefusalAt is sayRefusal with the path of another page.
func (p *pages) sayRefusalAt(c echo.Context, path string, err error) error {
	e := domainError(err)
	message := e.Message
	switch {
	case len(e.Problems) > 0:
		message = e.Problems[0].Message
	case e.Code != api.Conflict && e.Code != api.Invalid:
		return err
	}
	p.flashKind(c, templates.Warning, message)
	return redirect(c, path)
}

// showDiagnosis tells what will be looked at; diagnoseConnection does it.
func (p *pages) showDiagnosis(c echo.Context) error {
	view, err := p.connection(c)
	if err != nil {
		return err
	}
	return p.renderDiagnosis(c, templates.DiagnosisView{ConnectionView: view})
}

func (p *pages) diagnoseConnection(c echo.Context) error {
	view, err := p.connection(c)
	if err != nil {
		return err
	}
	result, err := p.Service.DiagnoseConnection(c.Request().Context(), p.scope(c), view.Connection.ID)
	if err != nil {
		return p.sayRefusal(c, err)
	}
	return p.renderDiagnosis(c, templates.DiagnosisView{ConnectionView: view, Result: &result})
}

func (p *pages) renderDiagnosis(c echo.Context, view templates.DiagnosisView) error {
	frame := p.frame(c, "diagnosis.title")
	frame.Path = connectionPath(c, view.Connection.ID) + "/diagnosis"
	return p.render(c, http.StatusOK, templates.Diagnosis(frame, view))
}
