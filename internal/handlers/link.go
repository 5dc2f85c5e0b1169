package handlers

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"switchboard/internal/api"
	"switchboard/internal/api/connector"
	"switchboard/internal/locale"
	"switchboard/web/templates"
	"switchboard/web/templates/form"
)

func (p *pages) listLinks(c echo.Context) error {
	view := templates.LinkListView{Base: linksPath(c), Query: linkQuery(c)}
	page, err := p.Service.ListLinks(c.Request().Context(), p.scope(c), view.Query)
	if err != nil {
		return err
	}
	view.Page = page
	return p.render(c, http.StatusOK, templates.LinkList(p.frame(c, "link.list_title"), view))
}

// linkQuery reads a list's state from the URL; what makes no sense there is
// left out.
func linkQuery(c echo.Context) api.LinkQuery {
	q := api.LinkQuery{
		Search: c.QueryParam("q"), Connector: c.QueryParam("connector"), Sort: c.QueryParam("sort"),
		Desc: c.QueryParam("order") == "desc", Cursor: c.QueryParam("cursor"),
	}
	if !api.ValidLinkSort(q.Sort) {
		q.Sort = api.LinkSorts[0]
	}
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
		return p.render(c, http.StatusOK, templates.LinkPicker(p.frame(c, "link.pick_title"), linksPath(c)))
	}
	conn, tile := connector.FindTile(slug)
	if conn == nil {
		return api.Errorf(api.NotFound, "link.connector_unknown", "name", slug)
	}
	return p.showLinkForm(c, http.StatusOK, &linkForm{conn: conn, values: newLinkValues(conn, tile)}, formState{})
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
	return p.showLinkForm(c, http.StatusOK, lf, formState{})
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

// validateLink judges the field that htmx wants to redraw, as it is left.
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
	return p.showLinkForm(c, http.StatusOK, lf, formState{problems: problems, only: c.Request().Header.Get("HX-Target")})
}

// redrawLink shows the form again after a choice that other fields depend on,
// or with a row more or less. It judges nothing.
func (p *pages) redrawLink(c echo.Context) error {
	lf, err := p.readLink(c)
	if err != nil {
		return err
	}
	state := formState{}
	if focus, ok := form.Edit(lf.values, c.FormValue("op")); ok {
		state.focus = focus
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

func (p *pages) createLink(c echo.Context) error {
	return p.saveLink(c, p.Service.CreateLink, "link.created")
}

func (p *pages) updateLink(c echo.Context) error {
	return p.saveLink(c, p.Service.UpdateLink, "link.updated")
}

func (p *pages) saveLink(c echo.Context, save saveLink, done string) error {
	lf, err := p.readLink(c)
	if err != nil {
		return err
	}
	depth := api.Connect
	if c.FormValue("anyway") == "true" {
		depth = api.Anyway
	}
	if len(lf.faults) > 0 {
		return p.refuseLink(c, lf, api.Refuse(lf.faults))
	}
	link, err := save(c.Request().Context(), p.scope(c), lf.draft, depth)
	if err != nil {
		return p.refuseLink(c, lf, err)
	}
	p.flash(c, api.M(done, "name", link.Name))
	return redirect(c, linksPath(c)+"/"+link.ID)
}

// refuseLink shows the form again with what is wrong, and everything that was
// typed. Errors that are not about the form go on to the error page.
func (p *pages) refuseLink(c echo.Context, lf *linkForm, err error) error {
	state := formState{refused: true}
	e := domainError(err)
	switch {
	case e.Check != nil:
		state.check, state.anyway, state.problems = e.Check, true, checkProblems(e.Check)
	case len(e.Problems) > 0:
		state.problems = e.Problems
	case e.Code == api.Conflict:
		return p.showConflict(c, lf)
	default:
		return err
	}
	return p.showLinkForm(c, http.StatusUnprocessableEntity, lf, state)
}

// showConflict shows what somebody else saved meanwhile beside what was typed.
// Saving again replaces it: the form now carries the version that was seen.
func (p *pages) showConflict(c echo.Context, lf *linkForm) error {
	stored, err := p.Service.Link(c.Request().Context(), p.scope(c), lf.draft.ID)
	if err != nil {
		return err
	}
	state := formState{refused: true, changed: &templates.LinkChanged{
		By: stored.Updated.By, At: stored.Updated.At, Fields: lf.differences(c, &stored),
	}}
	lf.base = &stored
	lf.values.Set("version", linkValues(&stored).Get("version"))
	return p.showLinkForm(c, http.StatusUnprocessableEntity, lf, state)
}

// differences lists the fields in which the typed link is not the stored one.
func (lf *linkForm) differences(c echo.Context, stored *api.Link) []templates.Difference {
	ctx := localised(c)
	var found []templates.Difference
	add := func(label, mine, theirs string) {
		if mine != theirs {
			found = append(found, templates.Difference{Label: label, Mine: mine, Theirs: theirs})
		}
	}
	add(locale.T(ctx, "link.name"), lf.draft.Name, stored.Name)
	add(locale.T(ctx, "link.cluster"), lf.draft.Cluster, stored.Cluster)
	mine := lf.conn.Normalise(lf.draft.Inputs)
	for i := range lf.conn.Inputs {
		in := &lf.conn.Inputs[i]
		add(in.Label.In(lang(c)), mine[in.Name], stored.Inputs[in.Name])
	}
	return found
}

func (p *pages) showLink(c echo.Context) error {
	link, err := p.Service.Link(c.Request().Context(), p.scope(c), c.Param("id"))
	if err != nil {
		return err
	}
	changes, err := p.Service.Changes(c.Request().Context(), p.scope(c), "link", link.ID, shownChanges)
	if err != nil {
		return err
	}
	view := templates.LinkView{Base: linksPath(c), Link: link, Changes: changes, Wire: p.linkAddress(c, &link)}
	return p.render(c, http.StatusOK, templates.LinkDetail(p.namedFrame(c, link.Name), view))
}

// shownChanges is how many changes a page lists.
const shownChanges = 10

// linkAddress is where programs find the link.
func (p *pages) linkAddress(c echo.Context, link *api.Link) string {
	return scheme(c) + "://" + c.Request().Host + "/v1.1/" + project(c).ID + "/clusters/" + link.Cluster + "/cdm/link/" + link.Name
}

func (p *pages) showLinkJSON(c echo.Context) error {
	link, err := p.Service.Link(c.Request().Context(), p.scope(c), c.Param("id"))
	if err != nil {
		return err
	}
	text, err := p.LinkJSON(link)
	if err != nil {
		return err
	}
	view := templates.LinkView{Base: linksPath(c), Link: link, Wire: p.linkAddress(c, &link)}
	return p.render(c, http.StatusOK, templates.LinkJSON(p.namedFrame(c, link.Name), view, string(text)))
}

func (p *pages) confirmDeleteLink(c echo.Context) error {
	link, err := p.Service.Link(c.Request().Context(), p.scope(c), c.Param("id"))
	if err != nil {
		return err
	}
	view := templates.LinkView{Base: linksPath(c), Link: link, Wire: p.linkAddress(c, &link)}
	return p.render(c, http.StatusOK, templates.LinkDelete(p.frame(c, "link.delete_title"), view))
}

func (p *pages) deleteLink(c echo.Context) error {
	link, err := p.Service.Link(c.Request().Context(), p.scope(c), c.Param("id"))
	if err != nil {
		return err
	}
	if err := p.Service.DeleteLink(c.Request().Context(), p.scope(c), link.ID, readVersion(c.FormValue("version"))); err != nil {
		return err
	}
	p.flash(c, api.M("link.deleted", "name", link.Name))
	return redirect(c, linksPath(c))
}

func linksPath(c echo.Context) string { return "/p/" + project(c).ID + "/links" }
