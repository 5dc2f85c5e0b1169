package embedded

import (
	"cmp"
	"context"
	"slices"

	"github.com/uptrace/bun"

	"switchboard/internal/api"
	"switchboard/internal/api/store"
)

// connectionOrders are by columns that have an index of live connections each.
var connectionOrders = orders[connectionRow]{
	"":        {[]string{"name", "id"}, func(r *connectionRow) []any { return []any{r.Name, r.ID} }},
	"service": {[]string{"service", "name", "id"}, func(r *connectionRow) []any { return []any{r.Service, r.Name, r.ID} }},
	"state":   {[]string{"state", "name", "id"}, func(r *connectionRow) []any { return []any{string(r.State), r.Name, r.ID} }},
	"created": {[]string{"created_at", "id"}, func(r *connectionRow) []any { return []any{r.CreatedAt, r.ID} }},
}

// ListConnections implements api.Connections. The indexes by name hold urls and
// states, too.
func (p *Plane) ListConnections(ctx context.Context, s api.Scope, q api.ConnectionQuery) (api.Page[api.Connection], error) {
	query, some := p.findConnections(s, q)
	if !some {
		return api.Page[api.Connection]{}, nil
	}
	page, err := list(ctx, query, asked{
		Sort: q.Sort, Desc: q.Desc, Cursor: q.Cursor, Limit: q.Limit, Columns: connectionColumns, Thin: q.Search != "",
	}, connectionOrders, (*connectionRow).connection)
	if err != nil {
		return page, err
	}
	return page, addQueues(ctx, p.db.Read, page.Items)
}

// findConnections finds what a query asks for. It reports whether there can be
// any.
func (p *Plane) findConnections(s api.Scope, q api.ConnectionQuery) (query *bun.SelectQuery, some bool) {
	query = p.db.Read.NewSelect().Model((*connectionRow)(nil)).Where("project_id = ?", s.Project)
	if q.Search != "" {
		query = like(query, q.Search, "name", "url")
	}
	if q.Service != "" {
		query = query.Where("service = ?", q.Service)
	}
	if q.Queue != "" {
		query = query.Where("id IN (?)", p.db.Read.NewSelect().Model((*bondRow)(nil)).Column("connection_id").
			Join("JOIN queues AS q ON q.id = queue_id").Where("q.project_id = ? AND q.name = ?", s.Project, api.FoldQueue(q.Queue)))
	}
	storable := store.Storable(q.Search, q.Service, q.Queue)
	tags := slices.Compact(slices.SortedFunc(slices.Values(q.Tags), func(a, b api.Tag) int {
		return cmp.Or(cmp.Compare(a.Key, b.Key), cmp.Compare(a.Value, b.Value))
	}))
	if len(tags) > 2*api.ConnectionTags.Count { // each tag answers two questions at most
		return nil, false
	}
	for _, tag := range tags {
		storable = storable && store.Storable(tag.Key, tag.Value)
		query = query.Where("id IN (?)", p.tagged(s, tag))
	}
	query, known := inStates(query, q.States)
	return query, known && storable
}

// inStates finds the connections in some states, and reports whether all of
// these exist.
func inStates(query *bun.SelectQuery, states []api.ConnectionState) (*bun.SelectQuery, bool) {
	strange := func(s api.ConnectionState) bool { return !slices.Contains(api.ConnectionStates, s) }
	left := func(s api.ConnectionState) bool { return !slices.Contains(states, s) }
	if !slices.Contains(states, api.ConnectionDeleted) {
		query = query.Where("state <> ?", api.ConnectionDeleted) // in the words of the indexes of live ones
	}
	if len(states) > 0 && slices.ContainsFunc(api.ConnectionStates, left) {
		query = query.Where("state IN (?)", bun.List(states))
	}
	return query, !slices.ContainsFunc(states, strange)
}

// tagged finds the ids of connections that have a tag; an empty value is any.
func (p *Plane) tagged(s api.Scope, tag api.Tag) *bun.SelectQuery {
	query := p.db.Read.NewSelect().Model((*tagRow)(nil)).Column("connection_id").
		Where("project_id = ? AND tag_key = ?", s.Project, tag.Key)
	if tag.Value != "" {
		query = query.Where("tag_value = ?", tag.Value)
	}
	return query
}
