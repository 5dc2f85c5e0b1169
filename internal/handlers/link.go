package handlers

import (
	"net/http"
	"net/url"

	"github.com/labstack/echo/v4"

	"switchboard/internal/api"
	"switchboard/internal/api/connector"
	"switchboard/web/templates"
	"switchboard/web/templates/form"
)

func (p *pages) listLinks(c echo.Context) error {
	view := templates.LinkListView{
		Base: linksPath(c), Query: linkQuery(c.QueryParams()), Ticked: c.QueryParam("tick") == "page",
	}
	page, err := p.Service.ListLinks(c.Request().Context(), p.scope(c), view.Query)
	if err != nil {
		return err
	}
	view.Page = page
	return p.renderList(c, "links", templates.LinkList(p.frame(c, "link.list_title"), view))
}

// linkRow renders the list with one link, whose row htmx replaces.
func (p *pages) linkRow(c echo.Context, link *api.Link, ticked bool) error {
	view := templates.LinkListView{
		Base: linksPath(c), Page: api.Page[api.Link]{Items: []api.Link{*link}}, Checked: link.ID, Ticked: ticked,
	}
	return p.render(c, http.StatusOK, templates.LinkList(p.frame(c, "link.list_title"), view))
}

// linkQuery reads a list's state from the URL; what makes no sense there is
// left out.
func linkQuery(v url.Values) api.LinkQuery {
	q := api.LinkQuery{Search: v.Get("q"), Connector: v.Get("connector"), Cursor: v.Get("cursor")}
	q.Sort, q.Desc = sorting(v, api.LinkSorts)
	if connector.Find(q.Connector) == nil {
		q.Connector = ""
	}
	return q
}

// newLink shows the picker, then the form of the picked connector, or a form
// filled from another link.
func (p *pages) newLink(c echo.Context) error {
	if from := c.QueryParam("from"); from != "" {
		return p.cloneLink(c, from)
	}
	slug := c.QueryParam("connector")
	if slug == "" {
		return p.showPicker(c, http.StatusOK, nil)
	}
	conn, tile := connector.FindTile(slug)
	if conn == nil {
		return api.Errorf(api.NotFound, "link.connector_unknown", "name", slug)
	}
	lf := &linkForm{conn: conn, values: newLinkValues(conn, tile)}
	return p.showLinkForm(c, http.StatusOK, lf, formState{focus: "name"})
}

func (p *pages) showPicker(c echo.Context, status int, refused *api.Message) error {
	frame := p.frame(c, "link.pick_title")
	frame.Path = linksPath(c) + "/new"
	return p.render(c, status, templates.LinkPicker(frame, templates.LinkPickerView{Base: linksPath(c), Refused: refused}))
}

func (p *pages) cloneLink(c echo.Context, from string) error {
	link, err := p.Service.Link(c.Request().Context(), p.scope(c), from)
	if err != nil {
		return err
	}
	values := linkValues(&link)
	values.Del("version")
	values.Set("from", link.ID)
	values.Set("name", link.Name+"-copy")
	lf := &linkForm{conn: connector.Find(link.Connector), values: values, base: &link, draft: api.LinkDraft{From: link.ID}}
	return p.showLinkForm(c, http.StatusOK, lf, formState{focus: "name"})
}

func (p *pages) editLink(c echo.Context) error {
	link, err := p.Service.Link(c.Request().Context(), p.scope(c), c.Param("id"))
	if err != nil {
		return err
	}
	lf := &linkForm{
		conn: connector.Find(link.Connector), values: linkValues(&link), base: &link,
		draft: api.LinkDraft{ID: link.ID, Name: link.Name},
	}
	return p.showLinkForm(c, http.StatusOK, lf, formState{})
}

// validateLink judges the field that htmx wants to redraw, as it is left. A
// stored secret comes along if the field decides whether it may be kept.
func (p *pages) validateLink(c echo.Context) error {
	lf, err := p.readLink(c)
	if err != nil {
		return err
	}
	err = p.Service.ValidateLink(c.Request().Context(), p.scope(c), lf.draft)
	problems, err := problemsOf(err)
	if err != nil {
		return err
	}
	target := c.Request().Header.Get("HX-Target")
	return p.showLinkForm(c, http.StatusOK, lf, formState{
		problems: problems, only: target, beside: lf.secretsTurned(target, problems),
	})
}

// redrawLink shows the form again after a choice that other fields depend on,
// with a row more or less, or in another language or theme. It judges nothing.
func (p *pages) redrawLink(c echo.Context) error {
	lf, err := p.readLink(c)
	if err != nil {
		return err
	}
	state := formState{}
	if focus, ok := form.Edit(lf.values, c.FormValue("op")); ok {
		state.focus = focus
	} else if choosesPreferences(c) {
		state.unsaved = true
		if err := p.takePreferences(c); err != nil {
			return err
		}
	} else {
		followDefaults(lf.conn, lf.values)
	}
	lf.faults = nil
	return p.showLinkForm(c, http.StatusOK, lf, state)
}

// testLink asks the system behind what is on the screen; nothing is stored.
func (p *pages) testLink(c echo.Context) error {
	lf, err := p.readLink(c)
	if err != nil {
		return err
	}
	if len(lf.faults) > 0 {
		return p.refuseLink(c, lf, api.Refuse(lf.faults))
	}
	check, err := p.Service.TestLink(c.Request().Context(), p.scope(c), lf.draft)
	if err != nil {
		return p.refuseLink(c, lf, err)
	}
	return p.showLinkForm(c, http.StatusOK, lf, formState{check: &check, problems: checkProblems(&check)})
}
