package identity

import (
	"context"
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
	pendingLife = 10 * time.Minute // without the second factor
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
	Pending   bool
}

// SignIn opens a session for whoever knows the password and returns its token,
// which only the browser keeps; for who has a second factor one that is pending. Errors
// as in VerifyPassword. agent is the browser's User-Agent.
func (s *Service) SignIn(ctx context.Context, c Credentials, from api.Actor, agent string) (string, Session, error) {
	row, err := s.prove(ctx, c, from)
	if err != nil {
		return "", Session{}, err
	}
	return s.openSession(ctx, row.proved(), from, agent)
}

// openSession opens a session for somebody who proved to be the user: one that is
// pending if there is a second factor.
func (s *Service) openSession(ctx context.Context, user User, from api.Actor, agent string) (string, Session, error) {
	token, now := newToken(), s.now()
	row := sessionRow{
		Hash: digest(token), UserID: user.ID, CreatedAt: store.Micros(now), SeenAt: store.Micros(now),
		ExpiresAt: store.Micros(now.Add(sessionLife)), Addr: clip(from.Addr, 64), Agent: clip(agent, 256),
	}
	err := s.db.InTx(ctx, func(ctx context.Context, tx bun.Tx) error {
		held, err := holdProved(ctx, tx, user)
		if err != nil {
			return err
		}
		if row.Pending = held.Factor != ""; row.Pending {
			row.ExpiresAt = store.Micros(now.Add(pendingLife))
		}
		if err := s.purge(ctx, tx); err != nil {
			return err
		}
		if _, err := tx.NewInsert().Model(&row).Exec(ctx); err != nil {
			return err
		}
		if row.Pending {
			return nil // he is not in yet
		}
		return s.recordSignIn(ctx, tx, user, from)
	})
	if err != nil {
		return "", Session{}, err
	}
	user.proof = ""
	return token, Session{ID: row.Hash, User: user, Expires: row.end(), Pending: row.Pending}, nil
}

func (s *Service) recordSignIn(ctx context.Context, tx bun.IDB, user User, from api.Actor) error {
	_, err := tx.NewUpdate().Model((*userRow)(nil)).Set("seen_at = ?", store.Micros(s.now())).Where("id = ?", user.ID).Exec(ctx)
	if err != nil {
		return err
	}
	return record(ctx, tx, by(user, from), store.Event{Action: "sign_in", Kind: kindUser, ID: user.ID, Name: user.Name})
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
	id, now := digest(token), s.now()
	row, err := s.holder(ctx, id)
	if err != nil {
		return Session{}, err
	}
	if row.Pending {
		return Session{}, api.Errorf(api.Unauthorised, FactorAwaited)
	}
	open := row.open(id)
	if seen := open.SeenAt; now.Sub(store.Time(seen)) >= seenEvery {
		open.SeenAt = store.Micros(now)
		// The user first, as all do: or two could wait for each other.
		if err := s.seen(ctx, seen, &userRow{ID: row.UserID, SeenAt: open.SeenAt}, &open); err != nil {
			return Session{}, err
		}
	}
	return Session{ID: id, User: row.user(), Expires: open.end()}, nil
}

// FactorAwaited is the key of what Session says of one whose second factor is awaited.
const FactorAwaited = "identity.factor_awaited"

// sessionHolder is a session with the person whose it is.
type sessionHolder struct {
	person
	SeenAt, ExpiresAt int64
	Pending           bool
}

func (h *sessionHolder) open(id string) sessionRow {
	return sessionRow{Hash: id, SeenAt: h.SeenAt, ExpiresAt: h.ExpiresAt}
}

// sessionQuery finds a sessionHolder by the hash of the token. Every page waits for it.
func sessionQuery(db *store.DB) *store.Statement {
	q := withPerson(db.Read.NewSelect().TableExpr("sessions AS s"), "s.user_id").ColumnExpr("s.seen_at, s.expires_at, s.pending")
	return db.Statement(q.Where("s.hash = ?", bun.Safe("?")).String())
}

// holder returns the session of that id, pending or not, or Unauthorised if it ended.
func (s *Service) holder(ctx context.Context, id string) (*sessionHolder, error) {
	var rows []sessionHolder
	if err := s.ask.session.Scan(ctx, &rows, id); err != nil {
		return nil, err
	}
	if len(rows) > 0 && !rows[0].Disabled {
		if open := rows[0].open(id); s.now().Before(open.end()) {
			return &rows[0], nil
		}
	}
	return nil, api.Errorf(api.Unauthorised, "identity.session_ended")
}

// end is when the session ends if it is not used any more.
func (r *sessionRow) end() time.Time {
	idle, life := store.Time(r.SeenAt).Add(sessionIdle), store.Time(r.ExpiresAt)
	if idle.Before(life) {
		return idle
	}
	return life
}

// seen keeps in rows when something was used, if that was kept a minute ago or more.
func (s *Service) seen(ctx context.Context, last int64, rows ...any) error {
	if s.now().Sub(store.Time(last)) < seenEvery {
		return nil
	}
	return s.db.InTx(ctx, func(ctx context.Context, tx bun.Tx) error {
		for _, row := range rows {
			if _, err := tx.NewUpdate().Model(row).Column("seen_at").WherePK().Exec(ctx); err != nil {
				return err
			}
		}
		return nil
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
		return record(ctx, tx, actor, store.Event{Action: "sign_out", Kind: kindUser, ID: actor.UserID, Name: actor.User})
	})
}
