package handlers

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"switchboard/internal/api"
	"switchboard/internal/locale"
	"switchboard/web/templates"
)

// home leads to the project of this region, or to the first one.
func (p *pages) home(c echo.Context) error {
	projects, err := p.Identity.Projects(c.Request().Context(), currentSession(c).User)
	if err != nil {
		return err
	}
	if len(projects) == 0 {
		return api.Errorf(api.NotFound, "identity.no_project")
	}
	here := projects[0]
	for _, other := range projects {
		if other.Name == p.Region {
			here = other
		}
	}
	return c.Redirect(http.StatusSeeOther, "/p/"+here.ID)
}

func (p *pages) overview(c echo.Context) error {
	ctx, scope := c.Request().Context(), p.scope(c)
	page, err := p.Service.ListLinks(ctx, scope, api.LinkQuery{Limit: counted})
	if err != nil {
		return err
	}
	changes, err := p.Service.Changes(ctx, scope, "", "", shownChanges)
	if err != nil {
		return err
	}
	links := linksPath(c)
	view := templates.OverviewView{
		Empty: len(page.Items) == 0, NewLink: links + "/new", Changes: changes, HrefOf: hrefOf(c),
		Cards: []templates.KindCard{{
			Section: templates.SectionLinks, Href: links,
			Figure: figure(c, page),
		}},
	}
	for _, kind := range templates.Sections[1:] {
		view.Cards = append(view.Cards, templates.KindCard{
			Section: kind, Href: "/p/" + project(c).ID + "/" + kind, Figure: locale.T(localised(c), "overview.planned"),
		})
	}
	return p.render(c, http.StatusOK, templates.Overview(p.frame(c, "nav.overview"), view))
}

// counted is how far the overview counts: a card says "more than 50" rather
// than counting all.
const counted = 50

func figure(c echo.Context, page api.Page[api.Link]) string {
	key := "overview.links"
	if page.Next != "" {
		key = "overview.more_links"
	}
	return locale.T(localised(c), key, "count", len(page.Items))
}

// hrefOf leads to what a change was about. What was deleted later answers that
// it is gone.
func hrefOf(c echo.Context) func(api.Change) string {
	return func(change api.Change) string {
		if change.Kind == "link" && change.Action != "delete" && change.ObjectID != "" {
			return linksPath(c) + "/" + change.ObjectID
		}
		return ""
	}
}

// planned is the page of a kind that is not managed yet.
func (p *pages) planned(c echo.Context) error {
	return p.render(c, http.StatusOK, templates.Planned(p.frame(c, "nav."+section(c)), linksPath(c)))
}

func (p *pages) kit(c echo.Context) error {
	return p.render(c, http.StatusOK, templates.Kit(p.frame(c, "kit.title")))
}
