package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"runtime/debug"
	"sync"

	"github.com/uptrace/bun"
)

// group lets the transactions that wait for SQLite's one writer share a
// commit, because the flush to the disk is what takes the time. Each is a
// savepoint of its own: one that fails takes nothing of the others back. Nobody
// is told of success before the commit they share has reached the disk.
type group struct {
	db      *bun.DB
	turns   chan turn
	quit    chan struct{}
	once    sync.Once
	stopped sync.WaitGroup
}

// maxTurns bounds how many transactions share a commit, and so how long the
// first waits for the last.
const maxTurns = 64

// turn is one transaction that waits.
type turn struct {
	ctx  context.Context
	f    work
	done chan outcome
}

type work = func(ctx context.Context, tx bun.Tx) error

// outcome is how a turn ended.
type outcome struct {
	err      error
	panicked any
}

func (o outcome) failed() bool { return o.err != nil || o.panicked != nil }

func newGroup(db *bun.DB) *group {
	g := &group{db: db, turns: make(chan turn), quit: make(chan struct{})}
	g.stopped.Go(g.run)
	return g
}

// inTx runs f in a transaction. While it runs the caller waits, even if ctx
// ends: to interrupt a statement would take everybody's transaction back.
func (g *group) inTx(ctx context.Context, f work) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	t := turn{ctx: context.WithoutCancel(ctx), f: f, done: make(chan outcome, 1)}
	select {
	case g.turns <- t:
	case <-ctx.Done():
		return ctx.Err()
	case <-g.quit:
		return sql.ErrConnDone
	}
	out := <-t.done
	if out.panicked != nil {
		panic(out.panicked)
	}
	return out.err
}

// stop waits for the transactions under way; later ones are refused.
func (g *group) stop() {
	g.once.Do(func() { close(g.quit) })
	g.stopped.Wait()
}

func (g *group) run() {
	for {
		select {
		case first := <-g.turns:
			g.commit(first)
		case <-g.quit:
			return
		}
	}
}

// commit runs first, and with it whoever waits by then.
func (g *group) commit(first turn) {
	turns, outs := []turn{first}, []outcome{{}}
	err := g.db.RunInTx(context.Background(), nil, func(_ context.Context, tx bun.Tx) error {
		if outs[0] = first.run(tx); outs[0].failed() {
			return errTakenBack
		}
		for len(turns) < maxTurns {
			select {
			case t := <-g.turns:
				out, lost := t.runInside(tx)
				turns, outs = append(turns, t), append(outs, out)
				if lost != nil {
					return lost
				}
			default:
				return nil
			}
		}
		return nil
	})
	for i, t := range turns {
		if !outs[i].failed() {
			outs[i].err = err
		}
		t.done <- outs[i]
	}
}

// errTakenBack rolls a transaction back that nobody shares yet.
var errTakenBack = errors.New("store: the first turn failed")

// run calls f and keeps a panic for f's own caller.
func (t turn) run(tx bun.Tx) (out outcome) {
	defer func() {
		if r := recover(); r != nil {
			out.panicked = fmt.Sprintf("%v\n%s", r, debug.Stack())
		}
	}()
	return outcome{err: t.f(t.ctx, tx)}
}

// runInside runs f in a savepoint of the shared transaction. lost is an error
// after which that transaction cannot go on.
func (t turn) runInside(tx bun.Tx) (out outcome, lost error) {
	if _, lost = tx.ExecContext(t.ctx, "SAVEPOINT turn"); lost != nil {
		return outcome{err: lost}, lost
	}
	if out = t.run(tx); out.failed() {
		if _, lost = tx.ExecContext(t.ctx, "ROLLBACK TO turn"); lost != nil {
			return out, lost
		}
	}
	_, lost = tx.ExecContext(t.ctx, "RELEASE turn")
	return out, lost
}
