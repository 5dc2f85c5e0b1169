package store

import (
	"context"
	"time"

	"github.com/uptrace/bun"

	"switchboard/internal/api"
)

// actionTest is what was only tried: that uses up no approval.
const actionTest = "test"

// use notes that the request was applied by whose approval a change is made, in the
// transaction that makes it. If another attempt has made it already, or nobody approves
// it any more, this one fails, and with it the transaction: so a change is made once,
// however many processes try.
func use(ctx context.Context, tx bun.IDB, s api.Scope, action string) error {
	if s.Grant.Request == "" || action == actionTest {
		return nil
	}
	now := Micros(time.Now())
	result, err := tx.NewUpdate().TableExpr("requests").
		Set("state = ?, try = ?, ended_at = ?, due_at = 0", api.RequestApplied, s.Grant.Try, now).
		Where("id = ? AND project_id = ? AND state = ?", s.Grant.Request, s.Project, api.RequestApproved).Exec(ctx)
	if err != nil {
		return err
	}
	if n, err := result.RowsAffected(); err != nil || n > 0 {
		if err == nil {
			err = noteApplied(ctx, tx, s.Grant.Request, now)
		}
		return err
	}
	ours, err := tx.NewSelect().TableExpr("requests").
		Where("id = ? AND project_id = ? AND state = ? AND try = ?", s.Grant.Request, s.Project, api.RequestApplied, s.Grant.Try).Exists(ctx)
	if err == nil && !ours {
		err = api.Errorf(api.Conflict, "request.meanwhile")
	}
	return err
}

func noteApplied(ctx context.Context, tx bun.IDB, request string, now int64) error {
	_, err := tx.NewInsert().TableExpr("request_comments").Model(&map[string]any{
		"id": NewID(), "request_id": request, "at": now, "user_name": "", "event": string(api.RequestApplied), "text": "",
	}).Exec(ctx)
	return err
}
