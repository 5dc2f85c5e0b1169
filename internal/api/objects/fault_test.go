//go:build unix

package objects_test

import (
	"context"
	"fmt"
	"math"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"

	"switchboard/internal/api"
	"switchboard/internal/api/objects"
	"switchboard/internal/testserver"
)

// answering is a bucket whose server always says the same.
func answering(t *testing.T, h http.HandlerFunc) place {
	server := httptest.NewServer(h)
	t.Cleanup(server.Close)
	return placeOf(t, objects.Place{Endpoint: server.URL, Bucket: "bucket", PathStyle: true, AccessKey: "AK", Secret: api.NewSecret("SK")})
}

func TestWhatServersSayIsUnderstood(t *testing.T) {
	t.Parallel()
	for _, said := range []struct {
		status int
		code   string
		means  error
	}{
		{404, "NoSuchBucket", objects.ErrNoStore},
		{403, "AccessDenied", objects.ErrDenied},
		{403, "InvalidAccessKeyId", objects.ErrDenied},
		{403, "SignatureDoesNotMatch", objects.ErrDenied},
		{403, "QuotaExceeded", objects.ErrFull},
		{507, "XMinioStorageFull", objects.ErrFull},
		{409, "InsufficientStorageSpace", objects.ErrFull},
		{400, "EntityTooLarge", objects.ErrFull},
		{507, "Whatever", objects.ErrFull},
		{503, "SlowDown", objects.ErrUnreachable},
		{500, "InternalError", objects.ErrUnreachable},
		{502, "", objects.ErrUnreachable},
		{429, "", objects.ErrUnreachable},
		{400, "BadDigest", objects.ErrCorrupt},
		{400, "SomethingNew", objects.ErrDenied},
	} {
		t.Run(fmt.Sprint(said.status, said.code), func(t *testing.T) {
			t.Parallel()
			s := answering(t, func(w http.ResponseWriter, _ *http.Request) {
				w.WriteHeader(said.status)
				fmt.Fprintf(w, "<Error><Code>%s</Code><Message>secret words of the server</Message></Error>", said.code)
			})
			_, _, err := s.Write(t.Context(), "a", strings.NewReader("x"))
			require.ErrorIs(t, err, said.means)
			require.NotContains(t, err.Error(), "secret words")
			require.Contains(t, err.Error(), said.code)
		})
	}
}

func TestWhatIsNoObjectStoreIsNotQuoted(t *testing.T) {
	t.Parallel()
	for _, status := range []int{200, 302, 401, 404, 500} {
		s := answering(t, func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(status)
			fmt.Fprint(w, "<html><body>root:x:0:0: the page of an internal system</body></html>")
		})
		_, err := s.List(t.Context(), "", "", 10)
		if status != 200 {
			require.Error(t, err)
			require.NotContains(t, err.Error(), "root")
			require.NotContains(t, err.Error(), "page")
		}
		_, _, err = s.Write(t.Context(), "a", strings.NewReader("x"))
		require.Error(t, err, status)
		require.NotContains(t, err.Error(), "root")
	}
}

func TestARedirectIsNotFollowed(t *testing.T) {
	t.Parallel()
	var asked atomic.Int32
	elsewhere := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { asked.Add(1) }))
	t.Cleanup(elsewhere.Close)
	s := answering(t, func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, elsewhere.URL, http.StatusTemporaryRedirect)
	})
	_, _, err := s.Write(t.Context(), "a", strings.NewReader("x"))
	require.Error(t, err)
	_, err = s.Stat(t.Context(), "a")
	require.Error(t, err)
	require.Zero(t, asked.Load())
}

func TestARequestIsSentOnce(t *testing.T) {
	t.Parallel()
	var asked atomic.Int32
	s := answering(t, func(w http.ResponseWriter, _ *http.Request) {
		asked.Add(1)
		w.WriteHeader(http.StatusServiceUnavailable)
	})
	_, err := s.Stat(t.Context(), "a")
	require.ErrorIs(t, err, objects.ErrUnreachable)
	require.EqualValues(t, 1, asked.Load(), "whoever copies tries again, not the library")
}

// smallDisk is a file system of a MiB. Where it cannot be had the test is skipped,
// or fails when the environment has CI set.
func smallDisk(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=1m"); err != nil {
		if os.Getenv("CI") != "" {
			t.Fatalf("a full disk cannot be tried: %v", err)
		}
		t.Skipf("a full disk cannot be tried: it takes root to mount a small one: %v", err)
	}
	t.Cleanup(func() { _ = syscall.Unmount(dir, syscall.MNT_DETACH) })
	return dir
}

func TestAFullDiskIsFull(t *testing.T) {
	t.Parallel()
	to := placeOf(t, objects.Place{Folder: smallDisk(t)})
	_, _, err := to.Write(t.Context(), "a", strings.NewReader(strings.Repeat("x", 2<<20)))
	require.ErrorIs(t, err, objects.ErrFull)
	for name, open := range kinds {
		data := content(3 << 20)
		one := transferOf(t, open(t), to, data)
		_, err := one.Stage(t.Context())
		require.ErrorIs(t, err, objects.ErrFull, name)
		requireNotThere(t, to, replica)
		data = content(200 << 10)
		one = transferOf(t, open(t), to, data)
		one.Key = "there is room again"
		copyAll(t, one)
		requireThere(t, to, one.Key, data)
		require.NoError(t, to.Delete(t.Context(), one.Key))
	}
}

func TestACutConnectionIsCarriedOn(t *testing.T) {
	t.Parallel()
	at := newBucket(t)
	way := testserver.NewLine(t, strings.TrimPrefix(at.Endpoint, "http://"))
	at.Endpoint = "http://" + way.Addr
	far := placeOf(t, at)
	const size = 40 << 20
	data := content(size)
	for name, one := range map[string]struct {
		from, to place
		parts    int
		each     int64 // bytes until it is cut
	}{
		"to the server":              {inFolder(t), far, 1, 13 << 20},
		"to the server, accelerated": {inFolder(t), far, 3, 30 << 20},
		"from the server":            {far, inFolder(t), 1, 13 << 20},
	} {
		t.Run(name, func(t *testing.T) {
			way.CutAfter(math.MaxInt64)
			next := transferOf(t, one.from, one.to, data)
			next.Key, next.Parts = replica+name, one.parts
			next.Note = func(s string) { next.Resume = s }
			before, cuts := way.Passed(), 0
			for {
				way.CutAfter(one.each)
				staged, err := next.Stage(t.Context())
				way.CutAfter(math.MaxInt64)
				if err == nil {
					require.NoError(t, objects.Publish(t.Context(), []*objects.Staged{staged}))
					break
				}
				require.ErrorIs(t, err, objects.ErrUnreachable)
				cuts++
				require.Less(t, cuts, 10)
			}
			require.Positive(t, cuts)
			again := int64(one.parts) * (9 << 20) * int64(cuts) // what was under way when it was cut
			require.Less(t, way.Passed()-before, size+again+1<<20)
			requireThere(t, one.to, next.Key, data)
		})
	}
}

func TestAnAnswerThatEndsTooSoonIsNoObject(t *testing.T) {
	t.Parallel()
	s := answering(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("ETag", `"x"`)
		w.Header().Set("Last-Modified", "Sun, 22 Nov 2026 10:00:00 GMT")
		w.Header().Set("Content-Length", "1000")
		_, _ = w.Write(make([]byte, 500))
	})
	_, err := read(t, s, objects.Object{Key: "a"}, 0, -1)
	require.ErrorIs(t, err, objects.ErrUnreachable)
}

func TestAServerThatKeepsSomethingElseIsFoundOut(t *testing.T) {
	t.Parallel()
	removed := make(chan string, 8)
	s := answering(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("ETag", `"0123"`) // says nothing of the content
		w.Header().Set("Last-Modified", "Sun, 22 Nov 2026 10:00:00 GMT")
		switch r.Method {
		case http.MethodGet:
			if r.URL.Query().Has("uploads") {
				fmt.Fprint(w, "<ListMultipartUploadsResult></ListMultipartUploadsResult>")
				return
			}
			fmt.Fprint(w, "other")
		case http.MethodDelete:
			removed <- r.URL.Path
			w.WriteHeader(http.StatusNoContent)
		}
	})
	_, _, err := s.Write(context.WithoutCancel(t.Context()), "a", strings.NewReader("right"))
	require.ErrorIs(t, err, objects.ErrCorrupt)
	require.Equal(t, "/bucket/a", <-removed)
}
