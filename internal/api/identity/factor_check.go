package identity

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"

	"github.com/pquerna/otp"
	"github.com/pquerna/otp/hotp"
	"github.com/uptrace/bun"

	"switchboard/internal/api"
	"switchboard/internal/api/store"
)

// CompleteSignIn opens the pending session of a token with a code of the second factor,
// or with a recovery code; each counts once. Unauthorised if it is wrong (WrongCode) or
// the session ended; Limit as in VerifyPassword.
func (s *Service) CompleteSignIn(ctx context.Context, token, code string, from api.Actor) (Session, error) {
	id := digest(token)
	row, err := s.holder(ctx, id)
	if err != nil {
		return Session{}, err
	}
	now := s.now()
	open := sessionRow{Hash: id, SeenAt: store.Micros(now), ExpiresAt: store.Micros(now.Add(sessionLife))}
	if row.Pending {
		err = s.checkFactor(ctx, row.user(), code, from, func(ctx context.Context, tx bun.Tx) error {
			_, err := tx.NewUpdate().Model(&open).Column("pending", "seen_at", "expires_at").WherePK().Exec(ctx)
			if err != nil {
				return err
			}
			return s.recordSignIn(ctx, tx, row.user(), from)
		})
	} else {
		open = row.open(id)
	}
	if err != nil {
		return Session{}, err
	}
	return Session{ID: id, User: row.user(), Expires: open.end()}, nil
}

// WrongCode is the key of what is said to who gives a wrong code.
const WrongCode = "identity.wrong_code"

// checkFactor takes a code of a user who knows the password, in one transaction with
// what follows from it: many attempts at once are no way around the throttle.
func (s *Service) checkFactor(ctx context.Context, user User, code string, from api.Actor, then func(context.Context, bun.Tx) error) error {
	all := factorSubjects(user, from.Addr)
	var refusal error
	// Hanging up early does not undo a failure.
	err := s.db.InTx(context.WithoutCancel(ctx), func(ctx context.Context, tx bun.Tx) error {
		row, err := holdUser(ctx, tx, user.ID)
		if err != nil {
			return err
		}
		if err := s.throttled(ctx, tx, all); err != nil {
			return err
		}
		used, err := s.useCode(row, code)
		if err != nil {
			return err
		}
		if used == "" {
			refusal = api.Errorf(api.Unauthorised, WrongCode)
			return s.fail(ctx, tx, by(user, from), all, store.Event{Action: "factor_failed", Kind: kindUser, ID: user.ID, Name: user.Name})
		}
		if _, err := tx.NewUpdate().Model(row).Column("factor_step", "recovery").WherePK().Exec(ctx); err != nil {
			return err
		}
		if _, err := tx.NewDelete().Model((*throttleRow)(nil)).Where("subject = ?", all[0].key).Exec(ctx); err != nil {
			return err
		}
		if used == usedRecovery {
			err = record(ctx, tx, by(user, from), store.Event{Action: usedRecovery, Kind: kindUser, ID: user.ID, Name: user.Name})
		}
		if err != nil || then == nil {
			return err
		}
		return then(ctx, tx)
	})
	return errors.Join(err, refusal)
}

// What kind of code was used.
const (
	usedCode     = "use_code"
	usedRecovery = "use_recovery_code"
)

// useCode takes a code and changes the row so that it counts once; it returns what it
// was, empty if it is wrong.
func (s *Service) useCode(row *userRow, code string) (string, error) {
	code = strings.ToUpper(strings.NewReplacer(" ", "", "-", "").Replace(code))
	if row.Factor == "" {
		return "", nil // taken away meanwhile: sign in again
	}
	key, err := s.keys.Open(factorPlace(row.ID), row.Factor)
	if err != nil {
		return "", err
	}
	if step, right := s.stepOf(key, code, row.FactorStep); right {
		row.FactorStep = step
		return usedCode, nil
	}
	var left []string
	if err := json.Unmarshal([]byte(row.Recovery), &left); err != nil {
		return "", err
	}
	i := slices.Index(left, digest(code))
	if i < 0 {
		return "", nil
	}
	text, err := json.Marshal(slices.Delete(left, i, i+1))
	row.Recovery = string(text)
	return usedRecovery, err
}

// stepOf returns the step whose code this is, if it is later than the last one used.
func (s *Service) stepOf(key, code string, last int64) (step int64, right bool) {
	now := s.now().Unix() / factorStep
	for step = max(now-factorSkew, last+1); step <= now+factorSkew; step++ {
		ok, err := hotp.ValidateCustom(code, uint64(step), key, hotp.ValidateOpts{Digits: otp.DigitsSix}) //nolint:gosec // steps are counted from 1970
		if err == nil && ok {
			return step, true
		}
	}
	return 0, false
}
