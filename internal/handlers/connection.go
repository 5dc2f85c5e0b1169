package handlers

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"switchboard/internal/api"
	"switchboard/web/templates"
	"switchboard/web/templates/form"
)

func (p *pages) listConnections(c echo.Context) error {
	view := templates.ConnectionListView{
		Base: connectionsPath(c), Query: connectionQuery(c.QueryParams()), State: c.QueryParam("state"),
		Ticked: c.QueryParam("tick") == "page",
	}
	if len(view.Query.States) == 0 {
		view.State = ""
	}
	page, err := p.Service.ListConnections(c.Request().Context(), p.scope(c), view.Query)
	if err != nil {
		return err
	}
	view.Page = page
	return p.renderList(c, "connections", templates.ConnectionList(p.frame(c, "nav.connections"), view))
}

// connectionRow renders the list with one connection, whose row htmx replaces.
func (p *pages) connectionRow(c echo.Context, connection *api.Connection, ticked bool) error {
	view := templates.ConnectionListView{
		Base: connectionsPath(c), Query: connectionQuery(c.QueryParams()), Checked: connection.ID, Ticked: ticked,
		Page: api.Page[api.Connection]{Items: []api.Connection{*connection}},
	}
	return p.render(c, http.StatusOK, templates.ConnectionList(p.frame(c, "nav.connections"), view))
}

// connectionQuery reads a list's state from the URL; what makes no sense there
// is left out.
func connectionQuery(v url.Values) api.ConnectionQuery {
	q := api.ConnectionQuery{Search: v.Get("q"), Queue: v.Get("queue"), Cursor: v.Get("cursor")}
	q.Sort, q.Desc = sorting(v, api.ConnectionSorts)
	if service := api.FindConnectionService(v.Get("service")); service != nil {
		q.Service = service.Name
	}
	if state := api.ConnectionState(v.Get("state")); slices.Contains(api.ConnectionStates, state) {
		q.States = []api.ConnectionState{state}
	} else if state == templates.EveryState {
		q.States = api.ConnectionStates
	}
	for _, text := range v["tag"] {
		key, value, _ := strings.Cut(strings.TrimSpace(text), "=")
		tag := api.Tag{Key: strings.TrimSpace(key), Value: strings.TrimSpace(value)}
		if tag.Key != "" && !slices.Contains(q.Tags, tag) && len(q.Tags) < api.ConnectionTags.Count {
			q.Tags = append(q.Tags, tag)
		}
	}
	return q
}

// newConnection shows an empty form, or one filled from another connection.
func (p *pages) newConnection(c echo.Context) error {
	if id := c.QueryParam("from"); id != "" {
		from, err := p.Service.Connection(c.Request().Context(), p.scope(c), id)
		if err != nil {
			return err
		}
		return p.showConnectionForm(c, http.StatusOK, connectionFormFrom(&from), connectionState{focus: "name"})
	}
	return p.showConnectionForm(c, http.StatusOK, newConnectionForm(c.QueryParam("service")), connectionState{focus: "name"})
}

// againConnection is where the fields of a stored connection are: in the form of
// a new one, because it cannot be edited.
func (p *pages) againConnection(c echo.Context) error {
	return redirect(c, connectionsPath(c)+"/new?from="+url.QueryEscape(c.Param("id")))
}

// connectionState is what a rendering of the form shows beside what was typed.
type connectionState struct {
	problems []api.Problem
	refused  bool   // somebody tried to submit
	only     string // the element whose field alone was judged, or ""
	focus    string
	unsaved  bool // what was typed came along from another page
	check    *api.Check
}

func (p *pages) showConnectionForm(c echo.Context, status int, cf *connectionForm, state connectionState) error {
	f := cf.form(c)
	f.Problems = cf.pin(state.problems)
	f.Refused, f.Focus, f.Unsaved = state.refused, state.focus, state.unsaved
	if path, ok := f.FieldPath(state.only); ok {
		f.Only(path)
		ripe(f)
	}
	if err := p.sample(c, f, api.CreateConnection{Draft: cf.draft}); err != nil {
		return err
	}
	view := templates.ConnectionFormView{Base: connectionsPath(c), Form: f, From: cf.from, Check: state.check}
	title := "connections.new_title"
	if cf.from != nil {
		title = "connections.again_title"
	}
	frame := p.frame(c, title)
	frame.Path = cf.page(c)
	return p.render(c, status, templates.ConnectionForm(frame, view))
}

// page is the address of the form; what it is posted to has no page of its own.
func (cf *connectionForm) page(c echo.Context) string {
	path := connectionsPath(c) + "/new"
	switch {
	case cf.from != nil:
		return path + "?from=" + cf.from.ID
	case cf.service != nil:
		return path + "?service=" + url.QueryEscape(cf.service.Name)
	}
	return path
}

// validateConnection judges the field that htmx wants to redraw, as it is left.
func (p *pages) validateConnection(c echo.Context) error {
	cf, err := p.readConnection(c)
	if err != nil {
		return err
	}
	problems, err := problemsOf(p.Service.ValidateConnection(c.Request().Context(), p.scope(c), cf.draft))
	if err != nil {
		return err
	}
	return p.showConnectionForm(c, http.StatusOK, cf, connectionState{problems: problems, only: c.Request().Header.Get("HX-Target")})
}

// redrawConnection shows the form again for another service, with a row more or
// less, or in another language or theme. It judges nothing.
func (p *pages) redrawConnection(c echo.Context) error {
	cf, err := p.readConnection(c)
	if err != nil {
		return err
	}
	state := connectionState{}
	if focus, ok := form.Edit(cf.values, c.FormValue("op")); ok {
		state.focus = focus
	} else if choosesPreferences(c) {
		state.unsaved = true
		if err := p.takePreferences(c); err != nil {
			return err
		}
	}
	followPort(cf.values, cf.service)
	return p.showConnectionForm(c, http.StatusOK, cf, state)
}

// testConnection greets what is on the screen; nothing is stored.
func (p *pages) testConnection(c echo.Context) error {
	cf, err := p.readConnection(c)
	if err != nil {
		return err
	}
	check, err := p.Service.TestConnection(c.Request().Context(), p.scope(c), cf.draft)
	if err != nil {
		return p.refuseConnection(c, cf, err)
	}
	return p.showConnectionForm(c, http.StatusOK, cf, connectionState{check: &check, problems: cf.failures(&check)})
}
