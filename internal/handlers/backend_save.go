package handlers

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"switchboard/internal/api"
	"switchboard/web/templates"
)

// validateBackend judges the field that htmx wants to redraw, as it is left.
func (p *pages) validateBackend(c echo.Context) error {
	bf, err := p.readBackend(c)
	if err != nil {
		return err
	}
	problems, err := problemsOf(p.Backends.ValidateBackend(c.Request().Context(), p.scope(c), bf.draft))
	if err != nil {
		return err
	}
	return p.showBackendForm(c, http.StatusOK, bf, backendState{problems: problems, only: c.Request().Header.Get("HX-Target")})
}

// redrawBackend shows the form again for another choice, or in another language or
// theme. It judges nothing.
func (p *pages) redrawBackend(c echo.Context) error {
	bf, err := p.readBackend(c)
	if err != nil {
		return err
	}
	bf.faults = nil
	state := backendState{}
	if choosesPreferences(c) {
		state.unsaved = true
		if err := p.takePreferences(c); err != nil {
			return err
		}
	}
	return p.showBackendForm(c, http.StatusOK, bf, state)
}

// testBackend asks the region that is on the screen; nothing is stored.
func (p *pages) testBackend(c echo.Context) error {
	bf, err := p.readBackend(c)
	if err != nil {
		return err
	}
	if len(bf.faults) > 0 {
		return p.refuseBackend(c, bf, api.Refuse(bf.faults))
	}
	check, err := p.Backends.TestBackend(c.Request().Context(), p.scope(c), bf.draft)
	if err != nil {
		return p.refuseBackend(c, bf, err)
	}
	return p.showBackendForm(c, http.StatusOK, bf, backendState{check: &check, problems: checkProblems(&check)})
}

func (p *pages) saveBackend(c echo.Context) error {
	bf, err := p.readBackend(c)
	if err != nil {
		return err
	}
	if len(bf.faults) > 0 {
		return p.refuseBackend(c, bf, api.Refuse(bf.faults))
	}
	depth := api.Connect
	if c.FormValue("anyway") == "true" {
		depth = api.Anyway
	}
	is, err := p.Backends.SetBackend(c.Request().Context(), p.scope(c), bf.draft, depth)
	if err != nil {
		return p.refuseBackend(c, bf, err)
	}
	if is.Kind == api.BackendCloud {
		p.flash(c, api.M("backend.moved", "region", is.Region))
	} else {
		p.flash(c, api.M("backend.is_back"))
	}
	return redirect(c, backendPath(c))
}

// refuseBackend shows the form again with what is wrong, and everything that was typed.
// Errors that are not about the form go on to the error page.
func (p *pages) refuseBackend(c echo.Context, bf *backendForm, err error) error {
	state := backendState{refused: true}
	e := domainError(err)
	switch {
	case e.Check != nil:
		state.check, state.anyway, state.problems = e.Check, true, checkProblems(e.Check)
	case len(bf.faults) > 0: // which the form has by itself
	case len(e.Problems) > 0:
		state.problems = e.Problems
	case e.Code == api.Conflict && project(c).Changeable() == nil:
		return p.showBackendConflict(c, bf, e)
	default:
		return err
	}
	return p.showBackendForm(c, http.StatusUnprocessableEntity, bf, state)
}

// showBackendConflict shows what somebody else saved meanwhile beside what was typed.
// Saving again replaces it: the form now carries the version that was seen.
func (p *pages) showBackendConflict(c echo.Context, bf *backendForm, e *api.Error) error {
	stored, err := p.Backends.Backend(c.Request().Context(), p.scope(c))
	if err != nil {
		return err
	}
	state := backendState{refused: true}
	if stored.Updated.At.IsZero() { // it came back, and nobody is remembered for that
		state.problems = []api.Problem{{Message: e.Message}}
	} else {
		state.changed = &templates.LinkChanged{
			By: stored.Updated.By, At: stored.Updated.At, Fields: templates.BackendDifferences(localised(c), bf.draft, &stored),
		}
	}
	bf.stored = stored
	bf.values.Set("version", templates.BackendValues(&stored).Get("version"))
	return p.showBackendForm(c, http.StatusUnprocessableEntity, bf, state)
}
