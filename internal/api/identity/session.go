package identity

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"github.com/uptrace/bun"

	"switchboard/internal/api"
	"switchboard/internal/api/store"
)

// How long a session lasts: without a request, and at most. When it was used
// last is kept to the minute, so that not every request writes.
const (
	sessionIdle = 12 * time.Hour
	sessionLife = 7 * 24 * time.Hour
	seenEvery   = time.Minute
)

type sessionRow struct {
	bun.BaseModel `bun:"table:sessions,alias:s"`

	Hash      string `bun:"hash,pk"`
	UserID    string
	CreatedAt int64
	SeenAt    int64
	ExpiresAt int64
	Addr      string
	Agent     string
}

// SignIn opens a session for whoever knows the password and returns its token,
// which only the browser keeps. Errors as in VerifyPassword. agent is the
// browser's User-Agent.
func (s *Service) SignIn(ctx context.Context, c Credentials, from api.Actor, agent string) (string, Session, error) {
	user, err := s.VerifyPassword(ctx, c, from)
	if err != nil {
		return "", Session{}, err
	}
	token, now := newToken(), s.now()
	row := sessionRow{
		Hash: digest(token), UserID: user.ID, CreatedAt: store.Micros(now), SeenAt: store.Micros(now),
		ExpiresAt: store.Micros(now.Add(sessionLife)), Addr: clip(from.Addr, 64), Agent: clip(agent, 256),
	}
	err = s.db.InTx(ctx, func(ctx context.Context, tx bun.Tx) error {
		if err := s.purge(ctx, tx); err != nil {
			return err
		}
		if _, err := tx.NewInsert().Model(&row).Exec(ctx); err != nil {
			return err
		}
		return record(ctx, tx, by(user, from), store.Event{Action: "sign_in", Kind: "user", ID: user.ID, Name: user.Name})
	})
	if err != nil {
		return "", Session{}, err
	}
	return token, Session{ID: row.Hash, User: user, Expires: row.end()}, nil
}

// purge removes what time has ended.
func (s *Service) purge(ctx context.Context, tx bun.IDB) error {
	now := s.now()
	_, err := tx.NewDelete().Model((*sessionRow)(nil)).
		Where("expires_at <= ? OR seen_at <= ?", store.Micros(now), store.Micros(now.Add(-sessionIdle))).Exec(ctx)
	if err != nil {
		return err
	}
	_, err = tx.NewDelete().Model((*throttleRow)(nil)).Where("last_at < ?", store.Micros(now.Add(-forgetAfter))).Exec(ctx)
	return err
}

// Session returns the session that a token opens, or Unauthorised if it ended.
func (s *Service) Session(ctx context.Context, token string) (Session, error) {
	var row struct {
		person
		SeenAt, ExpiresAt int64
	}
	id, now := digest(token), s.now()
	q := withPerson(s.db.Read.NewSelect().TableExpr("sessions AS s"), "s.user_id").ColumnExpr("s.seen_at, s.expires_at")
	err := q.Where("s.hash = ?", id).Scan(ctx, &row)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return Session{}, err
	}
	open := sessionRow{Hash: id, SeenAt: row.SeenAt, ExpiresAt: row.ExpiresAt}
	if err != nil || row.Disabled || !now.Before(open.end()) {
		return Session{}, api.Errorf(api.Unauthorised, "identity.session_ended")
	}
	if now.Sub(store.Time(open.SeenAt)) >= seenEvery {
		open.SeenAt = store.Micros(now)
		if err := s.touch(ctx, &open); err != nil {
			return Session{}, err
		}
	}
	return Session{ID: id, User: row.user(), Expires: open.end()}, nil
}

// end is when the session ends if it is not used any more.
func (r *sessionRow) end() time.Time {
	idle, life := store.Time(r.SeenAt).Add(sessionIdle), store.Time(r.ExpiresAt)
	if idle.Before(life) {
		return idle
	}
	return life
}

func (s *Service) touch(ctx context.Context, row *sessionRow) error {
	return s.db.InTx(ctx, func(ctx context.Context, tx bun.Tx) error {
		_, err := tx.NewUpdate().Model(row).Column("seen_at").WherePK().Exec(ctx)
		return err
	})
}

// SignOut ends one of the actor's sessions, at once and everywhere. Ending a
// session that has ended is no error.
func (s *Service) SignOut(ctx context.Context, actor api.Actor, sessionID string) error {
	return s.db.InTx(ctx, func(ctx context.Context, tx bun.Tx) error {
		result, err := tx.NewDelete().Model((*sessionRow)(nil)).Where("user_id = ? AND hash = ?", actor.UserID, sessionID).Exec(ctx)
		if err != nil {
			return err
		}
		if n, err := result.RowsAffected(); err != nil || n == 0 {
			return err
		}
		return record(ctx, tx, actor, store.Event{Action: "sign_out", Kind: "user", ID: actor.UserID, Name: actor.User})
	})
}
