package embedded

import (
	"context"
	"slices"
	"strings"

	"github.com/uptrace/bun"

	"switchboard/internal/api"
	"switchboard/internal/api/store"
)

// backupOrders are by columns that have an index each.
var backupOrders = orders[backupRow]{
	"":        {[]string{"created_at", "id"}, func(r *backupRow) []any { return []any{r.CreatedAt, r.ID} }},
	"name":    {[]string{"name", "id"}, func(r *backupRow) []any { return []any{r.Name, r.ID} }},
	"size":    {[]string{"size", "id"}, func(r *backupRow) []any { return []any{r.Size, r.ID} }},
	"status":  {[]string{"status", "created_at", "id"}, func(r *backupRow) []any { return []any{string(r.Status), r.CreatedAt, r.ID} }},
	"updated": {[]string{"updated_at", "id"}, func(r *backupRow) []any { return []any{r.UpdatedAt, r.ID} }},
	"id":      {[]string{"id"}, func(r *backupRow) []any { return []any{r.ID} }},
}

// ListBackups implements api.Backups.
func (p *Plane) ListBackups(ctx context.Context, s api.Scope, q api.BackupQuery) (api.Page[api.Backup], error) {
	query, some := p.findBackups(s, &q)
	if !some {
		return api.Page[api.Backup]{}, nil
	}
	if q.After != "" && q.Cursor == "" {
		var err error
		if q.Cursor, err = backupOrders.past(ctx, p.db.Read, s.Project, q.Sort, q.After); err != nil {
			return api.Page[api.Backup]{}, err
		}
	}
	page, err := list(ctx, query, asked{
		Sort: q.Sort, Desc: q.Desc, Cursor: q.Cursor, Offset: q.Offset, Limit: q.Limit, Max: api.MaxWirePage, Thin: q.Search != "",
	}, backupOrders, (*backupRow).backup)
	if err != nil {
		return page, err
	}
	return page, addRecords(ctx, p.db.Read, s.Project, page.Items)
}

// CountBackups implements api.Backups.
func (p *Plane) CountBackups(ctx context.Context, s api.Scope, q api.BackupQuery) (int, error) {
	query, some := p.findBackups(s, &q)
	if !some {
		return 0, nil
	}
	return count(ctx, query)
}

// Backup implements api.Backups.
func (p *Plane) Backup(ctx context.Context, s api.Scope, id string) (api.Backup, error) {
	row := new(backupRow)
	if err := find(ctx, p.db.Read, s.Project, row, noBackup, "id = ?", id); err != nil {
		return api.Backup{}, err
	}
	found := []api.Backup{row.backup()}
	err := addRecords(ctx, p.db.Read, s.Project, found)
	return found[0], err
}

// findBackups finds what a query asks for. It reports whether there can be any.
func (p *Plane) findBackups(s api.Scope, q *api.BackupQuery) (query *bun.SelectQuery, some bool) {
	query, some = p.db.Read.NewSelect().Model((*backupRow)(nil)).Where("project_id = ?", s.Project), true
	for _, f := range []struct{ column, part string }{
		{"search", strings.ToLower(q.Search)}, {"name", q.Name}, {"resource_name", q.ResourceName},
	} {
		if some = some && store.Storable(f.part); f.part != "" {
			query = like(query, f.part, f.column)
		}
	}
	for _, f := range []struct{ column, value string }{
		{"id", q.ID}, {"resource_id", q.Resource}, {"policy_id", q.Policy}, {"checkpoint_id", q.Checkpoint}, {"kind", string(q.Kind)},
	} {
		if some = some && store.Storable(f.value); f.value != "" {
			query = query.Where("? = ?", bun.Ident(f.column), f.value)
		}
	}
	if len(q.Statuses) > 0 {
		unstorable := func(s api.BackupStatus) bool { return !store.Storable(string(s)) }
		query, some = query.Where("status IN (?)", bun.List(q.Statuses)), some && !slices.ContainsFunc(q.Statuses, unstorable)
	}
	if !q.From.IsZero() {
		query = query.Where("created_at >= ?", store.Micros(q.From))
	}
	if !q.Until.IsZero() {
		query = query.Where("created_at <= ?", store.Micros(q.Until))
	}
	return query, some
}

// addRecords fills in the replication records of backups.
func addRecords(ctx context.Context, db bun.IDB, project string, backups []api.Backup) error {
	ids := make([]string, len(backups))
	for i := range backups {
		ids[i] = backups[i].ID
	}
	records, err := recordsOf(ctx, db, project, ids)
	for i := range backups {
		backups[i].Records = records[backups[i].ID]
	}
	return err
}
