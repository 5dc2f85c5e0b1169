package embedded

import (
	"context"
	"slices"

	"github.com/uptrace/bun"

	"switchboard/internal/api"
	"switchboard/internal/api/store"
)

// replicationOrders and recordOrders go by ids, which are in the order of time; so
// records of a run are in the order in which they are copied.
var (
	replicationOrders = orders[replicationRow]{
		"": {[]string{"id"}, func(r *replicationRow) []any { return []any{r.ID} }},
	}
	recordOrders = orders[recordRow]{
		"": {[]string{"id"}, func(r *recordRow) []any { return []any{r.ID} }},
	}
)

// withLookups adds to a query for runs what is kept elsewhere.
func withLookups(query *bun.SelectQuery) *bun.SelectQuery {
	return query.ColumnExpr("replication_row.*").
		ColumnExpr("COALESCE((SELECT name FROM projects WHERE projects.id = destination_id), destination_id) AS project_name").
		ColumnExpr("(SELECT COUNT(*) FROM replication_records AS r WHERE replication_row.ended_at = 0"+
			" AND r.run_id = replication_row.id AND r.status = ?) AS running", api.ReplicationRunning)
}

// ReplicationRuns implements api.Replications.
func (p *Plane) ReplicationRuns(ctx context.Context, s api.Scope, q api.RunQuery) (api.Page[api.ReplicationRun], error) {
	if !store.Storable(q.Policy) {
		return api.Page[api.ReplicationRun]{}, nil
	}
	query := withLookups(p.db.Read.NewSelect().Model((*replicationRow)(nil)).Where("project_id = ?", s.Project))
	if q.Policy != "" {
		query = query.Where("policy_id = ?", q.Policy)
	}
	if q.Open {
		query = query.Where("ended_at = 0")
	}
	return list(ctx, query, asked{Desc: true, Cursor: q.Cursor, Limit: q.Limit}, replicationOrders, (*replicationRow).run)
}

// ReplicationRun implements api.Replications.
func (p *Plane) ReplicationRun(ctx context.Context, s api.Scope, id string) (api.ReplicationRun, error) {
	return p.replicationRun(ctx, p.db.Read, s, id)
}

func (p *Plane) replicationRun(ctx context.Context, db bun.IDB, s api.Scope, id string) (api.ReplicationRun, error) {
	row := new(replicationRow)
	if !store.Storable(id) {
		return api.ReplicationRun{}, api.Errorf(api.NotFound, noReplication)
	}
	err := withLookups(db.NewSelect().Model(row)).Where("project_id = ? AND id = ?", s.Project, id).Scan(ctx)
	if err != nil {
		return api.ReplicationRun{}, orMissing(err, noReplication)
	}
	return row.run(), nil
}

// ListReplicationRecords implements api.Replications.
func (p *Plane) ListReplicationRecords(ctx context.Context, s api.Scope, q api.RecordQuery) (api.Page[api.ReplicationRecord], error) {
	query, some := p.findRecords(s, &q)
	if !some {
		return api.Page[api.ReplicationRecord]{}, nil
	}
	if q.After != "" && q.Cursor == "" {
		var err error
		if q.Cursor, err = recordOrders.past(ctx, p.db.Read, s.Project, "", q.After); err != nil {
			return api.Page[api.ReplicationRecord]{}, err
		}
	}
	return list(ctx, query, asked{
		Desc: q.Desc, Cursor: q.Cursor, Offset: q.Offset, Limit: q.Limit, Max: api.MaxWirePage, Columns: shownColumns,
	}, recordOrders, (*recordRow).record)
}

// CountReplicationRecords implements api.Replications.
func (p *Plane) CountReplicationRecords(ctx context.Context, s api.Scope, q api.RecordQuery) (int, error) {
	query, some := p.findRecords(s, &q)
	if !some {
		return 0, nil
	}
	return count(ctx, query)
}

// findRecords finds what a query asks for. It reports whether there can be any.
func (p *Plane) findRecords(s api.Scope, q *api.RecordQuery) (query *bun.SelectQuery, some bool) {
	query, some = p.db.Read.NewSelect().Model((*recordRow)(nil)).Where("project_id = ?", s.Project), true
	for _, f := range []struct{ column, value string }{
		{"run_id", q.Run}, {"policy_id", q.Policy}, {"backup_id", q.Backup}, {"id", q.ID}, {"region", q.Region},
	} {
		if some = some && store.Storable(f.value); f.value != "" {
			query = query.Where("? = ?", bun.Ident(f.column), f.value)
		}
	}
	if len(q.Statuses) > 0 {
		unstorable := func(s api.ReplicationStatus) bool { return !store.Storable(string(s)) }
		query, some = query.Where("status IN (?)", bun.List(q.Statuses)), some && !slices.ContainsFunc(q.Statuses, unstorable)
	}
	return query, some
}

// ReplicationRecord implements api.Replications.
func (p *Plane) ReplicationRecord(ctx context.Context, s api.Scope, id string) (api.ReplicationRecord, error) {
	row := new(recordRow)
	if err := find(ctx, p.db.Read, s.Project, row, noRecord, "id = ?", id); err != nil {
		return api.ReplicationRecord{}, err
	}
	record := row.record()
	away, err := p.away(ctx, s.Project)
	record.Log = row.log(away)
	return record, err
}
