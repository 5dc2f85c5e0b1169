package handlers

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"switchboard/internal/api"
	"switchboard/web/templates"
)

func (p *pages) showLink(c echo.Context) error {
	link, err := p.Service.Link(c.Request().Context(), p.scope(c), c.Param("id"))
	if err != nil {
		return err
	}
	return p.linkDetail(c, &link, false)
}

func (p *pages) linkDetail(c echo.Context, link *api.Link, checked bool) error {
	history, err := p.history(c, linksPath(c)+"/"+link.ID, link.ID, shownChanges, api.KindLink)
	if err != nil {
		return err
	}
	view := templates.LinkView{Base: linksPath(c), Link: *link, History: history, Wire: p.linkAddress(c, link), Checked: checked}
	frame := p.namedFrame(c, link.Name)
	frame.Path = linksPath(c) + "/" + link.ID
	if err := p.sampleActions(c, &frame, linkActions(link)...); err != nil {
		return err
	}
	return p.render(c, http.StatusOK, templates.LinkDetail(frame, view))
}

// linkActions are what can be done with a link.
func linkActions(link *api.Link) []action {
	audited, toggle := link.Audited(), "watch.enable"
	draft := audited.Draft()
	draft.ID, draft.Version, draft.Extended = link.ID, link.Version, link.Extended
	if link.Enabled {
		toggle = "watch.disable"
	}
	return []action{
		does(api.M("link.edit"), api.UpdateLink{Draft: draft}),
		does(api.M(toggle), api.EnableLink{ID: link.ID, Enabled: !link.Enabled}),
		does(api.M("link.delete"), api.DeleteLink{ID: link.ID, Version: link.Version}),
	}
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
	frame := p.frame(c, "link.delete_title")
	if err := p.sampleActions(c, &frame, does(api.Message{}, api.DeleteLink{ID: link.ID, Version: link.Version})); err != nil {
		return err
	}
	return p.render(c, http.StatusOK, templates.LinkDelete(frame, view))
}

func (p *pages) deleteLink(c echo.Context) error {
	link, err := p.Service.Link(c.Request().Context(), p.scope(c), c.Param("id"))
	if err != nil {
		return err
	}
	if err := p.Service.DeleteLink(c.Request().Context(), p.scope(c), link.ID, readVersion(c.FormValue("version"))); err != nil {
		return err
	}
	p.flashUndo(c, api.M("link.deleted", "name", link.Name))
	return redirect(c, linksPath(c))
}
