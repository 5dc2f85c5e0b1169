package jobs_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"switchboard/internal/api/apitest"
	"switchboard/internal/api/jobs"
	"switchboard/internal/api/store"
)

// diary is work that notes what was done. Tasks in due are done, or not, as
// often as they are asked for.
type diary struct {
	mu   sync.Mutex
	due  []jobs.Task
	done map[string]int
	do   func(ctx context.Context, t jobs.Task) error
}

func (d *diary) Due(context.Context, time.Time) ([]jobs.Task, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.due, nil
}

func (d *diary) Do(ctx context.Context, t jobs.Task) error {
	d.mu.Lock()
	d.done[t.ID]++
	d.mu.Unlock()
	if d.do != nil {
		return d.do(ctx, t)
	}
	return nil
}

func (d *diary) count(id string) int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.done[id]
}

func (d *diary) eventually(t *testing.T, id string, times int) {
	t.Helper()
	require.Eventually(t, func() bool { return d.count(id) >= times }, 20*time.Second, 5*time.Millisecond, id)
}

const (
	quick jobs.Kind = "quick"
	slow  jobs.Kind = "slow"
)

func start(t *testing.T, db *store.DB, d *diary, o jobs.Options) *jobs.Engine {
	t.Helper()
	if d.done == nil {
		d.done = map[string]int{}
	}
	o.Workers = map[jobs.Kind]int{quick: 2, slow: 1}
	e, err := jobs.Start(t.Context(), db, d, o)
	require.NoError(t, err)
	return e
}

func stop(t *testing.T, e *jobs.Engine) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	require.NoError(t, e.Stop(ctx))
}

func TestWhatIsDueIsDone(t *testing.T) {
	t.Parallel()
	apitest.EachDatabase(t, func(t *testing.T, db *store.DB) {
		d := &diary{due: []jobs.Task{{Kind: quick, ID: "a"}, {Kind: slow, ID: "b"}, {Kind: quick, ID: "c", Part: "1", Due: 7}}}
		e := start(t, db, d, jobs.Options{})
		defer stop(t, e)
		for _, id := range []string{"a", "b", "c"} {
			d.eventually(t, id, 1)
		}
	})
}

func TestWhatIsStillDueIsDoneAgain(t *testing.T) {
	t.Parallel()
	apitest.EachDatabase(t, func(t *testing.T, db *store.DB) {
		log := new(lines)
		fails := func(context.Context, jobs.Task) error { return errors.New("the disk is full") }
		d := &diary{due: []jobs.Task{{Kind: quick, ID: "a"}}, do: fails}
		e := start(t, db, d, jobs.Options{Tick: 50 * time.Millisecond, Log: slog.New(slog.NewTextHandler(log, nil))})
		defer stop(t, e)
		d.eventually(t, "a", 3)
		require.Contains(t, log.String(), "the disk is full")
	})
}

func TestATaskThatIsOnItsWayIsNotEnqueuedAgain(t *testing.T) {
	t.Parallel()
	apitest.EachDatabase(t, func(t *testing.T, db *store.DB) {
		release := make(chan struct{})
		d := &diary{do: func(_ context.Context, task jobs.Task) error {
			if task.Kind == slow {
				<-release
			}
			return nil
		}}
		e := start(t, db, d, jobs.Options{})
		defer stop(t, e)
		for range 5 {
			e.Enqueue(t.Context(), []jobs.Task{{Kind: slow, ID: "a", Due: 1}, {Kind: slow, ID: "b"}})
		}
		d.eventually(t, "a", 1)
		for i := range 3 { // the other kind goes on
			id := fmt.Sprint(i)
			e.Enqueue(t.Context(), []jobs.Task{{Kind: quick, ID: id}})
			d.eventually(t, id, 1)
		}
		e.Enqueue(t.Context(), []jobs.Task{{Kind: slow, ID: "a", Due: 2}, {Kind: slow, ID: "last"}})
		close(release)
		d.eventually(t, "last", 1)
		require.Equal(t, 2, d.count("a"), "due at another time it is another task")
		require.Equal(t, 1, d.count("b"))
	})
}

func TestAPanicEndsItsTaskAlone(t *testing.T) {
	t.Parallel()
	apitest.EachDatabase(t, func(t *testing.T, db *store.DB) {
		log := new(lines)
		d := &diary{do: func(_ context.Context, task jobs.Task) error {
			if task.ID == "bad" {
				panic("no such row")
			}
			return nil
		}}
		e := start(t, db, d, jobs.Options{Log: slog.New(slog.NewTextHandler(log, nil))})
		defer stop(t, e)
		e.Enqueue(t.Context(), []jobs.Task{{Kind: slow, ID: "bad"}, {Kind: slow, ID: "good"}})
		d.eventually(t, "good", 1)
		require.Contains(t, log.String(), "no such row")
	})
}

func TestStopGivesUpWhatIsUnderWay(t *testing.T) {
	t.Parallel()
	apitest.EachDatabase(t, func(t *testing.T, db *store.DB) {
		log := new(lines)
		left := make(chan error, 1)
		d := &diary{do: func(ctx context.Context, _ jobs.Task) error {
			<-ctx.Done()
			left <- ctx.Err()
			return ctx.Err()
		}}
		e := start(t, db, d, jobs.Options{Log: slog.New(slog.NewTextHandler(log, nil))})
		e.Enqueue(t.Context(), []jobs.Task{{Kind: slow, ID: "a"}})
		d.eventually(t, "a", 1)
		stop(t, e)
		require.ErrorIs(t, <-left, context.Canceled)
		require.Empty(t, log.String(), "that is no failure")
	})
}

func TestTheEngineOutlivesTheContextThatStartedIt(t *testing.T) {
	t.Parallel()
	apitest.EachDatabase(t, func(t *testing.T, db *store.DB) {
		d := &diary{done: map[string]int{}}
		ctx, cancel := context.WithCancel(t.Context())
		e, err := jobs.Start(ctx, db, d, jobs.Options{Workers: map[jobs.Kind]int{quick: 1}})
		require.NoError(t, err)
		defer stop(t, e)
		cancel()
		e.Enqueue(t.Context(), []jobs.Task{{Kind: quick, ID: "a"}})
		d.eventually(t, "a", 1)
	})
}

func TestWhatWasDoneIsTold(t *testing.T) {
	t.Parallel()
	apitest.EachDatabase(t, func(t *testing.T, db *store.DB) {
		type told struct {
			kind jobs.Kind
			err  error
		}
		heard := make(chan told, 3)
		broken := errors.New("the disk is full")
		d := &diary{do: func(_ context.Context, task jobs.Task) error {
			switch task.ID {
			case "bad":
				return broken
			case "worse":
				panic("no such row")
			}
			return nil
		}}
		e := start(t, db, d, jobs.Options{Done: func(kind jobs.Kind, _ time.Duration, err error) { heard <- told{kind, err} }})
		defer stop(t, e)
		for _, id := range []string{"good", "bad", "worse"} {
			e.Enqueue(t.Context(), []jobs.Task{{Kind: slow, ID: id}})
			found := <-heard
			require.Equal(t, slow, found.kind)
			require.Equal(t, id == "good", found.err == nil)
		}
		require.Eventually(t, e.Well, 20*time.Second, 5*time.Millisecond)
	})
}

// asleep is work that cannot say what is due.
type asleep struct{ *diary }

func (asleep) Due(context.Context, time.Time) ([]jobs.Task, error) {
	return nil, errors.New("the database is away")
}

func TestAnEngineThatCannotAskIsNotWell(t *testing.T) {
	t.Parallel()
	apitest.EachDatabase(t, func(t *testing.T, db *store.DB) {
		log := new(lines)
		e, err := jobs.Start(t.Context(), db, asleep{&diary{done: map[string]int{}}}, jobs.Options{
			Workers: map[jobs.Kind]int{quick: 1}, Tick: 20 * time.Millisecond, Log: slog.New(slog.NewTextHandler(log, nil)),
		})
		require.NoError(t, err)
		defer stop(t, e)
		require.Eventually(t, func() bool { return strings.Contains(log.String(), "is away") }, 20*time.Second, 5*time.Millisecond)
		require.False(t, e.Well())
	})
}

// lines is a log that can be read while it is written.
type lines struct {
	mu   sync.Mutex
	text strings.Builder
}

func (l *lines) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(b)
}

func (l *lines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}
