package embedded

import (
	"context"

	"github.com/uptrace/bun"

	"switchboard/internal/api"
	"switchboard/internal/api/store"
)

// functionOrders are by columns that have an index each.
var functionOrders = orders[functionRow]{
	"":        {[]string{"name", "id"}, func(r *functionRow) []any { return []any{r.Name, r.ID} }},
	"created": {[]string{"created_at", "id"}, func(r *functionRow) []any { return []any{r.CreatedAt, r.ID} }},
	"updated": {[]string{"updated_at", "id"}, func(r *functionRow) []any { return []any{r.UpdatedAt, r.ID} }},
}

// ListFunctions implements api.Functions.
func (p *Plane) ListFunctions(ctx context.Context, s api.Scope, q api.FunctionQuery) (api.Page[api.Function], error) {
	if !store.Storable(q.Search, q.Name, q.Package) {
		return api.Page[api.Function]{}, nil
	}
	page, err := list(ctx, p.findFunctions(s, q), asked{
		Sort: q.Sort, Desc: q.Desc, Cursor: q.Cursor, Offset: q.Offset, Limit: q.Limit, Max: api.MaxFunctionPage, Thin: q.Search != "",
	}, functionOrders, (*functionRow).function)
	if err != nil {
		return page, err
	}
	return page, addLatest(ctx, p.db.Read, page.Items)
}

// CountFunctions implements api.Functions.
func (p *Plane) CountFunctions(ctx context.Context, s api.Scope, q api.FunctionQuery) (int, error) {
	if !store.Storable(q.Search, q.Name, q.Package) {
		return 0, nil
	}
	return count(ctx, p.findFunctions(s, q))
}

func (p *Plane) findFunctions(s api.Scope, q api.FunctionQuery) *bun.SelectQuery {
	query := p.db.Read.NewSelect().Model((*functionRow)(nil)).Where("project_id = ?", s.Project)
	if q.Package != "" {
		query = query.Where("package = ?", q.Package)
	}
	if q.Name != "" {
		// LIKE does not tell cases apart in one of the databases.
		query = query.Where("REPLACE(name, ?, '') <> name", q.Name)
	}
	if q.Search != "" {
		query = like(query, q.Search, "name")
	}
	return query
}

// addLatest fills in the version that can be changed, and how many versions and
// aliases there are.
func addLatest(ctx context.Context, db bun.IDB, functions []api.Function) error {
	if len(functions) == 0 {
		return nil
	}
	ids, at := make([]string, len(functions)), make(map[string]*api.Function, len(functions))
	for i := range functions {
		ids[i] = functions[i].ID
		at[ids[i]] = &functions[i]
	}
	var rows []versionRow
	err := db.NewSelect().Model(&rows).ColumnExpr("v.*").
		ColumnExpr("(SELECT COUNT(*) FROM function_versions AS n WHERE n.function_id = v.function_id) AS versions").
		Where("function_id IN (?)", bun.List(ids)).Where("name = ?", api.LatestVersion).Scan(ctx)
	if err != nil {
		return err
	}
	for i := range rows {
		f := at[rows[i].FunctionID]
		f.Latest, f.Versions = rows[i].version(), int(rows[i].Versions)
	}
	pointers, err := pointersOf(ctx, db, ids...)
	for _, r := range pointers {
		f := at[r.FunctionID]
		f.Aliases++
		r.tell(&f.Latest)
	}
	return err
}

// pointerRow is where an alias leads to.
type pointerRow struct {
	ID, FunctionID, Name, Main, Additional string
}

// pointersOf reads where the aliases of functions lead to, by name.
func pointersOf(ctx context.Context, db bun.IDB, functions ...string) ([]pointerRow, error) {
	var rows []pointerRow
	err := db.NewSelect().TableExpr("aliases").
		ColumnExpr("id, function_id, name, main, COALESCE(additional, '') AS additional").
		Where("function_id IN (?)", bun.List(functions)).OrderExpr("name").Scan(ctx, &rows)
	return rows, err
}

// tell tells a version of the function whether the alias leads to it.
func (r *pointerRow) tell(v *api.Version) {
	switch v.Name {
	case r.Main:
		v.Main = append(v.Main, api.Used{ID: r.ID, Name: r.Name})
	case r.Additional:
		v.Additional = append(v.Additional, api.Used{ID: r.ID, Name: r.Name})
	}
}
