package mirror

import (
	"errors"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestWhatIsSaidAgainIsNotReadAgain(t *testing.T) {
	t.Parallel()
	var m memo[string]
	read := 0
	ask := func(asked, body string) []string {
		t.Helper()
		things, err := m.read(asked, []byte(body), func(body []byte) ([]string, error) {
			read++
			return strings.Fields(string(body)), nil
		})
		require.NoError(t, err)
		return things
	}
	require.Equal(t, []string{"a", "b"}, ask("one", "a b"))
	again := ask("one", "a b")
	require.Equal(t, []string{"a", "b"}, again)
	require.Equal(t, 1, read)
	again[0] = "mine"
	require.Equal(t, []string{"a", "b"}, ask("one", "a b"), "who got it may reorder it")
	require.Equal(t, []string{"a"}, ask("one", "a"), "something else is said")
	require.Equal(t, []string{"a"}, ask("another", "a"), "something else was asked for")
	require.Equal(t, 3, read)
	_, err := m.read("one", []byte("odd"), func([]byte) ([]string, error) { return nil, errors.New("odd") })
	require.Error(t, err)
	require.Equal(t, []string{"odd"}, ask("one", "odd"), "what could not be read is not remembered")
	long := strings.Repeat("x ", memoSize)
	ask("one", long)
	ask("one", long)
	require.Equal(t, 6, read, "nor is what is too long")
}
