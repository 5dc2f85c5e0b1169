package embedded

import (
	"context"

	"github.com/uptrace/bun"

	"switchboard/internal/api"
	"switchboard/internal/api/store"
)

// endpointOrders are by columns that have an index each, for the consumer's
// project and for the service.
var endpointOrders = orders[endpointRow]{
	"":        {[]string{"created_at", "id"}, func(r *endpointRow) []any { return []any{r.CreatedAt, r.ID} }},
	"updated": {[]string{"updated_at", "id"}, func(r *endpointRow) []any { return []any{r.UpdatedAt, r.ID} }},
}

// ListEndpoints implements api.Endpoints.
func (p *Plane) ListEndpoints(ctx context.Context, s api.Scope, q api.EndpointQuery) (api.Page[api.Endpoint], error) {
	if !storableEndpoints(q) {
		return api.Page[api.Endpoint]{}, nil
	}
	return listEndpoints(ctx, p.findEndpoints(q).Where("project_id = ?", s.Project), q, (*endpointRow).endpoint)
}

// CountEndpoints implements api.Endpoints.
func (p *Plane) CountEndpoints(ctx context.Context, s api.Scope, q api.EndpointQuery) (int, error) {
	if !storableEndpoints(q) {
		return 0, nil
	}
	return count(ctx, p.findEndpoints(q).Where("project_id = ?", s.Project))
}

// ListServiceConnections implements api.Endpoints.
func (p *Plane) ListServiceConnections(ctx context.Context, s api.Scope, service string, q api.EndpointQuery) (api.Page[api.Endpoint], error) {
	svc, err := p.serviceOf(ctx, s, service)
	if err != nil || !storableEndpoints(q) {
		return api.Page[api.Endpoint]{}, err
	}
	return listEndpoints(ctx, p.findEndpoints(q).Where("service_id = ?", svc.ID), q, (*endpointRow).connection)
}

// CountServiceConnections implements api.Endpoints.
func (p *Plane) CountServiceConnections(ctx context.Context, s api.Scope, service string, q api.EndpointQuery) (int, error) {
	svc, err := p.serviceOf(ctx, s, service)
	if err != nil || !storableEndpoints(q) {
		return 0, err
	}
	return count(ctx, p.findEndpoints(q).Where("service_id = ?", svc.ID))
}

func listEndpoints(ctx context.Context, query *bun.SelectQuery, q api.EndpointQuery, item func(*endpointRow) api.Endpoint) (api.Page[api.Endpoint], error) {
	return list(ctx, query, asked{
		Sort: q.Sort, Desc: q.Desc, Cursor: q.Cursor, Offset: q.Offset, Limit: q.Limit, Max: api.MaxWirePage,
	}, endpointOrders, item)
}

func storableEndpoints(q api.EndpointQuery) bool {
	texts := []any{q.ID, q.Service, q.VPC, string(q.State)}
	for _, account := range q.Accounts {
		texts = append(texts, account)
	}
	return store.Storable(texts...)
}

func (p *Plane) findEndpoints(q api.EndpointQuery) *bun.SelectQuery {
	query := p.db.Read.NewSelect().Model((*endpointRow)(nil))
	if q.ID != "" {
		query = query.Where("id = ?", q.ID)
	}
	if q.Marker != 0 {
		query = query.Where("marker = ?", q.Marker)
	}
	if q.Service != "" {
		query = like(query, q.Service, "service_name")
	}
	if q.VPC != "" {
		query = query.Where("vpc_id = ?", q.VPC)
	}
	if len(q.Accounts) > 0 {
		query = query.Where("account_id IN (?)", bun.List(q.Accounts))
	}
	if q.State != "" {
		query = query.Where("state = ?", q.State)
	}
	return query
}
