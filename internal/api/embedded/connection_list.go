package embedded

import (
	"context"
	"slices"

	"github.com/uptrace/bun"

	"switchboard/internal/api"
	"switchboard/internal/api/store"
)

// connectionOrders are by columns that have an index each.
var connectionOrders = orders[connectionRow]{
	"":        {[]string{"name", "id"}, func(r *connectionRow) []any { return []any{r.Name, r.ID} }},
	"service": {[]string{"service", "name", "id"}, func(r *connectionRow) []any { return []any{r.Service, r.Name, r.ID} }},
	"state":   {[]string{"state", "name", "id"}, func(r *connectionRow) []any { return []any{string(r.State), r.Name, r.ID} }},
	"created": {[]string{"created_at", "id"}, func(r *connectionRow) []any { return []any{r.CreatedAt, r.ID} }},
}

// ListConnections implements api.Connections. The index by name holds names,
// urls and states.
func (p *Plane) ListConnections(ctx context.Context, s api.Scope, q api.ConnectionQuery) (api.Page[api.Connection], error) {
	strange := func(s api.ConnectionState) bool { return !slices.Contains(api.ConnectionStates, s) }
	if !store.Storable(q.Search, q.Service, q.Queue) || slices.ContainsFunc(q.States, strange) {
		return api.Page[api.Connection]{}, nil
	}
	query := p.db.Read.NewSelect().Model((*connectionRow)(nil)).Where("project_id = ?", s.Project)
	if q.Search != "" {
		query = like(query, q.Search, "name", "url")
	}
	if q.Service != "" {
		query = query.Where("service = ?", q.Service)
	}
	if len(q.States) == 0 {
		query = query.Where("state <> ?", api.ConnectionDeleted)
	} else {
		query = query.Where("state IN (?)", bun.List(q.States))
	}
	for _, tag := range q.Tags {
		if !store.Storable(tag.Key, tag.Value) {
			return api.Page[api.Connection]{}, nil
		}
		query = query.Where("id IN (?)", p.tagged(s, tag))
	}
	if q.Queue != "" {
		query = query.Where("id IN (?)", p.db.Read.NewSelect().Model((*bondRow)(nil)).Column("connection_id").
			Join("JOIN queues AS q ON q.id = queue_id").Where("q.project_id = ? AND q.name = ?", s.Project, api.FoldQueue(q.Queue)))
	}
	page, err := list(ctx, query, asked{
		Sort: q.Sort, Desc: q.Desc, Cursor: q.Cursor, Limit: q.Limit, Columns: connectionColumns, Thin: q.Search != "",
	}, connectionOrders, (*connectionRow).connection)
	if err != nil {
		return page, err
	}
	return page, addQueues(ctx, p.db.Read, page.Items)
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
