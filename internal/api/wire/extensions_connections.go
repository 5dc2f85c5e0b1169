package wire

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"switchboard/internal/api"
)

// testConnection answers POST …/connections/test with the body of a create: the
// check of what is not stored. A check that fails is an answer, too.
func (s *server) testConnection(c echo.Context, scope api.Scope) error {
	draft, err := readConnection(c)
	if err != nil {
		return err
	}
	check, err := s.Service.TestConnection(c.Request().Context(), scope, draft)
	if err != nil {
		return err
	}
	return answer(c, http.StatusOK, &check)
}

// diagnoseConnection answers POST …/connections/{id}/diagnose: what can be
// wrong, the likely things first.
func (s *server) diagnoseConnection(c echo.Context, scope api.Scope) error {
	check, err := s.Service.DiagnoseConnection(c.Request().Context(), scope, param(c, "id"))
	if err != nil {
		return err
	}
	return answer(c, http.StatusOK, &check)
}

// tagsJSON is a connection's tags, which the dialect takes but never shows.
type tagsJSON struct {
	Tags []api.Tag `json:"tags"`
}

// connectionTags answers GET …/connections/{id}/tags.
func (s *server) connectionTags(c echo.Context, scope api.Scope) error {
	conn, err := s.Service.Connection(c.Request().Context(), scope, param(c, "id"))
	if err != nil {
		return err
	}
	return answer(c, http.StatusOK, tagsJSON{append([]api.Tag{}, conn.Tags...)})
}

// tagConnection answers PUT …/connections/{id}/tags {"tags": [{"key", "value"}]}:
// they replace those that are there.
func (s *server) tagConnection(c echo.Context, scope api.Scope) error {
	var body tagsJSON
	if err := decodeBody(c, &body); err != nil {
		return err
	}
	if body.Tags == nil { // not sent is not the same as none
		return api.Errorf(api.Invalid, "wire.body_type", "field", "tags", "want", "array")
	}
	if _, err := s.Service.TagConnection(c.Request().Context(), scope, param(c, "id"), body.Tags, 0); err != nil {
		return err
	}
	return answer(c, http.StatusNoContent, nil)
}
