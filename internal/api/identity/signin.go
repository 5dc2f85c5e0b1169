package identity

import (
	"cmp"
	"context"
	"database/sql"
	"errors"

	"github.com/uptrace/bun"

	"switchboard/internal/api"
	"switchboard/internal/api/store"
)

// Credentials are who somebody claims to be: a user by name or by id, in an
// account by name or by id; no account means the one of this installation.
type Credentials struct {
	Account, AccountID string
	Name, UserID       string
	Password           api.Secret
	// Code is that of the second factor, for those who have one and give both at once.
	Code string
}

type credentialsRow struct {
	person
	PasswordHash, Factor string
}

// proved is the user, for whom a credential is made now.
func (r *credentialsRow) proved() User {
	user := r.user()
	user.proof = digest(r.PasswordHash)
	return user
}

// claimed returns the user that the credentials name, or sql.ErrNoRows. An id
// needs no account beside it.
func (s *Service) claimed(ctx context.Context, c Credentials) (credentialsRow, error) {
	var row credentialsRow
	if !c.wellFormed() {
		return row, sql.ErrNoRows
	}
	q := withAccount(s.db.Read.NewSelect().TableExpr("users AS u")).ColumnExpr("u.password_hash, u.factor")
	if c.UserID != "" {
		q.Where("u.id = ?", c.UserID)
	} else {
		q.Where("u.name = ?", c.Name)
	}
	if c.AccountID != "" {
		q.Where("a.id = ?", c.AccountID)
	} else if c.Account != "" || c.UserID == "" {
		q.Where("a.name = ?", cmp.Or(c.Account, AccountName))
	}
	err := q.Scan(ctx, &row)
	return row, err
}

func (c Credentials) wellFormed() bool {
	return (c.UserID == "" && userName.MatchString(c.Name) || hexID.MatchString(c.UserID)) &&
		(c.AccountID == "" || hexID.MatchString(c.AccountID)) &&
		(c.Account == "" || userName.MatchString(c.Account))
}

// FactorNeeded is the key of what VerifyPassword says to who gave no second factor and
// has one.
const FactorNeeded = "identity.factor_needed"

// VerifyPassword returns the user whose password it is, and whose second factor if
// there is one. Wrong, unknown, invited and disabled are the same Unauthorised and take
// the same time; Limit says how many seconds to wait after too many failures. from says
// where the attempt came from.
func (s *Service) VerifyPassword(ctx context.Context, c Credentials, from api.Actor) (User, error) {
	row, err := s.prove(ctx, c, from)
	if err != nil || row.Factor == "" {
		return row.proved(), err
	}
	if c.Code == "" {
		return User{}, api.Errorf(api.Unauthorised, FactorNeeded)
	}
	return row.proved(), s.checkFactor(ctx, row.user(), c.Code, from, nil)
}

// prove returns the row of the user whose password it is; errors are those of
// VerifyPassword.
func (s *Service) prove(ctx context.Context, c Credentials, from api.Actor) (credentialsRow, error) {
	row, err := s.claimed(ctx, c)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return credentialsRow{}, err
	}
	all := subjects(c, row.person, from.Addr)
	if err := s.throttled(ctx, s.db.Read, all); err != nil {
		return credentialsRow{}, err
	}
	release, err := s.hashing.acquire(ctx)
	if err != nil {
		return credentialsRow{}, err
	}
	defer release()
	// Once more, for those who waited beside others: many attempts at once
	// are no way around the throttle.
	if err := s.throttled(ctx, s.db.Read, all); err != nil {
		return credentialsRow{}, err
	}
	ok := matches(cmp.Or(row.PasswordHash, nobody), c.Password.Reveal())
	if !ok || row.PasswordHash == "" || row.Disabled {
		// Hanging up early does not undo a failure.
		return credentialsRow{}, s.refuse(context.WithoutCancel(ctx), c, row, from, all)
	}
	return row, s.forgive(ctx, all[0])
}

// refuse counts and records a failure and returns the answer to it.
func (s *Service) refuse(ctx context.Context, c Credentials, row credentialsRow, from api.Actor, all []subject) error {
	event := store.Event{
		Action: "sign_in_failed", Kind: kindUser, ID: row.UserID,
		Name: cmp.Or(row.UserName, clip(c.Name, 64), clip(c.UserID, 64)),
	}
	err := s.db.InTx(ctx, func(ctx context.Context, tx bun.Tx) error { return s.fail(ctx, tx, from, all, event) })
	if err != nil {
		return err
	}
	return api.Errorf(api.Unauthorised, "identity.wrong_password")
}

// fail counts and records a failure and, if everybody has to wait from now on, that.
func (s *Service) fail(ctx context.Context, tx bun.IDB, from api.Actor, all []subject, event store.Event) error {
	if err := s.countFailure(ctx, tx, all); err != nil {
		return err
	}
	if err := record(ctx, tx, from, event); err != nil {
		return err
	}
	err := s.throttled(ctx, tx, all)
	if e, locked := errors.AsType[*api.Error](err); locked {
		event.Action, event.After = "locked_out", e.Message.Args
		err = record(ctx, tx, from, event)
	}
	return err
}
