package wire

import (
	"bufio"
	"net/http"

	"github.com/labstack/echo/v4"

	"switchboard/internal/api"
)

// auditRoutes are for what was changed in a project.
func (s *server) auditRoutes(e *echo.Echo) {
	ext := family{s, extensionError}
	serve(e, "SearchAudit", ext.inProject(s.searchAudit))
	serve(e, "ExportAudit", ext.inProject(s.exportAudit))
	serve(e, "ShowAuditEntry", ext.inProject(s.showAuditEntry))
}

// auditQuery reads ?text=&kind=&action=&user=&way=&object=&from=&until=: times
// from one on, and before the other.
func auditQuery(c echo.Context) (api.AuditQuery, error) {
	q := api.AuditQuery{
		Text: c.QueryParam("text"), Kind: api.Kind(c.QueryParam("kind")), Action: c.QueryParam("action"), User: c.QueryParam("user"),
		Way: api.Way(c.QueryParam("way")), Object: c.QueryParam("object"), Cursor: c.QueryParam("cursor"), Limit: pageLimit(c),
	}
	var err error
	if q.From, err = readTime(c, "from"); err == nil {
		q.Until, err = readTime(c, "until")
	}
	return q, err
}

// searchAudit answers GET …/audit: a page of entries, newest first. It may be shorter
// than asked for and lead on with "next".
func (s *server) searchAudit(c echo.Context, scope api.Scope) error {
	q, err := auditQuery(c)
	if err != nil {
		return err
	}
	page, err := s.Audit.SearchAudit(c.Request().Context(), scope, q)
	if err != nil {
		return err
	}
	return answer(c, http.StatusOK, struct {
		Entries []api.AuditLine `json:"entries"`
		Next    string          `json:"next,omitempty"`
		Prev    string          `json:"prev,omitempty"`
	}{each(page.Items, func(change api.Change) api.AuditLine { return api.LineOf(&change) }), page.Next, page.Prev})
}

// showAuditEntry answers GET …/audit/{id}.
func (s *server) showAuditEntry(c echo.Context, scope api.Scope) error {
	change, err := s.Audit.AuditEntry(c.Request().Context(), scope, param(c, "entry"))
	if err != nil {
		return err
	}
	return answer(c, http.StatusOK, api.LineOf(&change))
}

// exportAudit answers GET …/audit/export: all that the query finds, oldest first, as
// JSON, an entry on each line. It is sent as it is read.
func (s *server) exportAudit(c echo.Context, scope api.Scope) error {
	q, err := auditQuery(c)
	if err != nil {
		return err
	}
	to := bufio.NewWriter(c.Response())
	lines := api.NewAuditLines(to)
	c.Response().Header().Set(echo.HeaderContentType, "application/jsonl; charset=utf-8")
	err = s.Audit.ExportAudit(c.Request().Context(), scope, q, func(change api.Change) error { return lines.Add(&change) })
	if err == nil {
		err = to.Flush()
	}
	if err == nil || !c.Response().Committed {
		return err
	}
	s.report(c, err)
	panic(http.ErrAbortHandler) // a part must not look like the whole
}
