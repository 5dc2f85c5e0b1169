package embedded

import (
	"cmp"
	"context"
	"math"
	"slices"

	"switchboard/internal/api"
	"switchboard/internal/api/store"
)

// Attention implements api.Overview. Each part reads as many rows as it returns, by
// an index that has no others.
func (p *Plane) Attention(ctx context.Context, s api.Scope, limit int) (api.Attention, error) {
	limit = min(max(limit, 1), api.DefaultPage)
	var a api.Attention
	var err error
	if a.Failing, err = p.failing(ctx, s, limit); err != nil {
		return a, err
	}
	if a.Expiring, err = p.expiringEntries(ctx, s, limit); err != nil {
		return a, err
	}
	if a.Ramps, err = p.openRamps(ctx, s, limit); err != nil {
		return a, err
	}
	runs, err := p.ReplicationRuns(ctx, s, api.RunQuery{Open: true, Limit: limit})
	if err != nil {
		return a, err
	}
	a.Runs = runs.Items
	a.Checkpoints, err = p.openCheckpoints(ctx, s, limit)
	return a, err
}

// failingRow is a row of a subject, as far as the overview shows it.
type failingRow struct {
	ID, Name, Endpoint string
	StateSince         int64
	CheckJSON          string
}

// failing reads what does not answer, of all kinds that are watched. Their
// conditions are in the words of the indexes.
func (p *Plane) failing(ctx context.Context, s api.Scope, limit int) ([]api.Failing, error) {
	var all []api.Failing
	for _, at := range []struct {
		kind                   api.Kind
		table, endpoint, there string
	}{
		{api.KindLink, "links", "endpoint", "enabled"},
		{api.KindConnection, "connections", "url", "state <> 'DELETED'"},
	} {
		var rows []failingRow
		err := p.db.Read.NewSelect().TableExpr(at.table).ColumnExpr("id, name, "+at.endpoint+" AS endpoint, state_since, check_json").
			Where("project_id = ? AND check_status = 'failed'", s.Project).Where(at.there).
			OrderExpr("state_since DESC, id DESC").Limit(int64(limit)).Scan(ctx, &rows)
		if err != nil {
			return nil, err
		}
		for i := range rows {
			all = append(all, rows[i].failing(at.kind))
		}
	}
	slices.SortStableFunc(all, func(a, b api.Failing) int { return b.Since.Compare(a.Since) })
	return all[:min(len(all), limit)], nil
}

func (r *failingRow) failing(kind api.Kind) api.Failing {
	var check api.Check
	decode(r.CheckJSON, &check)
	return api.Failing{
		Kind: kind, ID: r.ID, Name: r.Name, Endpoint: r.Endpoint, Since: store.Time(r.StateSince), Step: check.Failure(),
	}
}

// expiringEntries reads the entries that end next: they are of the services that
// have the next one to end each.
func (p *Plane) expiringEntries(ctx context.Context, s api.Scope, limit int) ([]api.ExpiringEntry, error) {
	now, soon := store.Micros(p.now()), store.Micros(p.now().Add(api.ExpirySoon))
	var services []struct {
		ID, Name string
		Ends     int64
	}
	err := p.rows(place{table: "endpoint_services", there: standing}, s).Column("id", "name").
		ColumnExpr("COALESCE((SELECT MIN(expires_at) FROM permissions WHERE service_id = endpoint_services.id AND expires_at > ?), ?) AS ends", now, int64(math.MaxInt64)).
		OrderExpr("ends").Limit(int64(limit)).Scan(ctx, &services)
	if err != nil {
		return nil, err
	}
	var all []api.ExpiringEntry
	for _, service := range services {
		if service.Ends > soon {
			break
		}
		var rows []permissionRow
		err := p.db.Read.NewSelect().Model(&rows).Where("service_id = ? AND expires_at > ? AND expires_at <= ?", service.ID, now, soon).
			OrderExpr("expires_at, id").Limit(int64(limit)).Scan(ctx)
		if err != nil {
			return nil, err
		}
		for i := range rows {
			all = append(all, api.ExpiringEntry{Permission: rows[i].permission(), ServiceName: service.Name})
		}
	}
	slices.SortFunc(all, func(a, b api.ExpiringEntry) int { return cmp.Or(a.Expires.Compare(b.Expires), cmp.Compare(a.ID, b.ID)) })
	return all[:min(len(all), limit)], nil
}

func (p *Plane) openRamps(ctx context.Context, s api.Scope, limit int) ([]api.OpenRamp, error) {
	var rows []struct {
		rampRow `bun:",extend"`

		AliasName, FunctionName string
	}
	err := p.db.Read.NewSelect().TableExpr("ramps AS r").Join("JOIN aliases AS a ON a.id = r.alias_id").
		ColumnExpr("r.*, a.name AS alias_name, a.function_name").
		Where("r.project_id = ? AND r.ended_at = 0", s.Project).OrderExpr("r.next_at, r.id").Limit(int64(limit)).Scan(ctx, &rows)
	ramps := make([]api.OpenRamp, len(rows))
	for i := range rows {
		ramps[i] = api.OpenRamp{Ramp: rows[i].ramp(), AliasName: rows[i].AliasName, FunctionName: rows[i].FunctionName}
	}
	return ramps, err
}

func (p *Plane) openCheckpoints(ctx context.Context, s api.Scope, limit int) ([]api.Checkpoint, error) {
	var rows []checkpointRow
	err := p.db.Read.NewSelect().Model(&rows).Where("project_id = ? AND ended_at = 0", s.Project).
		OrderExpr("id DESC").Limit(int64(limit)).Scan(ctx)
	if err != nil {
		return nil, err
	}
	return checkpointsOf(ctx, p.db.Read, rows)
}
