package identity

import (
	"bytes"
	"context"
	"encoding/json"
	"image/png"
	"strconv"
	"strings"
	"time"

	"github.com/pquerna/otp"
	"github.com/pquerna/otp/totp"
	"github.com/uptrace/bun"

	"switchboard/internal/api"
	"switchboard/internal/api/store"
)

// The second factor is a time-based code (RFC 6238) of six digits, as every
// authenticator app makes them. A code is good a step early and a step late, and once.
const (
	factorIssuer = "Switchboard"
	factorStep   = 30 // seconds
	factorSkew   = 1  // steps
	setupLife    = time.Hour
	imageSize    = 240 // pixels
)

// Recovery codes stand in for a lost authenticator, each once. They have 80 random bits,
// so that their digests tell a thief of the database nothing.
const (
	recoveryCodes    = 10
	recoveryLength   = 16
	recoveryAlphabet = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789" // none is taken for another
)

var factorColumns = []string{"factor", "factor_pending", "factor_step", "recovery"}

// factorPlace is where a user's key is sealed for.
func factorPlace(userID string) string { return "factor/" + userID }

func (r *userRow) dropFactor() {
	r.Factor, r.FactorPending, r.FactorStep, r.Recovery = "", "", 0, ""
}

// BeginFactor makes the key of a second factor, which counts once a code confirms it;
// within an hour the same one again. Conflict for who has one, or signs in elsewhere.
func (s *Service) BeginFactor(ctx context.Context, actor api.Actor) (FactorSetup, error) {
	var setup FactorSetup
	err := s.db.InTx(ctx, func(ctx context.Context, tx bun.Tx) error {
		row, err := holdUser(ctx, tx, actor.UserID)
		if err != nil {
			return err
		}
		switch {
		case row.Factor != "":
			return api.Errorf(api.Conflict, "identity.factor_exists")
		case row.Issuer != "":
			return api.Errorf(api.Conflict, "identity.factor_external")
		}
		key, err := s.pendingFactor(row)
		if err != nil {
			return err
		}
		if key == "" {
			if key, err = s.newFactor(ctx, tx, row); err != nil {
				return err
			}
		}
		setup, err = factorSetup(row.Name, key)
		return err
	})
	return setup, err
}

// newFactor keeps a new key that waits for its first code. The time beside it says
// until when.
func (s *Service) newFactor(ctx context.Context, tx bun.IDB, row *userRow) (string, error) {
	made, err := totp.Generate(totp.GenerateOpts{Issuer: factorIssuer, AccountName: row.Name})
	if err != nil {
		return "", err
	}
	until := strconv.FormatInt(store.Micros(s.now().Add(setupLife)), 10)
	row.FactorPending = s.keys.Seal(factorPlace(row.ID), until+" "+made.Secret())
	_, err = tx.NewUpdate().Model(row).Column("factor_pending").WherePK().Exec(ctx)
	return made.Secret(), err
}

// pendingFactor returns the key that waits for its first code, empty if there is none.
func (s *Service) pendingFactor(row *userRow) (string, error) {
	if row.FactorPending == "" {
		return "", nil
	}
	text, err := s.keys.Open(factorPlace(row.ID), row.FactorPending)
	if err != nil {
		return "", err
	}
	until, key, _ := strings.Cut(text, " ")
	if at, err := strconv.ParseInt(until, 10, 64); err != nil || store.Micros(s.now()) >= at {
		return "", err
	}
	return key, nil
}

// factorSetup is how an authenticator app gets to know a key.
func factorSetup(name, key string) (FactorSetup, error) {
	raw, err := base32Key.DecodeString(key)
	if err != nil {
		return FactorSetup{}, err
	}
	made, err := totp.Generate(totp.GenerateOpts{Issuer: factorIssuer, AccountName: name, Secret: raw})
	if err != nil {
		return FactorSetup{}, err
	}
	return FactorSetup{Key: api.NewSecret(key), URI: api.NewSecret(made.URL())}, nil
}

// FactorImage returns the key of BeginFactor as a QR code (PNG), or NotFound if none
// waits to be confirmed.
func (s *Service) FactorImage(ctx context.Context, actor api.Actor) ([]byte, error) {
	row := new(userRow)
	if err := s.db.Read.NewSelect().Model(row).Where("id = ?", actor.UserID).Scan(ctx); err != nil {
		return nil, err
	}
	key, err := s.pendingFactor(row)
	if err != nil {
		return nil, err
	}
	if key == "" {
		return nil, api.Errorf(api.NotFound, "identity.factor_not_begun")
	}
	setup, err := factorSetup(row.Name, key)
	if err != nil {
		return nil, err
	}
	made, err := otp.NewKeyFromURL(setup.URI.Reveal())
	if err != nil {
		return nil, err
	}
	image, err := made.Image(imageSize, imageSize)
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	err = png.Encode(&out, image)
	return out.Bytes(), err
}

// ConfirmFactor turns the second factor on with its first code and returns the recovery
// codes, which are shown only this once. A wrong code is said at "code"; NotFound if
// none was begun.
func (s *Service) ConfirmFactor(ctx context.Context, actor api.Actor, code string) ([]string, error) {
	var recovery []string
	err := s.db.InTx(ctx, func(ctx context.Context, tx bun.Tx) error {
		row, err := holdUser(ctx, tx, actor.UserID)
		if err != nil {
			return err
		}
		key, err := s.pendingFactor(row)
		if err != nil {
			return err
		}
		if key == "" {
			return api.Errorf(api.NotFound, "identity.factor_not_begun")
		}
		step, right := s.stepOf(key, code, 0)
		if !right {
			return api.Refuse([]api.Problem{{Path: "code", Message: api.M("identity.wrong_code")}})
		}
		row.Factor, row.FactorPending, row.FactorStep = s.keys.Seal(factorPlace(row.ID), key), "", step
		if recovery, row.Recovery, err = newRecovery(); err != nil {
			return err
		}
		if _, err := tx.NewUpdate().Model(row).Column(factorColumns...).WherePK().Exec(ctx); err != nil {
			return err
		}
		return record(ctx, tx, actor, store.Event{Action: "add_factor", Kind: kindUser, ID: row.ID, Name: row.Name})
	})
	if err != nil {
		return nil, err
	}
	return recovery, nil
}

// newRecovery makes recovery codes, and their digests as they are kept.
func newRecovery() (codes []string, kept string, err error) {
	digests := make([]string, recoveryCodes)
	for i := range digests {
		code := draw(recoveryLength, recoveryAlphabet)
		digests[i] = digest(code)
		codes = append(codes, code[:4]+"-"+code[4:8]+"-"+code[8:12]+"-"+code[12:])
	}
	text, err := json.Marshal(digests)
	return codes, string(text), err
}

// RemoveFactor turns the actor's second factor off, if he knows his password; that he
// does not is said at "password".
func (s *Service) RemoveFactor(ctx context.Context, actor api.Actor, password api.Secret) error {
	if _, err := s.confirm(ctx, actor, "password", password); err != nil {
		return err
	}
	return s.db.InTx(ctx, func(ctx context.Context, tx bun.Tx) error {
		row, err := holdUser(ctx, tx, actor.UserID)
		if err != nil || row.Factor == "" {
			return err
		}
		row.dropFactor()
		if _, err := tx.NewUpdate().Model(row).Column(factorColumns...).WherePK().Exec(ctx); err != nil {
			return err
		}
		return record(ctx, tx, actor, store.Event{Action: "remove_factor", Kind: kindUser, ID: row.ID, Name: row.Name})
	})
}

// resealFactors seals every key of a second factor with the current key and returns how
// many it changed. Those that were not confirmed yet are begun anew.
func (s *Service) resealFactors(ctx context.Context, tx bun.IDB) (int, error) {
	var rows []userRow
	if err := tx.NewSelect().Model(&rows).Where("factor <> '' OR factor_pending <> ''").Scan(ctx); err != nil {
		return 0, err
	}
	changed := 0
	for i := range rows {
		row := &rows[i]
		if s.keys.Current(row.Factor) || row.Factor == "" && s.keys.Current(row.FactorPending) {
			continue
		}
		row.FactorPending = ""
		if row.Factor != "" {
			key, err := s.keys.Open(factorPlace(row.ID), row.Factor)
			if err != nil {
				return changed, err
			}
			row.Factor = s.keys.Seal(factorPlace(row.ID), key)
		}
		if _, err := tx.NewUpdate().Model(row).Column("factor", "factor_pending").WherePK().Exec(ctx); err != nil {
			return changed, err
		}
		changed++
	}
	return changed, nil
}
