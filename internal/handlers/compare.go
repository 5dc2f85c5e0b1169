package handlers

import (
	"errors"
	"net/http"
	"slices"
	"strings"
	"sync"

	"github.com/labstack/echo/v4"

	"switchboard/internal/api"
	"switchboard/internal/api/compare"
	"switchboard/internal/api/identity"
	"switchboard/web/templates"
)

// compareRoutes are the comparison with another project, which is for whoever may see
// both, and the copying into the project of the path from another one.
func (p *pages) compareRoutes(project *echo.Group) {
	project.GET(templates.CompareSuffix, p.compareProjects)
	project.POST(templates.ComparePlan, p.planCopy, p.editor)
	project.POST(templates.CompareCopy, p.copyThings, p.editor)
}

// How much a page shows of each kind if it shows several, and looks at for that.
const (
	comparedRows  = 20
	comparedLooks = 100
)

// compareProjects shows what is different between the project and another one.
func (p *pages) compareProjects(c echo.Context) error {
	view := templates.CompareView{
		Here: comparedProject(project(c)), Search: strings.TrimSpace(c.QueryParam("q")), Tick: c.QueryParam("tick"),
	}
	if show := compare.Show(c.QueryParam("show")); slices.Contains(compare.Shows, show) {
		view.Show = show
	}
	for _, kind := range compare.Kinds() {
		if slices.Contains(c.QueryParams()["kind"], string(kind)) {
			view.Kinds = append(view.Kinds, kind)
		}
	}
	other, err := p.chooseProject(c, &view)
	if err == nil && other != nil {
		err = p.compareKinds(c, &view, other)
	}
	if err != nil {
		return err
	}
	frame := p.frame(c, "compare.title")
	return p.render(c, http.StatusOK, templates.Compare(frame, view))
}

// chooseProject finds the projects that there are to choose from, and the one that was
// chosen: nil if none was, or the very same.
func (p *pages) chooseProject(c echo.Context, view *templates.CompareView) (*identity.Project, error) {
	ctx, user := c.Request().Context(), currentSession(c).User
	all, err := p.Identity.Projects(ctx, user)
	if err != nil {
		return nil, err
	}
	for i := range all {
		if all[i].ID != view.Here.ID {
			view.Others = append(view.Others, comparedProject(&all[i]))
		}
	}
	with := c.QueryParam("with")
	if with == "" || with == view.Here.ID {
		return nil, nil
	}
	other, err := p.Identity.Project(ctx, user, with)
	if err != nil {
		return nil, err
	}
	view.Other = new(comparedProject(&other))
	if !slices.Contains(view.Others, *view.Other) { // it is archived
		view.Others = append(view.Others, *view.Other)
	}
	return &other, nil
}

func comparedProject(found *identity.Project) templates.ComparedProject {
	copies := found.Changeable() == nil && api.Allow(api.Actor{Role: found.Role}, api.RoleEditor) == nil
	return templates.ComparedProject{ID: found.ID, Name: found.Name, Copies: copies}
}

// sideOf is a project as the reader sees it: with his role in that one.
func (p *pages) sideOf(c echo.Context, of *identity.Project) compare.Side {
	actor := p.actor(c)
	actor.Role = of.Role
	return compare.Side{Service: p.Service, Scope: api.Scope{Project: of.ID, Actor: actor}, Region: p.Region}
}

// tellAge adds how old that is what was compared of a project, if it lives in a region.
func (p *pages) tellAge(c echo.Context, view *templates.CompareView, s api.Scope, kinds []api.Kind) error {
	if p.Backends == nil {
		return nil
	}
	age := templates.CompareAge{Project: view.Here.Name}
	if s.Project != view.Here.ID {
		age.Project = view.Other.Name
	}
	err := p.age(c, &age.RegionAge, s, kinds)
	for i := range view.Sections {
		if section := &view.Sections[i]; err == nil && section.Kind == api.KindPermission {
			err = p.age(c, &age.RegionAge, s, []api.Kind{section.Kind}, section.Parents(s.Project != view.Here.ID)...)
		}
	}
	if err == nil && age.Told() {
		view.Ages = append(view.Ages, age)
	}
	return err
}

// compareKinds compares the kinds that were chosen, or all of them; one alone page by page.
func (p *pages) compareKinds(c echo.Context, view *templates.CompareView, other *identity.Project) error {
	kinds := view.Kinds
	q := compare.Query{Text: view.Search, Show: view.Show, Limit: comparedRows, Looks: comparedLooks}
	if len(kinds) == 1 {
		view.Cursor = c.QueryParam("cursor")
		q.Cursor, q.Limit, q.Looks = view.Cursor, 0, 0
	} else if len(kinds) == 0 {
		kinds = compare.Kinds()
	}
	here, there := p.sideOf(c, project(c)), p.sideOf(c, other)
	view.Sections = make([]templates.CompareSection, len(kinds))
	failed := make([]error, len(kinds))
	var all sync.WaitGroup // regions are slow: no kind waits for another one
	for i, kind := range kinds {
		q := q
		q.Kind, view.Sections[i].Kind = kind, kind
		all.Go(func() { view.Sections[i].Page, failed[i] = compare.Compare(c.Request().Context(), here, there, q) })
	}
	all.Wait()
	if err := errors.Join(failed...); err != nil {
		return err
	}
	for _, side := range []compare.Side{here, there} {
		if err := p.tellAge(c, view, side.Scope, kinds); err != nil {
			return err
		}
	}
	home, away := templates.ProjectPath(project(c).ID), templates.ProjectPath(other.ID)
	view.Place = func(there bool, t *compare.Thing) string {
		place := placeOf(c, t.Key.Kind, t.ID, t.Parent)
		if there {
			return away + strings.TrimPrefix(place, home)
		}
		return place
	}
	return nil
}
