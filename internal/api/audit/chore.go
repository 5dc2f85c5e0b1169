package audit

import (
	"context"
	"time"

	"switchboard/internal/api/jobs"
	"switchboard/internal/api/store"
)

// Kinds of work.
const (
	taskSeal   jobs.Kind = "audit_seal"
	taskRetain jobs.Kind = "audit_retain"
)

// Chores are what is done for the log in the background.
func (l *Log) Chores() []jobs.Chore {
	return []jobs.Chore{
		chore(taskSeal, l.db.AnyUnsealed, l.Seal),
		chore(taskRetain, l.anyOutlived, l.Retain),
	}
}

func chore(kind jobs.Kind, due func(context.Context) (bool, error), do func(context.Context) error) jobs.Chore {
	return jobs.Chore{
		Kind: kind, Workers: 1,
		Due: func(ctx context.Context, _ time.Time) ([]jobs.Task, error) {
			if there, err := due(ctx); err != nil || !there {
				return nil, err
			}
			return []jobs.Task{{Kind: kind}}, nil
		},
		Do: func(ctx context.Context, _ jobs.Task) error { return do(ctx) },
	}
}

// Watch has what this process writes into the log sealed soon after, until ctx ends, at
// most once in a while however much it is. What other processes write is theirs to
// watch; whatever is lost on the way, the next tick of the engine finds.
func (l *Log) Watch(ctx context.Context, nudge func(ctx context.Context, tasks ...jobs.Task)) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-l.db.Recorded():
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(l.lull):
		}
		// A task of its own: one that is under way may have looked already.
		nudge(ctx, jobs.Task{Kind: taskSeal, Due: store.Micros(l.now())})
	}
}
