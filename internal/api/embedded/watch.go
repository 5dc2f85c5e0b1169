package embedded

import (
	"cmp"
	"context"
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
	// lease is how long who took a link or a row may take for it. After that
	// somebody else may: the process may be gone.
	lease = 2 * time.Minute
	// busyDelay is when a link is due again that found no free slot.
	busyDelay = time.Minute
)

// WatchLink checks a link on its schedule, if it is still the one that is due
// then.
func (p *Plane) WatchLink(ctx context.Context, id string, due int64) error {
	row, err := p.claimLink(context.WithoutCancel(ctx), id, due)
	if err != nil || row == nil {
		return err
	}
	scope := api.Scope{Project: row.ProjectID, Actor: api.Actor{Way: api.WayJob}}
	check, err := p.askStored(ctx, scope, row)
	return errors.Join(err, p.keep(ctx, scope, row, &check, func(row *linkRow) {
		row.reschedule(time.Now())
		if unasked(&check) && row.NextCheckAt > 0 {
			row.NextCheckAt = store.Micros(time.Now().Add(busyDelay))
		}
	}))
}

// claimLink takes a link that is due. Of several processes one gets it.
func (p *Plane) claimLink(ctx context.Context, id string, due int64) (*linkRow, error) {
	var rows []linkRow
	err := p.db.InTx(ctx, func(ctx context.Context, tx bun.Tx) error {
		_, err := tx.NewUpdate().Model((*linkRow)(nil)).Set("next_check_at = ?", store.Micros(time.Now().Add(lease))).
			Where("id = ? AND next_check_at = ?", id, due).Returning("*").Exec(ctx, &rows)
		return err
	})
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	return &rows[0], nil
}

// Background says how a Plane works in the background.
type Background struct {
	// Checks is how many checks the prober makes at the same time, Slots how
	// many of them for one project; its defaults if 0.
	Checks, Slots int
	// Tick is how often the database is asked what is due; jobs.DefaultTick if 0.
	Tick time.Duration
	Log  *slog.Logger // is told what failed
}

// Start begins work in the background; Stop ends it. The schedule takes half of
// the prober's slots at most, and runs a little less: some are always left for
// people who test.
func (p *Plane) Start(ctx context.Context, b Background) error {
	if p.db.Sole {
		if err := p.putBack(ctx); err != nil {
			return err
		}
	}
	checks := cmp.Or(b.Checks, probe.DefaultConcurrency)
	p.lanes.slots.Store(int64(min(checks, cmp.Or(b.Slots, probe.DefaultPerProject))))
	engine, err := jobs.Start(ctx, p.db, p, jobs.Options{Tick: b.Tick, Log: b.Log, Workers: map[jobs.Kind]int{
		taskLink: max(checks/2, 1), taskRow: max(checks/2-2, 1), taskHook: deliveries,
	}})
	if err == nil {
		p.engine.Store(engine)
	}
	return err
}

// Stop gives up what is under way, puts it back and waits until that is done.
func (p *Plane) Stop(ctx context.Context) error {
	if engine := p.engine.Swap(nil); engine != nil {
		return engine.Stop(ctx)
	}
	return nil
}

// putBack lets rows wait again that a process worked which is gone.
func (p *Plane) putBack(ctx context.Context) error {
	return p.db.InTx(ctx, func(ctx context.Context, tx bun.Tx) error {
		_, err := tx.NewUpdate().Model((*runLinkRow)(nil)).Set("state = ?", api.RunWaiting).Where("state = ?", api.RunRunning).Exec(ctx)
		return err
	})
}

// nudge asks the engine for work that was just written down. What it does not
// hear of, the next tick finds.
func (p *Plane) nudge(ctx context.Context, tasks ...jobs.Task) {
	if engine := p.engine.Load(); engine != nil {
		engine.Enqueue(context.WithoutCancel(ctx), tasks)
	}
}
