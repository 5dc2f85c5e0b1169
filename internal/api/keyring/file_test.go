package keyring_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"switchboard/internal/api/keyring"
)

func TestLoad(t *testing.T) {
	t.Parallel()
	t.Run("the first start makes a key file for its owner alone", func(t *testing.T) {
		t.Parallel()
		folder := t.TempDir()
		sealed := load(t, folder).Seal(place, text)

		require.Equal(t, fs.FileMode(0o600), mode(t, folder))
		require.Equal(t, []string{keyring.FileName}, names(t, folder), "nothing else is left")
		requireOpens(t, load(t, folder), sealed)
	})
	t.Run("the environment goes before the file and leaves none", func(t *testing.T) {
		t.Parallel()
		folder, key := t.TempDir(), keyring.NewKey()
		ring, err := keyring.Load(folder, key)
		require.NoError(t, err)
		same, err := keyring.Parse(key)
		require.NoError(t, err)
		requireOpens(t, same, ring.Seal(place, text))
		require.Empty(t, names(t, folder))
	})
	t.Run("a bad key is refused and not replaced", func(t *testing.T) {
		t.Parallel()
		folder := t.TempDir()
		path := filepath.Join(folder, keyring.FileName)
		require.NoError(t, os.WriteFile(path, []byte("nonsense"), 0o600))
		_, err := keyring.Load(folder, "")
		require.ErrorContains(t, err, path)
		kept, err := os.ReadFile(path)
		require.NoError(t, err)
		require.Equal(t, "nonsense", string(kept))
	})
	t.Run("a bad key in the environment is refused", func(t *testing.T) {
		t.Parallel()
		_, err := keyring.Load(t.TempDir(), "nonsense")
		require.ErrorContains(t, err, "environment")
	})
	t.Run("a folder that is not there", func(t *testing.T) {
		t.Parallel()
		_, err := keyring.Load(filepath.Join(t.TempDir(), "missing"), "")
		require.ErrorIs(t, err, fs.ErrNotExist)
	})
}

func TestStartsAtOnceShareOneKey(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	rings := make([]*keyring.Ring, 16)
	var group sync.WaitGroup
	for i := range rings {
		group.Go(func() { rings[i], _ = keyring.Load(folder, "") })
	}
	group.Wait()
	for _, ring := range rings {
		require.NotNil(t, ring)
		requireOpens(t, rings[0], ring.Seal(place, text))
	}
	require.Equal(t, []string{keyring.FileName}, names(t, folder))
}

func TestRotate(t *testing.T) {
	t.Parallel()
	t.Run("a ring that is in use follows", func(t *testing.T) {
		t.Parallel()
		folder := t.TempDir()
		running := load(t, folder)
		old := running.Seal(place, text)

		require.NoError(t, keyring.Rotate(folder))
		rotated := load(t, folder)
		requireOpens(t, rotated, old)
		require.False(t, rotated.Current(old))

		resealed := rotated.Seal(place, text)
		requireOpens(t, running, resealed)
		require.True(t, running.Current(resealed), "having met the new key it seals with it")
		require.Equal(t, fs.FileMode(0o600), mode(t, folder))
	})
	t.Run("of many at once each is done or refused, and no key is lost", func(t *testing.T) {
		t.Parallel()
		folder := t.TempDir()
		sealed := []string{load(t, folder).Seal(place, text)}
		var group sync.WaitGroup
		var lock sync.Mutex
		for range 16 {
			group.Go(func() {
				if keyring.Rotate(folder) != nil {
					return
				}
				ring, err := keyring.Load(folder, "")
				lock.Lock()
				defer lock.Unlock()
				if err == nil {
					sealed = append(sealed, ring.Seal(place, text))
				}
			})
		}
		group.Wait()
		require.Greater(t, len(sealed), 1, "one was done")
		ring := load(t, folder)
		for _, s := range sealed {
			requireOpens(t, ring, s)
		}
		require.Equal(t, []string{keyring.FileName}, names(t, folder))
	})
	t.Run("one that was killed is named", func(t *testing.T) {
		t.Parallel()
		folder := t.TempDir()
		load(t, folder)
		left := filepath.Join(folder, keyring.FileName+".new")
		require.NoError(t, os.WriteFile(left, nil, 0o600))
		require.ErrorContains(t, keyring.Rotate(folder), left)
	})
	t.Run("many rotations keep one heading", func(t *testing.T) {
		t.Parallel()
		folder := t.TempDir()
		load(t, folder)
		for range 3 {
			require.NoError(t, keyring.Rotate(folder))
		}
		content, err := os.ReadFile(filepath.Join(folder, keyring.FileName))
		require.NoError(t, err)
		require.Equal(t, 1, strings.Count(string(content), "#"))
		require.Equal(t, 5, strings.Count(string(content), "\n"))
	})
	t.Run("without a file there is nothing to rotate", func(t *testing.T) {
		t.Parallel()
		folder := t.TempDir()
		require.ErrorIs(t, keyring.Rotate(folder), fs.ErrNotExist)
		require.Empty(t, names(t, folder))
	})
}

func load(t *testing.T, folder string) *keyring.Ring {
	t.Helper()
	ring, err := keyring.Load(folder, "")
	require.NoError(t, err)
	return ring
}

func requireOpens(t *testing.T, ring *keyring.Ring, sealed string) {
	t.Helper()
	opened, err := ring.Open(place, sealed)
	require.NoError(t, err)
	require.Equal(t, text, opened)
}

func mode(t *testing.T, folder string) fs.FileMode {
	t.Helper()
	info, err := os.Stat(filepath.Join(folder, keyring.FileName))
	require.NoError(t, err)
	return info.Mode().Perm()
}

func names(t *testing.T, folder string) []string {
	t.Helper()
	entries, err := os.ReadDir(folder)
	require.NoError(t, err)
	var all []string
	for _, e := range entries {
		all = append(all, e.Name())
	}
	return all
}
