package jobs

import (
	"context"
	"errors"
	"time"
)

// told is work that tells how each task ended.
type told struct {
	Work

	done func(kind Kind, took time.Duration, err error)
}

var errPanicked = errors.New("jobs: the task panicked")

// Do implements Work.
func (w told) Do(ctx context.Context, t Task) error {
	began, err := time.Now(), errPanicked
	defer func() { w.done(t.Kind, time.Since(began), err) }()
	err = w.Work.Do(ctx, t)
	return err
}
