package embedded

import (
	"context"
	"errors"
	"io"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/time/rate"

	"switchboard/internal/api"
	"switchboard/internal/api/objects"
)

// copied is one record that is being copied.
type copied struct {
	rec    recordRow // as it was read, with what was noted since
	source backupRow
	tried  bool // by this drive

	// What became of it in the last try.
	reached bool // it was its turn
	staged  *objects.Staged
	sum     objects.Sum
	fault   *api.Fault

	bytes  atomic.Int64 // that are there
	high   atomic.Int64 // that were counted as moved
	mu     sync.Mutex
	resume string
}

// progress takes over how many bytes are there.
func (c *copied) progress(d *copying, bytes int64) {
	c.bytes.Store(bytes)
	for {
		high := c.high.Load()
		if bytes <= high {
			return
		}
		if c.high.CompareAndSwap(high, bytes) {
			d.moved.Add(bytes - high)
			return
		}
	}
}

func (c *copied) note(resume string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.resume = resume
}

func (c *copied) noted() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.resume
}

// Tries of a copy while a store cannot be reached: the wait before the second, and
// the longest one. All of them take about four minutes.
const (
	copyTries       = 10
	firstCopyWait   = time.Second
	longestCopyWait = time.Minute
)

// acceleratedParts is how many parts of an object are copied at the same time in an
// accelerated run.
const acceleratedParts = 4

// packFaults is how many objects of a pack may find a store away before the rest of
// it is not tried: one may have a reason of its own.
const packFaults = 3

// copy copies a pack until each of it has ended, or ctx has.
func (d *copying) copy(ctx context.Context, pack []*copied) {
	wait, before := d.p.copyWait, d.arrived.Load()
	for try := 1; len(pack) > 0; try++ {
		var err error
		if pack, err = d.try(ctx, pack); err != nil {
			return
		}
		final := try >= copyTries || d.hopeless.Load()
		pack, err = d.settle(ctx, pack, wait, final)
		if final && d.arrived.Load() == before { // what comes next does not wait as long
			d.hopeless.Store(true)
		}
		if err != nil || len(pack) == 0 {
			return
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(wait):
			wait = min(2*wait, longestCopyWait)
		}
	}
}

// try takes a place among those who copy, and stages and publishes what of a pack is
// still to be copied. What became of each is in it; an error is one of ctx.
func (d *copying) try(ctx context.Context, pack []*copied) (left []*copied, err error) {
	select {
	case d.p.copies <- struct{}{}:
		defer func() { <-d.p.copies }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	if left, err = d.start(ctx, pack); err != nil {
		return nil, err
	}
	d.stageAll(ctx, left)
	if ctx.Err() == nil {
		d.publish(ctx, left)
	}
	for _, c := range left {
		if c.staged != nil {
			c.staged.Release()
		}
	}
	return left, ctx.Err()
}

// stageAll stages a pack, one after the other. Those that a store was away for before
// it was their turn are first the next time.
func (d *copying) stageAll(ctx context.Context, pack []*copied) {
	way, away := d.way(ctx)
	faults := 0
	if away != nil {
		faults = packFaults
	}
	for _, c := range pack {
		if ctx.Err() != nil {
			return
		}
		if c.reached = faults < packFaults; !c.reached {
			c.fault = away
			continue
		}
		if c.fault = d.stage(ctx, way, c); c.fault != nil && passing(c.fault) {
			away = c.fault
			faults++
		}
	}
	slices.SortStableFunc(pack, func(a, b *copied) int {
		switch {
		case a.reached == b.reached:
			return 0
		case b.reached:
			return -1
		}
		return 1
	})
}

// passing reports whether a fault is worth another try: it is not the object's.
func passing(f *api.Fault) bool { return temporary(f) || f.Code == api.FaultInternal }

// way is where the objects of a run are copied from, and to.
type way struct {
	from, to objects.Store
	limit    *rate.Limiter
}

// way opens the stores anew, as regions may have changed; or it says why that cannot
// be.
func (d *copying) way(ctx context.Context) (w way, why *api.Fault) {
	var err error
	reading := true
	if w.from, err = d.p.store(ctx, d.row.SourceRegion); err == nil {
		reading = false
		w.to, err = d.p.store(ctx, d.row.Region)
	}
	if err == nil {
		w.limit, err = d.p.limiter(ctx, d.row.Region)
	}
	if err == nil {
		return w, nil
	}
	if why = faultOf(err, reading); why.Code == api.FaultInternal {
		why.Detail = "" // the database's words, and not a store's
	}
	return w, why
}

// transfer is how a record is copied.
func (w way) transfer(d *copying, c *copied) *objects.Transfer {
	t := &objects.Transfer{
		From: w.from, Source: c.source.object(), Sum: objects.Sum(c.source.Sum), To: w.to, Key: c.rec.object(), Resume: c.noted(),
		Limit: w.limit, Progress: func(bytes int64) { c.progress(d, bytes) }, Note: c.note,
	}
	if d.row.Accelerate {
		t.Parts = acceleratedParts
	}
	return t
}

// stage copies an object to where nobody sees it, and verifies it.
func (d *copying) stage(ctx context.Context, w way, c *copied) *api.Fault {
	staged, err := w.transfer(d, c).Stage(ctx)
	if err != nil {
		return d.blame(ctx, w, c, err)
	}
	c.staged, c.sum = staged, staged.Sum
	if staged.Object.Size != c.rec.Size {
		return fault(api.FaultSourceChanged, "")
	}
	return nil
}

// blame says what was in the way of a copy. Whether that is the source or the
// destination the source is asked.
func (d *copying) blame(ctx context.Context, w way, c *copied, err error) *api.Fault {
	if errors.Is(err, objects.ErrChanged) || errors.Is(err, objects.ErrCorrupt) || errors.Is(err, objects.ErrFull) || ctx.Err() != nil {
		return faultOf(err, false)
	}
	r, unreadable := w.from.Open(ctx, c.source.object(), 0, min(c.source.Size, 1))
	if unreadable == nil {
		_, unreadable = io.Copy(io.Discard, r)
		unreadable = errors.Join(unreadable, r.Close())
	}
	if unreadable != nil {
		return faultOf(unreadable, true)
	}
	return faultOf(err, false)
}

// publish makes visible what of a pack arrived.
func (d *copying) publish(ctx context.Context, pack []*copied) {
	var staged []*objects.Staged
	for _, c := range pack {
		if c.fault == nil && c.staged != nil {
			staged = append(staged, c.staged)
		}
	}
	if len(staged) == 0 || d.hold(ctx) != nil {
		return
	}
	if err := objects.Publish(ctx, staged); err != nil {
		for _, c := range pack {
			if slices.Contains(staged, c.staged) {
				c.fault = faultOf(err, false)
			}
		}
	}
}
