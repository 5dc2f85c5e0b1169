package embedded

import (
	"context"
	"crypto/rand"
	"log/slog"
	"sync"
	"time"

	"github.com/uptrace/bun"

	"switchboard/internal/api/store"
)

// Times of driving. Who drives something says so every driveBeat; if it is not
// heard of for driveLease, its process is gone, and another one takes over.
const (
	driveBeat  = time.Second
	driveLease = 15 * time.Second
)

// drives is what this process works on for as long as it takes, beside the tasks of
// the engine, which begin it and have to end soon. What is driven is a row with the
// columns driver and driven_until: of several processes one drives it, and
// everything that it writes is on condition that it still does.
type drives struct {
	mu      sync.Mutex
	open    map[string]context.CancelFunc
	working sync.WaitGroup
	ended   bool
	log     *slog.Logger // is told what has to be tried again
}

// start lets work go on in the background unless id is driven here already, or the
// process stops. The token names the driver in the row.
func (d *drives) start(ctx context.Context, id string, work func(ctx context.Context, token string)) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.ended || d.open[id] != nil {
		return
	}
	if d.open == nil {
		d.open = map[string]context.CancelFunc{}
	}
	driving, cancel := context.WithCancel(context.WithoutCancel(ctx))
	d.open[id] = cancel
	d.working.Go(func() {
		defer func() {
			cancel()
			d.mu.Lock()
			defer d.mu.Unlock()
			delete(d.open, id)
		}()
		work(driving, rand.Text())
	})
}

// cancel gives up what is driven here.
func (d *drives) cancel(id string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if cancel := d.open[id]; cancel != nil {
		cancel()
	}
}

// begin lets drives start, again after stop.
func (d *drives) begin(log *slog.Logger) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.ended, d.log = false, log
}

// warn tells the log what a drive has to try again.
func (d *drives) warn(message string, args ...any) {
	d.mu.Lock()
	log := d.log
	d.mu.Unlock()
	if log != nil {
		log.Warn(message, args...)
	}
}

// stop gives up everything and waits until it has ended.
func (d *drives) stop() {
	d.mu.Lock()
	d.ended = true
	for _, cancel := range d.open {
		cancel()
	}
	d.mu.Unlock()
	d.working.Wait()
}

// undriven narrows a query to rows that nobody drives. A lease that ends later than
// any can was given before the clock was set back.
func undriven(query *bun.SelectQuery, now time.Time) *bun.SelectQuery {
	return query.Where("driven_until <= ? OR driven_until > ?", store.Micros(now), store.Micros(now.Add(2*driveLease)))
}

// claimDrive takes a row that nobody drives; ok says whether it did.
func (p *Plane) claimDrive(ctx context.Context, model any, id, token string) (ok bool, err error) {
	now := p.now()
	err = p.db.InTx(ctx, func(ctx context.Context, tx bun.Tx) error {
		result, err := tx.NewUpdate().Model(model).
			Set("driver = ?, driven_until = ?", token, store.Micros(now.Add(driveLease))).
			Where("id = ? AND ended_at = 0", id).
			Where("driven_until <= ? OR driven_until > ?", store.Micros(now), store.Micros(now.Add(2*driveLease))).Exec(ctx)
		if err != nil {
			return err
		}
		n, err := result.RowsAffected()
		ok = n > 0
		return err
	})
	return ok, err
}

// holdDrive, in a transaction that writes for a drive, keeps others from the row
// until it ends and goes on holding it; ok is false if it is driven by somebody else
// now, or has ended: then nothing may be written.
func (p *Plane) holdDrive(ctx context.Context, tx bun.Tx, model any, id, token string) (ok bool, err error) {
	result, err := tx.NewUpdate().Model(model).Set("driven_until = ?", store.Micros(p.now().Add(driveLease))).
		Where("id = ? AND driver = ? AND ended_at = 0", id, token).Exec(ctx)
	if err != nil {
		return false, err
	}
	n, err := result.RowsAffected()
	return n > 0, err
}

// leaveDrive lets somebody else drive a row at once.
func (p *Plane) leaveDrive(ctx context.Context, model any, id, token string) error {
	return p.db.InTx(context.WithoutCancel(ctx), func(ctx context.Context, tx bun.Tx) error {
		_, err := tx.NewUpdate().Model(model).Set("driver = '', driven_until = 0").
			Where("id = ? AND driver = ?", id, token).Exec(ctx)
		return err
	})
}

// putBackDrives lets somebody drive at once what a process drove that is gone.
func putBackDrives(ctx context.Context, tx bun.Tx, models ...any) error {
	for _, model := range models {
		_, err := tx.NewUpdate().Model(model).Set("driver = '', driven_until = 0").Where("ended_at = 0").Exec(ctx)
		if err != nil {
			return err
		}
	}
	return nil
}
