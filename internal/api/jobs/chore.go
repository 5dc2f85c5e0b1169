package jobs

import (
	"context"
	"errors"
	"slices"
	"time"
)

// Chore is a kind of work that is not the control plane's own, for the engine of the
// one that takes it along.
type Chore struct {
	Kind Kind
	// Due finds what is to be done by now, a few dozen at most.
	Due func(ctx context.Context, now time.Time) ([]Task, error)
	// Do does one of them, if that is still due then.
	Do func(ctx context.Context, t Task) error
	// Workers is how many this process does at the same time.
	Workers int
}

// With is work and some chores.
func With(w Work, also ...Chore) Work { return &both{w, also} }

type both struct {
	Work
	also []Chore
}

func (b *both) Due(ctx context.Context, now time.Time) ([]Task, error) {
	all, err := b.Work.Due(ctx, now)
	for _, c := range b.also {
		found, failed := c.Due(ctx, now)
		all, err = append(all, found...), errors.Join(err, failed)
	}
	return all, err
}

func (b *both) Do(ctx context.Context, t Task) error {
	if i := slices.IndexFunc(b.also, func(c Chore) bool { return c.Kind == t.Kind }); i >= 0 {
		return b.also[i].Do(ctx, t)
	}
	return b.Work.Do(ctx, t)
}
