package embedded

import (
	"context"

	"switchboard/internal/api"
	"switchboard/internal/api/store"
)

// listColumns leaves out what a list does not show: sealed texts and the steps
// of checks.
var listColumns = append([]string{
	"id", "project_id", "cluster", "name", "connector", "endpoint", "enabled", "inputs", "secrets", "extended",
	"created_at", "created_by", "updated_at", "updated_by", "version",
}, pulseColumns...)

// linkOrders are by columns that have an index each.
var linkOrders = orders[linkRow]{
	"":          {[]string{"name", "id"}, func(r *linkRow) []any { return []any{r.Name, r.ID} }},
	"connector": {[]string{"connector", "name", "id"}, func(r *linkRow) []any { return []any{r.Connector, r.Name, r.ID} }},
	"updated":   {[]string{"updated_at", "id"}, func(r *linkRow) []any { return []any{r.UpdatedAt, r.ID} }},
}

// ListLinks implements api.Links. The index by name holds names and endpoints.
func (p *Plane) ListLinks(ctx context.Context, s api.Scope, q api.LinkQuery) (api.Page[api.Link], error) {
	if !store.Storable(q.Cluster, q.Connector, q.Search) {
		return api.Page[api.Link]{}, nil
	}
	query := p.db.Read.NewSelect().Model((*linkRow)(nil)).Where("project_id = ?", s.Project)
	if q.Cluster != "" {
		query = query.Where("cluster = ?", q.Cluster)
	}
	if q.Connector != "" {
		query = query.Where("connector = ?", q.Connector)
	}
	if q.Search != "" {
		query = like(query, q.Search, "name", "endpoint")
	}
	return list(ctx, query, asked{
		Sort: q.Sort, Desc: q.Desc, Cursor: q.Cursor, Limit: q.Limit, Columns: listColumns, Thin: q.Search != "",
	}, linkOrders, (*linkRow).link)
}

// ListClusters implements api.Links: there are api.DefaultCluster, first, and those that
// links are in.
func (p *Plane) ListClusters(ctx context.Context, s api.Scope) (api.Clusters, error) {
	usual := api.Cluster{ID: api.DefaultCluster, Name: api.DefaultCluster, Running: true}
	all := api.Clusters{Items: []api.Cluster{usual}, Open: true}
	var ids []string
	err := p.db.Read.NewSelect().Model((*linkRow)(nil)).Distinct().Column("cluster").
		Where("project_id = ? AND cluster <> ?", s.Project, api.DefaultCluster).OrderExpr("cluster").Scan(ctx, &ids)
	for _, id := range ids {
		all.Items = append(all.Items, api.Cluster{ID: id, Name: id, Running: true})
	}
	return all, err
}
