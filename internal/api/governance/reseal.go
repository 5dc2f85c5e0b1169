package governance

import (
	"context"

	"github.com/uptrace/bun"
)

// Reseal seals what goes along with requests that still wait, and the approvals of
// them, with the current key, and returns how many requests it changed.
func (g *Service) Reseal(ctx context.Context) (int, error) {
	var rows []requestRow
	err := g.db.Read.NewSelect().Model(&rows).Column("id", "project_id", "sealed", "approver_id", "signature").
		Where("ended_at = 0").Scan(ctx)
	changed := 0
	for i := range rows {
		if err != nil {
			break
		}
		if !g.keys.Current(rows[i].Sealed) {
			err = g.reseal(ctx, &rows[i])
			changed++
		}
	}
	return changed, err
}

func (g *Service) reseal(ctx context.Context, row *requestRow) error {
	inside, err := g.keys.Open(row.place(), row.Sealed)
	if err != nil {
		return err
	}
	set := *row
	set.Sealed = g.keys.Seal(row.place(), inside)
	if row.Signature != "" {
		signed, err := g.keys.Open(row.signed(), row.Signature)
		if err != nil {
			return err
		}
		set.Signature = g.keys.Seal(row.signed(), signed)
	}
	return g.db.InTx(ctx, func(ctx context.Context, tx bun.Tx) error {
		_, err := tx.NewUpdate().Model((*requestRow)(nil)).Set("sealed = ?, signature = ?", set.Sealed, set.Signature).
			Where("id = ? AND sealed = ? AND signature = ?", row.ID, row.Sealed, row.Signature).Exec(ctx)
		return err
	})
}
