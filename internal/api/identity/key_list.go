package identity

import (
	"context"
	"database/sql"
	"errors"

	"github.com/uptrace/bun"

	"switchboard/internal/api"
	"switchboard/internal/api/store"
)

// Keys returns the actor's access keys, newest first.
func (s *Service) Keys(ctx context.Context, actor api.Actor) ([]KeyInfo, error) {
	var rows []struct {
		Access, Name        string
		CreatedAt, SeenAt   int64
		ProjectID, Project  string
		AccountID, Archived int64
	}
	err := s.db.Read.NewSelect().TableExpr("access_keys AS k").
		ColumnExpr("k.access, k.name, k.created_at, k.seen_at, k.project_id, COALESCE(p.name, '') AS project").
		Join("LEFT JOIN projects AS p ON p.id = k.project_id").
		Where("k.user_id = ?", actor.UserID).OrderExpr("k.created_at DESC, k.access").Scan(ctx, &rows)
	found := make([]KeyInfo, len(rows))
	for i, r := range rows {
		found[i] = KeyInfo{r.Access, r.Name, Project{ID: r.ProjectID, Name: r.Project}, store.Time(r.CreatedAt), store.Time(r.SeenAt)}
	}
	return found, err
}

// DeleteKey ends an access key at once, or answers NotFound. For its user, and for
// administrators.
func (s *Service) DeleteKey(ctx context.Context, actor api.Actor, access string) error {
	unknown := api.Errorf(api.NotFound, "identity.key_unknown", "access", clip(access, maxLabel))
	if !accessID.MatchString(access) {
		return unknown
	}
	return s.db.InTx(ctx, func(ctx context.Context, tx bun.Tx) error {
		row := new(keyRow)
		taken, err := takeOwn(ctx, tx, actor, tx.NewSelect().Model(row).Where("access = ?", access), row, &row.UserID, unknown)
		if err != nil || !taken {
			return err
		}
		return store.Record(ctx, tx, api.Scope{Project: row.ProjectID, Actor: actor}, store.Event{
			Action: "delete", Kind: kindKey, ID: access, Name: access,
			Before: map[string]string{"access": access, "name": row.Name, "user_id": row.UserID, "project": row.ProjectID},
		})
	})
}

// takeOwn deletes the row that query finds, a credential of owner, for whom and for
// administrators it is there; for others it is unknown. taken is false if somebody else
// deleted it at the same time.
func takeOwn(ctx context.Context, tx bun.Tx, actor api.Actor, query *bun.SelectQuery, row any, owner *string, unknown error) (taken bool, err error) {
	err = query.Scan(ctx)
	if errors.Is(err, sql.ErrNoRows) || err == nil && allowOwn(actor, *owner) != nil {
		return false, unknown
	}
	if err != nil {
		return false, err
	}
	result, err := tx.NewDelete().Model(row).WherePK().Exec(ctx)
	if err != nil {
		return false, err
	}
	n, err := result.RowsAffected()
	return n > 0, err
}
