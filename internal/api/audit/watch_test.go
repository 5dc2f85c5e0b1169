package audit_test

import (
	"context"
	"errors"
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/uptrace/bun"

	"switchboard/internal/api/audit"
	"switchboard/internal/api/jobs"
	"switchboard/internal/api/store"
)

// quiet reports whether nobody has said that something was recorded.
func (b *bundle) quiet() bool {
	select {
	case <-b.db.Recorded():
		return false
	default:
		return true
	}
}

func TestWhatIsWrittenIsSealedSoonAndOnceForMany(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, b *bundle) {
		log := audit.New(b.db, b.keys, audit.Lull(0))
		nudged := make(chan jobs.Task)
		ctx, stop := context.WithCancel(t.Context())
		ended := make(chan struct{})
		go func() {
			defer close(ended)
			log.Watch(ctx, func(_ context.Context, tasks ...jobs.Task) { nudged <- tasks[0] })
		}()
		b.record(t, viewer, link("first"))
		first := <-nudged
		require.Equal(t, jobs.Kind("audit_seal"), first.Kind)

		b.record(t, viewer, link("second"))
		second := <-nudged
		require.NotEqual(t, first, second, "the task before may be under way, and have looked already")
		for _, c := range log.Chores() {
			if c.Kind == second.Kind {
				require.NoError(t, c.Do(ctx, second))
			}
		}
		require.Equal(t, int64(2), b.verify(t).Entries)
		stop()
		<-ended
	})
}

func TestManyEntriesAreOneWakeUpAndWhatIsTakenBackIsNone(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, b *bundle) {
		require.True(t, b.quiet())
		for range 20 {
			b.record(t, viewer, link("orders"))
		}
		require.False(t, b.quiet())
		require.True(t, b.quiet(), "one for all of them")

		b.exec(t, "UPDATE audit SET object_name = 'other'")
		require.True(t, b.quiet(), "nothing was recorded")
		broken := errors.New("broken")
		require.ErrorIs(t, b.db.InTx(t.Context(), func(ctx context.Context, tx bun.Tx) error {
			require.NoError(t, store.Record(ctx, tx, viewer, link("orders")))
			return broken
		}), broken)
		require.True(t, b.quiet(), "nothing was committed")
		require.NoError(t, b.Seal(t.Context()))
		require.True(t, b.quiet(), "to seal is no entry")
	})
}
