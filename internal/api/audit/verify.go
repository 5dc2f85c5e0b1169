package audit

import (
	"context"
	"crypto/hmac"
	"encoding/json"

	"switchboard/internal/api"
	"switchboard/internal/api/store"
)

// verifyBatch is how many entries are read at a time.
const verifyBatch = 2000

// VerifyAudit implements api.Audit; for administrators.
func (l *Log) VerifyAudit(ctx context.Context, s api.Scope) (api.AuditProof, error) {
	return l.Verify(ctx, s, Noted{})
}

// Noted is a seal that somebody has noted elsewhere: number and seal of what was then
// the newest entry. It finds what the chain alone cannot show: that all of it was
// replaced, or the database by an older one. Zero if there is none.
type Noted struct {
	Seq  int64
	Seal string
}

// Verify is VerifyAudit which also looks for a seal that was noted.
func (l *Log) Verify(ctx context.Context, s api.Scope, noted Noted) (api.AuditProof, error) {
	if err := api.Allow(s.Actor, api.RoleAdministrator); err != nil {
		return api.AuditProof{}, err
	}
	c, err := l.db.AuditChain(ctx)
	if err != nil {
		return api.AuditProof{}, err
	}
	v := &verification{log: l, chain: c, noted: noted, proof: api.AuditProof{First: c.First + 1, Last: c.Last, Head: c.Head}}
	if v.proof.Waiting, err = l.db.CountUnsealed(ctx); err != nil {
		return v.proof, err
	}
	if !unbegun(&c) {
		var proved bool
		if v.key, proved = l.keyOf(&c); !proved {
			v.fault(max(c.Last, 1), "audit.anchor_broken")
			return v.proof, nil
		}
	}
	err = v.walk(ctx)
	return v.proof, err
}

// verification is one walk along the chain.
type verification struct {
	log   *Log
	chain store.Chain
	key   sealKey
	noted Noted
	proof api.AuditProof
	// unreadable is the first entry whose object cannot be read, although it is what was
	// sealed: somebody changed it before. It is said if there is nothing worse.
	unreadable int64
}

func (v *verification) fault(seq int64, why string) {
	if v.proof.Broken == 0 {
		v.proof.Broken, v.proof.Why = seq, api.M(why, "seq", seq)
	}
}

func (v *verification) walk(ctx context.Context) error {
	at, seal := v.chain.First, v.chain.Base
	for at < v.chain.Last {
		changes, err := store.SealedAfter(ctx, v.log.db.Read, at, verifyBatch)
		if err != nil {
			return err
		}
		for i := range changes {
			c := &changes[i]
			if c.Seq > v.chain.Last { // sealed meanwhile
				break
			}
			if c.Seq != at+1 || !hmac.Equal([]byte(v.key.entry(seal, &c.Change)), []byte(c.Seal)) {
				break
			}
			at, seal = c.Seq, c.Seal
			v.proof.Entries++
			v.compare(at, seal)
			if v.unreadable == 0 && !readable(&c.Change) {
				v.unreadable = at
			}
		}
		if at >= v.chain.Last {
			break
		}
		if len(changes) > 0 && changes[len(changes)-1].Seq == at {
			continue
		}
		moved, err := v.moved(ctx, at)
		if err != nil {
			return err
		}
		if !moved {
			v.fault(at+1, whyBroken(changes, at+1))
			return nil
		}
		at, seal, v.unreadable = v.chain.First, v.chain.Base, 0
	}
	if seal != v.chain.Head {
		v.fault(max(at, 1), "audit.anchor_broken")
	}
	return v.outside(ctx)
}

// compare looks at the seal that was noted.
func (v *verification) compare(at int64, seal string) {
	if at == v.noted.Seq && seal != v.noted.Seal {
		v.fault(at, "audit.noted_differs")
	}
}

func readable(c *api.Change) bool {
	return (len(c.Before) == 0 || json.Valid(c.Before)) && (len(c.After) == 0 || json.Valid(c.After))
}

// whyBroken says what is wrong with the entry of a number that cannot be proved.
func whyBroken(changes []store.SealedChange, seq int64) string {
	for i := range changes {
		if changes[i].Seq == seq {
			return "audit.entry_changed"
		}
	}
	return "audit.entry_missing"
}

// moved reports whether retention has removed what comes after a number since the
// walk began, and goes on from where the chain begins now.
func (v *verification) moved(ctx context.Context, at int64) (bool, error) {
	c, err := v.log.db.AuditChain(ctx)
	if err != nil || c.First <= at {
		return false, err
	}
	key, proved := v.log.keyOf(&c)
	if !proved {
		v.fault(max(c.Last, 1), "audit.anchor_broken")
		return false, nil
	}
	v.chain, v.key = c, key
	v.proof.First, v.proof.Last, v.proof.Head = c.First+1, c.Last, c.Head
	return true, nil
}

// outside looks at what is not in the chain, and should not be there.
func (v *verification) outside(ctx context.Context) error {
	seq, err := v.log.db.OutsideChain(ctx)
	if err != nil {
		return err
	}
	if seq > 0 {
		v.fault(seq, "audit.entry_added")
	}
	if v.noted.Seq > v.chain.Last {
		v.fault(v.noted.Seq, "audit.entry_missing")
	}
	if v.unreadable > 0 {
		v.fault(v.unreadable, "audit.entry_unreadable")
	}
	return nil
}
