package store

import "context"

// recorded is told when this process has committed audit entries: once for all of them
// until somebody takes note.
type recorded chan struct{}

func newRecorded() recorded { return make(recorded, 1) }

// Recorded is received from once for all audit entries that this process has committed
// since the last time. What other processes commit it does not know of.
func (db *DB) Recorded() <-chan struct{} { return db.recorded }

type writtenKey struct{}

// watched returns a context for a transaction, and whether Record was called in it when
// it has ended.
func watched(ctx context.Context) (context.Context, *bool) {
	written := new(bool)
	return context.WithValue(ctx, writtenKey{}, written), written
}

// note says that the transaction of a context records something.
func note(ctx context.Context) {
	if written, ok := ctx.Value(writtenKey{}).(*bool); ok {
		*written = true
	}
}

func (r recorded) tell() {
	select {
	case r <- struct{}{}:
	default: // it is said already
	}
}
