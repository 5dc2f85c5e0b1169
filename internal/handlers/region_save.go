package handlers

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"switchboard/internal/api"
	"switchboard/web/templates"
)

// saveRegion makes a region, or replaces the one that the address names.
func (p *pages) saveRegion(c echo.Context) error {
	rf, err := p.readRegion(c)
	if err != nil {
		return err
	}
	if len(rf.faults) > 0 {
		return p.refuseRegion(c, rf, api.Refuse(rf.faults))
	}
	ctx, s, done := c.Request().Context(), p.scope(c), "regions.created"
	var region api.Region
	if rf.stored == nil {
		region, err = p.Service.CreateRegion(ctx, s, rf.draft)
	} else {
		done = "regions.updated"
		region, err = p.Service.UpdateRegion(ctx, s, rf.stored.Name, rf.draft, readVersion(rf.values.Get("version")))
	}
	if err != nil {
		return p.refuseRegion(c, rf, err)
	}
	p.flash(c, api.M(done, "name", region.Name))
	return redirect(c, regionPath(c, region.Name))
}

// refuseRegion shows the form again with what is wrong, and everything that was
// typed. Errors that are not about the form go on to the error page.
func (p *pages) refuseRegion(c echo.Context, rf *regionForm, err error) error {
	state := regionState{refused: true}
	e := domainError(err)
	switch {
	case e.Check != nil:
		state.check, state.problems = e.Check, checkProblems(e.Check)
	case len(rf.faults) > 0: // which the form has by itself
	case len(e.Problems) > 0:
		state.problems = e.Problems
	case e.Code == api.Conflict && rf.stored != nil:
		return p.showRegionConflict(c, rf, e)
	case e.Code == api.Conflict || e.Code == api.Limit || e.Code == api.Invalid:
		state.problems = []api.Problem{{Message: e.Message}}
	default:
		return err
	}
	return p.showRegionForm(c, http.StatusUnprocessableEntity, rf, state)
}

// showRegionConflict shows what somebody else saved meanwhile beside what was
// typed, if that is why it was refused. Saving again replaces it: the form now
// carries the version that was seen.
func (p *pages) showRegionConflict(c echo.Context, rf *regionForm, e *api.Error) error {
	view, err := p.region(c)
	if err != nil {
		return err
	}
	state := regionState{refused: true, problems: []api.Problem{{Message: e.Message}}}
	if stored := &view.Region; readVersion(rf.values.Get("version")) != stored.Version {
		state.problems = nil
		state.changed = &templates.LinkChanged{
			By: stored.Updated.By, At: stored.Updated.At, Fields: templates.RegionDifferences(localised(c), rf.draft.Complete(), stored),
		}
		rf.stored = stored
		rf.values.Set("version", regionValues(stored).Get("version"))
	}
	return p.showRegionForm(c, http.StatusUnprocessableEntity, rf, state)
}
