package embedded

import (
	"context"
	"errors"
	"io"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/uptrace/bun"
	"golang.org/x/time/rate"

	"switchboard/internal/api"
	"switchboard/internal/api/store"
)

// Tries of a backup while a store cannot be reached, the wait between the first two,
// and how long failed ones are kept.
const (
	protectTries = 5
	protectWait  = time.Second
	keptFailed   = 30 * 24 * time.Hour
)

// making is a backup that is being made.
type making struct {
	content io.Reader
	pace    func(n int) error // waits until n bytes may be written, nil for no bound

	done, known atomic.Int64 // bytes
	written     int64        // what writeProgress wrote last of done
	left        leftOut      // known when it was read to its end

	mu  sync.Mutex
	err error // of the content
}

// maxPaced is how many bytes a pace lets through at once, at most.
const maxPaced = minBurst

// Read reads the content for those who write it, and remembers how it ended: what
// goes wrong in reading is another matter than what goes wrong in writing.
func (m *making) Read(b []byte) (n int, err error) {
	n, err = m.content.Read(b[:min(len(b), maxPaced)])
	m.done.Add(int64(n))
	if m.pace != nil && err == nil {
		err = m.pace(n)
	}
	if err != nil && !errors.Is(err, io.EOF) {
		m.mu.Lock()
		m.err = err
		m.mu.Unlock()
	}
	return n, err
}

func (m *making) readError() error {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.err
}

// paced is how fast may be written to a region.
func paced(ctx context.Context, limiter *rate.Limiter) func(n int) error {
	if limiter == nil {
		return nil
	}
	return func(n int) error { return limiter.WaitN(ctx, n) }
}

// makeOne makes a backup. It returns an error only if the checkpoint has to be taken
// up again; a backup that cannot be made is one that failed.
func (d *protecting) makeOne(ctx context.Context, row *backupRow) error {
	wait := protectWait
	for try := 1; ; try++ {
		why, err := d.tryOne(ctx, row)
		switch {
		case err != nil:
			return err
		case why == nil:
			return nil
		case try == protectTries || !temporary(why):
			if row.ObjectKey != "" {
				_ = d.store.Delete(ctx, row.ObjectKey) // what is left of it; if not now, then with the backup
			}
			return d.write(ctx, func(ctx context.Context, tx bun.Tx) error { return row.fail(ctx, tx, d.p.now(), why) })
		}
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-time.After(wait):
			wait *= 2
		}
	}
}

// tryOne tries once; why is what was in the way.
func (d *protecting) tryOne(ctx context.Context, row *backupRow) (why *api.Fault, err error) {
	m := &making{pace: d.pace}
	content, archived, err := d.content(ctx, row.Path, m)
	if err != nil {
		return d.blame(ctx, err, true)
	}
	defer func() { _ = content.Close() }()
	if row.ObjectKey != "" { // somebody began, and may have been killed anywhere
		if err := d.store.Delete(ctx, row.ObjectKey); err != nil {
			return d.blame(ctx, err, false)
		}
	}
	if err := d.write(ctx, func(ctx context.Context, tx bun.Tx) error { return row.begin(ctx, tx, d.p.now(), archived) }); err != nil {
		return nil, err
	}
	m.content = content
	d.watch(row.ID, m)
	object, sum, err := d.store.Write(ctx, row.ObjectKey, m)
	d.watch(row.ID, nil)
	if read := m.readError(); read != nil {
		return d.blame(ctx, read, true)
	}
	if err != nil {
		return d.blame(ctx, err, false)
	}
	d.mu.Lock()
	d.left.add(m.left)
	d.mu.Unlock()
	return nil, d.write(ctx, func(ctx context.Context, tx bun.Tx) error {
		return row.settle(ctx, tx, d.p.now(), object.Size, string(sum))
	})
}

// blame is what an error of a store is to people, unless the work was given up.
func (d *protecting) blame(ctx context.Context, err error, reading bool) (*api.Fault, error) {
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	return faultOf(err, reading), nil
}

// watch lets the progress of a backup be written down, or not any more.
func (d *protecting) watch(id string, m *making) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if m == nil {
		delete(d.making, id)
	} else {
		d.making[id] = m
	}
}

// begin notes that a backup is being made, and where. Each time that is another
// object: a driver that lost the checkpoint, and does not know yet, writes to its own.
func (r *backupRow) begin(ctx context.Context, tx bun.Tx, now time.Time, archived bool) error {
	r.ObjectKey = backupKey(r.ProjectID, r.ID)
	if r.Version > 1 {
		r.ObjectKey += "-" + strconv.FormatInt(r.Version, 10)
	}
	if archived {
		r.ObjectKey += ".tar"
	}
	r.Archive = archived
	r.Status, r.Bytes, r.UpdatedAt, r.Version = api.BackupProtecting, 0, store.Micros(now), r.Version+1
	return update(ctx, tx, r, "archive", "object_key", "status", "bytes", "updated_at", "version")
}

// settle makes a backup that was written available.
func (r *backupRow) settle(ctx context.Context, tx bun.Tx, now time.Time, size int64, sum string) error {
	r.Status, r.Size, r.Bytes, r.Sum = api.BackupAvailable, size, size, sum
	r.UpdatedAt, r.FinishedAt = store.Micros(now), store.Micros(now)
	return update(ctx, tx, r, "status", "size", "bytes", "sum", "updated_at", "finished_at")
}

// fail ends a backup with a fault.
func (r *backupRow) fail(ctx context.Context, tx bun.Tx, now time.Time, why *api.Fault) error {
	r.Status, r.Fault = api.BackupError, encode(why)
	r.UpdatedAt, r.FinishedAt, r.ExpiresAt = store.Micros(now), store.Micros(now), store.Micros(now.Add(keptFailed))
	return update(ctx, tx, r, "status", "fault", "updated_at", "finished_at", "expires_at")
}
