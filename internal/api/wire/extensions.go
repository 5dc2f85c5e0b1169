package wire

import (
	"errors"
	"net/http"

	"github.com/labstack/echo/v4"

	"switchboard/internal/api"
)

// The extensions under /switchboard/v1 are what the dialect lacks, in the
// terms of package api.

// listConnectors answers GET /switchboard/v1/connectors: the catalogue.
func (s *server) listConnectors(c echo.Context, _ caller) error {
	return answerBytes(c, http.StatusOK, s.catalogue)
}

// extensionBody is the form of the extensions' errors.
type extensionBody struct {
	Code     string             `json:"code"`
	Message  string             `json:"message"`
	Problems []extensionProblem `json:"problems,omitempty"`
	// Request is the id of the request that was made instead of the change.
	Request string `json:"request,omitempty"`
}

type extensionProblem struct {
	Path    string `json:"path"`
	Message string `json:"message"`
}

func extensionError(c echo.Context, err error) *reply {
	code := api.CodeOf(err)
	body := extensionBody{Code: string(code), Message: messageOf(c, err)}
	if e, ok := errors.AsType[*api.Error](err); ok {
		if code == api.Approval {
			body.Request, _ = e.Message.Args["request"].(string)
		}
		for _, p := range e.Problems {
			body.Problems = append(body.Problems, extensionProblem{p.Path, say(c, p.Message)})
		}
	}
	return &reply{statuses[code], body}
}
