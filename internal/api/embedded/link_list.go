package embedded

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"reflect"
	"slices"
	"strings"

	"github.com/uptrace/bun"

	"switchboard/internal/api"
	"switchboard/internal/api/store"
)

// listColumns leaves out what a list does not show: sealed texts and the steps
// of checks.
var listColumns = []string{
	"id", "project_id", "cluster", "name", "connector", "endpoint", "enabled", "inputs", "secrets", "extended",
	"created_at", "created_by", "updated_at", "updated_by", "version", "check_status", "checked_at",
	"every_us", "next_check_at", "last_good_at", "state_since", "recent",
}

// ListLinks implements api.Links. It goes on from the last row's keys, so that
// page 2,000 costs what page 1 costs.
func (p *Plane) ListLinks(ctx context.Context, s api.Scope, q api.LinkQuery) (api.Page[api.Link], error) {
	limit := q.Limit
	if limit <= 0 {
		limit = api.DefaultPage
	}
	limit = min(limit, api.MaxPage)
	if !store.Storable(q.Cluster, q.Connector, q.Search) {
		return api.Page[api.Link]{}, nil
	}
	var rows []linkRow
	from := readCursor(q.Cursor, q.Sort)
	if err := p.findLinks(s, q, from, limit+1).Scan(ctx, &rows); err != nil {
		return api.Page[api.Link]{}, err
	}
	more := len(rows) > limit
	if more {
		rows = rows[:limit]
	}
	if from.Back {
		slices.Reverse(rows)
	}
	return linkPage(rows, q.Sort, from, more), nil
}

// findLinks finds the rows of a page. A search has to look at every link, so it
// looks at the index alone, which holds names and endpoints, and at the rows of
// the page only.
func (p *Plane) findLinks(s api.Scope, q api.LinkQuery, from cursor, limit int) *bun.SelectQuery {
	query := p.db.Read.NewSelect().Model((*linkRow)(nil)).Where("project_id = ?", s.Project)
	query = orderLinks(filterLinks(query, q), q, from).Limit(int64(limit))
	if q.Search == "" {
		return query.Column(listColumns...)
	}
	found := p.db.Read.NewSelect().Model((*linkRow)(nil)).Column(listColumns...).Where("id IN (?)", query.Column("id"))
	return orderLinks(found, q, cursor{Back: from.Back})
}

func filterLinks(query *bun.SelectQuery, q api.LinkQuery) *bun.SelectQuery {
	if q.Cluster != "" {
		query = query.Where("cluster = ?", q.Cluster)
	}
	if q.Connector != "" {
		query = query.Where("connector = ?", q.Connector)
	}
	if q.Search != "" {
		like := "%" + strings.NewReplacer("!", "!!", "%", "!%", "_", "!_").Replace(q.Search) + "%"
		query = query.Where("(LOWER(name) LIKE LOWER(?) ESCAPE '!' OR LOWER(endpoint) LIKE LOWER(?) ESCAPE '!')", like, like)
	}
	return query
}

// linkOrder names the columns of each sort; each has its index.
var linkOrder = map[string][]string{
	"name":      {"name", "id"},
	"connector": {"connector", "name", "id"},
	"updated":   {"updated_at", "id"},
}

func orderLinks(query *bun.SelectQuery, q api.LinkQuery, from cursor) *bun.SelectQuery {
	columns, ok := linkOrder[q.Sort]
	if !ok {
		columns = linkOrder["name"]
	}
	direction, than := " ASC", ">"
	if q.Desc != from.Back {
		direction, than = " DESC", "<"
	}
	if len(from.Keys) > 0 {
		row := "(" + strings.Join(columns, ", ") + ") " + than + " (?" + strings.Repeat(", ?", len(columns)-1) + ")"
		query = query.Where(row, from.Keys...)
	}
	return query.OrderExpr(strings.Join(columns, direction+", ") + direction)
}

func linkPage(rows []linkRow, sort string, from cursor, more bool) api.Page[api.Link] {
	page := api.Page[api.Link]{Items: make([]api.Link, len(rows))}
	for i := range rows {
		page.Items[i] = rows[i].link()
	}
	if len(rows) == 0 {
		return page
	}
	// Going back there is always the page we came from; going on, always the
	// one before unless this is the first.
	if more || from.Back {
		page.Next = cursor{Keys: rows[len(rows)-1].keys(sort)}.text()
	}
	if from.Back && more || !from.Back && len(from.Keys) > 0 {
		page.Prev = cursor{Keys: rows[0].keys(sort), Back: true}.text()
	}
	return page
}

func (r *linkRow) keys(sort string) []any {
	switch sort {
	case "connector":
		return []any{r.Connector, r.Name, r.ID}
	case "updated":
		return []any{r.UpdatedAt, r.ID}
	}
	return []any{r.Name, r.ID}
}

// cursor is a place in a sorted list: the keys of a row that the page comes
// after, or before.
type cursor struct {
	Keys []any `json:"k"`
	Back bool  `json:"b,omitempty"`
}

func (c cursor) text() string { return base64.RawURLEncoding.EncodeToString([]byte(encode(c))) }

// readCursor reads a cursor of a list sorted that way; one that is not, or was
// tampered with, is the list's start.
func readCursor(text, sort string) cursor {
	raw, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil || text == "" {
		return cursor{}
	}
	var c cursor
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	if err := d.Decode(&c); err != nil {
		return cursor{}
	}
	// Keys of the same kinds as those of an empty row are safe to compare with.
	like := new(linkRow).keys(sort)
	if len(c.Keys) != len(like) {
		return cursor{}
	}
	for i, key := range c.Keys {
		if n, ok := key.(json.Number); ok {
			c.Keys[i], err = n.Int64()
		}
		if err != nil || reflect.TypeOf(c.Keys[i]) != reflect.TypeOf(like[i]) || !store.Storable(c.Keys[i]) {
			return cursor{}
		}
	}
	return c
}
