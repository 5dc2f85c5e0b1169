package handlers

import (
	"maps"
	"net/http"
	"slices"

	"github.com/labstack/echo/v4"

	"switchboard/internal/api"
	"switchboard/web/templates"
	"switchboard/web/templates/form"
)

func (p *pages) listRegions(c echo.Context) error {
	regions, err := p.Service.Regions(c.Request().Context(), p.scope(c))
	if err != nil {
		return err
	}
	view := templates.RegionListView{Base: regionsPath(c), Regions: regions}
	return p.render(c, http.StatusOK, templates.RegionList(p.frame(c, "regions.title"), view))
}

// region returns the one that the address names, as its pages show it.
func (p *pages) region(c echo.Context) (templates.RegionView, error) {
	name := c.Param("name")
	if name == "" { // which is the project's own for the service
		return templates.RegionView{}, api.Errorf(api.NotFound, "error.not_found")
	}
	found, err := p.Service.Region(c.Request().Context(), p.scope(c), name)
	return templates.RegionView{Base: regionsPath(c), Path: regionPath(c, found.Name), Region: found}, err
}

func (p *pages) showRegion(c echo.Context) error {
	view, err := p.region(c)
	if err != nil {
		return err
	}
	view.History, err = p.history(c, view.Path, view.Region.Name, shownChanges, api.KindRegion)
	if err != nil {
		return err
	}
	values := regionValues(&view.Region)
	for _, path := range slices.Sorted(maps.Keys(values)) {
		view.Stored = append(view.Stored, form.Hidden{Name: path, Value: values.Get(path)})
	}
	frame := p.namedFrame(c, view.Region.Name)
	if err := p.sampleActions(c, &frame, regionActions(&view.Region)...); err != nil {
		return err
	}
	return p.render(c, http.StatusOK, templates.RegionDetail(frame, view))
}

// regionActions are what can be done with a region.
func regionActions(r *api.Region) []action {
	audited := r.Audited()
	return []action{
		does(api.M("regions.edit"), api.UpdateRegion{Name: r.Name, Draft: audited.Draft(r.Name, api.Secret{}), Version: r.Version}),
		does(api.M("bulk.delete"), api.DeleteRegion{Name: r.Name, Version: r.Version}),
	}
}

func (p *pages) confirmDeleteRegion(c echo.Context) error {
	view, err := p.region(c)
	if err != nil {
		return err
	}
	frame := p.frame(c, "regions.delete_title")
	if err := p.sampleActions(c, &frame, does(api.Message{}, api.DeleteRegion{Name: view.Region.Name, Version: view.Region.Version})); err != nil {
		return err
	}
	return p.render(c, http.StatusOK, templates.RegionDelete(frame, view))
}

func (p *pages) deleteRegion(c echo.Context) error {
	view, err := p.region(c)
	if err != nil {
		return err
	}
	name := view.Region.Name
	if err := p.Service.DeleteRegion(c.Request().Context(), p.scope(c), name, readVersion(c.FormValue("version"))); err != nil {
		return p.sayRefusalAt(c, view.Path, err)
	}
	p.flashUndo(c, api.M("regions.deleted", "name", name))
	return redirect(c, regionsPath(c))
}
