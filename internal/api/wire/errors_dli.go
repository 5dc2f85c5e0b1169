package wire

import (
	"cmp"
	"errors"
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"switchboard/internal/api"
)

// DLI's numbers (spec/connections.md §3). Nearly all are answered 400, also
// that something does not exist.
var (
	dliInvalid     = number{http.StatusBadRequest, "DLI.0001"}
	dliMissing     = number{http.StatusBadRequest, "DLI.0002"}
	dliExists      = number{http.StatusBadRequest, "DLI.0006"}
	dliUnsupported = number{http.StatusBadRequest, "DLI.0007"}
	dliUnavailable = number{http.StatusBadRequest, "DLI.0012"}
	dliSignIn      = number{http.StatusUnauthorized, "DLI.0013"}
	dliRole        = number{http.StatusForbidden, "DLI.0016"}
	dliQuota       = number{http.StatusBadRequest, "DLI.1028"}
	dliBusy        = number{http.StatusServiceUnavailable, "DLI.0999"}
	dliInternal    = number{http.StatusInternalServerError, "DLI.0999"}
)

// dliNumbers numbers the messages of which the code alone says too little.
var dliNumbers = map[string]number{
	"connection.deleted":       dliMissing,
	"connection.name_taken":    dliExists,
	"connection.queue_default": dliUnsupported,
	"connection.queue_unknown": dliMissing,
	"queue.name_default":       dliExists,
	"queue.name_taken":         dliExists,
}

// dliByCode numbers the messages that have none of their own.
var dliByCode = map[api.Code]number{
	api.Invalid:      dliInvalid,
	api.CheckFailed:  dliUnavailable,
	api.Unauthorised: dliSignIn,
	api.Forbidden:    dliRole,
	api.Approval:     dliRole,
	api.NotFound:     dliMissing,
	api.Conflict:     dliUnsupported,
	api.Limit:        dliQuota,
	api.Unavailable:  dliBusy,
}

// dliError gives err the shape of DLI: one number, and a text that names every
// field that is wrong.
func dliError(c echo.Context, err error) *reply {
	e, ok := errors.AsType[*api.Error](err)
	if !ok || e.Code == api.Internal {
		return flatReply(dliInternal, messageOf(c, err))
	}
	n := cmp.Or(dliNumbers[e.Message.Key], dliByCode[e.Code], dliInternal)
	if e.Code != api.Invalid || len(e.Problems) == 0 {
		return flatReply(n, say(c, e.Message))
	}
	texts := make([]string, len(e.Problems))
	for i, p := range e.Problems {
		texts[i] = sentence(p.Path, say(c, p.Message), "", "")
	}
	return flatReply(cmp.Or(dliNumbers[e.Problems[0].Message.Key], n), strings.Join(texts, " "))
}
