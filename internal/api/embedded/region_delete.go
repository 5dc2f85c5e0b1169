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
	used, err := firstUse(ctx, append(contents(tx, name),
		regionUse{"region.has_policies", here(tx.NewSelect().TableExpr("policies").Where("project_id IN (?)", projects()))},
		regionUse{"region.has_projects", projects().Where("name <> ?", name)}))
	if err != nil {
		return err
	}
	if used != "" {
		return api.Errorf(api.Conflict, used, "region", name)
	}
	return destinationFree(ctx, tx, name)
}

// regionUse is something that needs a region, and the message that says so.
type regionUse struct {
	key   string
	query *bun.SelectQuery
}

// contents are what needs a region to be where it is: backups, and what makes them
// or copies them.
func contents(tx bun.Tx, name string) []regionUse {
	return []regionUse{
		{"region.has_backups", here(tx.NewSelect().TableExpr("backups").Where("region = ?", name))},
		{"region.has_checkpoints", here(tx.NewSelect().TableExpr("checkpoints").Where("ended_at = 0 AND region = ?", name))},
		{"region.has_runs", here(tx.NewSelect().TableExpr("replication_runs").Where("ended_at = 0 AND (region = ? OR source_region = ?)", name, name))},
	}
}

// firstUse is the message of the first use that there is, "" if there is none.
func firstUse(ctx context.Context, uses []regionUse) (string, error) {
	for _, use := range uses {
		if found, err := use.query.Exists(ctx); err != nil || found {
			return use.key, err
		}
	}
	return "", nil
}

// mayMove refuses to change where the objects of a region are, as long as there are
// some that the console knows of, or it makes some.
func (r *regionRow) mayMove(ctx context.Context, tx bun.Tx, d *api.RegionDraft) error {
	stored := r.region()
	path := d.Moves(&stored)
	if path == "" {
		return nil
	}
	used, err := firstUse(ctx, contents(tx, r.Name))
	if err != nil || used == "" {
		return err
	}
	m := api.M(used, "region", r.Name)
	if used == "region.has_backups" {
		m = api.M("region.stays", "region", r.Name)
	}
	return &api.Error{Code: api.Conflict, Message: m, Problems: []api.Problem{{Path: path, Message: m}}}
}

// destinationFree refuses to give up a region that a policy names as the place that
// it is replicated to.
func destinationFree(ctx context.Context, tx bun.Tx, name string) error {
	var rows []operationRow
	err := here(tx.NewSelect().Model(&rows).Column("definition").Where("type = ?", api.OperationReplication)).Scan(ctx)
	for i := range rows {
		if rows[i].definition().Region == name {
			return api.Errorf(api.Conflict, "region.has_operations", "region", name)
		}
	}
	return err
}
