package handlers

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"switchboard/internal/api"
	"switchboard/web/templates"
)

// listServiceConnections is what connects to the service.
func (p *pages) listServiceConnections(c echo.Context) error {
	service, err := p.serviceView(c)
	if err != nil {
		return err
	}
	view := templates.ServiceConnectionsView{
		EndpointServiceView: service, Search: strings.TrimSpace(c.QueryParam("q")), Query: serviceConnectionQuery(c.QueryParams()),
	}
	view.Page, err = p.Service.ListServiceConnections(c.Request().Context(), p.scope(c), service.Service.ID, view.Query)
	if err != nil {
		return err
	}
	return p.renderList(c, "endpoints", templates.ServiceConnections(p.serviceFrame(c, service), view))
}

// serviceConnectionQuery reads a list's state from the URL. What is searched for
// is the id of a connection, which has four hyphens, or an account.
func serviceConnectionQuery(v url.Values) api.EndpointQuery {
	q := api.EndpointQuery{Cursor: v.Get("cursor")}
	q.Sort, q.Desc = sorting(v, api.EndpointSorts)
	q.Uncovered = v.Get("state") == templates.Uncovered
	if state := api.EndpointState(v.Get("state")); slices.Contains([]api.EndpointState{api.EndpointPending, api.EndpointAccepted, api.EndpointRejected}, state) {
		q.State = state
	}
	if text := strings.TrimSpace(v.Get("q")); strings.Count(text, "-") == 4 {
		q.ID = text
	} else if text != "" {
		q.Accounts = []string{api.BareAccount(text)}
	}
	return q
}

func (p *pages) acceptConnection(c echo.Context) error {
	return p.judgeConnection(c, p.Service.AcceptConnection, "whitelist.accepted")
}

func (p *pages) rejectConnection(c echo.Context) error {
	return p.judgeConnection(c, p.Service.RejectConnection, "whitelist.rejected")
}

// judgeConnection accepts or rejects the connection whose button was pressed. In
// the list after a removal it takes the place of its line.
func (p *pages) judgeConnection(c echo.Context, judge func(ctx context.Context, s api.Scope, service, endpoint string) (api.Endpoint, error), done string) error {
	view, err := p.serviceView(c)
	if err != nil {
		return err
	}
	endpoint, err := judge(c.Request().Context(), p.scope(c), view.Service.ID, c.FormValue("only"))
	if e := domainError(err); err != nil && (e.Code == api.Forbidden || e.Code == api.Conflict || e.Code == api.Invalid) {
		p.flashKind(c, templates.Failure, e.Message)
		return p.afterJudging(c, view)
	} else if err != nil {
		return err
	}
	if wantedFragment(c.Request()) == templates.AliveID(endpoint.ID) {
		return p.render(c, http.StatusOK, templates.AliveLine(view, &endpoint, false))
	}
	p.flash(c, api.M(done, "account", endpoint.Account))
	return p.afterJudging(c, view)
}

// afterJudging leads back to where a connection was judged: after a removal, to
// what that left behind.
func (p *pages) afterJudging(c echo.Context, view templates.EndpointServiceView) error {
	if removed := p.heldRemoval(c, view.Service.ID); len(removed) > 0 {
		return p.showRemoved(c, view, removed)
	}
	return redirect(c, backTo(c, view.Path()+"/connections"))
}
