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

// reviewAlias shows what would be sent and what changes by it, or what is wrong
// with the form.
func (p *pages) reviewAlias(c echo.Context) error {
	af, err := p.readAlias(c)
	if err != nil {
		return err
	}
	problems, err := p.judgeAlias(c, af)
	switch {
	case err != nil:
		return err
	case len(problems) > 0:
		return p.showAliasForm(c, http.StatusUnprocessableEntity, af, aliasState{problems: problems, refused: true, unsaved: true})
	case af.stored != nil && readVersion(af.values.Get(aliasRecord)) != af.stored.Version:
		return p.showAliasConflict(c, af)
	}
	text, err := p.AliasJSON(af.stored != nil, af.draft)
	if err != nil {
		return err
	}
	draft := af.state()
	view := templates.AliasReviewView{
		AliasFormView: af.view(c, af.reviewed(c)), Name: af.draft.Name, Draft: draft, Advice: ruleAdvice(&draft.Route),
		Request: p.aliasRequest(c, af), JSON: string(text),
	}
	if err := p.sample(c, view.Form, af.deed()); err != nil {
		return err
	}
	title := "aliases.new"
	if af.stored != nil {
		title = "aliases.edit_title"
	}
	frame := p.frame(c, title)
	frame.Path = view.Base + "/new?function=" + af.function.ID
	if af.stored != nil {
		frame.Path = view.Base + "/" + af.stored.ID + "/edit"
	}
	return p.render(c, http.StatusOK, templates.AliasReview(frame, view))
}

// reviewed is the form with everything out of sight: what is looked over is what
// is sent.
func (af *aliasForm) reviewed(c echo.Context) *form.Form {
	f := &form.Form{ID: templates.AliasFormID, Action: aliasesPath(c), Values: af.values, Guard: true, Unsaved: true}
	if af.stored != nil {
		f.Post = f.Action + "/" + af.stored.ID
	}
	for _, name := range slices.Sorted(maps.Keys(af.values)) {
		if name != "op" && !templates.OfSample(name) {
			f.Hidden = append(f.Hidden, form.Hidden{Name: name, Value: af.values.Get(name)})
		}
	}
	return f
}

// aliasRequest is the method and path of what is sent.
func (p *pages) aliasRequest(c echo.Context, af *aliasForm) string {
	path := "/v2/" + project(c).ID + "/fgs/functions/" + p.functionURN(c, &af.function, "") + "/aliases"
	if af.stored == nil {
		return http.MethodPost + " " + path
	}
	return http.MethodPut + " " + path + "/" + af.stored.Name
}

// state is what the draft would make of the alias.
func (af *aliasForm) state() templates.AliasState {
	route, _ := af.route()
	return templates.AliasState{Description: *af.draft.Description, Route: route}
}

// saveAlias makes or changes the alias.
func (p *pages) saveAlias(c echo.Context) error {
	af, err := p.readAlias(c)
	if err != nil {
		return err
	}
	alias, done, err := api.Alias{}, "aliases.created", error(nil)
	if ctx, s := c.Request().Context(), p.scope(c); af.stored == nil {
		alias, err = p.Service.CreateAlias(ctx, s, af.function.ID, af.draft)
	} else {
		done = "aliases.saved"
		alias, err = p.Service.UpdateAlias(ctx, s, af.stored.ID, af.draft, readVersion(af.values.Get(aliasRecord)))
	}
	if err != nil {
		return p.refuseAlias(c, af, err)
	}
	p.flash(c, api.M(done, "name", alias.Name))
	return redirect(c, aliasesPath(c)+"/"+alias.ID)
}

// refuseAlias shows the form again with what is wrong, and everything that was
// typed. Errors that are not about the form go on to the error page.
func (p *pages) refuseAlias(c echo.Context, af *aliasForm, err error) error {
	if e := domainError(err); e.Code == api.Conflict && len(e.Problems) == 0 && af.stored != nil {
		return p.showAliasConflict(c, af)
	}
	problems, err := faults(err)
	if err != nil {
		return err
	}
	return p.showAliasForm(c, http.StatusUnprocessableEntity, af, aliasState{problems: problems, refused: true, unsaved: true})
}
