package handlers

import (
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"switchboard/internal/api"
	"switchboard/web/templates"
	"switchboard/web/templates/form"
)

// newRamp is the form of a ramp, with the first of the ready-made plans and the
// version that it is likely to be of.
func (p *pages) newRamp(c echo.Context) error {
	alias, err := p.aliasView(c)
	if err != nil {
		return err
	}
	if alias.Alias.Ramp != nil {
		p.flashKind(c, templates.Warning, api.M("ramp.under_way"))
		return redirect(c, alias.Path()+"/ramp")
	}
	additional := alias.RampCandidate()
	values := url.Values{templates.RampAdditional: {additional}}
	form.SetRows(values, templates.RampSteps, templates.RampPlans[0].Rows(alias.LiveShare(additional)))
	return p.showRampForm(c, http.StatusOK, alias, values, formState{focus: templates.RampAdditional})
}

// readRamp reads the posted form, and the draft that it describes.
func (p *pages) readRamp(c echo.Context) (alias templates.AliasView, values url.Values, d api.RampDraft, err error) {
	if alias, err = p.aliasView(c); err != nil {
		return alias, nil, d, err
	}
	if values, err = formValues(c); err != nil {
		return alias, nil, d, err
	}
	return alias, values, rampDraft(values), nil
}

// rampDraft is what the form describes.
func rampDraft(values url.Values) api.RampDraft {
	d := api.RampDraft{
		Additional: strings.TrimSpace(values.Get(templates.RampAdditional)), Promote: values.Get(templates.RampPromote) == "true",
	}
	for _, row := range form.ReadRows(values, templates.RampSteps) {
		d.Steps = append(d.Steps, api.RampStepDraft{Percent: strings.TrimSpace(row[templates.RampPercent]), Hold: row[templates.RampHold]})
	}
	return d
}

// sampleRamp puts the code of the ramp below its form.
func (p *pages) sampleRamp(c echo.Context, f *form.Form, alias *api.Alias) error {
	return p.sample(c, f, api.StartRamp{Alias: alias.ID, Draft: rampDraft(f.Values), Version: readVersion(f.Value("version"))})
}

// startRamp begins a ramp, once somebody has seen when what would happen.
func (p *pages) startRamp(c echo.Context) error {
	alias, values, d, err := p.readRamp(c)
	if err != nil {
		return err
	}
	ctx, s := c.Request().Context(), p.scope(c)
	if err := p.Service.ValidateRamp(ctx, s, alias.Alias.ID, d); err != nil {
		return p.refuseRamp(c, alias, values, d, err)
	}
	if values.Get("confirm") != "true" {
		return p.askRamp(c, http.StatusOK, templates.RampStartView{AliasView: alias, Draft: d}, values)
	}
	ramp, err := p.Service.StartRamp(ctx, s, alias.Alias.ID, d, readVersion(values.Get("version")))
	if err != nil {
		return p.refuseRamp(c, alias, values, d, err)
	}
	p.flash(c, api.M("ramp.started", "additional", ramp.Additional, "percent", ramp.Steps[ramp.At].Percent))
	return redirect(c, alias.Path()+"/ramp")
}

// refuseRamp says what is wrong with the plan: at its form or, if all that
// happened is that the alias was changed, where it was to be confirmed.
func (p *pages) refuseRamp(c echo.Context, alias templates.AliasView, values url.Values, d api.RampDraft, err error) error {
	e := domainError(err)
	state := formState{refused: true, problems: e.Problems}
	switch {
	case len(e.Problems) > 0:
	case e.Code == api.Conflict && alias.Alias.Ramp == nil && readVersion(values.Get("version")) != alias.Alias.Version:
		return p.askRamp(c, http.StatusUnprocessableEntity, templates.RampStartView{AliasView: alias, Draft: d, Changed: true}, values)
	case e.Code == api.Conflict || e.Code == api.Invalid:
		state.problems = []api.Problem{{Message: e.Message}}
	default:
		return err
	}
	return p.showRampForm(c, http.StatusUnprocessableEntity, alias, values, state)
}

// askRamp asks before a plan begins that was judged and found right.
func (p *pages) askRamp(c echo.Context, status int, view templates.RampStartView, typed url.Values) error {
	view.Steps, _ = view.Draft.Plan(view.Alias.Route.Main, nil)
	view.At = time.Now()
	for _, name := range slices.Sorted(maps.Keys(typed)) {
		if name != "confirm" && name != "version" && name != "op" && !templates.OfSample(name) {
			view.Hidden = append(view.Hidden, form.Hidden{Name: name, Value: typed.Get(name)})
		}
	}
	view.Hidden = append(view.Hidden, form.Hidden{Name: "version", Value: strconv.FormatInt(view.Alias.Version, 10)})
	f := templates.RampForm(localised(c), view.AliasView, view.Draft.Additional)
	f.Values = typed
	if err := p.sampleRamp(c, f, &view.Alias); err != nil {
		return err
	}
	view.Code = f.Below
	frame := p.frame(c, "ramp.new_title")
	frame.Path = view.Path() + "/ramp/new"
	return p.render(c, status, templates.RampStart(frame, view))
}

// validateRamp judges the field that htmx wants to redraw, as it is left.
func (p *pages) validateRamp(c echo.Context) error {
	alias, values, d, err := p.readRamp(c)
	if err != nil {
		return err
	}
	problems, err := problemsOf(p.Service.ValidateRamp(c.Request().Context(), p.scope(c), alias.Alias.ID, d))
	if err != nil {
		return err
	}
	return p.showRampForm(c, http.StatusOK, alias, values, formState{problems: problems, only: c.Request().Header.Get("HX-Target")})
}

// redrawRamp shows the form with a step more or less, with another ready-made
// plan, or in another language or theme.
func (p *pages) redrawRamp(c echo.Context) error {
	alias, values, _, err := p.readRamp(c)
	if err != nil {
		return err
	}
	state := formState{unsaved: true}
	switch focus, ok := form.Edit(values, c.FormValue("op")); {
	case ok:
		state.focus = focus
	case choosesPreferences(c):
		if err := p.takePreferences(c); err != nil {
			return err
		}
	case asksSample(c) != "": // which is of what was typed
	default:
		for _, plan := range templates.RampPlans {
			if plan.Name == values.Get(templates.RampPreset) {
				form.SetRows(values, templates.RampSteps, plan.Rows(alias.LiveShare(values.Get(templates.RampAdditional))))
			}
		}
		state.focus = templates.RampPreset
	}
	return p.showRampForm(c, http.StatusOK, alias, values, state)
}

// showRampForm renders the form's page. Which ready-made plan it shows follows
// from the steps.
func (p *pages) showRampForm(c echo.Context, status int, alias templates.AliasView, values url.Values, state formState) error {
	additional := values.Get(templates.RampAdditional)
	values.Set(templates.RampPreset, presetOf(form.ReadRows(values, templates.RampSteps), alias.LiveShare(additional)))
	f := templates.RampForm(localised(c), alias, additional)
	f.Values, f.Problems, f.Refused, f.Focus, f.Unsaved = values, state.problems, state.refused, state.focus, state.unsaved
	if path, ok := f.FieldPath(state.only); ok {
		f.Only(path)
		ripe(f)
	}
	if err := p.sampleRamp(c, f, &alias.Alias); err != nil {
		return err
	}
	frame := p.frame(c, "ramp.new_title")
	frame.Path = alias.Path() + "/ramp/new"
	return p.render(c, status, templates.RampPlanPage(frame, templates.RampFormView{AliasView: alias, Form: f}))
}

// presetOf is the ready-made plan that has these steps for a version that gets
// live percent now.
func presetOf(rows []form.Row, live int) string {
	for _, plan := range templates.RampPlans {
		if slices.EqualFunc(rows, plan.Rows(live), func(a, b form.Row) bool {
			return strings.TrimSpace(a[templates.RampPercent]) == b[templates.RampPercent] && a[templates.RampHold] == b[templates.RampHold]
		}) {
			return plan.Name
		}
	}
	return templates.RampPresetOwn
}
