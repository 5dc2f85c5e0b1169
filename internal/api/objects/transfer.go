package objects

import (
	"context"
	"fmt"

	"golang.org/x/time/rate"
)

// Transfer is one object on its way from one store to another.
type Transfer struct {
	From   Store
	Source Object // as it was; ErrChanged if it is not so any more
	Sum    Sum    // of its content, if that is known
	To     Store
	Key    string
	// Parts is how many parts are copied at the same time; 1 if 0.
	Parts int
	// Resume is what Note was told last in an earlier attempt that was cut off.
	Resume string
	// Limit bounds the bytes per second, shared with others; nil for no bound.
	Limit *rate.Limiter
	// Progress is told how many bytes are there, Note what to go on from; both may be
	// called from several goroutines, and be nil.
	Progress func(bytes int64)
	Note     func(resume string)
}

// Staged is an object that arrived and was verified, but which nobody sees; small
// ones in buckets are there already, because they cannot be half there. Who has one
// either has it published or releases it.
type Staged struct {
	Object Object // its tag is known when it is published
	Sum    Sum
	to     Store
	held   held // nil if there is nothing left to do
}

// held is what a store needs to publish an object.
type held interface{ release() }

// Stage copies an object to where nobody sees it and compares what arrived with
// what was sent. A copy that was cut off goes on where it was; what is complete
// already, and as it should be, is only verified.
func (t *Transfer) Stage(ctx context.Context) (*Staged, error) {
	if err := look(t.Key); err != nil {
		return nil, fmt.Errorf("%w: no object can have the key %q", ErrDenied, t.Key)
	}
	return t.To.stage(ctx, t)
}

// Publish makes staged objects of one store durable and visible. Done twice, or
// after it was cut off, it ends the same.
func Publish(ctx context.Context, staged []*Staged) error {
	if len(staged) == 0 {
		return nil
	}
	return staged[0].to.publish(ctx, staged)
}

// Release gives up a staged object that is not published: the next Stage of the
// same object goes on from it. Of one that was published nothing changes.
func (s *Staged) Release() {
	if s.held != nil {
		s.held.release()
	}
}

// Abandon removes what a Transfer left that is not carried on.
func (t *Transfer) Abandon(ctx context.Context) error { return t.To.abandon(ctx, t) }
