package jobs

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"switchboard/internal/api/store"
)

// DefaultTick is the default of Options.Tick.
const DefaultTick = 30 * time.Second

// Options says how an Engine works. Only Workers has no default.
type Options struct {
	// Workers is how many tasks of each kind this process does at a time. Each
	// kind has a queue of its own, so that none waits for another.
	Workers map[Kind]int
	// Tick is how often the engine asks what is to be done.
	Tick time.Duration
	// Log is told what failed.
	Log *slog.Logger
	// Done, if not nil, is told of each task that this process has done, or failed to.
	Done func(kind Kind, took time.Duration, err error)
}

// Engine does work in the background until it is stopped.
type Engine struct {
	work  Work
	queue *store.Queue
	river river
	log   *slog.Logger

	every   time.Duration      // between ticks
	ticked  atomic.Int64       // when the last one could ask, in microseconds
	cancel  context.CancelFunc // ends the ticks
	stopped sync.WaitGroup
}

// Start begins to work. It lives on when ctx ends: Stop ends it, in its order.
func Start(ctx context.Context, db *store.DB, w Work, o Options) (*Engine, error) {
	queue, err := db.OpenQueue(ctx)
	if err != nil {
		return nil, err
	}
	e := &Engine{work: w, queue: queue, log: o.Log, every: cmp.Or(o.Tick, DefaultTick)}
	if o.Done != nil {
		w = told{w, o.Done}
	}
	if e.log == nil {
		e.log = slog.New(slog.DiscardHandler)
	}
	if e.river, err = newRiver(ctx, queue, w, o.Workers, e.log); err != nil {
		return nil, errors.Join(err, queue.Close())
	}
	life, cancel := context.WithCancel(context.WithoutCancel(ctx))
	if err := e.river.Start(life); err != nil {
		cancel()
		return nil, errors.Join(err, queue.Close())
	}
	e.cancel = cancel
	e.stopped.Go(func() { e.tick(life) })
	return e, nil
}

// Stop gives up the tasks under way, waits until their work has returned, or
// until ctx ends, and closes the queue.
func (e *Engine) Stop(ctx context.Context) error {
	err := e.river.StopAndCancel(ctx)
	e.cancel()
	e.stopped.Wait()
	return errors.Join(err, e.queue.Close())
}

// tick asks what is to be done, now and then again and again.
func (e *Engine) tick(ctx context.Context) {
	ticker := time.NewTicker(e.every)
	defer ticker.Stop()
	for {
		tasks, err := e.work.Due(ctx, time.Now())
		if err != nil && ctx.Err() == nil {
			e.log.Error("jobs: what is due cannot be read", "cause", err)
		}
		if err == nil {
			e.ticked.Store(store.Micros(time.Now()))
		}
		e.Enqueue(ctx, tasks)
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
	}
}

// missedTicks is how many ticks in a row may fail before the engine is not well.
const missedTicks = 3

// Well reports whether the engine has found out lately what is to be done.
func (e *Engine) Well() bool {
	return time.Since(store.Time(e.ticked.Load())) < missedTicks*e.every
}

// Enqueue has tasks done soon. One that is on its way already is left out. If
// it fails the next tick will find them.
func (e *Engine) Enqueue(ctx context.Context, tasks []Task) {
	if len(tasks) == 0 {
		return
	}
	if err := e.river.enqueue(ctx, tasks); err != nil && ctx.Err() == nil {
		e.log.Warn("jobs: tasks wait for the next tick", "tasks", len(tasks), "cause", err)
	}
}
