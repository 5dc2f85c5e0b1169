package handlers

import (
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"switchboard/internal/api"
	"switchboard/internal/locale"
	"switchboard/web/templates"
	"switchboard/web/templates/form"
)

// shownMoves is how many changes since it was asked for the page of a request
// lists.
const shownMoves = 10

func (p *pages) showRequest(c echo.Context) error {
	r, err := p.Requests.Request(c.Request().Context(), p.scope(c), c.Param("id"))
	if err != nil {
		return err
	}
	view, err := p.requestView(c, &r)
	if err != nil {
		return err
	}
	return p.renderRequest(c, http.StatusOK, view)
}

// requestView is what the page of a request shows to the reader.
func (p *pages) requestView(c echo.Context, r *api.Request) (templates.RequestView, error) {
	actor := p.actor(c)
	view := templates.RequestView{
		Base: requestsPath(c), Request: *r,
		Mine: r.Requester.UserID == actor.UserID, Decides: templates.Offered(localised(c), api.RoleApprover),
		Archived: project(c).Changeable() != nil,
	}
	view.Reason, view.Decision, view.Comment = templates.RequestForms(localised(c), view.Path(), r)
	about := api.Change{Kind: r.About.Kind, Action: string(r.About.Action), ObjectID: r.About.ID, ObjectName: r.About.Name}
	if r.State == api.RequestApplied || r.About.ID != "" && r.About.Action != api.ActionDelete {
		view.Object = hrefOf(c)(about)
	}
	var err error
	if r.Drifted || r.State == api.RequestVoid {
		view.Moved, err = p.movedSince(c, r)
	}
	return view, err
}

// movedSince finds the changes of a request's object since it was asked for.
func (p *pages) movedSince(c echo.Context, r *api.Request) ([]api.Change, error) {
	if r.About.ID == "" {
		return nil, nil
	}
	changes, err := p.Service.Changes(c.Request().Context(), p.scope(c), r.About.Kind, r.About.ID, "", shownMoves)
	for i := range changes {
		if changes[i].At.Before(r.Created) {
			return changes[:i], err
		}
	}
	return changes, err
}

func (p *pages) renderRequest(c echo.Context, status int, view templates.RequestView) error {
	about := &view.Request.About
	frame := p.namedFrame(c, locale.T(localised(c), "requests.about",
		"action", api.M("request_action."+string(about.Action)), "kind", api.M("kind."+string(about.Kind)), "name", about.Name))
	frame.Path = view.Path()
	if view.Going() {
		frame.Refresh = runRefresh
	}
	return p.render(c, status, templates.RequestPage(frame, view))
}

func (p *pages) explainRequest(c echo.Context) error {
	_, err := p.Requests.ExplainRequest(c.Request().Context(), p.scope(c), c.Param("id"), written(c, "reason"))
	return p.afterRequest(c, err, "reason", "requests.explained")
}

func (p *pages) commentRequest(c echo.Context) error {
	_, err := p.Requests.CommentRequest(c.Request().Context(), p.scope(c), c.Param("id"), written(c, "comment"))
	return p.afterRequest(c, err, "comment", "requests.comment_added")
}

func (p *pages) approveRequest(c echo.Context) error {
	_, err := p.Requests.ApproveRequest(c.Request().Context(), p.scope(c), c.Param("id"), c.FormValue("digest"), written(c, "approve"))
	return p.afterRequest(c, err, "approve", "requests.approved")
}

func (p *pages) refuseRequest(c echo.Context) error {
	_, err := p.Requests.RefuseRequest(c.Request().Context(), p.scope(c), c.Param("id"), written(c, "approve"))
	return p.afterRequest(c, err, "approve", "requests.refused")
}

func (p *pages) withdrawRequest(c echo.Context) error {
	_, err := p.Requests.WithdrawRequest(c.Request().Context(), p.scope(c), c.Param("id"))
	return p.afterRequest(c, err, "", "requests.withdrawn")
}

// written is a text that somebody wrote into a field.
func written(c echo.Context, field string) string { return strings.TrimSpace(c.FormValue(field)) }

// afterRequest leads back to the page of the request. What was refused is said
// there: at the form that was sent, with what stands in it, or above the page.
func (p *pages) afterRequest(c echo.Context, err error, field, done string) error {
	path := requestsPath(c) + "/" + c.Param("id")
	if err == nil {
		p.flash(c, api.M(done))
		return redirect(c, path)
	}
	if e := domainError(err); field == "" || e.Code != api.Invalid {
		return p.sayRefusalAt(c, path, err)
	}
	r, failed := p.Requests.Request(c.Request().Context(), p.scope(c), c.Param("id"))
	if failed != nil {
		return failed
	}
	view, failed := p.requestView(c, &r)
	if failed != nil {
		return failed
	}
	refuseNote(map[string]*form.Form{"reason": view.Reason, "comment": view.Comment, "approve": view.Decision}[field], field, c, err)
	return p.renderRequest(c, http.StatusUnprocessableEntity, view)
}

// refuseNote shows at the one text of a form what is wrong with it, whatever the
// service calls the text.
func refuseNote(f *form.Form, field string, c echo.Context, err error) {
	e := domainError(err)
	f.Refused = true
	f.Values.Set(field, c.FormValue(field))
	for _, problem := range e.Problems {
		f.Problems = append(f.Problems, api.Problem{Path: field, Message: problem.Message})
	}
	if len(e.Problems) == 0 {
		f.Problems = []api.Problem{{Path: field, Message: e.Message}}
	}
}
