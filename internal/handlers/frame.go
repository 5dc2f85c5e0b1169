package handlers

import (
	"strings"

	"github.com/labstack/echo/v4"

	"switchboard/internal/locale"
	"switchboard/web/templates"
)

// frame describes the request to the page around the page; title is a message
// key.
func (p *pages) frame(c echo.Context, title string) templates.Frame {
	return p.namedFrame(c, locale.T(localised(c), title))
}

// namedFrame is a frame whose title is a name.
func (p *pages) namedFrame(c echo.Context, title string) templates.Frame {
	f := templates.Frame{
		Title: title, Theme: theme(c), Path: c.Request().URL.RequestURI(),
		RequestID: requestID(c), Version: p.Version, Section: section(c),
	}
	s := currentSession(c)
	if s == nil {
		return f
	}
	f.User = &templates.UserView{Name: s.User.Name}
	if isHTMX(c.Request()) && wantedFragment(c.Request()) != "" {
		return f // a part of a page has no frame
	}
	f.Flashes = p.flashes(c)
	p.nameProjects(c, &f)
	return f
}

// nameProjects fills in the project switcher and the menu of the current one.
func (p *pages) nameProjects(c echo.Context, f *templates.Frame) {
	here := project(c)
	if here == nil {
		return
	}
	f.Project = templates.ProjectView{Name: here.Name, Href: "/p/" + here.ID}
	f.Nav = []templates.NavItem{{Section: templates.SectionOverview, Href: "/p/" + here.ID}}
	for _, kind := range templates.Sections {
		f.Nav = append(f.Nav, templates.NavItem{Section: kind, Href: "/p/" + here.ID + "/" + kind})
	}
	all, err := p.Identity.Projects(c.Request().Context(), currentSession(c).User)
	if err != nil {
		p.Log.Error("projects of the switcher", "error", err, "request_id", requestID(c))
		return
	}
	for _, other := range all {
		f.Projects = append(f.Projects, templates.ProjectView{Name: other.Name, Href: "/p/" + other.ID})
	}
}

// section is the menu entry that the request's route stands under: the word
// after the project.
func section(c echo.Context) string {
	rest, found := strings.CutPrefix(c.Path(), "/p/:project/")
	if !found {
		return templates.SectionOverview
	}
	kind, _, _ := strings.Cut(rest, "/")
	return kind
}
