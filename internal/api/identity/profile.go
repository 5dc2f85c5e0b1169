package identity

import (
	"context"

	"github.com/uptrace/bun"

	"switchboard/internal/api"
	"switchboard/internal/api/store"
)

// ChangePassword sets the actor's password, if he knows the old one, and ends his other
// sessions and the tokens of his sign-ins. What is wrong is said at "old" and "new";
// Limit as in VerifyPassword.
func (s *Service) ChangePassword(ctx context.Context, actor api.Actor, sessionID string, old, wanted api.Secret) error {
	user, err := s.confirm(ctx, actor, "old", old)
	if err != nil {
		return err
	}
	hash, err := s.judgedHash(ctx, user.Name, "new", wanted)
	if err != nil {
		return err
	}
	return s.db.InTx(ctx, func(ctx context.Context, tx bun.Tx) error {
		if _, err := holdProved(ctx, tx, user); err != nil {
			return err
		}
		if err := updatePassword(ctx, tx, user.ID, hash); err != nil {
			return err
		}
		ended, err := s.signOutOthers(ctx, tx, user.ID, sessionID)
		if err != nil {
			return err
		}
		return record(ctx, tx, actor, store.Event{Action: "change_password", Kind: kindUser, ID: user.ID, Name: user.Name, After: ended})
	})
}

// confirm makes sure that the actor knows his password; that he does not is said at a
// path.
func (s *Service) confirm(ctx context.Context, actor api.Actor, path string, password api.Secret) (User, error) {
	row, err := s.prove(ctx, Credentials{UserID: actor.UserID, Password: password}, actor)
	if api.CodeOf(err) == api.Unauthorised {
		err = api.Refuse([]api.Problem{{Path: path, Message: api.M("identity.not_password")}})
	}
	return row.proved(), err
}

// signOutOthers ends somebody's sessions but one, and the tokens of sign-ins.
func (s *Service) signOutOthers(ctx context.Context, tx bun.IDB, userID, except string) (ended endedJSON, err error) {
	result, err := tx.NewDelete().Model((*sessionRow)(nil)).Where("user_id = ? AND hash <> ?", userID, except).Exec(ctx)
	if err != nil {
		return ended, err
	}
	if ended.Sessions, err = result.RowsAffected(); err != nil {
		return ended, err
	}
	if result, err = tx.NewDelete().Model((*tokenRow)(nil)).Where("user_id = ? AND name = ''", userID).Exec(ctx); err != nil {
		return ended, err
	}
	ended.Tokens, err = result.RowsAffected()
	return ended, err
}

// Sessions returns where the actor is signed in, the latest used first.
func (s *Service) Sessions(ctx context.Context, actor api.Actor) ([]SessionInfo, error) {
	var rows []sessionRow
	now := s.now()
	err := s.db.Read.NewSelect().Model(&rows).Where("user_id = ? AND NOT pending", actor.UserID).
		Where("expires_at > ? AND seen_at > ?", store.Micros(now), store.Micros(now.Add(-sessionIdle))).
		OrderExpr("seen_at DESC, hash").Scan(ctx)
	found := make([]SessionInfo, len(rows))
	for i, r := range rows {
		found[i] = SessionInfo{r.Hash, r.Addr, r.Agent, store.Time(r.CreatedAt), store.Time(r.SeenAt), r.end()}
	}
	return found, err
}

// SignOutEverywhere ends the actor's sessions but one, or all if except is empty, and
// the tokens of his sign-ins. It returns how many sessions.
func (s *Service) SignOutEverywhere(ctx context.Context, actor api.Actor, except string) (int, error) {
	var ended endedJSON
	err := s.db.InTx(ctx, func(ctx context.Context, tx bun.Tx) (err error) {
		if ended, err = s.signOutOthers(ctx, tx, actor.UserID, except); err != nil {
			return err
		}
		return record(ctx, tx, actor, store.Event{Action: "sign_out_everywhere", Kind: kindUser, ID: actor.UserID, Name: actor.User, After: ended})
	})
	return int(ended.Sessions), err
}
