package identity

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base32"
	"encoding/base64"
	"encoding/hex"
)

// Alphabets of access keys.
const (
	upperDigits  = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
	alphanumeric = upperDigits + "abcdefghijklmnopqrstuvwxyz"
)

// base32Key is the form of second factors' keys.
var base32Key = base32.StdEncoding.WithPadding(base32.NoPadding)

// newID makes an id in the form that the wire dialect needs: 32 hex digits.
func newID() string { return hex.EncodeToString(randomBytes(16)) }

// newToken makes a text that nobody can guess, for cookies, headers and URLs.
func newToken() string { return base64.RawURLEncoding.EncodeToString(randomBytes(32)) }

// digest is the form in which tokens are stored. They are random, so that one
// round of SHA-256 is enough: nothing can be tried out.
func digest(token string) string {
	sum := sha256.Sum256([]byte(token))
	return hex.EncodeToString(sum[:])
}

// draw makes a text of n characters, each as likely as any other.
func draw(n int, alphabet string) string {
	fair := 256 / len(alphabet) * len(alphabet)
	text := make([]byte, 0, n)
	for len(text) < n {
		for _, b := range randomBytes(n) {
			if int(b) < fair && len(text) < n {
				text = append(text, alphabet[int(b)%len(alphabet)])
			}
		}
	}
	return string(text)
}

func randomBytes(n int) []byte {
	b := make([]byte, n)
	_, _ = rand.Read(b) // never fails (crypto/rand)
	return b
}
