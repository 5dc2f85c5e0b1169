package handlers

import (
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"switchboard/internal/api"
	"switchboard/internal/locale"
	"switchboard/web/templates"
)

// foundOfKind is how many things of each kind a search shows; their list has all.
const foundOfKind = 8

func searchPath(c echo.Context) string { return sectionPath(c, templates.SectionSearch) }

// search finds things of every kind, and places by what they are called. The palette
// asks for its part of the page while somebody types.
func (p *pages) search(c echo.Context) error {
	view := templates.SearchView{
		Base: searchPath(c), Text: strings.TrimSpace(c.QueryParam("q")), Palette: c.QueryParam("in") == templates.PaletteID,
	}
	found, err := p.Service.Find(c.Request().Context(), p.scope(c), view.Text, foundOfKind)
	if err != nil {
		return err
	}
	places := p.findPlaces(c, view.Text)
	if view.Text == "" {
		view.Groups = append(view.Groups, places)
	} else {
		view.Groups = append(foundGroups(c, found), places, listGroup(c, view.Text))
	}
	return p.render(c, http.StatusOK, templates.Search(p.frame(c, "search.title"), view))
}

// foundGroups are what was found, by kind.
func foundGroups(c echo.Context, found []api.Found) []templates.FoundGroup {
	var groups []templates.FoundGroup
	for i := range found {
		f := &found[i]
		title := locale.T(localised(c), "kind."+string(f.Kind))
		if n := len(groups); n == 0 || groups[n-1].Title != title {
			groups = append(groups, templates.FoundGroup{Title: title})
		}
		group := &groups[len(groups)-1]
		group.Items = append(group.Items, templates.FoundItem{
			Name: strings.TrimPrefix(f.Name, api.AccountPrefix), Detail: f.Detail, Href: placeOf(c, f.Kind, f.ID, f.Parent), Section: templates.SectionOf(f.Kind),
		})
	}
	return groups
}

// door is a page that can be gone to without looking for anything: Path is below the
// project, Key what it is called, and Role who can use it.
type door struct {
	key, section, path string
	role               api.Role
}

// doors are those that the menu does not have.
var doors = []door{
	{"link.new", templates.SectionLinks, "/links/new", api.RoleEditor},
	{"watch.import", templates.SectionLinks, "/links/import", api.RoleEditor},
	{"watch.alerts", templates.SectionLinks, "/links/alerts", api.RoleAdmin},
	{"connections.new", templates.SectionConnections, "/connections/new", api.RoleEditor},
	{"queues.title", templates.SectionConnections, "/connections/queues", api.RoleViewer},
	{"queues.new", templates.SectionConnections, "/connections/queues/new", api.RoleEditor},
	{"aliases.new", templates.SectionAliases, "/aliases/new", api.RoleEditor},
	{"functions.title", templates.SectionAliases, "/aliases/functions", api.RoleViewer},
	{"functions.register", templates.SectionAliases, "/aliases/functions/new", api.RoleEditor},
	{"whitelist.new_service", templates.SectionWhitelist, "/whitelist/new", api.RoleEditor},
	{"policies.new", templates.SectionReplication, "/replication/new", api.RoleEditor},
	{"backups.title", templates.SectionReplication, "/replication/backups", api.RoleViewer},
	{"replications.runs", templates.SectionReplication, "/replication/runs", api.RoleViewer},
	{"regions.title", templates.SectionReplication, "/replication/regions", api.RoleViewer},
	{"compare.title", templates.SectionProjects, templates.CompareSuffix, api.RoleViewer},
	{"regions.new", templates.SectionReplication, "/replication/regions/new", api.RoleAdministrator},
}

// findPlaces finds pages and actions by what they are called in the reader's
// language, and the other projects by their names; without a text all pages.
func (p *pages) findPlaces(c echo.Context, text string) templates.FoundGroup {
	ctx, here := localised(c), "/p/"+project(c).ID
	group := templates.FoundGroup{Title: locale.T(ctx, "search.places")}
	add := func(name, section, href string) {
		if strings.Contains(strings.ToLower(name), strings.ToLower(text)) {
			group.Items = append(group.Items, templates.FoundItem{Name: name, Href: href, Section: section})
		}
	}
	for _, item := range append(menu(c), places(c)...) {
		add(locale.T(ctx, "nav."+item.Section), item.Section, item.Href)
	}
	for _, d := range doors {
		if templates.Offered(ctx, d.role) {
			add(locale.T(ctx, d.key), d.section, here+d.path)
		}
	}
	if text == "" {
		return group
	}
	projects, err := p.Identity.Projects(c.Request().Context(), currentSession(c).User)
	if err != nil {
		p.Log.Error("projects of the search", "error", err, "request_id", requestID(c))
	}
	for _, other := range projects {
		if other.ID != project(c).ID {
			add(other.Name, templates.SectionProjects, "/p/"+other.ID)
		}
	}
	return group
}

// listGroup leads to the lists that look through everything for the text.
func listGroup(c echo.Context, text string) templates.FoundGroup {
	ctx := localised(c)
	group := templates.FoundGroup{Title: locale.T(ctx, "search.lists")}
	for _, list := range []door{
		{key: "nav.links", section: templates.SectionLinks, path: "/links"},
		{key: "nav.connections", section: templates.SectionConnections, path: "/connections"},
		{key: "nav.aliases", section: templates.SectionAliases, path: "/aliases"},
		{key: "functions.title", section: templates.SectionAliases, path: "/aliases/functions"},
		{key: "backups.title", section: templates.SectionReplication, path: "/replication/backups"},
	} {
		group.Items = append(group.Items, templates.FoundItem{
			Name:    locale.T(ctx, "search.in_list", "list", api.M(list.key), "text", text),
			Section: list.section, Href: templates.SearchIn("/p/"+project(c).ID+list.path, text),
		})
	}
	return group
}
