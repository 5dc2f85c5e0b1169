package handlers

import (
	"net/http"
	"slices"

	"github.com/labstack/echo/v4"

	"switchboard/internal/api"
	"switchboard/web/templates"
	"switchboard/web/templates/form"
)

// newAlias shows an empty form, once it is known for which function.
func (p *pages) newAlias(c echo.Context) error {
	function := c.QueryParam(aliasFunction)
	if function == "" {
		return p.chooseFunction(c)
	}
	af := &aliasForm{values: map[string][]string{aliasFunction: {function}}}
	if err := p.findFunction(c, af, ""); err != nil {
		return err
	}
	af.values = newAliasValues(function, af.versions)
	af.readDraft()
	return p.showAliasForm(c, http.StatusOK, af, aliasState{focus: af.first()})
}

func (p *pages) editAlias(c echo.Context) error {
	af := &aliasForm{}
	if err := p.findFunction(c, af, c.Param("id")); err != nil {
		return err
	}
	af.values, af.draft = aliasValues(af.stored, af.versions), af.stored.Draft()
	for n := range af.stored.Route.Rules {
		af.rules = append(af.rules, n)
	}
	return p.showAliasForm(c, http.StatusOK, af, aliasState{})
}

// aliasState is what a rendering of the form shows beside what was typed.
type aliasState struct {
	problems []api.Problem
	refused  bool
	only     string // the element whose field alone was judged, or ""
	focus    string
	unsaved  bool // what was typed came along from another page
	changed  *templates.LinkChanged
	trial    *templates.TrialView // nil unless something was tried
}

// besideOf are the fields that depend on another.
var besideOf = map[string][]string{
	"version":                 {templates.AliasAdditional, templates.AliasShift, templates.AliasWeight},
	templates.AliasAdditional: {templates.AliasWeight},
}

// showAliasForm renders the form's page.
func (p *pages) showAliasForm(c echo.Context, status int, af *aliasForm, state aliasState) error {
	f := af.form(c)
	f.Problems, f.Advice = pinRows(state.problems, templates.AliasRules, af.rules), af.advice()
	f.Refused, f.Focus, f.Unsaved = state.refused, state.focus, state.unsaved
	view := af.view(c, f)
	view.Changed = state.changed
	if view.Trial = typedTrial(c); state.trial != nil {
		view.Trial = *state.trial
	}
	view.Trial.Action = aliasesPath(c) + "/try"
	var beside []any
	if path, ok := f.FieldPath(state.only); ok {
		f.Beside = besideOf[path]
		f.Only(append(slices.Clone(f.Beside), path)...)
		f.Problems = slices.DeleteFunc(f.Problems, func(p api.Problem) bool { return p.Path != path && f.Value(p.Path) == "" })
		view.Words.Beside = true
		beside = append(beside, templates.AliasWordsID)
		for _, path := range f.Beside {
			beside = append(beside, form.FieldID(path))
		}
	}
	if err := p.sample(c, f, af.deed()); err != nil {
		return err
	}
	frame := p.frame(c, "aliases.new")
	frame.Path = aliasesPath(c) + "/new?function=" + af.function.ID
	if af.stored != nil {
		frame = p.frame(c, "aliases.edit_title")
		frame.Path = aliasesPath(c) + "/" + af.stored.ID + "/edit"
	}
	return p.render(c, status, templates.AliasForm(frame, view), beside...)
}

// view is the form with what follows from it.
func (af *aliasForm) view(c echo.Context, f *form.Form) templates.AliasFormView {
	view := templates.AliasFormView{
		Base: aliasesPath(c), Form: f, Stored: af.stored,
		Function: api.AliasFunction{ID: af.function.ID, Package: af.function.Package, Name: af.function.Name},
	}
	if route, complete := af.route(); complete {
		view.Words.Sentences = api.RouteWords(&route)
	}
	return view
}

// form describes the form for people.
func (af *aliasForm) form(c echo.Context) *form.Form {
	base := aliasesPath(c)
	f := &form.Form{
		ID: templates.AliasFormID, Action: base, Post: base + "/review", Values: af.values, Guard: true,
		Hidden: []form.Hidden{{Name: aliasFunction, Value: af.function.ID}},
	}
	if af.stored != nil {
		f.Hidden = append(f.Hidden, form.Hidden{Name: aliasID, Value: af.stored.ID}, form.Hidden{Name: aliasRecord, Value: af.values.Get(aliasRecord)},
			form.Hidden{Name: aliasBase, Value: af.values.Get(aliasBase)})
	}
	fields := templates.AliasFields{
		Function: af.function, Versions: af.versions, Stored: af.stored,
		Main: af.values.Get("version"), Additional: af.values.Get(templates.AliasAdditional),
	}
	for _, row := range form.ReadRows(af.values, templates.AliasRules) {
		if kind := row["type"]; !slices.Contains(fields.Types, kind) {
			fields.Types = append(fields.Types, kind)
		}
	}
	f.Sections = templates.AliasSections(localised(c), fields)
	return f
}

// validateAlias judges the field that htmx wants to redraw, as it is left, and
// says again what will happen.
func (p *pages) validateAlias(c echo.Context) error {
	af, err := p.readAlias(c)
	if err != nil {
		return err
	}
	problems, err := p.judgeAlias(c, af)
	if err != nil {
		return err
	}
	return p.showAliasForm(c, http.StatusOK, af, aliasState{problems: problems, only: c.Request().Header.Get("HX-Target")})
}

// judgeAlias returns what is wrong with the draft. What is no field's fault is
// told at the form.
func (p *pages) judgeAlias(c echo.Context, af *aliasForm) ([]api.Problem, error) {
	id := ""
	if af.stored != nil {
		id = af.stored.ID
	}
	return faults(p.Service.ValidateAlias(c.Request().Context(), p.scope(c), af.function.ID, id, af.draft))
}

// faults are the problems of an error that is about a form; another one stays.
func faults(err error) ([]api.Problem, error) {
	problems, err := problemsOf(err)
	if e := domainError(err); err != nil && (e.Code == api.Conflict || e.Code == api.Limit) {
		return []api.Problem{{Message: e.Message}}, nil
	}
	return problems, err
}

// redrawAlias shows the form with a row more, less or elsewhere, with a share
// that was chosen, or in another language or theme; it is also the way back from
// what was looked over. It judges nothing.
func (p *pages) redrawAlias(c echo.Context) error {
	values, err := formValues(c)
	if err != nil {
		return err
	}
	focus, _ := form.Edit(values, values.Get("op"))
	af, err := p.readAlias(c)
	if err != nil {
		return err
	}
	if values.Get("op") == templates.AliasBack {
		focus = af.first()
	}
	if choosesPreferences(c) {
		if err := p.takePreferences(c); err != nil {
			return err
		}
	}
	return p.showAliasForm(c, http.StatusOK, af, aliasState{focus: focus, unsaved: true})
}

// tryDraft says which version a request would get from the draft, and from what
// is live.
func (p *pages) tryDraft(c echo.Context) error {
	af, err := p.readAlias(c)
	if err != nil {
		return err
	}
	problems, err := p.judgeAlias(c, af)
	if err != nil {
		return err
	}
	trial := templates.TrialView{}
	if route, complete := af.route(); !complete {
		trial = typedTrial(c)
		trial.Problems = []api.Problem{{Path: templates.TrialRequest, Message: api.M("aliases.bench_incomplete")}}
	} else if af.stored != nil {
		trial = p.trial(c, &route, &af.stored.Route)
	} else {
		trial = p.trial(c, &route, nil)
	}
	status := http.StatusOK
	if len(problems)+len(trial.Problems) > 0 {
		status = http.StatusUnprocessableEntity
	}
	return p.showAliasForm(c, status, af, aliasState{problems: problems, unsaved: true, trial: &trial})
}
