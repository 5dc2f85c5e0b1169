package embedded

import (
	"context"

	"github.com/uptrace/bun"
)

// resealBatch is how many rows one transaction of Reseal takes.
const resealBatch = 100

// Reseal seals every link's secrets with the current key and returns how many
// it changed. It may run while others work: it takes the version along and
// leaves a row that changed meanwhile to the key it was just sealed with.
func (p *Plane) Reseal(ctx context.Context) (int, error) {
	done, last := 0, ""
	for {
		var rows []linkRow
		err := p.db.InTx(ctx, func(ctx context.Context, tx bun.Tx) error {
			err := tx.NewSelect().Model(&rows).Where("id > ? AND sealed <> ''", last).OrderExpr("id").Limit(resealBatch).Scan(ctx)
			if err != nil {
				return err
			}
			for i := range rows {
				if p.keys.Current(rows[i].Sealed) {
					continue
				}
				if err := p.reseal(ctx, tx, &rows[i]); err != nil {
					return err
				}
				done++
			}
			return nil
		})
		if err != nil || len(rows) == 0 {
			return done, err
		}
		last = rows[len(rows)-1].ID
	}
}

func (p *Plane) reseal(ctx context.Context, tx bun.Tx, row *linkRow) error {
	secrets, err := row.open(p.keys)
	if err != nil {
		return err
	}
	row.seal(p.keys, secrets)
	_, err = tx.NewUpdate().Model(row).Column("sealed").Where("id = ? AND version = ?", row.ID, row.Version).Exec(ctx)
	return err
}
