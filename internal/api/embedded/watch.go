package embedded

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"log/slog"
	"time"

	"github.com/uptrace/bun"

	"switchboard/internal/api"
	"switchboard/internal/api/jobs"
	"switchboard/internal/api/probe"
	"switchboard/internal/api/store"
)

const (
	// lease is how long who took a subject or a row may take for it. After that
	// somebody else may: the process may be gone.
	lease = 2 * time.Minute
	// busyDelay is when a subject is due again that found no free slot.
	busyDelay = time.Minute
)

// checkDue checks something on its schedule, if it is still due then.
func (p *Plane) checkDue(ctx context.Context, t jobs.Task) error {
	row, err := p.claimSubject(context.WithoutCancel(ctx), api.Kind(t.Part), t.ID, t.Due)
	if err != nil || row == nil {
		return err
	}
	scope := api.Scope{Project: row.about().Project, Actor: api.Actor{Way: api.WayJob}}
	check, err := row.ask(ctx, p, scope)
	return errors.Join(err, p.keep(ctx, scope, row, &check, func(row subject) {
		reschedule(row, time.Now())
		if w := row.watch(); unasked(&check) && w.NextCheckAt > 0 {
			w.NextCheckAt = store.Micros(time.Now().Add(busyDelay))
		}
	}))
}

// claimSubject takes what is due, or nil. Of several processes one gets it.
func (p *Plane) claimSubject(ctx context.Context, kind api.Kind, id string, due int64) (subject, error) {
	row := newSubject(kind)
	if row == nil {
		return nil, nil
	}
	err := p.db.InTx(ctx, func(ctx context.Context, tx bun.Tx) error {
		_, err := tx.NewUpdate().Model(row).Set("next_check_at = ?", store.Micros(time.Now().Add(lease))).
			Where("id = ? AND next_check_at = ?", id, due).Returning("*").Exec(ctx, row)
		return err
	})
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	return row, err
}

// Background says how a Plane works in the background.
type Background struct {
	// Checks is how many checks the prober makes at the same time, Slots how
	// many of them for one project; its defaults if 0.
	Checks, Slots int
	// Tick is how often the database is asked what is due; jobs.DefaultTick if 0.
	Tick time.Duration
	Log  *slog.Logger // is told what failed
	// Done, if not nil, is told of each task that was done, or failed.
	Done func(kind jobs.Kind, took time.Duration, err error)
	// Also is work that is not the plane's, which its engine takes along.
	Also []jobs.Chore
}

// Start begins work in the background; Stop ends it. How it shares the prober's
// slots with people who test is said at chores.
func (p *Plane) Start(ctx context.Context, b Background) error {
	if p.db.Sole {
		if err := p.putBack(ctx); err != nil {
			return err
		}
	}
	checks := cmp.Or(b.Checks, probe.DefaultConcurrency)
	p.lanes.slots.Store(int64(min(checks, cmp.Or(b.Slots, probe.DefaultPerProject))))
	workers := map[jobs.Kind]int{}
	for _, c := range chores {
		workers[c.kind] = c.workers(checks)
	}
	for _, c := range b.Also {
		workers[c.Kind] = c.Workers
	}
	p.drives.begin(b.Log)
	engine, err := jobs.Start(ctx, p.db, jobs.With(p, b.Also...), jobs.Options{Tick: b.Tick, Log: b.Log, Workers: workers, Done: b.Done})
	if err == nil {
		p.engine.Store(engine)
	}
	return err
}

// Works reports whether work is done in the background.
func (p *Plane) Works() bool {
	engine := p.engine.Load()
	return engine != nil && engine.Well()
}

// Stop gives up what is under way, puts it back and waits until that is done.
func (p *Plane) Stop(ctx context.Context) error {
	var err error
	if engine := p.engine.Swap(nil); engine != nil {
		err = engine.Stop(ctx)
	}
	p.drives.stop() // also those that CatchUp began
	return err
}

// putBack lets rows wait again that a process held which is gone.
func (p *Plane) putBack(ctx context.Context) error {
	return p.db.InTx(ctx, func(ctx context.Context, tx bun.Tx) error {
		_, err := tx.NewUpdate().Model((*runItem)(nil)).Set("state = ?", api.RunWaiting).Where("state = ?", api.RunRunning).Exec(ctx)
		if err != nil {
			return err
		}
		if err := putBackConnections(ctx, tx); err != nil {
			return err
		}
		return putBackDrives(ctx, tx, (*checkpointRow)(nil), (*replicationRow)(nil))
	})
}

// Nudge asks the engine for work of Background.Also that was just written down.
func (p *Plane) Nudge(ctx context.Context, tasks ...jobs.Task) { p.nudge(ctx, tasks...) }

// nudge asks the engine for work that was just written down. What it does not
// hear of, the next tick finds.
func (p *Plane) nudge(ctx context.Context, tasks ...jobs.Task) {
	if engine := p.engine.Load(); engine != nil {
		engine.Enqueue(context.WithoutCancel(ctx), tasks)
	}
}
