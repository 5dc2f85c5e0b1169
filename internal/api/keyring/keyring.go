// Package keyring encrypts what must not be readable in a stolen database:
// AES-256-GCM of the standard library under keys that live outside of it. A
// sealed text names its key, so that keys can be rotated while rows sealed
// with older ones stay readable.
package keyring

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
)

// Ring holds the keys. The first seals; all of them open. A ring that was read
// from a file reads it again when it meets a key that it does not know, so that
// a running server follows a rotation.
type Ring struct {
	path string // "" if the ring was given as text

	mu   sync.RWMutex
	keys []key
}

type key struct {
	id   string // the first eight hex digits of the key's hash
	raw  []byte // 32 bytes
	aead cipher.AEAD
}

// ErrSealed is a sealed text that no key of the ring opens, or that was sealed
// for another place.
var ErrSealed = errors.New("keyring: the text cannot be opened")

const keySize = 32

// Parse reads a ring from text: one base64 key of 32 bytes a line, the current
// one first, blank lines and lines with # ignored.
func Parse(text string) (*Ring, error) {
	keys, err := parse(text)
	if err != nil {
		return nil, err
	}
	return &Ring{keys: keys}, nil
}

func parse(text string) ([]key, error) {
	var keys []key
	for n, line := range strings.Split(text, "\n") {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		raw, err := base64.StdEncoding.DecodeString(line)
		if err != nil || len(raw) != keySize {
			return nil, fmt.Errorf("line %d is not a base64 key of %d bytes", n+1, keySize)
		}
		k, err := newKey(raw)
		if err != nil {
			return nil, fmt.Errorf("line %d: %w", n+1, err)
		}
		keys = append(keys, k)
	}
	if len(keys) == 0 {
		return nil, errors.New("there is no key in it")
	}
	return keys, nil
}

func newKey(raw []byte) (key, error) {
	if guessable(raw) {
		return key{}, errors.New("this is a sample, not a random key; make one with: openssl rand -base64 32")
	}
	block, err := aes.NewCipher(raw)
	if err != nil {
		return key{}, err
	}
	aead, err := cipher.NewGCMWithRandomNonce(block)
	if err != nil {
		return key{}, err
	}
	sum := sha256.Sum256(raw)
	return key{id: fmt.Sprintf("%x", sum[:4]), raw: raw, aead: aead}, nil
}

// guessable reports whether raw was thought up rather than drawn: zeros, steps
// (0 1 2 …), a short pattern or a text. No random key ever looks like that.
func guessable(raw []byte) bool {
	step, steps, text := raw[1]-raw[0], true, true
	values := map[byte]bool{}
	for i, b := range raw {
		steps = steps && (i == 0 || b-raw[i-1] == step)
		text = text && b >= ' ' && b <= '~'
		values[b] = true
	}
	return steps || text || len(values) < keySize/2
}

// NewKey makes a key in the form that Parse reads.
func NewKey() string {
	raw := make([]byte, keySize)
	_, _ = rand.Read(raw) // never fails (crypto/rand)
	return base64.StdEncoding.EncodeToString(raw)
}

// Seal encrypts text for one place: place is the row or the form it belongs
// to, and only there can it be opened.
func (r *Ring) Seal(place, text string) string {
	k := r.current()
	sealed := k.aead.Seal(nil, nil, []byte(text), additional(k.id, place))
	return k.id + "." + base64.RawURLEncoding.EncodeToString(sealed)
}

// Open decrypts what Seal made for the same place, or answers ErrSealed.
func (r *Ring) Open(place, sealed string) (string, error) {
	id, body, _ := strings.Cut(sealed, ".")
	raw, err := base64.RawURLEncoding.DecodeString(body)
	if err != nil {
		return "", ErrSealed
	}
	k, ok := r.find(id)
	if !ok {
		return "", ErrSealed
	}
	text, err := k.aead.Open(nil, nil, raw, additional(k.id, place))
	if err != nil {
		return "", ErrSealed
	}
	return string(text), nil
}

// Current reports whether sealed was made with the current key.
func (r *Ring) Current(sealed string) bool { return strings.HasPrefix(sealed, r.current().id+".") }

// IDs names the keys, the current one first. A name tells nothing of its key.
func (r *Ring) IDs() []string {
	r.mu.RLock()
	defer r.mu.RUnlock()
	all := make([]string, len(r.keys))
	for i, k := range r.keys {
		all[i] = k.id
	}
	return all
}

func (r *Ring) current() key {
	r.mu.RLock()
	defer r.mu.RUnlock()
	return r.keys[0]
}

// find returns the key of that id, if need be from the file.
func (r *Ring) find(id string) (key, bool) {
	if k, ok := r.known(id); ok {
		return k, true
	}
	r.reload()
	return r.known(id)
}

func (r *Ring) known(id string) (key, bool) {
	r.mu.RLock()
	defer r.mu.RUnlock()
	i := slices.IndexFunc(r.keys, func(k key) bool { return k.id == id })
	if i < 0 {
		return key{}, false
	}
	return r.keys[i], true
}

// Derive returns a key of n bytes for another purpose, such as signing
// cookies. It changes when the current key does.
func (r *Ring) Derive(purpose string, n int) []byte {
	out, err := hkdf.Key(sha256.New, r.current().raw, nil, purpose, n)
	if err != nil {
		panic(err) // n is a constant of the caller and far below HKDF's bound
	}
	return out
}

func additional(id, place string) []byte { return []byte(id + "\x00" + place) }
