package embedded

import (
	"context"
	"database/sql"
	"errors"

	"github.com/uptrace/bun"

	"switchboard/internal/api"
	"switchboard/internal/api/store"
)

// find reads a row of the project, a pointer to the struct of its table. If
// there is none it is NotFound, in the words of missing, a message key.
func find(ctx context.Context, db bun.IDB, project string, row any, missing, where string, args ...any) error {
	if !store.Storable(args...) {
		return api.Errorf(api.NotFound, missing)
	}
	err := db.NewSelect().Model(row).Where("project_id = ?", project).Where(where, args...).Scan(ctx)
	return orMissing(err, missing)
}

// lock is find by id, and keeps others from changing the row until the
// transaction ends. Whoever changes a thing and what belongs to it locks the
// thing first. Its table has a column version.
func lock(ctx context.Context, tx bun.Tx, project string, row any, missing, id string) error {
	if !store.Storable(id) {
		return api.Errorf(api.NotFound, missing)
	}
	_, err := tx.NewUpdate().Model(row).Set("version = version").
		Where("id = ? AND project_id = ?", id, project).Returning("*").Exec(ctx, row)
	return orMissing(err, missing)
}

func orMissing(err error, missing string) error {
	if errors.Is(err, sql.ErrNoRows) {
		return api.Errorf(api.NotFound, missing)
	}
	return err
}

// prune deletes all but the newest rows of one owner.
func prune(ctx context.Context, tx bun.Tx, model any, owner, id string, kept int64) error {
	last := tx.NewSelect().Model(model).Column("id").Where("? = ?", bun.Ident(owner), id).
		OrderExpr("id DESC").Limit(1).Offset(kept - 1)
	_, err := tx.NewDelete().Model(model).Where("? = ?", bun.Ident(owner), id).Where("id < (?)", last).Exec(ctx)
	return err
}
