package handlers

import (
	"errors"
	"log/slog"
	"net/http"
	"net/url"

	"github.com/labstack/echo/v4"

	"switchboard/internal/api"
	"switchboard/internal/locale"
	"switchboard/web/templates"
)

// statuses is the one table from codes to HTTP.
var statuses = map[api.Code]int{
	api.Invalid:      http.StatusUnprocessableEntity,
	api.CheckFailed:  http.StatusUnprocessableEntity,
	api.Unauthorised: http.StatusUnauthorized,
	api.Forbidden:    http.StatusForbidden,
	api.Approval:     http.StatusForbidden,
	api.NotFound:     http.StatusNotFound,
	api.Conflict:     http.StatusConflict,
	api.Limit:        http.StatusTooManyRequests,
	api.Unavailable:  http.StatusServiceUnavailable,
	api.Internal:     http.StatusInternalServerError,
	tooLarge:         http.StatusRequestEntityTooLarge,
}

// tooLarge is the one error that only a page can have.
const tooLarge api.Code = "too_large"

// showError is where every error that a handler returned ends: as a page that
// says what happened and what to do. What broke inside is logged, not shown.
func (p *pages) showError(err error, c echo.Context) {
	if c.Response().Committed {
		return
	}
	e := domainError(err)
	if request, here := requestOf(c, e); here {
		p.leadToRequest(c, request)
		return
	}
	gone := c.Request().Context().Err() != nil // nobody waits for an answer
	if e.Code == api.Internal && !gone {
		p.logBroken(c, err)
	}
	title := "error_page." + string(e.Code)
	view := templates.ErrorView{
		Status: statuses[e.Code], Advice: locale.Msg(localised(c), e.Message), SignIn: e.Code == api.Unauthorised,
	}
	switch here := project(c); {
	case here == nil:
	case e.Code == api.Conflict && here.Changeable() != nil:
		title = "error_page.archived"
	case e.Code == api.Forbidden:
		view.Roles = peopleSettingsPath(c)
	}
	view.Title = locale.T(localised(c), title)
	if err := p.render(c, view.Status, templates.Error(p.frame(c, title), view)); err != nil && !gone {
		p.Log.Error("error page failed", slog.Any("error", err), slog.String("request_id", requestID(c)))
	}
}

// requestOf is the page of the request that was made instead of a change.
func requestOf(c echo.Context, e *api.Error) (page string, made bool) {
	id, _ := e.Message.Args["request"].(string)
	if e.Code != api.Approval || id == "" || project(c) == nil {
		return "", false
	}
	return requestsPath(c) + "/" + url.PathEscape(id), true
}

// leadToRequest goes on with the request, whose page says what comes next.
func (p *pages) leadToRequest(c echo.Context, page string) {
	p.flashKind(c, templates.Info, api.M("request.asked"))
	var err error
	if isHTMX(c.Request()) {
		c.Response().Header().Set("HX-Redirect", page)
		err = c.NoContent(http.StatusOK)
	} else {
		err = c.Redirect(http.StatusSeeOther, page)
	}
	if err != nil {
		p.logBroken(c, err)
	}
}

// logBroken writes down what broke inside while a request was answered.
func (p *pages) logBroken(c echo.Context, err error) {
	p.Log.Error("request failed", slog.Any("error", err), slog.String("request_id", requestID(c)),
		slog.String("method", c.Request().Method), slog.String("path", c.Request().URL.Path))
}

// domainError reads any error as one of the domain's: echo's own are about
// paths, methods and bodies.
func domainError(err error) *api.Error {
	if e, ok := errors.AsType[*api.Error](err); ok {
		return e
	}
	if e, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return api.Errorf(tooLarge, "error.too_large", "max", e.Limit>>20)
	}
	if e, ok := errors.AsType[*echo.HTTPError](err); ok {
		switch {
		case e.Code == http.StatusNotFound || e.Code == http.StatusMethodNotAllowed:
			return api.Errorf(api.NotFound, "error.not_found")
		case e.Code < http.StatusInternalServerError:
			return api.Errorf(api.Invalid, "error.bad_request")
		}
	}
	return api.Errorf(api.Internal, "error.internal")
}
