package embedded

import (
	"context"
	"strings"

	"switchboard/internal/api"
	"switchboard/internal/api/store"
)

// aliasOrders are by columns that have an index each.
var aliasOrders = orders[aliasRow]{
	"":         {[]string{"name", "id"}, func(r *aliasRow) []any { return []any{r.Name, r.ID} }},
	"function": {[]string{"function_name", "name", "id"}, func(r *aliasRow) []any { return []any{r.FunctionName, r.Name, r.ID} }},
	"updated":  {[]string{"updated_at", "id"}, func(r *aliasRow) []any { return []any{r.UpdatedAt, r.ID} }},
}

// ListAliases implements api.Aliases. The indexes hold what is searched.
func (p *Plane) ListAliases(ctx context.Context, s api.Scope, q api.AliasQuery) (api.Page[api.Alias], error) {
	if !store.Storable(q.Search, q.Function) || len(q.Search) > longest {
		return api.Page[api.Alias]{}, nil
	}
	query := p.db.Read.NewSelect().Model((*aliasRow)(nil))
	if q.Function == "" {
		query = query.Where("project_id = ?", s.Project)
	} else {
		// Of the few of a function none is looked for by the indexes of the project.
		query = query.Where("function_id = ? AND project_id || '' = ?", q.Function, s.Project)
	}
	if q.Gray {
		query = query.Where("additional IS NOT NULL")
	}
	if q.Search != "" {
		query = query.Where("search LIKE ? ESCAPE '!'", store.Pattern(strings.ToLower(q.Search)))
	}
	page, err := list(ctx, query, asked{
		Sort: q.Sort, Desc: q.Desc, Cursor: q.Cursor, Limit: q.Limit, Thin: q.Search != "",
	}, aliasOrders, (*aliasRow).alias)
	if err != nil {
		return page, err
	}
	return page, addRamps(ctx, p.db.Read, page.Items)
}
