//go:build unix

package objects_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"switchboard/internal/api"
	"switchboard/internal/api/objects"
	"switchboard/internal/testserver"
)

// place is a store, and how to reach behind it.
type place struct {
	objects.Store
	again func(t *testing.T) objects.Store // as another process opens it
}

// kinds are the stores that are tried.
var kinds = map[string]func(t *testing.T) place{"a folder": inFolder, "a bucket": inBucket}

func inFolder(t *testing.T) place {
	dir := t.TempDir()
	return placeOf(t, objects.Place{Folder: dir})
}

func inBucket(t *testing.T) place { return placeOf(t, newBucket(t)) }

func newBucket(t *testing.T) objects.Place {
	t.Helper()
	server := testserver.S3(t)
	name := "b" + strings.ToLower(rand.Text()[:12])
	server.Exec(t, "bucket "+name)
	return objects.Place{
		Endpoint: "http://" + server.Addr(), Bucket: name, Prefix: "deep/down/", PathStyle: true,
		AccessKey: server.User, Secret: api.NewSecret(server.Password),
	}
}

func placeOf(t *testing.T, at objects.Place) place {
	t.Helper()
	open := func(t *testing.T) objects.Store {
		transport := &http.Transport{MaxIdleConnsPerHost: 16}
		t.Cleanup(transport.CloseIdleConnections)
		s, err := objects.Open(at, transport)
		require.NoError(t, err)
		return s
	}
	return place{open(t), open}
}

// each runs a test with every kind of store.
func each(t *testing.T, test func(t *testing.T, s place)) {
	for name, open := range kinds {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, open(t))
		})
	}
}

func write(t *testing.T, s objects.Store, key string, content []byte) objects.Object {
	t.Helper()
	o, sum, err := s.Write(t.Context(), key, bytes.NewReader(content))
	require.NoError(t, err)
	require.Equal(t, sumOf(content), sum)
	require.Equal(t, key, o.Key)
	require.EqualValues(t, len(content), o.Size)
	require.NotEmpty(t, o.Tag)
	return o
}

func sumOf(content []byte) objects.Sum {
	sum := sha256.Sum256(content)
	return objects.Sum(hex.EncodeToString(sum[:]))
}

func read(t *testing.T, s objects.Store, o objects.Object, offset, n int64) ([]byte, error) {
	t.Helper()
	r, err := s.Open(t.Context(), o, offset, n)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	return io.ReadAll(r)
}

func content(size int) []byte {
	b := make([]byte, size)
	_, _ = rand.Read(b)
	return b
}

func keysOf(found []objects.Object) []string {
	keys := []string{}
	for _, o := range found {
		keys = append(keys, o.Key)
	}
	return keys
}

func TestWhatIsWrittenCanBeRead(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s place) {
		for name, size := range map[string]int{"empty": 0, "small": 4096, "large": 17<<20 + 5} {
			data := content(size)
			o := write(t, s, "dumps/"+name, data)
			seen, err := s.again(t).Stat(t.Context(), "dumps/"+name)
			require.NoError(t, err)
			require.Equal(t, o.Tag, seen.Tag)
			require.EqualValues(t, size, seen.Size)
			require.False(t, seen.Modified.IsZero())
			got, err := read(t, s, seen, 0, -1)
			require.NoError(t, err)
			require.True(t, bytes.Equal(data, got))
			if size > 100 {
				part, err := read(t, s, seen, 10, 50)
				require.NoError(t, err)
				require.Equal(t, data[10:60], part)
				rest, err := read(t, s, seen, int64(size-7), -1)
				require.NoError(t, err)
				require.Equal(t, data[size-7:], rest)
			}
		}
	})
}

func TestAnObjectIsReplacedWhole(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s place) {
		old := write(t, s, "a", []byte("before"))
		now := write(t, s, "a", []byte("after"))
		require.NotEqual(t, old.Tag, now.Tag)
		_, err := read(t, s, old, 0, -1)
		require.ErrorIs(t, err, objects.ErrChanged)
		_, _, err = s.Write(t.Context(), "a", io.MultiReader(strings.NewReader("half"), failing{}))
		require.ErrorIs(t, err, errGone)
		got, err := read(t, s, now, 0, -1)
		require.NoError(t, err)
		require.Equal(t, "after", string(got))
	})
}

var errGone = errors.New("gone")

type failing struct{}

func (failing) Read([]byte) (int, error) { return 0, errGone }

func TestObjectsAreListedInTheOrderOfKeys(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s place) {
		keys := []string{"a/b/c", "a/b.txt", "a/b", "a.txt", "a0", "b", "a/z/1", "a/z/2", "ü/日本 語", "with space/and+plus%41"}
		for _, key := range keys[:2] {
			write(t, s, key, []byte(key))
		}
		for _, key := range slices.Delete(slices.Clone(keys), 0, 3) { // a/b would be file and folder
			write(t, s, key, []byte(key))
		}
		all := []string{"a.txt", "a/b.txt", "a/b/c", "a/z/1", "a/z/2", "a0", "b", "with space/and+plus%41", "ü/日本 語"}
		found, err := s.List(t.Context(), "", "", 100)
		require.NoError(t, err)
		require.Equal(t, all, keysOf(found))
		for _, o := range found {
			seen, err := s.Stat(t.Context(), o.Key)
			require.NoError(t, err)
			require.Equal(t, seen.Tag, o.Tag, "a list and a look agree")
			require.Equal(t, seen.Size, o.Size)
		}
		for limit := 1; limit < 5; limit++ {
			var got []string
			for after := ""; ; after = got[len(got)-1] {
				page, err := s.List(t.Context(), "", after, limit)
				require.NoError(t, err)
				if got = append(got, keysOf(page)...); len(page) < limit {
					break
				}
			}
			require.Equal(t, all, got, "in pages of %d", limit)
		}
		for prefix, want := range map[string][]string{
			"a/": {"a/b.txt", "a/b/c", "a/z/1", "a/z/2"}, "a/b": {"a/b.txt", "a/b/c"}, "a/z/": {"a/z/1", "a/z/2"},
			"a": all[:6], "none/": {}, "b/": {},
		} {
			found, err := s.List(t.Context(), prefix, "", 100)
			require.NoError(t, err)
			require.Equal(t, want, keysOf(found), prefix)
		}
	})
}

func TestFoldersAreBrowsed(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s place) {
		for _, key := range []string{"a.txt", "a/1", "a/2", "a0", "b/c/d", "z"} {
			write(t, s, key, []byte(key))
		}
		all := []string{"a.txt", "a/", "a0", "b/", "z"}
		for limit := 1; limit < 7; limit++ {
			var got []string
			for after := ""; ; {
				page, err := s.Children(t.Context(), "", after, limit)
				require.NoError(t, err)
				if got = append(got, keysOf(page)...); len(page) < limit {
					break
				}
				after = got[len(got)-1]
			}
			got = slices.DeleteFunc(got, func(key string) bool { return key == ".switchboard/" }) // a folder's own
			require.Equal(t, all, got, "in pages of %d", limit)
		}
		found, err := s.Children(t.Context(), "b/", "", 10)
		require.NoError(t, err)
		require.Equal(t, []string{"b/c/"}, keysOf(found))
		found, err = s.Children(t.Context(), "none/", "", 10)
		require.NoError(t, err)
		require.Empty(t, found)
	})
}

func TestAKeyThatNoObjectCanHaveIsNotFound(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s place) {
		write(t, s, "a", []byte("a"))
		for _, key := range []string{
			"", ".", "..", "/", "/a", "a/", "./a", "../a", "x/../a", "x//a", "a\x00b", "\xff", "missing", "missing/too",
			".switchboard/staging/x", ".switchboard/staging",
		} {
			_, err := s.Stat(t.Context(), key)
			require.ErrorIs(t, err, objects.ErrNotFound, "%q", key)
			_, err = read(t, s, objects.Object{Key: key}, 0, -1)
			require.ErrorIs(t, err, objects.ErrNotFound, "%q", key)
			require.NoError(t, s.Delete(t.Context(), key), "%q", key)
			if !strings.HasPrefix(key, "missing") {
				_, _, err = s.Write(t.Context(), key, strings.NewReader("x"))
				require.Error(t, err, "%q", key)
			}
		}
	})
}

func TestADeletedObjectIsGone(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s place) {
		o := write(t, s, "a/b", []byte("a"))
		require.NoError(t, s.Delete(t.Context(), "a/b"))
		require.NoError(t, s.Delete(t.Context(), "a/b"))
		_, err := s.Stat(t.Context(), "a/b")
		require.ErrorIs(t, err, objects.ErrNotFound)
		_, err = read(t, s, o, 0, -1)
		require.ErrorIs(t, err, objects.ErrNotFound)
	})
}

func TestWhoGivesUpGetsHisOwnError(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s place) {
		write(t, s, "a", []byte("a"))
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		_, _, err := s.Write(ctx, "b", strings.NewReader("x"))
		require.ErrorIs(t, err, context.Canceled)
		_, err = s.List(ctx, "", "", 10)
		require.ErrorIs(t, err, context.Canceled)
		_, err = s.Stat(t.Context(), "b")
		require.ErrorIs(t, err, objects.ErrNotFound)
	})
}

func TestAVeryLongKeyIsAKey(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s place) {
		key := strings.Repeat(strings.Repeat("k", 99)+"/", 9) + "end"
		o := write(t, s, key, []byte("x"))
		got, err := read(t, s, o, 0, -1)
		require.NoError(t, err)
		require.Equal(t, "x", string(got))
	})
}

func TestAFileWithItsTimePutBackHasChanged(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := placeOf(t, objects.Place{Folder: dir})
	o := write(t, s, "a", []byte("one"))
	fi, err := os.Stat(dir + "/a")
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(dir+"/a", []byte("two"), 0o600))
	require.NoError(t, os.Chtimes(dir+"/a", fi.ModTime(), fi.ModTime()))
	_, err = read(t, s, o, 0, -1)
	require.ErrorIs(t, err, objects.ErrChanged)
}

func TestAFileThatChangesWhileItIsReadIsNotReadToItsEnd(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := placeOf(t, objects.Place{Folder: dir})
	o := write(t, s, "a", content(100_000))
	r, err := s.Open(t.Context(), o, 0, -1)
	require.NoError(t, err)
	defer r.Close()
	_, err = io.ReadFull(r, make([]byte, 1000))
	require.NoError(t, err)
	require.NoError(t, os.Truncate(dir+"/a", 50_000))
	require.NoError(t, os.Truncate(dir+"/a", 100_000))
	_, err = io.ReadAll(r)
	require.ErrorIs(t, err, objects.ErrChanged)
}

func TestSymbolicLinksAndPipesAreNoObjects(t *testing.T) {
	t.Parallel()
	dir, outside := t.TempDir(), t.TempDir()
	require.NoError(t, os.WriteFile(outside+"/secret", []byte("x"), 0o600))
	s := placeOf(t, objects.Place{Folder: dir})
	write(t, s, "in/a", []byte("a"))
	for name, to := range map[string]string{"file": outside + "/secret", "out": outside, "up": "..", "inside": "in", "same": "in/a"} {
		require.NoError(t, os.Symlink(to, dir+"/"+name))
	}
	require.NoError(t, syscall.Mkfifo(dir+"/pipe", 0o600))
	found, err := s.List(t.Context(), "", "", 100)
	require.NoError(t, err)
	require.Equal(t, []string{"in/a"}, keysOf(found))
	for _, key := range []string{"file", "out/secret", "up/x", "inside/a", "same", "pipe"} {
		_, err := s.Stat(t.Context(), key)
		require.ErrorIs(t, err, objects.ErrNotFound, key)
		_, err = read(t, s, objects.Object{Key: key}, 0, -1)
		require.ErrorIs(t, err, objects.ErrNotFound, key)
	}
	for _, prefix := range []string{"out/", "up/", "inside/"} {
		found, err := s.List(t.Context(), prefix, "", 100)
		require.NoError(t, err)
		require.Empty(t, found, prefix)
	}
	_, _, err = s.Write(t.Context(), "out/new", strings.NewReader("x"))
	require.Error(t, err)
	entries, err := os.ReadDir(outside)
	require.NoError(t, err)
	require.Len(t, entries, 1)
}

func TestAStoreThatIsNotThere(t *testing.T) {
	t.Parallel()
	_, err := objects.Open(objects.Place{Folder: t.TempDir() + "/none"}, nil)
	require.ErrorIs(t, err, objects.ErrNoStore)

	at := newBucket(t)
	at.Bucket = "none-" + strings.ToLower(rand.Text()[:8])
	s := placeOf(t, at)
	_, err = s.List(t.Context(), "", "", 10)
	require.ErrorIs(t, err, objects.ErrNoStore)
	_, _, err = s.Write(t.Context(), "a", strings.NewReader("x"))
	require.ErrorIs(t, err, objects.ErrNoStore)

	dir := t.TempDir()
	gone := placeOf(t, objects.Place{Folder: dir + "/"})
	require.NoError(t, os.RemoveAll(dir))
	_, _, err = gone.Write(t.Context(), "a", strings.NewReader("x"))
	require.ErrorIs(t, err, objects.ErrNoStore)
}

func TestAWrongKeyIsRefused(t *testing.T) {
	t.Parallel()
	for name, spoil := range map[string]func(*objects.Place){
		"secret": func(p *objects.Place) { p.Secret = api.NewSecret("wrong") },
		"key":    func(p *objects.Place) { p.AccessKey = "AKNOBODY" },
	} {
		at := newBucket(t)
		spoil(&at)
		s := placeOf(t, at)
		_, err := s.List(t.Context(), "", "", 10)
		require.ErrorIs(t, err, objects.ErrDenied, name)
		_, _, err = s.Write(t.Context(), "a", strings.NewReader("x"))
		require.ErrorIs(t, err, objects.ErrDenied, name)
	}
}

func TestAServerThatIsAwayCannotBeReached(t *testing.T) {
	t.Parallel()
	at := newBucket(t)
	at.Endpoint = "http://" + testserver.ClosedAddr(t).String()
	s := placeOf(t, at)
	_, err := s.Stat(t.Context(), "a")
	require.ErrorIs(t, err, objects.ErrUnreachable)
	require.Contains(t, err.Error(), "refused")
}

func TestManyObjectsAreListedPageByPage(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := placeOf(t, objects.Place{Folder: dir})
	for i := range 3000 {
		name := fmt.Sprintf("%s/%d/%05d", dir, i%3, i)
		if i < 3 {
			require.NoError(t, os.MkdirAll(fmt.Sprintf("%s/%d/empty/%d", dir, i, i), 0o700))
		}
		require.NoError(t, os.WriteFile(name, nil, 0o600))
	}
	var got []string
	for after := ""; ; after = got[len(got)-1] {
		page, err := s.List(t.Context(), "", after, 7)
		require.NoError(t, err)
		if got = append(got, keysOf(page)...); len(page) < 7 {
			break
		}
	}
	require.Len(t, got, 3000)
	require.True(t, slices.IsSorted(got))
	require.Len(t, slices.Compact(got), 3000)
}

func TestWhatIsNewInALargeFolderIsListed(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := placeOf(t, objects.Place{Folder: dir})
	long := time.Now().Add(-time.Hour)
	for i := range 1000 {
		require.NoError(t, os.WriteFile(fmt.Sprintf("%s/%04d", dir, i), nil, 0o600))
	}
	for i := range 3 {
		require.NoError(t, os.Chtimes(dir, long, long))
		found, err := s.List(t.Context(), "", "0995", 100)
		require.NoError(t, err)
		require.Len(t, found, 4+i)
		require.NoError(t, os.WriteFile(fmt.Sprintf("%s/new%d", dir, i), nil, 0o600))
	}
	require.NoError(t, os.Remove(dir+"/0999"))
	found, err := s.List(t.Context(), "", "0995", 100)
	require.NoError(t, err)
	require.Equal(t, []string{"0996", "0997", "0998", "new0", "new1", "new2"}, keysOf(found))
}
