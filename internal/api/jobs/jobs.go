// Package jobs does work in the background. The rows of the database say what
// is to be done; a Task names such a row, and Work does it, or what else waits
// for the same project. The engine only
// carries tasks to whoever has time, in this process or another: a task that it
// loses is found again by the next tick, and one that it brings twice is done
// once. It alone knows which library that takes
// (docs/decisions/2026-11-22-jobs.md).
package jobs

import (
	"context"
	"time"
)

// Kind says what a task is about.
type Kind string

// Task names a piece of work: a row, and its state in which that is to be done.
type Task struct {
	Kind    Kind   `json:"kind"`
	Project string `json:"project,omitempty"` // whose row it is
	ID      string `json:"id,omitempty"`
	Part    string `json:"part,omitempty"` // of what ID names
	Due     int64  `json:"due"`            // microseconds; the same row may be due again later
}

// Work knows what is to be done and does it. Do may be called more than once
// for a task, also at the same time in several processes, and must then do it
// once.
type Work interface {
	Due(ctx context.Context, now time.Time) ([]Task, error)
	Do(ctx context.Context, t Task) error
}
