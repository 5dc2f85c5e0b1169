package handlers

import (
	"cmp"
	"net/http"
	"net/url"
	"time"

	"github.com/labstack/echo/v4"

	"switchboard/internal/api"
	"switchboard/web/templates"
)

// auditRoutes are the pages of the audit log: of a project, with the way back, and
// of the whole console.
func (p *pages) auditRoutes(in, project *echo.Group) {
	for _, g := range []*echo.Group{in, project} {
		log := g.Group("/" + templates.SectionAudit)
		log.GET("", p.listAudit)
		log.POST("/export", p.exportAudit)
		log.GET("/:change", p.showAuditEntry)
	}
	log := project.Group("/" + templates.SectionAudit)
	log.GET("/:change/roll-back", p.askReverse, p.editor)
	log.POST("/:change/roll-back", p.reverse, p.editor)
	log.POST("/undo", p.undoBatch, p.editor)
}

// auditPath is the path of the audit log: the project's, or that of all.
func auditPath(c echo.Context) string {
	if project(c) == nil {
		return "/" + templates.SectionAudit
	}
	return sectionPath(c, templates.SectionAudit)
}

// auditScope is where the log is asked for: in the project of the path, or in all.
func (p *pages) auditScope(c echo.Context) api.Scope {
	if project(c) == nil {
		return api.Scope{Actor: p.actor(c)}
	}
	return p.scope(c)
}

func (p *pages) listAudit(c echo.Context) error {
	view := templates.AuditListView{Base: auditPath(c), Query: auditQuery(c.QueryParams())}
	var err error
	if view.Page, err = p.Audit.SearchAudit(c.Request().Context(), p.auditScope(c), view.Query); err != nil {
		return err
	}
	if project(c) != nil {
		return p.renderList(c, templates.SectionAudit, templates.AuditList(p.frame(c, "audit.title"), view))
	}
	if view.Project, err = p.projectNames(c); err != nil {
		return err
	}
	return p.render(c, http.StatusOK, templates.AuditList(p.frame(c, "audit.title"), view)) // views are kept in a project
}

// projectNames names projects by their ids.
func (p *pages) projectNames(c echo.Context) (func(id string) string, error) {
	projects, err := p.Identity.Projects(c.Request().Context(), currentSession(c).User)
	names := make(map[string]string, len(projects))
	for i := range projects {
		names[projects[i].ID] = projects[i].Name
	}
	return func(id string) string { return cmp.Or(names[id], id) }, err
}

// auditQuery reads what the log is filtered by; what makes no sense there is left
// out.
func auditQuery(v url.Values) api.AuditQuery {
	q := api.AuditQuery{
		Text: v.Get("q"), Kind: api.Kind(v.Get("kind")), Action: v.Get("action"), User: v.Get("user"), Way: api.Way(v.Get("way")),
		Object: v.Get("object"), From: day(v.Get("from")), Cursor: v.Get("cursor"),
	}
	if until := day(v.Get("until")); !until.IsZero() {
		q.Until = until.AddDate(0, 0, 1).Add(-time.Microsecond)
	}
	return q
}

// showAuditEntry is one entry, and whether it can be taken back.
func (p *pages) showAuditEntry(c echo.Context) error {
	change, err := p.Audit.AuditEntry(c.Request().Context(), p.auditScope(c), c.Param("change"))
	if err != nil {
		return err
	}
	view := templates.AuditEntryView{Base: auditPath(c), Change: change}
	if project(c) != nil {
		view.Object = hrefOf(c)(change)
		err = p.wayBack(c, &view)
	} else if change.Project != "" {
		view.Project, err = p.auditProject(c, &change)
	}
	if err != nil {
		return err
	}
	return p.render(c, http.StatusOK, templates.AuditEntry(p.namedFrame(c, templates.ChangeTitle(localised(c), &change)), view))
}

// wayBack says whether the change can be taken back, and where or why not.
func (p *pages) wayBack(c echo.Context, view *templates.AuditEntryView) error {
	_, err := p.Service.Reverse(c.Request().Context(), p.scope(c), view.Change.ID, nil)
	switch e := domainError(err); {
	case err == nil:
		view.RollBack = rollBackPath(c, view.Change.ID)
	case e.Code == api.Invalid:
		view.Why = e.Message
	case e.Code == api.Internal:
		return err
	}
	return nil
}

// auditProject is the project that a change was made in, with the entry in its log
// as its address.
func (p *pages) auditProject(c echo.Context, change *api.Change) (templates.ProjectView, error) {
	name, err := p.projectNames(c)
	return templates.ProjectView{Name: name(change.Project), Href: "/p/" + change.Project + "/" + templates.SectionAudit + "/" + change.ID}, err
}

func rollBackPath(c echo.Context, change string) string {
	return auditPath(c) + "/" + change + "/roll-back"
}
