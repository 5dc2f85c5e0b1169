package embedded

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"time"

	"github.com/uptrace/bun"

	"switchboard/internal/api"
	"switchboard/internal/api/jobs"
	"switchboard/internal/api/store"
)

// taskCopy is a replication that goes on, and that nobody drives.
const taskCopy jobs.Kind = "copy"

// copyRuns is how many runs of a project may begin to be driven at the same time.
const copyRuns = 8

// dueReplications finds the runs that go on, and that nobody drives.
func dueReplications(p *Plane, now time.Time) *bun.SelectQuery {
	return here(undriven(p.db.Read.NewSelect().Model((*replicationRow)(nil)).
		ColumnExpr("project_id, id, '' AS part, ? AS due", store.Micros(now.Truncate(turn))).Where("ended_at = 0"), now))
}

// copyDue begins to drive a run.
func (p *Plane) copyDue(ctx context.Context, t jobs.Task) error {
	p.drives.start(ctx, t.ID, func(ctx context.Context, token string) {
		if ok, err := p.claimDrive(ctx, (*replicationRow)(nil), t.ID, token); err != nil || !ok {
			return // the next tick finds it
		}
		d := &copying{
			driving: &driving{p: p, model: (*replicationRow)(nil), id: t.ID, token: token}, open: map[string]*copied{},
		}
		if err := d.drive(ctx, t.ID); err != nil {
			d.clean(context.WithoutCancel(ctx))
			_ = p.leaveDrive(ctx, (*replicationRow)(nil), t.ID, token)
		}
	})
	return nil
}

// copying is a run as one process works it. What it knows is in the database at any
// time, so that after a kill another one goes on where it was.
type copying struct {
	*driving
	row replicationRow

	moved    atomic.Int64 // bytes that arrived since the drive began
	arrived  atomic.Int64 // objects that have
	hopeless atomic.Bool  // a store that is away was waited for in vain
	over     atomic.Bool  // the run has ended

	mu   sync.Mutex
	open map[string]*copied // those on their way, by their records' ids
}

// drive works a claimed run to its end. It returns an error if it has to be taken up
// again, or is not this process's any more.
func (d *copying) drive(ctx context.Context, id string) error {
	ctx = d.begin(ctx)
	defer d.give(nil)
	err := d.insist(ctx, func() error {
		return d.p.db.Read.NewSelect().Model(&d.row).Where("id = ?", id).Scan(ctx)
	})
	if err != nil {
		return err
	}
	speed := newSpeed()
	still := d.beat(ctx, func(ctx context.Context, tx bun.Tx) error {
		return d.writeProgress(ctx, tx, speed.at(time.Now(), d.moved.Load()), store.Micros(d.p.now()))
	})
	err = d.work(ctx)
	still()
	if err == nil && !d.over.Load() {
		err = d.writeRecords(ctx, func(context.Context, bun.Tx) error { return nil })
	}
	switch {
	case d.over.Load(): // whatever was told to stop by that
		return nil
	case err == nil:
		return errUnfinished
	}
	return err
}

// work copies what is left of the run: some at the same time, in the order of the
// records.
func (d *copying) work(ctx context.Context) error {
	packs := make(chan []*copied)
	var working sync.WaitGroup
	for range api.MaxCopies {
		working.Go(func() {
			for pack := range packs {
				d.copy(ctx, pack)
			}
		})
	}
	err := d.feed(ctx, packs)
	close(packs)
	working.Wait()
	if ctx.Err() != nil {
		err = context.Cause(ctx)
	}
	return err
}

// errUnfinished is a run of which something is left when there should not be.
var errUnfinished = errors.New("embedded: records of the run have not ended")

// writeRecords lets f end records of the run, and ends it with the last of them: who
// finds that all have ended may start the next run at once.
func (d *copying) writeRecords(ctx context.Context, f func(ctx context.Context, tx bun.Tx) error) error {
	var event *eventRow
	var over bool
	err := d.write(ctx, func(ctx context.Context, tx bun.Tx) error {
		if err := f(ctx, tx); err != nil {
			return err
		}
		left, err := tx.NewSelect().Model((*recordRow)(nil)).Where("run_id = ? AND status IN (?)", d.row.ID, unfinishedRecords).Exists(ctx)
		if over = err == nil && !left; !over {
			return err
		}
		row, err := lockReplication(ctx, tx, d.row.ProjectID, d.row.ID)
		if err != nil {
			return err
		}
		s := row.scope()
		s.Actor.Way, s.Actor.Addr, s.Actor.RequestID = api.WayJob, "", ""
		event, err = d.p.endReplication(ctx, tx, row, s, "end")
		return err
	})
	if err == nil && over {
		d.over.Store(true)
		d.p.announce(ctx, event)
	}
	return err
}
