package handlers

import (
	"slices"
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
	f.User, f.Places = &templates.UserView{Name: s.User.Name}, places(c)
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
		if slices.ContainsFunc(f.Places, func(place templates.NavItem) bool { return place.Section == f.Section }) {
			f.Nav = f.Places
		}
		return
	}
	f.Project, f.Archived = templates.ProjectView{Name: here.Name, Href: "/p/" + here.ID}, !here.Archived.IsZero()
	f.Nav = menu(c)
	if p.Programs.Serve != nil {
		f.API = explorerPath(c)
	}
	p.tellRequests(c, f)
	f.Cloud = p.cloudRegion(c)
	p.tellFreshness(c, f)
	all, err := p.Identity.Projects(c.Request().Context(), currentSession(c).User)
	if err != nil {
		p.Log.Error("projects of the switcher", "error", err, "request_id", requestID(c))
		return
	}
	for _, other := range all {
		f.Projects = append(f.Projects, templates.ProjectView{Name: other.Name, Href: "/p/" + other.ID})
	}
}

// menu is what there is to go to in the project of the path, in order.
func menu(c echo.Context) []templates.NavItem {
	home := "/p/" + project(c).ID
	items := []templates.NavItem{{Section: templates.SectionOverview, Href: home}}
	for _, kind := range templates.Sections {
		items = append(items, templates.NavItem{Section: kind, Href: home + "/" + kind})
	}
	return append(items,
		templates.NavItem{Section: templates.SectionRequests, Href: requestsPath(c)},
		templates.NavItem{Section: templates.SectionAudit, Href: auditPath(c)},
		templates.NavItem{Section: templates.SectionSettings, Href: settingsPath(c)},
	)
}

// places are what the reader can go to outside of projects.
func places(c echo.Context) []templates.NavItem {
	found := []templates.NavItem{{Section: templates.SectionProfile, Href: "/" + templates.SectionProfile}}
	if currentSession(c).User.Administrator {
		for _, office := range templates.Offices {
			found = append(found, templates.NavItem{Section: office, Href: "/" + office})
		}
	}
	return found
}

// section is the menu entry that the request's route stands under: the word
// after the project or, outside of projects, the first one.
func section(c echo.Context) string {
	rest, found := strings.CutPrefix(c.Path(), "/p/:project")
	if found && rest == "" {
		return templates.SectionOverview
	}
	kind, _, _ := strings.Cut(strings.TrimPrefix(rest, "/"), "/")
	return kind
}
