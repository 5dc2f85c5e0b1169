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

// How long one-time links are good for.
const (
	inviteLife = 7 * 24 * time.Hour
	resetLife  = 24 * time.Hour
)

// What one-time links are for.
const (
	purposeInvite = "invite"
	purposeReset  = "reset"
)

type linkRow struct {
	bun.BaseModel `bun:"table:password_links,alias:l"`

	Hash      string `bun:"hash,pk"`
	UserID    string
	Purpose   string
	CreatedAt int64
	CreatedBy string
	ExpiresAt int64
}

// addLink makes a one-time link, which replaces older ones, and returns its token.
func (s *Service) addLink(ctx context.Context, tx bun.IDB, actor api.Actor, userID, purpose string, life time.Duration) (string, error) {
	token, now := newToken(), s.now()
	row := linkRow{
		Hash: digest(token), UserID: userID, Purpose: purpose, CreatedAt: store.Micros(now), CreatedBy: actor.User,
		ExpiresAt: store.Micros(now.Add(life)),
	}
	if _, err := tx.NewDelete().Model((*linkRow)(nil)).Where("user_id = ? OR expires_at <= ?", userID, row.CreatedAt).Exec(ctx); err != nil {
		return "", err
	}
	_, err := tx.NewInsert().Model(&row).Exec(ctx)
	return token, err
}

// Invite adds somebody without a password and returns the token of the link by which
// it is set, once and within seven days. Errors as in CreateUser. For administrators.
func (s *Service) Invite(ctx context.Context, actor api.Actor, n NewPerson) (Person, string, error) {
	if err := api.Allow(actor, api.RoleAdministrator); err != nil {
		return Person{}, "", err
	}
	if err := api.Refuse(judgePerson(n)); err != nil {
		return Person{}, "", err
	}
	var user User
	var token string
	err := s.db.InTx(ctx, func(ctx context.Context, tx bun.Tx) (err error) {
		if user, err = s.addPerson(ctx, tx, actor, n, ""); err != nil {
			return err
		}
		if token, err = s.addLink(ctx, tx, actor, user.ID, purposeInvite, inviteLife); err != nil {
			return err
		}
		return record(ctx, tx, actor, store.Event{Action: "invite", Kind: kindUser, ID: user.ID, Name: user.Name})
	})
	if err != nil {
		return Person{}, "", nameTaken(err, n.Name)
	}
	made, err := s.Person(ctx, actor, user.ID)
	return made, token, err
}

// ResetPassword takes somebody's password away, ends what was got by it, and returns
// the token of a link by which a new one is set, once and within 24 hours; for who was
// invited, of a new invitation. Conflict for oneself, and for who signs in elsewhere.
// For administrators.
func (s *Service) ResetPassword(ctx context.Context, actor api.Actor, id string) (string, error) {
	var token string
	err := s.changePerson(ctx, actor, id, func(ctx context.Context, tx bun.Tx, row *userRow) (store.Event, error) {
		switch {
		case row.ID == actor.UserID:
			return store.Event{}, api.Errorf(api.Conflict, "identity.reset_self")
		case row.Issuer != "":
			return store.Event{}, api.Errorf(api.Conflict, "identity.external_password")
		case row.Disabled:
			return store.Event{}, api.Errorf(api.Conflict, "identity.user_disabled", "name", row.Name)
		}
		event, purpose := store.Event{Action: "reset_password"}, purposeReset
		if row.invited() {
			event, purpose = store.Event{Action: "invite"}, purposeInvite
		}
		row.PasswordHash = ""
		ended, err := dropCredentials(ctx, tx, row.ID, false)
		if err != nil {
			return event, err
		}
		event.After = ended
		token, err = s.addLink(ctx, tx, actor, row.ID, purpose, resetLife)
		return event, err
	}, "password_hash")
	return token, err
}

// PasswordLink says what a one-time link is for, or NotFound if it does not work any
// more.
func (s *Service) PasswordLink(ctx context.Context, token string) (PasswordLink, error) {
	return s.findLink(ctx, s.db.Read, token)
}

func (s *Service) findLink(ctx context.Context, db bun.IDB, token string) (PasswordLink, error) {
	var row struct {
		person
		Purpose string
	}
	q := withPerson(db.NewSelect().TableExpr("password_links AS l"), "l.user_id").ColumnExpr("l.purpose")
	err := q.Where("l.hash = ? AND l.expires_at > ?", digest(token), store.Micros(s.now())).Where("NOT u.disabled").Scan(ctx, &row)
	if errors.Is(err, sql.ErrNoRows) {
		err = api.Errorf(api.NotFound, "identity.link_closed")
	}
	return PasswordLink{User: row.user(), Invite: row.Purpose == purposeInvite}, err
}

// UsePasswordLink sets the password that a one-time link is for, whoever of several
// comes first, and ends what was got by an older one. What is wrong with it is said at
// "password"; NotFound if the link does not work any more.
func (s *Service) UsePasswordLink(ctx context.Context, token string, password api.Secret, from api.Actor) (User, error) {
	link, err := s.findLink(ctx, s.db.Read, token)
	if err != nil {
		return User{}, err
	}
	hash, err := s.judgedHash(ctx, link.User.Name, "password", password)
	if err != nil {
		return User{}, err
	}
	err = s.db.InTx(ctx, func(ctx context.Context, tx bun.Tx) error {
		if err := lockUser(ctx, tx, link.User.ID); err != nil {
			return err
		}
		// Once more: somebody else may have used it, or it was replaced.
		if _, err := s.findLink(ctx, tx, token); err != nil {
			return err
		}
		return setPassword(ctx, tx, by(link.User, from), link.User, hash)
	})
	return link.User, err
}

// judgedHash returns the hash of a password, or what is wrong with it at a path.
func (s *Service) judgedHash(ctx context.Context, name, path string, password api.Secret) (string, error) {
	if m := judgePassword(name, password.Reveal()); !m.IsZero() {
		return "", api.Refuse([]api.Problem{{Path: path, Message: m}})
	}
	return s.hash(ctx, password)
}

// setPassword sets somebody's first or another password by a one-time link.
func setPassword(ctx context.Context, tx bun.IDB, actor api.Actor, user User, hash string) error {
	if err := updatePassword(ctx, tx, user.ID, hash); err != nil {
		return err
	}
	ended, err := dropCredentials(ctx, tx, user.ID, false)
	if err != nil {
		return err
	}
	return record(ctx, tx, actor, store.Event{Action: "set_password", Kind: kindUser, ID: user.ID, Name: user.Name, After: ended})
}

func updatePassword(ctx context.Context, tx bun.IDB, userID, hash string) error {
	_, err := tx.NewUpdate().Model((*userRow)(nil)).Set("password_hash = ?", hash).Where("id = ?", userID).Exec(ctx)
	return err
}

// lockUser makes other transactions that call it for the same user wait until this one
// ends.
func lockUser(ctx context.Context, tx bun.IDB, userID string) error {
	_, err := tx.NewUpdate().Model((*userRow)(nil)).Set("name = name").Where("id = ?", userID).Exec(ctx)
	return err
}

// holdProved is holdUser for who proved to be the user a moment ago: Unauthorised if
// the password that he did it by was changed or taken away since.
func holdProved(ctx context.Context, tx bun.IDB, user User) (*userRow, error) {
	row, err := holdUser(ctx, tx, user.ID)
	if err == nil && user.proof != "" && user.proof != digest(row.PasswordHash) {
		err = api.Errorf(api.Unauthorised, "identity.wrong_password")
	}
	return row, err
}

// holdUser locks a user who gets a credential and returns the row: who is disabled in
// this very moment gets none.
func holdUser(ctx context.Context, tx bun.IDB, userID string) (*userRow, error) {
	if err := lockUser(ctx, tx, userID); err != nil {
		return nil, err
	}
	row := new(userRow)
	err := tx.NewSelect().Model(row).Where("id = ?", userID).Scan(ctx)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return nil, api.Errorf(api.NotFound, "identity.person_not_found")
	case err == nil && row.Disabled:
		return nil, api.Errorf(api.Unauthorised, "identity.user_disabled", "name", row.Name)
	}
	return row, err
}
