//go:build unix

package objects_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/time/rate"

	"switchboard/internal/api/objects"
)

const replica = ".switchboard/backups/p/replica"

// eachWay runs a test with a source and a destination of every kind.
func eachWay(t *testing.T, test func(t *testing.T, from, to place)) {
	for source, open := range kinds {
		for destination, openTo := range kinds {
			t.Run("from "+source+" to "+destination, func(t *testing.T) {
				t.Parallel()
				test(t, open(t), openTo(t))
			})
		}
	}
}

// transferOf copies data, which it puts into the source.
func transferOf(t *testing.T, from, to place, data []byte) *objects.Transfer {
	t.Helper()
	o := write(t, from, "dumps/one", data)
	return &objects.Transfer{From: from, Source: o, Sum: sumOf(data), To: to, Key: replica}
}

func copyAll(t *testing.T, transfers ...*objects.Transfer) []*objects.Staged {
	t.Helper()
	var all []*objects.Staged
	for _, one := range transfers {
		staged, err := one.Stage(t.Context())
		require.NoError(t, err)
		all = append(all, staged)
	}
	require.NoError(t, objects.Publish(t.Context(), all))
	return all
}

// requireThere makes sure that an object is what it should be.
func requireThere(t *testing.T, s objects.Store, key string, data []byte) {
	t.Helper()
	o, err := s.Stat(t.Context(), key)
	require.NoError(t, err)
	got, err := read(t, s, o, 0, -1)
	require.NoError(t, err)
	require.True(t, bytes.Equal(data, got), "content")
}

func requireNotThere(t *testing.T, s objects.Store, key string) {
	t.Helper()
	_, err := s.Stat(t.Context(), key)
	require.ErrorIs(t, err, objects.ErrNotFound)
}

func TestAnObjectIsCopied(t *testing.T) {
	t.Parallel()
	sizes := map[string]int{"empty": 0, "a byte": 1, "small": 4096, "a part": 8 << 20, "a byte more": 8<<20 + 1, "three parts": 17 << 20, "more than is sent at once": 33 << 20}
	eachWay(t, func(t *testing.T, from, to place) {
		for name, size := range sizes {
			for _, parts := range []int{1, 4} {
				data := content(size)
				one := transferOf(t, from, to, data)
				one.Key = fmt.Sprintf("%s %s/%d", replica, name, parts)
				one.Parts = parts
				var most atomic.Int64
				one.Progress = func(n int64) { most.Store(max(n, most.Load())) }
				staged := copyAll(t, one)
				require.Equal(t, sumOf(data), staged[0].Sum)
				require.EqualValues(t, size, staged[0].Object.Size)
				require.EqualValues(t, size, most.Load())
				seen, err := to.Stat(t.Context(), one.Key)
				require.NoError(t, err)
				require.Equal(t, seen.Tag, staged[0].Object.Tag)
				requireThere(t, to, one.Key, data)
			}
		}
	})
}

func TestTheSumIsFoundWhereNobodyKnowsIt(t *testing.T) {
	t.Parallel()
	eachWay(t, func(t *testing.T, from, to place) {
		for _, size := range []int{0, 100, 9 << 20} {
			data := content(size)
			one := transferOf(t, from, to, data)
			one.Sum, one.Key = "", fmt.Sprint(replica, size)
			require.Equal(t, sumOf(data), copyAll(t, one)[0].Sum)
			requireThere(t, to, one.Key, data)
		}
	})
}

func TestNobodySeesWhatIsNotPublished(t *testing.T) {
	t.Parallel()
	eachWay(t, func(t *testing.T, from, to place) {
		data := content(33 << 20)
		staged, err := transferOf(t, from, to, data).Stage(t.Context())
		require.NoError(t, err)
		requireNotThere(t, to, replica)
		found, err := to.List(t.Context(), "", "", 100)
		require.NoError(t, err)
		require.NotContains(t, strings.Join(keysOf(found), " "), "switchboard")
		require.NoError(t, objects.Publish(t.Context(), []*objects.Staged{staged}))
		requireThere(t, to, replica, data)
		require.NoError(t, objects.Publish(t.Context(), []*objects.Staged{staged}), "twice")
		requireThere(t, to, replica, data)
		staged.Release()
	})
}

func TestACopyThatWasCutOffGoesOn(t *testing.T) {
	t.Parallel()
	eachWay(t, func(t *testing.T, from, to place) {
		for name, cut := range map[string]struct {
			known bool
			parts int
		}{"with its sum": {true, 1}, "with its sum, accelerated": {true, 3}, "without": {false, 2}} {
			data := content(42 << 20)
			one := transferOf(t, from, to, data)
			one.Key, one.Parts = replica+name, cut.parts
			if !cut.known {
				one.Sum = ""
			}
			attempts, read := goOn(t, one, to)
			require.Greater(t, attempts, 2)
			require.Less(t, read, one.Source.Size+int64(attempts*(cut.parts+1)*(8<<20)), "what was copied is not read again")
			requireThere(t, to, one.Key, data)
		}
	})
}

// goOn copies in attempts of which each but the last is cut off, each by another
// process, and returns how many it took and how many bytes of the source.
func goOn(t *testing.T, one *objects.Transfer, to place) (attempts int, read int64) {
	t.Helper()
	var mu sync.Mutex
	var resume string
	var there int64
	for stop := int64(5 << 20); ; stop += 13 << 20 {
		attempts++
		ctx, kill := context.WithCancel(t.Context())
		source := &counting{Store: one.From}
		next := *one
		next.From, next.To, next.Resume = source, to.again(t), resume
		next.Note = func(s string) { mu.Lock(); defer mu.Unlock(); resume = s }
		before, first := there, int64(-1)
		next.Progress = func(n int64) {
			mu.Lock()
			defer mu.Unlock()
			if first < 0 {
				first = n
			}
			if there = max(there, n); n >= stop {
				kill()
			}
		}
		staged, err := next.Stage(ctx)
		kill()
		read += source.bytes.Load()
		require.GreaterOrEqual(t, first, before, "it goes on where it was")
		if err != nil {
			require.ErrorIs(t, err, context.Canceled)
			requireNotThere(t, to, one.Key)
			continue
		}
		require.NoError(t, objects.Publish(t.Context(), []*objects.Staged{staged}))
		return attempts, read
	}
}

// counting counts what is read.
type counting struct {
	objects.Store
	bytes atomic.Int64
}

func (s *counting) Open(ctx context.Context, o objects.Object, offset, n int64) (io.ReadCloser, error) {
	r, err := s.Store.Open(ctx, o, offset, n)
	return countingReader{r, &s.bytes}, err
}

type countingReader struct {
	io.ReadCloser
	bytes *atomic.Int64
}

func (r countingReader) Read(p []byte) (int, error) {
	n, err := r.ReadCloser.Read(p)
	r.bytes.Add(int64(n))
	return n, err
}

func TestWhatIsThereIsOnlyCompared(t *testing.T) {
	t.Parallel()
	eachWay(t, func(t *testing.T, from, to place) {
		for _, size := range []int{0, 4096, 9 << 20} {
			data := content(size)
			one := transferOf(t, from, to, data)
			one.Key = fmt.Sprint(replica, size)
			before := copyAll(t, one)[0].Object
			again := copyAll(t, one)[0]
			require.Equal(t, before.Tag, again.Object.Tag, "it was not written again")
			require.Equal(t, sumOf(data), again.Sum)
		}
	})
}

func TestAnotherObjectUnderTheKeyIsReplaced(t *testing.T) {
	t.Parallel()
	eachWay(t, func(t *testing.T, from, to place) {
		for _, size := range []int{4096, 9 << 20} {
			data := content(size)
			one := transferOf(t, from, to, data)
			one.Key = fmt.Sprint(replica, size)
			write(t, to, one.Key, content(size))
			copyAll(t, one)
			requireThere(t, to, one.Key, data)
		}
	})
}

func TestAChangedSourceIsNotCopied(t *testing.T) {
	t.Parallel()
	eachWay(t, func(t *testing.T, from, to place) {
		for _, size := range []int{4096, 9 << 20} {
			data := content(size)
			one := transferOf(t, from, to, data)
			changed := bytes.Clone(data)
			changed[7]++
			write(t, from, "dumps/one", changed)
			_, err := one.Stage(t.Context())
			require.ErrorIs(t, err, objects.ErrChanged)
			requireNotThere(t, to, replica)
			require.NoError(t, from.Delete(t.Context(), "dumps/one"))
			_, err = one.Stage(t.Context())
			require.ErrorIs(t, err, objects.ErrNotFound)
			requireNotThere(t, to, replica)
			require.NoError(t, one.Abandon(t.Context()))
		}
	})
}

func TestASourceThatIsNotWhatItsSumSaysIsNotCopied(t *testing.T) {
	t.Parallel()
	eachWay(t, func(t *testing.T, from, to place) {
		for _, size := range []int{4096, 9 << 20} {
			one := transferOf(t, from, to, content(size))
			one.Sum = sumOf([]byte("something else"))
			_, err := one.Stage(t.Context())
			require.ErrorIs(t, err, objects.ErrCorrupt)
			requireNotThere(t, to, replica)
		}
	})
}

func TestASourceThatChangesOnTheWayIsNotCopied(t *testing.T) {
	t.Parallel()
	for name, open := range kinds {
		t.Run("to "+name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			from, to := placeOf(t, objects.Place{Folder: dir}), open(t)
			for how, spoil := range map[string]func(name string) error{
				"changed": func(name string) error {
					f, err := os.OpenFile(name, os.O_WRONLY, 0)
					if err != nil {
						return err
					}
					defer f.Close()
					fi, err := f.Stat()
					if err != nil {
						return err
					}
					_, err = f.WriteAt([]byte("xyz"), fi.Size()-3)
					return err
				},
				"shortened": func(name string) error { return os.Truncate(name, 12<<20) },
			} {
				for i, size := range []int{42 << 20, 20 << 20, 42 << 20} {
					data := content(size)
					one := transferOf(t, from, to, data)
					if one.Key = fmt.Sprint(replica, how, i); i == 0 {
						one.Sum = ""
					}
					var once sync.Once
					one.Progress = func(n int64) {
						if n >= 8<<20 {
							once.Do(func() { require.NoError(t, spoil(dir+"/dumps/one")) })
						}
					}
					_, err := one.Stage(t.Context())
					require.ErrorIs(t, err, objects.ErrChanged, how)
					requireNotThere(t, to, one.Key)
				}
			}
		})
	}
}

func TestWhatAnEarlierAttemptLeftIsNotTrusted(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	to := placeOf(t, objects.Place{Folder: dir})
	data := content(9 << 20)
	one := transferOf(t, inFolder(t), to, data)
	stopAt(t, one, 4<<20)
	parts, err := filepath.Glob(dir + "/.switchboard/staging/*")
	require.NoError(t, err)
	require.Len(t, parts, 1)
	f, err := os.OpenFile(parts[0], os.O_WRONLY, 0)
	require.NoError(t, err)
	_, err = f.WriteAt([]byte("spoiled"), 1000)
	require.NoError(t, err)
	require.NoError(t, f.Close())
	copyAll(t, one)
	requireThere(t, to, replica, data)
}

// stopAt lets a copy end in the middle.
func stopAt(t *testing.T, one *objects.Transfer, bytes int64) {
	t.Helper()
	ctx, kill := context.WithCancel(t.Context())
	defer kill()
	one.Progress = func(n int64) {
		if n >= bytes {
			kill()
		}
	}
	_, err := one.Stage(ctx)
	require.ErrorIs(t, err, context.Canceled)
	one.Progress = nil
}

func TestAPartThatIsNotWhatTheSourceIsIsSentAgain(t *testing.T) {
	t.Parallel()
	from, to := inFolder(t), inBucket(t)
	stale := transferOf(t, from, to, content(33<<20))
	stopAt(t, stale, 8<<20)
	data := content(33 << 20)
	one := transferOf(t, from, to, data)
	copyAll(t, one)
	requireThere(t, to, replica, data)
}

func TestOfTwoWritersOneWaits(t *testing.T) {
	t.Parallel()
	from, to := inFolder(t), inFolder(t)
	data := content(9 << 20)
	one := transferOf(t, from, to, data)
	staged, err := one.Stage(t.Context())
	require.NoError(t, err)
	second := *one
	second.To = to.again(t)
	_, err = second.Stage(t.Context())
	require.ErrorIs(t, err, objects.ErrUnreachable)
	require.NoError(t, objects.Publish(t.Context(), []*objects.Staged{staged}))
	copyAll(t, &second)
	requireThere(t, to, replica, data)
}

func TestManyWritersOfOneObjectMakeOne(t *testing.T) {
	t.Parallel()
	eachWay(t, func(t *testing.T, from, to place) {
		for _, size := range []int{4096, 9 << 20} {
			data := content(size)
			one := transferOf(t, from, to, data)
			one.Key = fmt.Sprint(replica, size)
			var writers sync.WaitGroup
			for range 4 {
				writers.Go(func() {
					mine := *one
					mine.To = to.again(t)
					for {
						staged, err := mine.Stage(t.Context())
						if err == nil {
							err = objects.Publish(t.Context(), []*objects.Staged{staged})
						}
						if err == nil || t.Context().Err() != nil {
							return
						}
						if !errors.Is(err, objects.ErrUnreachable) {
							t.Errorf("a writer failed: %v", err)
							return
						}
						time.Sleep(time.Millisecond)
					}
				})
			}
			writers.Wait()
			requireThere(t, to, one.Key, data)
		}
	})
}

func TestManyAreMadeDurableTogether(t *testing.T) {
	t.Parallel()
	eachWay(t, func(t *testing.T, from, to place) {
		want := map[string][]byte{}
		var all []*objects.Transfer
		for i := range 40 {
			data := content(i * 100)
			key := fmt.Sprintf("dumps/ü %d/日本.tar", i)
			o := write(t, from, key, data)
			at := fmt.Sprintf(".switchboard/backups/%d/%d", i%3, i)
			want[at] = data
			all = append(all, &objects.Transfer{From: from, Source: o, Sum: sumOf(data), To: to, Key: at})
		}
		staged := copyAll(t, all...)
		for i, one := range staged {
			seen, err := to.Stat(t.Context(), all[i].Key)
			require.NoError(t, err)
			require.Equal(t, seen.Tag, one.Object.Tag)
		}
		for key, data := range maps.All(want) {
			requireThere(t, to, key, data)
		}
	})
}

func TestAbandonedCopiesLeaveNothing(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	to := placeOf(t, objects.Place{Folder: dir})
	one := transferOf(t, inFolder(t), to, content(9<<20))
	stopAt(t, one, 4<<20)
	require.NoError(t, one.Abandon(t.Context()))
	require.NoError(t, one.Abandon(t.Context()), "twice")
	parts, err := filepath.Glob(dir + "/.switchboard/staging/*")
	require.NoError(t, err)
	require.Empty(t, parts)
}

func TestACopyIsAsFastAsItMayBe(t *testing.T) {
	t.Parallel()
	eachWay(t, func(t *testing.T, from, to place) {
		data := content(1 << 20)
		one := transferOf(t, from, to, data)
		one.Limit = rate.NewLimiter(4<<20, 256<<10)
		began := time.Now()
		copyAll(t, one)
		require.Greater(t, time.Since(began), 150*time.Millisecond) // (1 MiB - 256 KiB) / 4 MiB/s
		requireThere(t, to, replica, data)
	})
}
