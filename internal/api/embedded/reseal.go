package embedded

import (
	"context"

	"github.com/uptrace/bun"
)

// resealBatch is how many rows one transaction of Reseal takes.
const resealBatch = 100

// Reseal seals the secrets of every link, hook and region with the current key and
// returns how many it changed. It may run while others work: it takes the
// version along and leaves a row that changed meanwhile to the key it was just
// sealed with.
func (p *Plane) Reseal(ctx context.Context) (int, error) {
	links, err := p.resealBatches(ctx, p.resealLinks)
	if err != nil {
		return links, err
	}
	hooks, err := p.resealBatches(ctx, p.resealHooks)
	if err != nil {
		return links + hooks, err
	}
	regions, err := p.resealBatches(ctx, p.resealRegions)
	return links + hooks + regions, err
}

// resealBatches calls batch until it finds no more rows after the last one.
func (p *Plane) resealBatches(ctx context.Context, batch func(ctx context.Context, tx bun.Tx, last string) (string, int, error)) (int, error) {
	done, last := 0, ""
	for {
		changed := 0
		err := p.db.InTx(ctx, func(ctx context.Context, tx bun.Tx) (err error) {
			last, changed, err = batch(ctx, tx, last)
			return err
		})
		if err != nil {
			return done, err
		}
		if done += changed; last == "" {
			return done, nil
		}
	}
}

func (p *Plane) resealLinks(ctx context.Context, tx bun.Tx, last string) (_ string, changed int, err error) {
	var rows []linkRow
	err = tx.NewSelect().Model(&rows).Where("id > ? AND sealed <> ''", last).OrderExpr("id").Limit(resealBatch).Scan(ctx)
	if err != nil || len(rows) == 0 {
		return "", 0, err
	}
	for i := range rows {
		row := &rows[i]
		if p.keys.Current(row.Sealed) {
			continue
		}
		secrets, err := row.open(p.keys)
		if err != nil {
			return "", changed, err
		}
		row.seal(p.keys, secrets)
		_, err = tx.NewUpdate().Model(row).Column("sealed").Where("id = ? AND version = ?", row.ID, row.Version).Exec(ctx)
		if err != nil {
			return "", changed, err
		}
		changed++
	}
	return rows[len(rows)-1].ID, changed, nil
}

func (p *Plane) resealHooks(ctx context.Context, tx bun.Tx, last string) (_ string, changed int, err error) {
	var rows []hookRow
	err = tx.NewSelect().Model(&rows).Where("project_id > ?", last).OrderExpr("project_id").Limit(resealBatch).Scan(ctx)
	if err != nil || len(rows) == 0 {
		return "", 0, err
	}
	for i := range rows {
		row := &rows[i]
		if p.keys.Current(row.Sealed) {
			continue
		}
		sealed, err := row.open(p.keys)
		if err != nil {
			return "", changed, err
		}
		row.seal(p.keys, sealed)
		_, err = tx.NewUpdate().Model(row).Column("sealed").
			Where("project_id = ? AND version = ?", row.ProjectID, row.Version).Exec(ctx)
		if err != nil {
			return "", changed, err
		}
		changed++
	}
	return rows[len(rows)-1].ProjectID, changed, nil
}

func (p *Plane) resealRegions(ctx context.Context, tx bun.Tx, last string) (_ string, changed int, err error) {
	var rows []regionRow
	err = tx.NewSelect().Model(&rows).Where("name > ? AND sealed <> ''", last).OrderExpr("name").Limit(resealBatch).Scan(ctx)
	if err != nil || len(rows) == 0 {
		return "", 0, err
	}
	for i := range rows {
		row := &rows[i]
		if p.keys.Current(row.Sealed) {
			continue
		}
		secret, err := row.open(p.keys)
		if err != nil {
			return "", changed, err
		}
		row.seal(p.keys, secret)
		_, err = tx.NewUpdate().Model(row).Column("sealed").Where("name = ? AND version = ?", row.Name, row.Version).Exec(ctx)
		if err != nil {
			return "", changed, err
		}
		changed++
	}
	return rows[len(rows)-1].Name, changed, nil
}
