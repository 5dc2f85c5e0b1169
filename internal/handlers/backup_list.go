package handlers

import (
	"net/http"
	"net/url"
	"slices"
	"time"

	"github.com/labstack/echo/v4"

	"switchboard/internal/api"
	"switchboard/web/templates"
)

// goingRefresh is after how many seconds a browser without JavaScript looks at
// backups that are being made or deleted again.
const goingRefresh = 3

func (p *pages) listBackups(c echo.Context) error {
	ctx, s := c.Request().Context(), p.scope(c)
	view := templates.BackupListView{Base: backupsPath(c), Query: backupQuery(c.QueryParams()), Ticked: c.QueryParam("tick") == "page"}
	page, err := p.Service.ListBackups(ctx, s, view.Query)
	if err != nil {
		return err
	}
	view.Page = page
	if view.Policies, err = p.policyNames(c); err != nil {
		return err
	}
	if wantedFragment(c.Request()) == templates.BackupsGoing {
		return p.goingBackups(c, view)
	}
	frame := p.frame(c, "backups.title")
	if len(view.Going()) > 0 {
		frame.Refresh = goingRefresh
	}
	return p.renderList(c, "backups", templates.BackupList(frame, view))
}

// goingBackups answers a list that looks again at what goes on: it gets the rows
// of that, and of what went on when it last looked.
func (p *pages) goingBackups(c echo.Context, view templates.BackupListView) error {
	if len(view.Page.Items) == 0 {
		c.Response().Header().Set("HX-Refresh", "true") // it looks different without any
	}
	view.Again = true
	was := c.QueryParams()["was"]
	var rows []any
	for _, id := range append(view.Going(), was...) {
		rows = append(rows, templates.RowID(id))
	}
	for _, id := range was {
		if !slices.ContainsFunc(view.Page.Items, func(b api.Backup) bool { return b.ID == id }) {
			view.Gone = append(view.Gone, id)
		}
	}
	return p.render(c, http.StatusOK, templates.BackupList(p.frame(c, "backups.title"), view), rows...)
}

// policyNames are the project's policies, for those who choose one or are told of
// it.
func (p *pages) policyNames(c echo.Context) ([]api.Used, error) {
	page, err := p.Service.ListPolicies(c.Request().Context(), p.scope(c), api.PolicyQuery{Limit: api.MaxPage})
	names := make([]api.Used, len(page.Items))
	for i := range page.Items {
		names[i] = api.Used{ID: page.Items[i].ID, Name: page.Items[i].Name}
	}
	return names, err
}

// backupQuery reads a list's state from the URL; what makes no sense there is
// left out. The newest stand first unless somebody sorts.
func backupQuery(v url.Values) api.BackupQuery {
	q := api.BackupQuery{
		Search: v.Get("q"), Policy: v.Get("policy"), Checkpoint: v.Get("checkpoint"), Resource: v.Get("resource"), Cursor: v.Get("cursor"),
	}
	q.Sort, q.Desc = sorting(v, api.BackupSorts)
	q.Desc = q.Desc || v.Get("sort") == ""
	if status := api.BackupStatus(v.Get("status")); slices.Contains(templates.BackupStatuses, status) {
		q.Statuses = []api.BackupStatus{status}
	}
	if kind := api.BackupKind(v.Get("kind")); kind == api.BackupOriginal || kind == api.BackupReplica {
		q.Kind = kind
	}
	q.From = day(v.Get("from"))
	if until := day(v.Get("until")); !until.IsZero() {
		q.Until = until.AddDate(0, 0, 1).Add(-time.Microsecond)
	}
	return q
}

// day reads the beginning of a day in UTC; anything else is no day.
func day(text string) time.Time {
	t, _ := time.Parse(time.DateOnly, text)
	return t
}
