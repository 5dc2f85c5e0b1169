package handlers

import (
	"cmp"
	"net/http"
	"net/url"

	"github.com/labstack/echo/v4"

	"switchboard/internal/api"
	"switchboard/internal/locale"
	"switchboard/web/templates"
)

// askReverse shows what taking a change back would change of what is there now.
func (p *pages) askReverse(c echo.Context) error {
	reversal, err := p.Service.Reverse(c.Request().Context(), p.scope(c), c.Param("change"), nil)
	if err != nil {
		return p.refuseReverse(c, err)
	}
	view := templates.RollBackView{Reversal: reversal, Form: templates.RollBackForm(localised(c), &reversal)}
	return p.renderReverse(c, http.StatusOK, view)
}

// refuseReverse says why a change cannot be taken back.
func (p *pages) refuseReverse(c echo.Context, err error) error {
	e := domainError(err)
	if e.Code != api.Invalid {
		return err
	}
	change, failed := p.Audit.AuditEntry(c.Request().Context(), p.scope(c), c.Param("change"))
	if failed != nil {
		return failed
	}
	view := templates.AuditEntryView{Base: auditPath(c), Change: change, Why: e.Message}
	return p.render(c, http.StatusUnprocessableEntity, templates.RollBackRefused(p.frame(c, "rollback.title"), view))
}

func (p *pages) renderReverse(c echo.Context, status int, view templates.RollBackView) error {
	view.Log = auditPath(c)
	view.Form.Action = view.Path()
	frame := p.frame(c, "rollback.title")
	frame.Path = view.Path()
	if d := view.Reversal.Deed; d != nil {
		var err error
		about := d.About()
		if frame.Approval, err = p.Requests.NeedsApproval(c.Request().Context(), p.scope(c), about.Kind, about.Action); err != nil {
			return err
		}
		if err := p.sampleActions(c, &frame, does(api.Message{}, d)); err != nil {
			return err
		}
	}
	return p.render(c, status, templates.RollBack(frame, view))
}

// reverse takes a change back, if the object is still what was seen. It is a change
// like any other: it may have to be approved first.
func (p *pages) reverse(c echo.Context) error {
	values, err := formValues(c)
	if err != nil {
		return err
	}
	ctx, s := c.Request().Context(), p.scope(c)
	asked, err := p.Service.Reverse(ctx, s, c.Param("change"), nil)
	if err != nil {
		return p.refuseReverse(c, err)
	}
	view := templates.RollBackView{Reversal: asked, Form: templates.RollBackForm(localised(c), &asked)}
	view.Changed = values.Get("seen") != templates.RollBackSeen(&asked)
	secrets := p.reverseSecrets(c, values, &view)
	if view.Changed {
		return p.renderReverse(c, http.StatusUnprocessableEntity, view)
	}
	reversal := asked
	if len(secrets) > 0 {
		if reversal, err = p.Service.Reverse(ctx, s, c.Param("change"), secrets); err != nil {
			return p.refuseReverse(c, err)
		}
	}
	problems, err := faults(reversal.Do(ctx, p.Service, s))
	switch {
	case err != nil:
		return err
	case problems != nil:
		view.Form.Problems, view.Form.Refused = problems, true
		return p.renderReverse(c, http.StatusUnprocessableEntity, view)
	}
	return p.afterReverse(c, &reversal)
}

// reverseSecrets reads the secrets that were typed; they come back sealed.
func (p *pages) reverseSecrets(c echo.Context, values url.Values, view *templates.RollBackView) map[string]api.Secret {
	secrets := map[string]api.Secret{}
	for i, path := range view.Reversal.Asks {
		if typed := p.typedSecret(c, values, path, false); typed != "" {
			secrets[path] = api.NewSecret(typed)
			view.Form.Sections[0].Fields[i].Held = p.hold(c, path, typed)
		}
	}
	return secrets
}

// afterReverse says what was done, with the way to its entry in the log: on the page
// of the object or, if that is gone now, on the list where it was.
func (p *pages) afterReverse(c echo.Context, r *api.Reversal) error {
	done := p.lastChange(c, &r.Change)
	said := "rollback.done"
	switch {
	case r.Then == nil:
		said = "rollback.done_gone"
	case r.Now == nil:
		said = "rollback.done_again"
	}
	entry := auditPath(c) + "/" + done.ID
	p.flashLink(c, templates.Flash{
		Kind: templates.Success, Message: api.M(said, "name", r.Change.ObjectName, "at", locale.FullTime(r.Change.At)),
		Href: entry, Label: api.M("rollback.to_entry"),
	})
	return redirect(c, cmp.Or(hrefOf(c)(done), listOf(c, done.Kind), entry))
}

// lastChange is what this request changed of a kind at last; the change that was taken
// back if the log cannot tell.
func (p *pages) lastChange(c echo.Context, back *api.Change) api.Change {
	for _, change := range p.changesHere(c) {
		if change.Kind == back.Kind {
			return change
		}
	}
	return *back
}

// changesHere are the changes of this request, the latest first. What they tell of has
// happened, so that a log which does not answer never fails it.
func (p *pages) changesHere(c echo.Context) []api.Change {
	changes, err := p.changesOf(c, requestID(c))
	if err != nil {
		p.logBroken(c, err)
	}
	return changes
}

// flashUndo says what was done, and leads to the question whether to take it back if
// that can be done.
func (p *pages) flashUndo(c echo.Context, m api.Message) {
	flash := templates.Flash{Kind: templates.Success, Message: m}
	for _, change := range p.changesHere(c) {
		reversal, err := p.Service.Reverse(c.Request().Context(), p.scope(c), change.ID, nil)
		if err == nil && (reversal.Deed != nil || len(reversal.Asks) > 0) {
			flash.Href, flash.Label = rollBackPath(c, change.ID), api.M("rollback.undo_one")
			break
		}
	}
	p.flashLink(c, flash)
}
