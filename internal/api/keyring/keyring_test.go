package keyring_test

import (
	"encoding/base64"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"switchboard/internal/api/keyring"
)

const place, text = "access_key/AK1", "the plain text"

func TestSealAndOpen(t *testing.T) {
	t.Parallel()
	ring := newRing(t)
	sealed := ring.Seal(place, text)

	t.Run("the same place opens it", func(t *testing.T) {
		t.Parallel()
		opened, err := ring.Open(place, sealed)
		require.NoError(t, err)
		require.Equal(t, text, opened)
	})
	t.Run("the plain text cannot be seen in it", func(t *testing.T) {
		t.Parallel()
		require.NotContains(t, sealed, text)
		require.NotContains(t, sealed, base64.RawURLEncoding.EncodeToString([]byte(text)))
	})
	t.Run("the same text is sealed differently each time", func(t *testing.T) {
		t.Parallel()
		require.NotEqual(t, sealed, ring.Seal(place, text))
	})
	t.Run("an empty text can be sealed", func(t *testing.T) {
		t.Parallel()
		opened, err := ring.Open(place, ring.Seal(place, ""))
		require.NoError(t, err)
		require.Empty(t, opened)
	})
}

func TestOpenRefuses(t *testing.T) {
	t.Parallel()
	ring := newRing(t)
	sealed := ring.Seal(place, text)
	id, body, found := strings.Cut(sealed, ".")
	require.True(t, found)

	for name, c := range map[string]struct{ place, sealed string }{
		"another place":         {"access_key/AK2", sealed},
		"a tampered text":       {place, id + "." + flip(t, body)},
		"a text that was cut":   {place, sealed[:len(sealed)-4]},
		"nothing but a key id":  {place, id + "."},
		"nothing at all":        {place, ""},
		"no base64":             {place, id + ".$$$"},
		"a key it does not own": {place, newRing(t).Seal(place, text)},
		"a key id that lies":    {place, "00000000." + body},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := ring.Open(c.place, c.sealed)
			require.ErrorIs(t, err, keyring.ErrSealed)
		})
	}
}

func TestParseRefuses(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{
		"nothing":            "",
		"comments only":      "# no key\n\n",
		"no base64":          "secret",
		"a key too short":    base64.StdEncoding.EncodeToString(make([]byte, 16)),
		"an empty key":       encode(func(int) byte { return 0 }),
		"one byte repeated":  encode(func(int) byte { return 0xa5 }),
		"the bytes in order": encode(func(i int) byte { return byte(i) }),
		"a pattern of eight": encode(func(i int) byte { return byte(i%8) * 37 }),
		"a text somebody typed": base64.StdEncoding.EncodeToString(
			[]byte("change-me-change-me-Change-Me-42")),
		"a good key and a bad one": keyring.NewKey() + "\n" + encode(func(int) byte { return 0 }),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := keyring.Parse(text)
			require.Error(t, err)
			require.NotContains(t, err.Error(), "\n", "the operator reads one line")
			for line := range strings.Lines(text) {
				if line = strings.TrimSpace(line); len(line) > 20 {
					require.NotContains(t, err.Error(), line, "no key is repeated in an error")
				}
			}
		})
	}
}

func TestNewKeyIsNeverTakenForASample(t *testing.T) {
	t.Parallel()
	for range 1000 {
		_, err := keyring.Parse(keyring.NewKey())
		require.NoError(t, err)
	}
}

func TestSeveralKeys(t *testing.T) {
	t.Parallel()
	older, newer := keyring.NewKey(), keyring.NewKey()
	before, err := keyring.Parse(older)
	require.NoError(t, err)
	after, err := keyring.Parse("# comment\n" + newer + "\n\n  " + older + "  \n")
	require.NoError(t, err)
	sealed := before.Seal(place, text)

	opened, err := after.Open(place, sealed)
	require.NoError(t, err, "the older key still opens")
	require.Equal(t, text, opened)
	require.False(t, after.Current(sealed))
	require.True(t, after.Current(after.Seal(place, text)), "the first key seals")
	require.False(t, after.Current(""))
}

func TestDerive(t *testing.T) {
	t.Parallel()
	ring := newRing(t)
	require.Len(t, ring.Derive("cookies", 64), 64)
	require.Equal(t, ring.Derive("cookies", 32), ring.Derive("cookies", 32))
	require.NotEqual(t, ring.Derive("cookies", 32), ring.Derive("another purpose", 32))
	require.NotEqual(t, ring.Derive("cookies", 32), newRing(t).Derive("cookies", 32))
}

func newRing(t *testing.T) *keyring.Ring {
	t.Helper()
	ring, err := keyring.Parse(keyring.NewKey())
	require.NoError(t, err)
	return ring
}

// encode makes a key whose bytes follow a rule.
func encode(rule func(i int) byte) string {
	raw := make([]byte, 32)
	for i := range raw {
		raw[i] = rule(i)
	}
	return base64.StdEncoding.EncodeToString(raw)
}

// flip changes one bit in the middle of a sealed body.
func flip(t *testing.T, body string) string {
	t.Helper()
	raw, err := base64.RawURLEncoding.DecodeString(body)
	require.NoError(t, err)
	raw[len(raw)/2] ^= 1
	return base64.RawURLEncoding.EncodeToString(raw)
}
