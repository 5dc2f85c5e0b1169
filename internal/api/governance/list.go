package governance

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/uptrace/bun"

	"switchboard/internal/api"
	"switchboard/internal/api/store"
)

// ListRequests implements api.Requests. A cursor is the id of a request, and the next
// ones come after it; those before it where it begins with a plus.
func (g *Service) ListRequests(ctx context.Context, s api.Scope, q api.RequestQuery) (page api.Page[api.Request], err error) {
	if err := see(s); err != nil {
		return page, err
	}
	if q.ForMe && s.Actor.Role < api.RoleApprover || !store.Storable(s.Project, q.Object, q.Cursor, string(q.State), string(q.Kind)) {
		return page, nil
	}
	limit := min(q.Limit, api.MaxPage)
	if limit <= 0 {
		limit = api.DefaultPage
	}
	from, back := strings.CutPrefix(q.Cursor, "+")
	rows, err := g.rows(ctx, s, &q, from, back, limit+1)
	if err != nil {
		return page, err
	}
	more := len(rows) > limit
	rows = rows[:min(len(rows), limit)]
	if back {
		slices.Reverse(rows)
	}
	for i := range rows {
		page.Items = append(page.Items, rows[i].request())
	}
	if len(rows) == 0 {
		return page, nil
	}
	if more || back {
		page.Next = rows[len(rows)-1].ID
	}
	if from != "" && (more || !back) {
		page.Prev = "+" + rows[0].ID
	}
	return page, nil
}

func (g *Service) rows(ctx context.Context, s api.Scope, q *api.RequestQuery, from string, back bool, limit int) (rows []requestRow, err error) {
	query := g.db.Read.NewSelect().Model(&rows).ExcludeColumn("sealed", "deed", "before", "after").
		Where("project_id = ?", s.Project).Limit(int64(limit))
	if q.State != "" {
		query = query.Where("state = ?", q.State)
	}
	if q.Kind != "" {
		query = query.Where("kind = ?", q.Kind)
	}
	if q.Object != "" {
		query = query.Where("object_id = ?", q.Object)
	}
	if q.Mine {
		query = query.Where("requester_id = ?", s.Actor.UserID)
	}
	if q.ForMe {
		query = g.forMe(query, s)
	}
	switch {
	case back:
		query = query.Where("id > ?", from).OrderExpr("id ASC")
	case from != "":
		query = query.Where("id < ?", from).OrderExpr("id DESC")
	default:
		query = query.OrderExpr("id DESC")
	}
	return rows, query.Scan(ctx)
}

// What is true of requests that are open and, by whose they are not and the time, of
// those that somebody can approve.
const (
	open  = "state = '" + string(api.RequestOpen) + "'"
	waits = open + " AND requester_id <> ? AND expires_at > ?"
)

// forMe narrows a query to what the actor can approve.
func (g *Service) forMe(q *bun.SelectQuery, s api.Scope) *bun.SelectQuery {
	return q.Where(waits, s.Actor.UserID, store.Micros(g.now()))
}

// requestCounts is one question because every page of those who approve asks it.
var requestCounts = fmt.Sprintf(`SELECT
	(SELECT COUNT(*) FROM (SELECT id FROM requests WHERE project_id = ? AND requester_id = ? AND `+open+` LIMIT %[1]d) AS m) AS mine,
	(SELECT COUNT(*) FROM (SELECT id FROM requests WHERE project_id = ? AND `+waits+` LIMIT %[1]d) AS f) AS for_me`, api.MaxRequestCount+1)

// CountRequests implements api.Requests.
func (g *Service) CountRequests(ctx context.Context, s api.Scope) (api.RequestCounts, error) {
	if err := see(s); err != nil || !store.Storable(s.Project) {
		return api.RequestCounts{}, err
	}
	var rows []api.RequestCounts
	err := g.counts.Scan(ctx, &rows, s.Project, s.Actor.UserID, s.Project, s.Actor.UserID, store.Micros(g.now()))
	if err != nil {
		return api.RequestCounts{}, err
	}
	if s.Actor.Role < api.RoleApprover {
		rows[0].ForMe = 0
	}
	return rows[0], nil
}

// Request implements api.Requests.
func (g *Service) Request(ctx context.Context, s api.Scope, id string) (api.Request, error) {
	if err := see(s); err != nil {
		return api.Request{}, err
	}
	row, err := g.find(ctx, s, id)
	if err != nil {
		return api.Request{}, err
	}
	request := row.request()
	if row.State == api.RequestOpen {
		why, err := g.astray(ctx, s, row)
		if err != nil {
			return api.Request{}, err
		}
		request.Drifted = why != nil
	}
	var lines []commentRow
	if err := g.db.Read.NewSelect().Model(&lines).Where("request_id = ?", id).OrderExpr("id").Scan(ctx); err != nil {
		return api.Request{}, err
	}
	for _, l := range lines {
		request.Comments = append(request.Comments, api.RequestComment{By: l.UserName, At: store.Time(l.At), Event: l.Event, Text: l.Text})
	}
	return request, nil
}
