package embedded

import (
	"context"
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
	return undriven(p.db.Read.NewSelect().Model((*replicationRow)(nil)).
		ColumnExpr("project_id, id, '' AS part, ? AS due", store.Micros(now.Truncate(turn))).Where("ended_at = 0"), now)
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
	hopeless atomic.Bool  // what a store that is away was waited for in vain

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
	if err == nil {
		err = d.end(ctx)
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

// end ends the run.
func (d *copying) end(ctx context.Context) error {
	var event *eventRow
	err := d.write(ctx, func(ctx context.Context, tx bun.Tx) (err error) {
		row, err := lockReplication(ctx, tx, d.row.ProjectID, d.row.ID)
		if err != nil {
			return err
		}
		s := row.scope()
		s.Actor.Way, s.Actor.Addr, s.Actor.RequestID = api.WayJob, "", ""
		event, err = d.p.endReplication(ctx, tx, row, s, "end")
		return err
	})
	d.p.announce(ctx, event)
	return err
}

// feed hands out what is left, in the order of the records: large ones alone, small
// ones in packs.
func (d *copying) feed(ctx context.Context, packs chan<- []*copied) error {
	last, small := "", packed{}
	send := func(pack []*copied) bool {
		select {
		case packs <- pack:
			return true
		case <-ctx.Done():
			return false
		}
	}
	for {
		page, err := d.left(ctx, last)
		if err != nil {
			return err
		}
		if len(page) == 0 {
			break
		}
		last = page[len(page)-1].ID
		for i := range page {
			for _, ready := range small.add(d.copied(page[i])) {
				if !send(ready) {
					return context.Cause(ctx)
				}
			}
		}
	}
	if len(small.items) > 0 && !send(small.items) {
		return context.Cause(ctx)
	}
	return nil
}

// copied is a record that is to be copied, or to be carried on.
func (d *copying) copied(row recordRow) *copied {
	c := &copied{rec: row, resume: row.Resume}
	c.bytes.Store(row.Bytes)
	c.high.Store(row.Bytes)
	if row.Status == api.ReplicationRunning { // whoever copied it was cut off
		before := row.record()
		c.rec.note(d.p.now(), api.M("replication.resumed", "percent", before.Percent()), "")
	}
	return c
}

// recordPage is how many records are read at a time, so that a run needs as much
// memory with many as with few.
const recordPage = 512

// left are the next records after one that are to be copied.
func (d *copying) left(ctx context.Context, after string) (page []recordRow, err error) {
	err = d.insist(ctx, func() error {
		page = nil
		return d.p.db.Read.NewSelect().Model(&page).Where("run_id = ? AND id > ?", d.row.ID, after).
			Where("status IN (?)", unfinishedRecords).OrderExpr("id").Limit(recordPage).Scan(ctx)
	})
	return page, err
}

// Small objects are copied one after the other by the same worker and made visible
// together, with one sync: so many, and so many bytes.
const (
	smallObject = 1 << 20
	packObjects = 64
	packBytes   = 8 << 20
)

// packed gathers small objects.
type packed struct {
	items []*copied
	bytes int64
}

// add takes an object, and returns what is ready to be copied: a pack that is full, or
// before a large object, and that.
func (p *packed) add(c *copied) (ready [][]*copied) {
	large := c.rec.Size >= smallObject
	if !large {
		p.items, p.bytes = append(p.items, c), p.bytes+c.rec.Size
	}
	if len(p.items) > 0 && (large || len(p.items) == packObjects || p.bytes >= packBytes) {
		ready = append(ready, p.items)
		*p = packed{}
	}
	if large {
		ready = append(ready, []*copied{c})
	}
	return ready
}
