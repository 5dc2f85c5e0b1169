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

// undoBatch takes back all that one request changed, the latest first, and tells
// what became of each.
func (p *pages) undoBatch(c echo.Context) error {
	request := c.FormValue("request")
	changes, err := p.changesOf(c, request)
	if err != nil {
		return err
	}
	if len(changes) == 0 {
		return api.Errorf(api.NotFound, "rollback.nothing_of_request")
	}
	view := templates.OutcomeView{
		Collection: templates.Collection{
			Base: backTo(c, auditPath(c)), ID: "undo", Plain: true, Words: templates.Words{List: "rollback.undo_back", Name: "audit.object"},
		},
		Back: backTo(c, auditPath(c)), Done: locale.T(localised(c), "rollback.undone"),
	}
	ctx := context.WithoutCancel(c.Request().Context()) // once begun it is carried through
	for i := range changes {
		o, err := p.undo(ctx, p.scope(c), &changes[i])
		if err != nil {
			p.logBroken(c, err)
			view.Broken = true
			break
		}
		view.Rows = append(view.Rows, o)
	}
	view.Undo = p.wayBackOf(c, view.Rows)
	frame := p.frame(c, "rollback.undo_title")
	frame.Path = view.Back
	return p.render(c, http.StatusOK, templates.Outcome(frame, view))
}

// undo takes one change back. What broke inside ends it all.
func (p *pages) undo(ctx context.Context, s api.Scope, change *api.Change) (api.Outcome, error) {
	o := api.Outcome{ID: change.ID, Name: change.ObjectName}
	reversal, err := p.Service.Reverse(ctx, s, change.ID, nil)
	switch {
	case err != nil:
	case len(reversal.Asks) > 0:
		err = api.Errorf(api.Invalid, "rollback.asks")
	default:
		err = reversal.Do(ctx, p.Service, s)
	}
	if err != nil {
		if o.Err = domainError(err); o.Err.Code == api.Internal {
			return o, err
		}
	}
	return o, nil
}

// changesOf finds what a request changed in the project, the latest first.
func (p *pages) changesOf(c echo.Context, request string) ([]api.Change, error) {
	var found []api.Change
	if request == "" {
		return nil, nil
	}
	q := api.AuditQuery{Text: request, Limit: api.MaxPage}
	for {
		page, err := p.Audit.SearchAudit(c.Request().Context(), p.scope(c), q)
		if err != nil {
			return nil, err
		}
		for i := range page.Items {
			if page.Items[i].Actor.RequestID == request {
				found = append(found, page.Items[i])
			}
		}
		if q.Cursor = page.Next; q.Cursor == "" || len(found) > api.MaxSelection {
			return found, nil
		}
	}
}

// wayBackOf offers to take back what this request did, if it did anything.
func (p *pages) wayBackOf(c echo.Context, outcomes []api.Outcome) templ.Component {
	for i := range outcomes {
		if outcomes[i].Err == nil {
			return templates.UndoBatch(auditPath(c)+"/undo", requestID(c), backTo(c, auditPath(c)))
		}
	}
	return nil
}
