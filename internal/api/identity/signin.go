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
}

type credentialsRow struct {
	person
	PasswordHash string
}

// findUser returns the user that the credentials name, or sql.ErrNoRows. An id
// needs no account beside it.
func (s *Service) findUser(ctx context.Context, c Credentials) (credentialsRow, error) {
	var row credentialsRow
	if !c.wellFormed() {
		return row, sql.ErrNoRows
	}
	q := withAccount(s.db.Read.NewSelect().TableExpr("users AS u")).ColumnExpr("u.password_hash")
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

// VerifyPassword returns the user whose password it is. Wrong, unknown and
// disabled are the same Unauthorised and take the same time; Limit says how
// many seconds to wait after too many failures. from says where the attempt
// came from.
func (s *Service) VerifyPassword(ctx context.Context, c Credentials, from api.Actor) (User, error) {
	row, err := s.findUser(ctx, c)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return User{}, err
	}
	all := subjects(c, row.person, from.Addr)
	if err := s.throttled(ctx, all); err != nil {
		return User{}, err
	}
	release, err := s.hashing.acquire(ctx)
	if err != nil {
		return User{}, err
	}
	defer release()
	// Once more, for those who waited beside others: many attempts at once
	// are no way around the throttle.
	if err := s.throttled(ctx, all); err != nil {
		return User{}, err
	}
	ok := matches(cmp.Or(row.PasswordHash, nobody), c.Password.Reveal())
	if !ok || row.UserID == "" || row.Disabled {
		// Hanging up early does not undo a failure.
		return User{}, s.refuse(context.WithoutCancel(ctx), c, row, from, all)
	}
	return row.user(), s.forgive(ctx, all[0])
}

// refuse counts and records a failure and returns the answer to it.
func (s *Service) refuse(ctx context.Context, c Credentials, row credentialsRow, from api.Actor, all []subject) error {
	err := s.db.InTx(ctx, func(ctx context.Context, tx bun.Tx) error {
		if err := s.countFailure(ctx, tx, all); err != nil {
			return err
		}
		return record(ctx, tx, from, store.Event{
			Action: "sign_in_failed", Kind: "user", ID: row.UserID,
			Name: cmp.Or(row.UserName, clip(c.Name, 64), clip(c.UserID, 64)),
		})
	})
	if err != nil {
		return err
	}
	return api.Errorf(api.Unauthorised, "identity.wrong_password")
}
