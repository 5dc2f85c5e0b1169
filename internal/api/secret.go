package api

import (
	"errors"
	"fmt"
	"log/slog"
)

// Secret is a password, key or token. It has no printed, logged or JSON form
// (S14): the only way to the text is Reveal, so that every use can be found by
// its name.
type Secret struct{ text string }

const redacted = "[secret]"

var errSecretEncoded = errors.New("api: a Secret has no encoded form")

// NewSecret wraps text.
func NewSecret(text string) Secret { return Secret{text} }

// Reveal returns the text.
func (s Secret) Reveal() string { return s.text }

// IsZero reports whether there is no secret.
func (s Secret) IsZero() bool { return s.text == "" }

// String hides the text.
func (s Secret) String() string { return redacted }

// GoString hides the text from %#v.
func (s Secret) GoString() string { return redacted }

// Format hides the text from every verb of fmt.
func (s Secret) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(redacted)) }

// LogValue hides the text from slog.
func (s Secret) LogValue() slog.Value { return slog.StringValue(redacted) }

// MarshalText refuses: encoding a secret is always a mistake.
func (s Secret) MarshalText() ([]byte, error) { return nil, errSecretEncoded }

// MarshalJSON refuses, too.
func (s Secret) MarshalJSON() ([]byte, error) { return nil, errSecretEncoded }
