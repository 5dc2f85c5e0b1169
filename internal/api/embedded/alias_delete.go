package embedded

import (
	"context"

	"github.com/uptrace/bun"

	"switchboard/internal/api"
	"switchboard/internal/api/store"
)

// DeleteAlias implements api.Aliases. Its ramps go with it.
func (p *Plane) DeleteAlias(ctx context.Context, s api.Scope, id string, version int64) error {
	_, err := p.changeAlias(ctx, s, id, version, func(ctx context.Context, tx bun.Tx, c *aliasChange) (string, error) {
		c.gone = true
		return "", c.row.drop(ctx, tx, s, c.ramp)
	})
	return err
}

// drop removes the row of a locked alias.
func (r *aliasRow) drop(ctx context.Context, tx bun.Tx, s api.Scope, ramp *rampRow) error {
	if _, err := tx.NewDelete().Model(r).WherePK().Exec(ctx); err != nil {
		return err
	}
	return store.Record(ctx, tx, s, store.Event{
		Action: "delete", Kind: api.KindAlias, ID: r.ID, Name: r.Name, Before: r.audited(ramp),
	})
}

// dropAliases removes the aliases of a locked function, with their ramps: all,
// or only that of a main version.
func dropAliases(ctx context.Context, tx bun.Tx, s api.Scope, function, main string) error {
	var rows []aliasRow
	query := tx.NewSelect().Model(&rows).Where("function_id = ?", function).Order("name")
	if main != "" {
		query = query.Where("main = ?", main)
	}
	if err := query.Scan(ctx); err != nil {
		return err
	}
	for i := range rows {
		ramp, err := rampUnderWay(ctx, tx, rows[i].ID)
		if err != nil {
			return err
		}
		if err := rows[i].drop(ctx, tx, s, ramp); err != nil {
			return err
		}
	}
	return nil
}
