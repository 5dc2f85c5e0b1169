//go:build linux

package objects_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"switchboard/internal/api/objects"
)

func TestWhatIsNoObjectIsToldOnceToWhoListsAll(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := placeOf(t, objects.Place{Folder: dir})
	for _, key := range []string{"d/a", "d/c/x", "d/e", "z"} {
		write(t, s, key, []byte("x"))
	}
	for _, name := range []string{"d/b", "d/c/y", "d/f", "d/bad\xff", "outside"} {
		require.NoError(t, os.Symlink("a", filepath.Join(dir, name)))
	}
	for limit := 1; limit <= 5; limit++ {
		told := map[string]bool{}
		for after, n := "", 1; n > 0; {
			page, err := s.ListPassing(t.Context(), "d/", after, limit, func(key string, valid bool) {
				require.NotContains(t, told, key)
				told[key] = valid
			})
			require.NoError(t, err)
			if n = len(page); n > 0 {
				after = page[n-1].Key
			}
		}
		require.Equal(t, map[string]bool{"d/b": true, "d/c/y": true, "d/f": true, "d/bad\xff": false}, told)
	}
}
