package objects

import (
	"crypto/sha256"
	"encoding"
	"encoding/hex"
	"hash"
)

// chain is the sum of a content so far. It can be put away and carried on, so that
// what is copied already need not be read again.
type chain struct{ hash.Hash }

func newChain() *chain { return &chain{sha256.New()} }

func (c *chain) sum() Sum { return Sum(hex.EncodeToString(c.Sum(nil))) }

func (c *chain) state() []byte {
	state, _ := c.Hash.(encoding.BinaryAppender).AppendBinary(nil) // never fails
	return state
}

// carryOn makes a chain of its state, or nil of what is none.
func carryOn(state []byte) *chain {
	c := newChain()
	if c.Hash.(encoding.BinaryUnmarshaler).UnmarshalBinary(state) != nil {
		return nil
	}
	return c
}
