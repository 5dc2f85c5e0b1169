package handlers

import (
	"net/http"
	"net/url"
	"slices"

	"github.com/labstack/echo/v4"

	"switchboard/web/templates"
)

// showAliasConflict shows what somebody else saved meanwhile. What was left alone
// in the form becomes what is saved; what both changed stands side by side.
// Saving again replaces that: the form now carries the version that was seen.
func (p *pages) showAliasConflict(c echo.Context, af *aliasForm) error {
	ctx, stored := localised(c), af.stored
	typed, theirs := af.state(), templates.AliasState{Description: stored.Description, Route: stored.Route}
	base := af.base()
	af.takeOver(base)
	changed := &templates.LinkChanged{
		By: stored.Updated.By, At: stored.Updated.At,
		Taken:  templates.AliasDifferences(ctx, typed, af.state()),
		Fields: templates.AliasDifferences(ctx, af.state(), theirs),
	}
	if base != nil {
		others := templates.AliasDifferences(ctx, *base, theirs)
		changed.Fields = slices.DeleteFunc(changed.Fields, func(d templates.Difference) bool {
			return !slices.ContainsFunc(others, func(other templates.Difference) bool { return other.Label == d.Label })
		})
	}
	return p.showAliasForm(c, http.StatusUnprocessableEntity, af, aliasState{refused: true, unsaved: true, changed: changed})
}

// base is what the form began with, nil if it does not say.
func (af *aliasForm) base() *templates.AliasState {
	values, err := url.ParseQuery(af.values.Get(aliasBase))
	if err != nil || len(values) == 0 {
		return nil
	}
	began := aliasForm{values: values, function: af.function, stored: af.stored}
	began.readDraft()
	return new(began.state())
}

// takeOver takes what is as the form began with from what is saved now: the
// description, the main version, and how requests are shared, which is one thing:
// half of it would mean something else beside another half.
func (af *aliasForm) takeOver(base *templates.AliasState) {
	now, mine := aliasValues(af.stored, af.versions), af.state()
	af.values.Set(aliasRecord, now.Get(aliasRecord))
	af.values.Set(aliasBase, now.Get(aliasBase))
	if base == nil {
		return
	}
	if mine.Description == base.Description {
		af.values.Set("description", now.Get("description"))
	}
	if mine.Route.Main == base.Route.Main {
		af.values.Set("version", now.Get("version"))
	}
	if templates.SameShare(&mine.Route, &base.Route) {
		setRoute(af.values, &af.stored.Route)
		offerAdditional(af.values, af.versions)
	}
	af.rules = nil
	af.readDraft()
}
