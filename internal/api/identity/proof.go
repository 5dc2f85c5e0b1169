package identity

import (
	"context"
	"errors"

	"github.com/uptrace/bun"

	"switchboard/internal/api"
	"switchboard/internal/api/keyring"
	"switchboard/internal/api/store"
)

// proofRow is a text sealed with the keys that this database's secrets are
// sealed with.
type proofRow struct {
	bun.BaseModel `bun:"table:key_proofs"`

	ID     string `bun:"id,pk"`
	Sealed string
}

const (
	proofID   = "keys"
	proofText = "these are the keys"
)

func (r *proofRow) place() string { return "key_proof/" + r.ID }

// ProveKeys makes sure that the keys at hand are those that the database's
// secrets were sealed with; the first process to ask decides which those are.
// Unavailable if they are others: then nothing stored could be opened, and
// nothing that is sealed now could be opened elsewhere.
func (s *Service) ProveKeys(ctx context.Context) error {
	row := proofRow{ID: proofID}
	row.Sealed = s.keys.Seal(row.place(), proofText)
	err := s.db.InTx(ctx, func(ctx context.Context, tx bun.Tx) error {
		found, err := tx.NewSelect().Model((*proofRow)(nil)).Where("id = ?", proofID).Exists(ctx)
		if err != nil || found {
			return err
		}
		_, err = tx.NewInsert().Model(&row).Exec(ctx)
		return err
	})
	if err != nil && !errors.Is(err, store.ErrDuplicate) {
		return err
	}
	return s.KeysOpen(ctx)
}

// KeysOpen makes sure that the keys at hand are still those of the database's
// secrets, or answers Unavailable.
func (s *Service) KeysOpen(ctx context.Context) error {
	row := proofRow{ID: proofID}
	if err := s.db.Read.NewSelect().Model(&row).WherePK().Scan(ctx); err != nil {
		return err
	}
	return Prove(s.keys, row.Sealed)
}

// Prove makes sure that a proof, the sealed text of a database, was made with the
// keys, or answers Unavailable.
func Prove(keys *keyring.Ring, sealed string) error {
	row := proofRow{ID: proofID}
	if text, err := keys.Open(row.place(), sealed); err != nil || text != proofText {
		return api.Errorf(api.Unavailable, "identity.other_keys")
	}
	return nil
}

// resealProof seals the proof with the current key, so that an old one can be
// thrown away.
func (s *Service) resealProof(ctx context.Context, tx bun.IDB) error {
	row := proofRow{ID: proofID}
	row.Sealed = s.keys.Seal(row.place(), proofText)
	_, err := tx.NewUpdate().Model(&row).WherePK().Exec(ctx)
	return err
}
