package embedded

import (
	"context"
	"time"

	"github.com/uptrace/bun"

	"switchboard/internal/api"
	"switchboard/internal/api/store"
)

// serviceOrders are by columns that have an index each.
var serviceOrders = orders[serviceRow]{
	"":        {[]string{"name", "id"}, func(r *serviceRow) []any { return []any{r.Name, r.ID} }},
	"created": {[]string{"created_at", "id"}, func(r *serviceRow) []any { return []any{r.CreatedAt, r.ID} }},
	"updated": {[]string{"updated_at", "id"}, func(r *serviceRow) []any { return []any{r.UpdatedAt, r.ID} }},
}

// ListEndpointServices implements api.EndpointServices.
func (p *Plane) ListEndpointServices(ctx context.Context, s api.Scope, q api.EndpointServiceQuery) (api.Page[api.EndpointService], error) {
	if !store.Storable(q.Search, q.ID, string(q.State)) {
		return api.Page[api.EndpointService]{}, nil
	}
	now := time.Now()
	page, err := list(ctx, withCounts(p.findServices(s, q), now), asked{
		Sort: q.Sort, Desc: q.Desc, Cursor: q.Cursor, Offset: q.Offset, Limit: q.Limit, Max: api.MaxWirePage,
	}, serviceOrders, (*serviceRow).service)
	if err != nil || len(page.Items) == 0 {
		return page, err
	}
	return page, tellOpen(ctx, p.db.Read, page.Items, now)
}

// CountEndpointServices implements api.EndpointServices.
func (p *Plane) CountEndpointServices(ctx context.Context, s api.Scope, q api.EndpointServiceQuery) (int, error) {
	if !store.Storable(q.Search, q.ID, string(q.State)) {
		return 0, nil
	}
	return count(ctx, p.findServices(s, q))
}

func (p *Plane) findServices(s api.Scope, q api.EndpointServiceQuery) *bun.SelectQuery {
	query := p.db.Read.NewSelect().Model((*serviceRow)(nil)).Where("project_id = ?", s.Project).Where(standing)
	if q.ID != "" {
		query = query.Where("id = ?", q.ID)
	}
	if q.State != "" {
		query = query.Where("state = ?", q.State)
	}
	if q.Search != "" {
		query = like(query, q.Search, "name", "id")
	}
	return query
}

// count counts what a query finds.
func count(ctx context.Context, query *bun.SelectQuery) (int, error) {
	n, err := query.Count(ctx)
	return int(n), err
}
