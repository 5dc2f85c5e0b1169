package handlers

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"switchboard/internal/api"
	"switchboard/web/templates"
)

// listRequests is the inbox: what the reader can approve, what he asked for, or
// all, as the last word of the path says.
func (p *pages) listRequests(c echo.Context) error {
	ctx, s := c.Request().Context(), p.scope(c)
	view := templates.RequestListView{
		Base: requestsPath(c), Rules: approvalsPath(c), Tab: requestTab(c), Query: requestQuery(c.QueryParams()),
	}
	view.Query.ForMe, view.Query.Mine = view.Tab == templates.RequestsForMe, view.Tab == templates.RequestsMine
	if view.Query.ForMe {
		view.Query.State = ""
	}
	var err error
	if view.Page, err = p.Requests.ListRequests(ctx, s, view.Query); err != nil {
		return err
	}
	if view.Counts, err = p.Requests.CountRequests(ctx, s); err != nil {
		return err
	}
	page := templates.RequestList(p.frame(c, "requests.title"), view)
	if view.Query.ForMe {
		return p.render(c, http.StatusOK, page) // it has no states, which views of the others can be about
	}
	return p.renderList(c, templates.SectionRequests, page)
}

// requestTab is the last word of the list's route.
func requestTab(c echo.Context) string {
	last := c.Path()[strings.LastIndexByte(c.Path(), '/')+1:]
	if last == templates.SectionRequests {
		return templates.RequestsForMe
	}
	return last
}

// requestQuery reads a list's state from the URL; what makes no sense there is
// left out.
func requestQuery(v url.Values) api.RequestQuery {
	q := api.RequestQuery{State: api.RequestState(v.Get("state")), Kind: api.Kind(v.Get("kind")), Cursor: v.Get("cursor")}
	if !slices.Contains(templates.RequestStates, q.State) {
		q.State = ""
	}
	if !slices.Contains(templates.ApprovableKinds(), q.Kind) {
		q.Kind = ""
	}
	return q
}
