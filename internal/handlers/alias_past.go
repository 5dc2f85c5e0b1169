package handlers

import (
	"context"
	"net/http"

	"github.com/labstack/echo/v4"

	"switchboard/internal/api"
	"switchboard/internal/locale"
	"switchboard/web/templates"
)

// showAliasHistory is what was changed at an alias, with the way back to each
// state.
func (p *pages) showAliasHistory(c echo.Context) error {
	alias, err := p.aliasView(c)
	if err != nil {
		return err
	}
	view := templates.AliasHistoryView{AliasView: alias}
	if view.History, err = p.history(c, alias.Path()+"/history", alias.Alias.ID, historyChanges, api.KindAlias); err != nil {
		return err
	}
	view.History.Back = alias.Back
	return p.render(c, http.StatusOK, templates.AliasHistoryPage(p.namedFrame(c, alias.Alias.Name), view))
}

// pastView is the state after the change of the path, as a draft and for people.
func (p *pages) pastView(c echo.Context) (view templates.AliasPastView, d api.AliasDraft, err error) {
	ctx, s := c.Request().Context(), p.scope(c)
	if view.AliasView, err = p.aliasView(c); err != nil {
		return view, d, err
	}
	id := view.Alias.ID
	if d, err = p.Service.PastAlias(ctx, s, id, c.Param("change")); err != nil {
		return view, d, err
	}
	if view.Change, err = p.change(ctx, s, id, c.Param("change")); err != nil {
		return view, d, err
	}
	view.Review, err = p.aliasReview(c, &view.Alias, d)
	return view, d, err
}

// change finds a change of an alias: the one after that before it.
func (p *pages) change(ctx context.Context, s api.Scope, alias, id string) (api.Change, error) {
	before, err := p.Service.Changes(ctx, s, api.KindAlias, alias, id, 1)
	if err != nil {
		return api.Change{}, err
	}
	cursor := "+"
	if len(before) > 0 {
		cursor += before[0].ID
	}
	found, err := p.Service.Changes(ctx, s, api.KindAlias, alias, cursor, 1)
	if err == nil && (len(found) == 0 || found[0].ID != id) {
		err = api.Errorf(api.NotFound, "alias.past_not_found")
	}
	if err != nil {
		return api.Change{}, err
	}
	return found[0], nil
}

// confirmRollBack shows what bringing the state after a change back would
// change, and whether it can be brought back at all.
func (p *pages) confirmRollBack(c echo.Context) error {
	view, d, err := p.pastView(c)
	if err != nil {
		return err
	}
	alias := &view.Alias
	err = p.Service.ValidateAlias(c.Request().Context(), p.scope(c), alias.Function.ID, alias.ID, d)
	if view.Problems, err = faults(err); err != nil {
		return err
	}
	return p.renderPast(c, http.StatusOK, view, d)
}

// rollBack brings the state after a change back, if the alias is still what was
// seen.
func (p *pages) rollBack(c echo.Context) error {
	view, d, err := p.pastView(c)
	if err != nil {
		return err
	}
	seen := readVersion(c.FormValue("version"))
	if seen != view.Alias.Version {
		view.Changed = true
		return p.renderPast(c, http.StatusUnprocessableEntity, view, d)
	}
	_, err = p.Service.UpdateAlias(c.Request().Context(), p.scope(c), view.Alias.ID, d, seen)
	if view.Problems, err = faults(err); err != nil {
		return err
	}
	if view.Problems != nil {
		return p.renderPast(c, http.StatusUnprocessableEntity, view, d)
	}
	p.flash(c, api.M("past.done", "name", view.Alias.Name, "at", locale.FullTime(view.Change.At)))
	return redirect(c, view.Path())
}

func (p *pages) renderPast(c echo.Context, status int, view templates.AliasPastView, d api.AliasDraft) error {
	frame := p.frame(c, "past.title")
	if err := p.sampleActions(c, &frame, does(api.Message{}, api.UpdateAlias{ID: view.Alias.ID, Draft: d, Version: view.Alias.Version})); err != nil {
		return err
	}
	return p.render(c, status, templates.AliasPast(frame, view))
}

// aliasReview is what a draft would make of an alias, for people.
func (p *pages) aliasReview(c echo.Context, alias *api.Alias, d api.AliasDraft) (templates.AliasReviewView, error) {
	af := &aliasForm{
		stored: alias, draft: d, function: api.Function{ID: alias.Function.ID, Package: alias.Function.Package, Name: alias.Function.Name},
	}
	draft := af.state()
	text, err := p.AliasJSON(true, d)
	return templates.AliasReviewView{
		AliasFormView: af.view(c, nil), Name: alias.Name, Draft: draft, Advice: ruleAdvice(&draft.Route), Request: p.aliasRequest(c, af), JSON: string(text),
	}, err
}
