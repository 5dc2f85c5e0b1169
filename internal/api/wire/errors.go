package wire

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"runtime/debug"
	"strings"

	"github.com/labstack/echo/v4"

	"switchboard/internal/api"
)

// reply is an error in the form in which it is sent.
type reply struct {
	status int
	body   any
}

// Error describes r for logs.
func (r *reply) Error() string { return fmt.Sprintf("wire: answered %d: %+v", r.status, r.body) }

// number is how a service numbers an error.
type number struct {
	status int
	code   string
}

// gatewayBody is the form of what the cloud's gateway refuses before any
// service sees it (spec/iam.md §4).
type gatewayBody struct {
	Msg       string `json:"error_msg"`
	Code      string `json:"error_code"`
	RequestID string `json:"request_id"`
}

func gateway(c echo.Context, status int, code, text string) *reply {
	return &reply{status, gatewayBody{text, code, requestID(c)}}
}

// family is a set of routes whose errors have one shape.
type family struct {
	*server
	shape func(c echo.Context, err error) *reply
}

// open serves anybody. Every route passes here: what h returns, or panics
// with, leaves as a reply.
func (f family) open(h echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) (err error) {
		defer func() {
			if p := recover(); p != nil {
				if cut, ok := p.(error); ok && errors.Is(cut, http.ErrAbortHandler) {
					panic(p) // net/http's own way to cut an answer short
				}
				err = fmt.Errorf("panic: %v\n%s", p, debug.Stack())
			}
			if err != nil {
				err = f.shaped(c, err)
			}
		}()
		return h(c)
	}
}

func (f family) shaped(c echo.Context, err error) error {
	if r, ok := errors.AsType[*reply](err); ok {
		return r
	}
	f.report(c, err)
	return f.shape(c, err)
}

// report logs what is our fault.
func (s *server) report(c echo.Context, err error) {
	ctx := c.Request().Context()
	if api.CodeOf(err) != api.Internal || errors.Is(ctx.Err(), context.Canceled) {
		return
	}
	s.Log.ErrorContext(ctx, "wire: request failed", "method", c.Request().Method, "route", c.Path(),
		"request_id", requestID(c), "error", err.Error())
}

// fail is echo's error handler: every error ends here, and every answer is
// JSON.
func (s *server) fail(err error, c echo.Context) {
	if c.Response().Committed {
		return
	}
	r, ok := errors.AsType[*reply](err)
	switch {
	case ok:
	case errors.Is(err, echo.ErrNotFound), errors.Is(err, echo.ErrMethodNotAllowed):
		r = gateway(c, http.StatusNotFound, "APIGW.0101", "The API does not exist: "+c.Request().Method+" "+c.Request().URL.Path)
	default:
		s.report(c, err)
		r = gateway(c, http.StatusInternalServerError, "APIGW.0200", "Internal error")
	}
	if err := answer(c, r.status, r.body); err != nil {
		s.report(c, err)
	}
}

// statuses are the plain HTTP statuses of errors, for the services that have
// no numbers of their own.
var statuses = map[api.Code]int{
	api.Invalid:      http.StatusBadRequest,
	api.CheckFailed:  http.StatusInternalServerError,
	api.Unauthorised: http.StatusUnauthorized,
	api.Forbidden:    http.StatusForbidden,
	api.Approval:     http.StatusForbidden,
	api.NotFound:     http.StatusNotFound,
	api.Conflict:     http.StatusConflict,
	api.Limit:        http.StatusBadRequest, // too many links: clients repeat what is answered 429
	api.Unavailable:  http.StatusServiceUnavailable,
	api.Internal:     http.StatusInternalServerError,
}

// messageOf is what a person is told of err: nothing of what broke inside.
func messageOf(c echo.Context, err error) string {
	if e, ok := errors.AsType[*api.Error](err); ok && e.Code != api.Internal {
		return say(c, e.Message)
	}
	return say(c, api.M("wire.internal", "request", requestID(c)))
}

// flatBody is the form of the errors of DLI, FunctionGraph and CSBS. The request
// id is in a header.
type flatBody struct {
	Code    string `json:"error_code"`
	Message string `json:"error_msg"`
}

func flatReply(n number, text string) *reply {
	return &reply{n.status, flatBody{n.code, text}}
}

// flatError gives err the flat form: its number, and a text that names every field
// that is wrong as the dialect calls it.
func flatError(c echo.Context, err error, internal number, numberOf func(*api.Error) number, field func(path string) string) *reply {
	e, ok := errors.AsType[*api.Error](err)
	if !ok || e.Code == api.Internal {
		return flatReply(internal, messageOf(c, err))
	}
	if len(e.Problems) == 0 {
		return flatReply(numberOf(e), say(c, e.Message))
	}
	texts := make([]string, len(e.Problems))
	for i, p := range e.Problems {
		texts[i] = sentence(field(p.Path), say(c, p.Message), "", "")
	}
	return flatReply(numberOf(e), strings.Join(texts, " "))
}
