package embedded

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/uptrace/bun"

	"switchboard/internal/api"
	"switchboard/internal/api/jobs"
	"switchboard/internal/api/probe"
	"switchboard/internal/api/store"
)

// Kinds of work in the background. The rows of the database say what is to be
// done; a task only names one, and doing it twice does it once.
const (
	taskLink  jobs.Kind = "link"  // a link is due
	taskRow   jobs.Kind = "row"   // a row of a run waits
	taskEvent jobs.Kind = "event" // an event is to be told
)

const (
	// lease is how long who took a link or a row may take for it. After that
	// somebody else may: the process may be gone.
	lease = 2 * time.Minute
	// busyDelay is when a link is due again that found no free slot.
	busyDelay = time.Minute
	// dueBatch bounds what a tick takes of each kind.
	dueBatch = 2000
	// deliveries is how many events are told at the same time.
	deliveries = 4
)

// Due implements jobs.Work: what the database says is to be done by now.
func (p *Plane) Due(ctx context.Context, now time.Time) ([]jobs.Task, error) {
	var links []linkRow
	err := p.db.Read.NewSelect().Model(&links).Column("id", "next_check_at").
		Where("next_check_at > 0").Where("next_check_at <= ?", store.Micros(now)).
		OrderExpr("next_check_at").Limit(dueBatch).Scan(ctx)
	if err != nil {
		return nil, err
	}
	var rows []runLinkRow
	err = p.db.Read.NewSelect().Model(&rows).Column("run_id", "link_id", "at").
		Where("state IN ('waiting', 'running')").Where("state = 'waiting' OR at <= ?", store.Micros(now.Add(-lease))).
		OrderExpr("at").Limit(dueBatch).Scan(ctx)
	if err != nil {
		return nil, err
	}
	var events []eventRow
	err = p.db.Read.NewSelect().Model(&events).Column("id", "next_at").
		Where("next_at <= ?", store.Micros(now)).OrderExpr("next_at").Limit(dueBatch).Scan(ctx)
	tasks := make([]jobs.Task, 0, len(links)+len(rows)+len(events))
	for i := range links {
		tasks = append(tasks, jobs.Task{Kind: taskLink, ID: links[i].ID, Due: links[i].NextCheckAt})
	}
	for i := range rows {
		tasks = append(tasks, rows[i].task())
	}
	for i := range events {
		tasks = append(tasks, events[i].task())
	}
	return tasks, err
}

// Do implements jobs.Work.
func (p *Plane) Do(ctx context.Context, t jobs.Task) error {
	switch t.Kind {
	case taskLink:
		return p.WatchLink(ctx, t.ID, t.Due)
	case taskRow:
		return p.WorkRow(ctx, t.ID, t.Part, t.Due)
	case taskEvent:
		return p.TellEvent(ctx, t.ID, t.Due)
	}
	return fmt.Errorf("embedded: no work of kind %q", t.Kind)
}

// CatchUp does what is due by now, one after the other, without the engine.
func (p *Plane) CatchUp(ctx context.Context, now time.Time) error {
	tasks, err := p.Due(ctx, now)
	for _, t := range tasks {
		err = errors.Join(err, p.Do(ctx, t))
	}
	return err
}

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
	// Slots is how many checks of a project the prober makes at the same time;
	// its default if 0.
	Slots int
	// Tick is how often the database is asked what is due; jobs.DefaultTick if 0.
	Tick time.Duration
	Log  *slog.Logger // is told what failed
}

// Start begins work in the background; Stop ends it. Scheduled checks take half
// of a project's slots at most, and runs of the rest all but one: what people
// test need not wait for them.
func (p *Plane) Start(ctx context.Context, b Background) error {
	if p.db.Sole {
		if err := p.putBack(ctx); err != nil {
			return err
		}
	}
	half := cmp.Or(b.Slots, probe.DefaultPerProject) / 2
	engine, err := jobs.Start(ctx, p.db, p, jobs.Options{Tick: b.Tick, Log: b.Log, Workers: map[jobs.Kind]int{
		taskLink: max(half, 1), taskRow: max(half-1, 1), taskEvent: deliveries,
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
