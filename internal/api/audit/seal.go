package audit

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"

	"github.com/uptrace/bun"

	"switchboard/internal/api"
	"switchboard/internal/api/store"
)

// sealBatch is how many entries one transaction seals; who writes meanwhile waits
// for it.
const sealBatch = 250

// sealKey is the key of the seals.
type sealKey []byte

// keyPlace is where the key is sealed to.
const keyPlace = "audit_chain/key"

const keySize = 32

// sum is a code over texts, each with its length, so that no two lists have the same.
func (k sealKey) sum(texts ...string) string {
	mac := hmac.New(sha256.New, k)
	for _, text := range texts {
		_ = binary.Write(mac, binary.BigEndian, uint64(len(text))) // a hash takes everything
		_, _ = mac.Write([]byte(text))
	}
	return hex.EncodeToString(mac.Sum(nil))
}

func number(n int64) string { return string(binary.BigEndian.AppendUint64(nil, uint64(n))) } //nolint:gosec // only its bits count

// entry is the seal of an entry: over all that it says, its number, and the seal of
// the one before.
func (k sealKey) entry(before string, c *api.Change) string {
	return k.sum("entry", before, number(c.Seq), c.ID, number(store.Micros(c.At)), c.Project,
		c.Actor.UserID, c.Actor.User, string(c.Actor.Way), c.Actor.Addr, c.Actor.RequestID,
		c.Action, string(c.Kind), c.ObjectID, c.ObjectName, string(c.Before), string(c.After))
}

// anchor is the proof of where the chain begins and ends.
func (k sealKey) anchor(c *store.Chain) string {
	return k.sum("anchor", number(c.First), c.Base, number(c.Last), c.Head)
}

// keyOf opens the key of a chain and proves its ends, if they are as they were sealed.
// A chain that was never begun has none.
func (l *Log) keyOf(c *store.Chain) (key sealKey, proved bool) {
	text, err := l.keys.Open(keyPlace, c.Sealed)
	if err != nil {
		return nil, false
	}
	key, err = base64.StdEncoding.DecodeString(text)
	return key, err == nil && hmac.Equal([]byte(key.anchor(c)), []byte(c.Proof))
}

func broken(why string) error { return api.Errorf(api.Unavailable, why) }

func unbegun(c *store.Chain) bool {
	return c.Sealed == "" && c.Proof == "" && c.Last == 0 && c.First == 0
}

// change lets f change the chain, which nobody else does meanwhile. It begins one
// that was not begun; one whose ends were tampered with is left as it is.
func (l *Log) change(ctx context.Context, f func(ctx context.Context, tx bun.Tx, c *store.Chain, key sealKey) error) error {
	return l.db.InTx(ctx, func(ctx context.Context, tx bun.Tx) error {
		c, err := store.LockChain(ctx, tx)
		if err != nil {
			return err
		}
		key, proved := l.keyOf(&c)
		if unbegun(&c) {
			key, proved = make(sealKey, keySize), true
			_, _ = rand.Read(key) // never fails (crypto/rand)
			c.Sealed = l.keys.Seal(keyPlace, base64.StdEncoding.EncodeToString(key))
		}
		if !proved {
			return broken("audit.anchor_broken")
		}
		if err := f(ctx, tx, &c, key); err != nil {
			return err
		}
		c.Proof = key.anchor(&c)
		return store.SaveChain(ctx, tx, &c)
	})
}

// Seal seals what was written so far, in the order in which it became visible: what
// is committed late gets a later number. Several processes may do it at once.
func (l *Log) Seal(ctx context.Context) error {
	for {
		n := 0
		err := l.change(ctx, func(ctx context.Context, tx bun.Tx, c *store.Chain, key sealKey) error {
			changes, err := store.Unsealed(ctx, tx, sealBatch)
			if n = len(changes); err != nil || n == 0 {
				return err
			}
			sealed := make([]store.SealedChange, n)
			for i := range changes {
				c.Last++
				changes[i].Seq = c.Last
				c.Head = key.entry(c.Head, &changes[i])
				sealed[i] = store.SealedChange{Change: changes[i], Seal: c.Head}
			}
			return store.SaveSeals(ctx, tx, sealed)
		})
		if err != nil || n < sealBatch {
			return err
		}
	}
}

// Reseal seals the key of the chain with the current key, if that is another, and
// says how many it changed.
func (l *Log) Reseal(ctx context.Context) (n int, err error) {
	err = l.db.InTx(ctx, func(ctx context.Context, tx bun.Tx) error {
		c, err := store.LockChain(ctx, tx)
		if err != nil || c.Sealed == "" || l.keys.Current(c.Sealed) {
			return err
		}
		text, err := l.keys.Open(keyPlace, c.Sealed)
		if err != nil {
			return err
		}
		c.Sealed, n = l.keys.Seal(keyPlace, text), 1
		return store.SaveChain(ctx, tx, &c)
	})
	return n, err
}
