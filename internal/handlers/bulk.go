package handlers

import (
	"context"
	"net/http"

	"github.com/a-h/templ"
	"github.com/labstack/echo/v4"

	"switchboard/internal/api"
	"switchboard/internal/locale"
	"switchboard/web/templates"
)

// deed is something that is done to many things, and the messages that tell of
// it.
type deed struct {
	title string // of the page that tells what became of each
	done  string // of what a thing is now: "Enabled"
	one   string // of what is said about a single thing that was meant; its argument is name
	gone  bool   // what is done is gone
	final bool   // it cannot be taken back, or extra says how
	// extra is what else there is to say or to offer, such as the way back; nil
	// if nothing.
	extra func() (templ.Component, error)
}

// toMany does something to every selected thing and tells what became of each.
func (sh *shelf[T, Q]) toMany(c echo.Context, d deed, do func(context.Context, api.Scope, *T) error) error {
	sel, err := sh.selection(c)
	if err != nil {
		return err
	}
	s := sh.scope(c)
	outcomes, err := api.Each(c.Request().Context(), sh.find(c), s, sel, func(ctx context.Context, item *T) error {
		return do(ctx, s, item)
	})
	if len(outcomes) == 0 {
		return sh.refuseSelection(c, err)
	}
	return sh.showOutcomes(c, d, outcomes, err)
}

// showOutcomes tells what became of each thing, and that it ended early if
// something broke. A single one that was meant by its own button, and was done,
// is told of on the page that one came from.
func (sh *shelf[T, Q]) showOutcomes(c echo.Context, d deed, outcomes []api.Outcome, broken error) error {
	if broken != nil {
		sh.logBroken(c, broken)
	}
	if c.FormValue("only") != "" && outcomes[0].Err != nil && outcomes[0].Err.Code == api.Approval {
		return outcomes[0].Err // leads to the request
	}
	if c.FormValue("only") != "" && outcomes[0].Err == nil {
		sh.flashUndo(c, api.M(d.one, "name", outcomes[0].Name))
		return redirect(c, backPath(c))
	}
	view := templates.OutcomeView{
		Collection: sh.where(c), Back: backPath(c), Rows: outcomes,
		Done: locale.T(localised(c), d.done), Gone: d.gone, Broken: broken != nil,
	}
	if d.extra != nil {
		var err error
		if view.Extra, err = d.extra(); err != nil {
			return err
		}
	}
	if !d.final {
		view.Undo = sh.wayBackOf(c, outcomes)
	}
	frame := sh.frame(c, d.title)
	frame.Path = view.Back
	return sh.render(c, http.StatusOK, templates.Outcome(frame, view))
}
