package wire

import (
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"switchboard/internal/api"
)

// createLink answers POST …/cdm/link (spec/links.md §1.1, §1.2): with
// validate=true it only checks.
func (s *server) createLink(c echo.Context, scope api.Scope) error {
	body, err := readBody(c, maxBody)
	if err != nil {
		return err
	}
	draft, err := readDraft(body, nil)
	if err != nil {
		return err
	}
	draft.Cluster = param(c, "cluster")
	var check *api.Check
	if strings.EqualFold(c.QueryParam("validate"), "true") {
		check, err = s.validateLink(c, scope, draft)
	} else {
		var link api.Link
		link, err = s.Service.CreateLink(c.Request().Context(), scope, draft, s.LinkDepth)
		check = link.Check
	}
	if err != nil {
		return err
	}
	return answer(c, http.StatusOK, validation{draft.Name, checkFindings(c, check)})
}

// validateLink judges a draft as deep as creating it would.
func (s *server) validateLink(c echo.Context, scope api.Scope, draft api.LinkDraft) (*api.Check, error) {
	ctx := c.Request().Context()
	if err := s.Service.ValidateLink(ctx, scope, draft); err != nil || s.LinkDepth == api.Shape {
		return nil, err
	}
	check, err := s.Service.TestLink(ctx, scope, draft)
	if err == nil && check.Status == api.Failed {
		err = &api.Error{Code: api.CheckFailed, Message: api.M("link.check_failed"), Check: &check}
	}
	return &check, err
}

// showLink answers GET …/cdm/link/{name}: a list of one.
func (s *server) showLink(c echo.Context, scope api.Scope) error {
	link, err := s.findLink(c, scope, "wire.link_unknown")
	if err != nil {
		return err
	}
	return answer(c, http.StatusOK, shown(&link))
}

// listLinks answers GET …/cdm/link/all: every link of the cluster, by name;
// ?cname= leaves one connector.
func (s *server) listLinks(c echo.Context, scope api.Scope) error {
	q := api.LinkQuery{Cluster: param(c, "cluster"), Connector: c.QueryParam("cname"), Limit: api.MaxPage}
	return stream(s, c, list[api.Link]{
		head: `{"links":[`,
		page: func(cursor string) (api.Page[api.Link], error) {
			q.Cursor = cursor
			return s.Service.ListLinks(c.Request().Context(), scope, q)
		},
		encode: func(l *api.Link) any { return encodeLink(l) },
		tail:   func() string { return "]}" },
	})
}

// updateLink answers PUT …/cdm/link/{name}: a full replacement, except that
// secrets that are not sent are kept (spec/links.md §6.5).
func (s *server) updateLink(c echo.Context, scope api.Scope) error {
	body, err := readBody(c, maxBody)
	if err != nil {
		return err
	}
	link, err := s.findLink(c, scope, "wire.update_unknown")
	if err != nil {
		return err
	}
	draft, err := readDraft(body, &link)
	if err != nil {
		return err
	}
	draft.ID, draft.Cluster = link.ID, link.Cluster
	saved, err := s.Service.UpdateLink(c.Request().Context(), scope, draft, s.LinkDepth)
	if err != nil {
		return err
	}
	return answer(c, http.StatusOK, validation{Result: checkFindings(c, saved.Check)})
}

// deleteLink answers DELETE …/cdm/link/{name}. The body must not be empty:
// Terraform decodes it.
func (s *server) deleteLink(c echo.Context, scope api.Scope) error {
	link, err := s.findLink(c, scope, "wire.link_unknown")
	if err != nil {
		return err
	}
	if err := s.Service.DeleteLink(c.Request().Context(), scope, link.ID, 0); err != nil {
		return err
	}
	return answerBytes(c, http.StatusOK, []byte("{}"))
}

// findLink finds the link that the path names; unknown is the message if there
// is none.
func (s *server) findLink(c echo.Context, scope api.Scope, unknown string) (api.Link, error) {
	cluster, name := param(c, "cluster"), param(c, "link")
	missing := api.Errorf(api.NotFound, unknown, "name", name)
	link, err := s.Service.FindLink(c.Request().Context(), scope, cluster, name)
	if api.CodeOf(err) == api.NotFound {
		return api.Link{}, missing
	}
	return link, err
}
