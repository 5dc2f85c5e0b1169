package handlers

import (
	"net/http"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"

	"switchboard/internal/api"
	"switchboard/internal/locale"
	"switchboard/web/templates"
)

func (p *pages) newFunction(c echo.Context) error {
	return p.showFunctionForm(c, http.StatusOK, &functionForm{values: newFunctionValues()}, formState{focus: "func_name"})
}

func (p *pages) editFunction(c echo.Context) error {
	view, err := p.functionView(c)
	if err != nil {
		return err
	}
	return p.showFunctionForm(c, http.StatusOK, &functionForm{values: functionValues(&view.Function), stored: &view.Function}, formState{})
}

// showFunctionForm renders the form's page.
func (p *pages) showFunctionForm(c echo.Context, status int, ff *functionForm, state formState) error {
	f := ff.form(c)
	f.Problems = state.problems
	f.Refused, f.Focus, f.Unsaved = state.refused, state.focus, state.unsaved
	if path, ok := f.FieldPath(state.only); ok {
		f.Only(path)
	}
	if err := p.sample(c, f, ff.deed()); err != nil {
		return err
	}
	view := templates.FunctionFormView{Aliases: aliasesPath(c), Form: f, Function: ff.stored, Changed: state.changed}
	title, path := "functions.register", functionsPath(c)+"/new"
	if ff.stored != nil {
		title, path = "functions.edit_title", functionsPath(c)+"/"+ff.stored.ID+"/edit"
	}
	frame := p.frame(c, title)
	frame.Path = path
	return p.render(c, status, templates.FunctionForm(frame, view))
}

func (p *pages) createFunction(c echo.Context) error {
	ff, err := p.readFunction(c)
	if err != nil {
		return err
	}
	if len(ff.faults) > 0 {
		return p.refuseFunction(c, ff, api.Refuse(ff.faults))
	}
	function, err := p.Service.CreateFunction(c.Request().Context(), p.scope(c), ff.draft)
	if err != nil {
		return p.refuseFunction(c, ff, err)
	}
	p.flash(c, api.M("functions.created", "name", function.Name))
	return redirect(c, functionsPath(c)+"/"+function.ID)
}

func (p *pages) updateFunction(c echo.Context) error {
	ff, err := p.readFunction(c)
	if err != nil {
		return err
	}
	if len(ff.faults) > 0 {
		return p.refuseFunction(c, ff, api.Refuse(ff.faults))
	}
	function, err := p.Service.UpdateFunction(c.Request().Context(), p.scope(c), ff.stored.ID, ff.draft, readVersion(ff.values.Get("version")))
	if err != nil {
		return p.refuseFunction(c, ff, err)
	}
	p.flash(c, api.M("functions.saved", "name", function.Name))
	return redirect(c, functionsPath(c)+"/"+function.ID)
}

// refuseFunction shows the form again with what is wrong, and everything that was
// typed. Saving again after somebody else did replaces what he saved: the form
// carries the version that is seen now.
func (p *pages) refuseFunction(c echo.Context, ff *functionForm, err error) error {
	e := domainError(err)
	state := formState{refused: true, problems: e.Problems}
	switch {
	case len(e.Problems) > 0:
	case e.Code == api.Conflict && ff.stored != nil:
		stored, err := p.Service.Function(c.Request().Context(), p.scope(c), ff.stored.ID)
		if err != nil {
			return err
		}
		ff.stored = &stored
		ff.values.Set("version", strconv.FormatInt(stored.Version, 10))
		state.changed = &templates.LinkChanged{By: stored.Updated.By, At: stored.Updated.At, Fields: ff.differences(c)}
	case e.Code == api.Conflict || e.Code == api.Limit:
		state.problems = []api.Problem{{Message: e.Message}}
	default:
		return err
	}
	return p.showFunctionForm(c, http.StatusUnprocessableEntity, ff, state)
}

// differences lists the fields in which the typed function is not the stored one.
func (ff *functionForm) differences(c echo.Context) []templates.Difference {
	ctx := localised(c)
	mine, theirs := &ff.draft, &ff.stored.Latest
	seconds := func(config *api.FunctionConfig) string { return strconv.Itoa(int(config.Timeout / time.Second)) }
	var found []templates.Difference
	add := func(label, mine, theirs string) {
		if mine != theirs {
			found = append(found, templates.Difference{Label: locale.T(ctx, label), Mine: mine, Theirs: theirs})
		}
	}
	add("functions.description", mine.Config.Description, theirs.Config.Description)
	add("functions.upstream", mine.Upstream, theirs.Upstream)
	add("functions.runtime", mine.Config.Runtime, theirs.Config.Runtime)
	add("functions.handler", mine.Config.Handler, theirs.Config.Handler)
	add("functions.timeout", seconds(&mine.Config), seconds(&theirs.Config))
	add("functions.memory", strconv.Itoa(mine.Config.MemoryMB), strconv.Itoa(theirs.Config.MemoryMB))
	add("functions.code_type", mine.Code.Type, theirs.Code.Type)
	add("functions.code_url", mine.Code.URL, theirs.Code.URL)
	add("functions.user_data", mine.Config.UserData, theirs.Config.UserData)
	return found
}

// validateFunction judges the field that htmx wants to redraw, as it is left.
func (p *pages) validateFunction(c echo.Context) error {
	ff, err := p.readFunction(c)
	if err != nil {
		return err
	}
	problems, err := problemsOf(p.Service.ValidateFunction(c.Request().Context(), p.scope(c), c.Param("id"), ff.draft))
	if err != nil {
		return err
	}
	return p.showFunctionForm(c, http.StatusOK, ff, formState{problems: problems, only: c.Request().Header.Get("HX-Target")})
}

// redrawFunction shows the form again after a choice that other fields depend on,
// or in another language or theme. It judges nothing.
func (p *pages) redrawFunction(c echo.Context) error {
	ff, err := p.readFunction(c)
	if err != nil {
		return err
	}
	if choosesPreferences(c) {
		if err := p.takePreferences(c); err != nil {
			return err
		}
	}
	ff.follow()
	return p.showFunctionForm(c, http.StatusOK, ff, formState{unsaved: true})
}
