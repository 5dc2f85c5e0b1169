package embedded

import (
	"context"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/uptrace/bun"

	"switchboard/internal/api"
	"switchboard/internal/api/store"
)

// permissionOrders are by columns that have an index each.
var permissionOrders = orders[permissionRow]{
	"":           {[]string{"created_at", "id"}, func(r *permissionRow) []any { return []any{r.CreatedAt, r.ID} }},
	"updated":    {[]string{"updated_at", "id"}, func(r *permissionRow) []any { return []any{r.UpdatedAt, r.ID} }},
	"permission": {[]string{"permission"}, func(r *permissionRow) []any { return []any{r.Permission} }},
	"expires":    {[]string{"expires_at", "id"}, func(r *permissionRow) []any { return []any{r.ExpiresAt, r.ID} }},
}

// ListPermissions implements api.Whitelist.
func (p *Plane) ListPermissions(ctx context.Context, s api.Scope, service string, q api.PermissionQuery) (api.Page[api.Permission], error) {
	if len(q.Only) > api.MaxSelection {
		return api.Page[api.Permission]{}, api.Errorf(api.Limit, "bulk.too_many", "max", api.MaxSelection)
	}
	svc, err := p.serviceOf(ctx, s, service)
	if err != nil || !searchable(q.Permission) || !searchable(q.Search) {
		return api.Page[api.Permission]{}, err
	}
	query, err := p.findPermissions(ctx, svc, q, time.Now())
	if err != nil {
		return api.Page[api.Permission]{}, err
	}
	return list(ctx, query, asked{
		Sort: q.Sort, Desc: q.Desc, Cursor: q.Cursor, Offset: q.Offset, Limit: q.Limit, Max: api.MaxWirePage,
	}, permissionOrders, (*permissionRow).permission)
}

// CountPermissions implements api.Whitelist. All entries are counted already.
func (p *Plane) CountPermissions(ctx context.Context, s api.Scope, service string, q api.PermissionQuery) (int, error) {
	now := time.Now()
	if q.Permission == "" && q.Search == "" && len(q.Only) == 0 && !q.Expiring {
		row := new(serviceRow)
		query := withCounts(p.db.Read.NewSelect().Model(row), now).Where("id = ? AND project_id = ?", service, s.Project).Where(standing)
		if !store.Storable(service) {
			return 0, api.Errorf(api.NotFound, noService)
		}
		err := orMissing(query.Scan(ctx), noService)
		return int(row.Entries - row.Expired), err
	}
	svc, err := p.serviceOf(ctx, s, service)
	if err != nil || !searchable(q.Permission) || !searchable(q.Search) {
		return 0, err
	}
	query, err := p.findPermissions(ctx, svc, q, now)
	if err != nil {
		return 0, err
	}
	return count(ctx, query)
}

// atHand is how many entries a search rather looks at one by one than going
// through the whole whitelist, where it finds what is more common soon.
const atHand = 2000

// findPermissions finds the rows of a query. That they contain a text costs a
// look at each, so that a search first asks which ones may.
func (p *Plane) findPermissions(ctx context.Context, svc *serviceRow, q api.PermissionQuery, now time.Time) (*bun.SelectQuery, error) {
	query := p.db.Read.NewSelect().Model((*permissionRow)(nil)).Where(inForce, store.Micros(now))
	search, part := strings.ToLower(q.Search), strings.ToLower(q.Permission)
	if len(q.Only) > 0 {
		query = query.Where("permission IN (?)", bun.List(slices.DeleteFunc(slices.Clone(q.Only), unstorable)))
	}
	ids, few, err := p.db.PermissionsByPart(ctx, longer(search, part), atHand)
	if few {
		query = query.Where("id IN (?)", bun.List(ids)).Where(ofService, svc.ID)
	} else {
		query = query.Where("service_id = ?", svc.ID)
	}
	if q.Permission != "" {
		// LIKE does not tell cases apart in one of the databases.
		query = query.Where("REPLACE(permission, ?, '') <> permission", q.Permission)
	}
	if q.Search != "" {
		query = query.Where("COALESCE(search LIKE ? ESCAPE '!', FALSE)", store.Pattern(search))
	}
	if q.Expiring {
		query = query.Where("expires_at <= ?", store.Micros(now.Add(api.ExpirySoon)))
	}
	return query, err
}

// searchable reports whether an entry can contain a text.
func searchable(text string) bool {
	return store.Storable(text) && utf8.RuneCountInString(text) <= api.MaxPermission+len("\n")+api.MaxPermissionText
}

func unstorable(text string) bool { return !store.Storable(text) }

func longer(a, b string) string {
	if len(a) > len(b) {
		return a
	}
	return b
}
