package objects

import (
	"context"

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

// Staged is an object that arrived and was verified, but which nobody sees.
type Staged struct {
	Object Object
	Sum    Sum
	to     Store
	by     receiver
}

// receiver takes one object in parts.
type receiver interface{}

// Stage copies an object to where nobody sees it and compares what arrived with
// what was sent. A copy that was cut off goes on where it was; what is complete
// already, and as it should be, is only verified.
func (t *Transfer) Stage(ctx context.Context) (*Staged, error) {
	return nil, ErrUnreachable
}

// Publish makes staged objects of one store durable and visible. Done twice, or
// after it was cut off, it ends the same.
func Publish(ctx context.Context, staged []*Staged) error {
	return ErrUnreachable
}

// Abandon removes what a Transfer left that is not carried on.
func (t *Transfer) Abandon(ctx context.Context) error { return nil }
