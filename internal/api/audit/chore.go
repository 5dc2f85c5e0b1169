package audit

import (
	"context"
	"time"

	"switchboard/internal/api/jobs"
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
