package embedded

import (
	"context"
	"errors"
	"sync"

	"github.com/uptrace/bun"

	"switchboard/internal/api"
)

// changing is a change in a transaction. It returns the deed that it is, nil if nothing of
// it is to be made in a region. made is nil, or what became of that deed there, which is
// what has to be written down.
type changing = func(ctx context.Context, tx bun.Tx, made api.Deed) (api.Deed, error)

// change makes a change. In a project that lives in a region it is rehearsed first, which
// judges it by all the rules and leaves nothing behind; then its deed is made in the
// region; then it is made here. So nobody has to say in two ways what becomes of an object
// which is described by what it is now. Those of one project come one after the other:
// what is made in the region last is also what is written down last.
func (p *Plane) change(ctx context.Context, s api.Scope, f changing) error {
	away, err := p.away(ctx, s.Project)
	if err != nil {
		return err
	}
	var made api.Deed
	if away {
		end, err := p.turns.take(ctx, s.Project)
		if err != nil {
			return err
		}
		defer end()
		deed, err := p.rehearse(ctx, f)
		if err != nil {
			return err
		}
		if deed != nil {
			answer, done, err := there(ctx, p, s, deed)
			if err != nil {
				return err
			}
			defer done()
			made, ctx = answer, context.WithoutCancel(ctx) // it is made
		}
	}
	return p.inTxTwice(ctx, func(ctx context.Context, tx bun.Tx) error {
		_, err := f(ctx, tx, made)
		return err
	})
}

// errRehearsed takes a rehearsal back.
var errRehearsed = errors.New("embedded: that was a rehearsal")

func (p *Plane) rehearse(ctx context.Context, f changing) (deed api.Deed, err error) {
	err = p.inTxTwice(ctx, func(ctx context.Context, tx bun.Tx) error {
		var err error
		if deed, err = f(ctx, tx, nil); err != nil {
			return err
		}
		return errRehearsed
	})
	if errors.Is(err, errRehearsed) {
		err = nil
	}
	return deed, err
}

// turns lets those who change something of one project come one after the other.
type turns struct {
	mu    sync.Mutex
	doors map[string]chan struct{} // by project
}

// take waits for a turn; what is returned ends it.
func (t *turns) take(ctx context.Context, project string) (end func(), err error) {
	t.mu.Lock()
	if t.doors == nil {
		t.doors = map[string]chan struct{}{}
	}
	door := t.doors[project]
	if door == nil {
		door = make(chan struct{}, 1)
		t.doors[project] = door
	}
	t.mu.Unlock()
	select {
	case door <- struct{}{}:
		return func() { <-door }, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}
