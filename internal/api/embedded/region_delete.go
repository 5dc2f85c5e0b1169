package embedded

import (
	"context"

	"github.com/uptrace/bun"

	"switchboard/internal/api"
	"switchboard/internal/api/store"
)

// DeleteRegion implements api.Regions. The project that came with the region stays,
// in the console's own region.
func (p *Plane) DeleteRegion(ctx context.Context, s api.Scope, name string, version int64) error {
	return p.db.InTx(ctx, func(ctx context.Context, tx bun.Tx) error {
		row, err := lockRegion(ctx, tx, name, version)
		if err != nil {
			return err
		}
		if err := p.regionFree(ctx, tx, name); err != nil {
			return err
		}
		if _, err := tx.NewDelete().Model(row).WherePK().Exec(ctx); err != nil {
			return err
		}
		if err := moveProject(ctx, tx, name, p.options.Region, "region = ?", name); err != nil {
			return err
		}
		return store.Record(ctx, tx, s, store.Event{
			Action: "delete", Kind: api.KindRegion, ID: name, Name: name, Before: row.audited(false),
		})
	})
}

// moveProject moves the projects of a name to a region.
func moveProject(ctx context.Context, tx bun.Tx, name, region, where string, args ...any) error {
	_, err := tx.NewUpdate().Model((*projectRow)(nil)).Set("region = ?", region).
		Where("name = ?", name).Where(where, args...).Exec(ctx)
	return err
}

// regionFree refuses to give up a region that something needs: the console's own,
// one with backups or policies, and one that an operation or a run copies to.
func (p *Plane) regionFree(ctx context.Context, tx bun.Tx, name string) error {
	if name == p.options.Region {
		return api.Errorf(api.Conflict, "region.own", "region", name)
	}
	projects := func() *bun.SelectQuery {
		return tx.NewSelect().Model((*projectRow)(nil)).Column("id").Where("region = ?", name)
	}
	for _, use := range []struct {
		key   string
		query *bun.SelectQuery
	}{
		{"region.has_backups", tx.NewSelect().TableExpr("backups").Where("region = ?", name)},
		{"region.has_policies", tx.NewSelect().TableExpr("policies").Where("project_id IN (?)", projects())},
		{"region.has_projects", projects().Where("name <> ?", name)},
		{"region.has_runs", tx.NewSelect().TableExpr("replication_runs").Where("ended_at = 0 AND (region = ? OR source_region = ?)", name, name)},
	} {
		found, err := use.query.Exists(ctx)
		if err != nil {
			return err
		}
		if found {
			return api.Errorf(api.Conflict, use.key, "region", name)
		}
	}
	return destinationFree(ctx, tx, name)
}

// destinationFree refuses to give up a region that a policy names as the place that
// it is replicated to.
func destinationFree(ctx context.Context, tx bun.Tx, name string) error {
	var rows []operationRow
	err := tx.NewSelect().Model(&rows).Column("definition").Where("type = ?", api.OperationReplication).Scan(ctx)
	for i := range rows {
		if rows[i].definition().Region == name {
			return api.Errorf(api.Conflict, "region.has_operations", "region", name)
		}
	}
	return err
}
