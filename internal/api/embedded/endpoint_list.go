package embedded

import (
	"context"
	"time"

	"github.com/uptrace/bun"
	"github.com/uptrace/bun/schema"

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
	return listEndpoints(ctx, p.findEndpoints(q).Where("project_id = ?", s.Project).Where(consumed), q, (*endpointRow).endpoint)
}

// CountEndpoints implements api.Endpoints.
func (p *Plane) CountEndpoints(ctx context.Context, s api.Scope, q api.EndpointQuery) (int, error) {
	if !storableEndpoints(q) {
		return 0, nil
	}
	return count(ctx, p.findEndpoints(q).Where("project_id = ?", s.Project).Where(consumed))
}

// ListServiceConnections implements api.Endpoints.
func (p *Plane) ListServiceConnections(ctx context.Context, s api.Scope, service string, q api.EndpointQuery) (api.Page[api.Endpoint], error) {
	svc, err := p.serviceOf(ctx, s, service)
	if err != nil || !storableEndpoints(q) {
		return api.Page[api.Endpoint]{}, err
	}
	allowed := admitted(svc.AccountID, time.Now())
	query := p.findServiceConnections(svc.ID, q, allowed).ColumnExpr("e.*").ColumnExpr("? AS allowed", allowed)
	return listEndpoints(ctx, query, q, (*endpointRow).connection)
}

// CountServiceConnections implements api.Endpoints.
func (p *Plane) CountServiceConnections(ctx context.Context, s api.Scope, service string, q api.EndpointQuery) (int, error) {
	svc, err := p.serviceOf(ctx, s, service)
	if err != nil || !storableEndpoints(q) {
		return 0, err
	}
	return count(ctx, p.findServiceConnections(svc.ID, q, admitted(svc.AccountID, time.Now())))
}

// findServiceConnections finds what connects to a service; allowed tells which
// of them may.
func (p *Plane) findServiceConnections(service string, q api.EndpointQuery, allowed schema.QueryWithArgs) *bun.SelectQuery {
	query := p.findEndpoints(q).Where("service_id = ?", service).Where(offered)
	if q.Uncovered {
		query = query.Where("state = ?", api.EndpointAccepted).Where("NOT ?", allowed)
	}
	return query
}

// admitted is the condition for endpoints whose account may connect to the
// service of an owner: what access says, for many.
func admitted(owner string, now time.Time) schema.QueryWithArgs {
	return bun.SafeQuery(`(REPLACE(e.account_id, '-', '') = REPLACE(?, '-', '') OR EXISTS (
		SELECT 1 FROM permissions AS w WHERE w.service_id = e.service_id
		AND w.permission IN (? || e.account_id, ?) AND +w.expires_at > ?))`,
		owner, api.AccountPrefix, api.Everyone, store.Micros(now))
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
