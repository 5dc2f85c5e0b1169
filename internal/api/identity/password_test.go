package identity

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestHashes(t *testing.T) {
	t.Parallel()
	hash := hashPassword("the password")

	t.Run("match their password only", func(t *testing.T) {
		t.Parallel()
		require.True(t, matches(hash, "the password"))
		require.False(t, matches(hash, "The password"))
		require.False(t, matches(hash, ""))
	})
	t.Run("say how they were made, and keep matching when that changes", func(t *testing.T) {
		t.Parallel()
		require.True(t, strings.HasPrefix(hash, "$argon2id$v=19$m=19456,t=3,p=1$"), hash)
		// From the tests of the reference implementation.
		other := "$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4"
		require.True(t, matches(other, "password"))
	})
	t.Run("have a salt each", func(t *testing.T) {
		t.Parallel()
		require.NotEqual(t, hash, hashPassword("the password"))
	})
	t.Run("that are broken match nothing", func(t *testing.T) {
		t.Parallel()
		parts := strings.Split(hash, "$")
		for _, broken := range []string{
			"", "the password", "$2a$10$bcrypt", strings.Join(parts[:5], "$"), strings.Join(parts[:5], "$") + "$",
			strings.Replace(hash, "t=3", "t=0", 1), strings.Replace(hash, "p=1", "p=0", 1), strings.Replace(hash, "m=", "n=", 1),
		} {
			require.False(t, matches(broken, "the password"), broken)
		}
	})
	t.Run("of nobody cost as much as any", func(t *testing.T) {
		t.Parallel()
		cost := func(hash string) string { return hash[:strings.LastIndex(hash[:strings.LastIndex(hash, "$")], "$")] }
		require.Equal(t, cost(hash), cost(nobody))
		require.Len(t, nobody, len(hash))
		require.False(t, matches(nobody, ""))
	})
}

func TestPause(t *testing.T) {
	t.Parallel()
	for beyond, want := range map[int64]time.Duration{
		-5: 0, -1: 0, 0: time.Second, 1: 2 * time.Second, 5: 32 * time.Second, 6: time.Minute, 1 << 40: time.Minute,
	} {
		require.Equal(t, want, pause(beyond, maxWait), beyond)
	}
	require.Equal(t, maxFactorWait, pause(11, maxFactorWait), "who knows the password may wait longer")
}

func TestNetwork(t *testing.T) {
	t.Parallel()
	for addr, want := range map[string]string{
		"192.0.2.1":           "192.0.2.1",
		"::ffff:192.0.2.1":    "192.0.2.1",
		"2001:db8:1:2:3::4":   "2001:db8:1:2::/64",
		"fe80::1%eth0":        "fe80::/64",
		"not an address \x00": digest("not an address \x00"),
	} {
		require.Equal(t, want, network(addr), addr)
	}
}

func TestDrawUsesEachCharacterAlike(t *testing.T) {
	t.Parallel()
	const n = 62 * 1000
	counts := map[rune]int{}
	for _, r := range draw(n, alphanumeric) {
		counts[r]++
	}
	require.Len(t, counts, 62)
	for r, count := range counts {
		require.InDelta(t, 1000, count, 250, string(r)) // eight standard deviations
	}
}
