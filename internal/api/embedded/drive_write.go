package embedded

import (
	"context"
	"errors"
	"sync/atomic"
	"time"

	"github.com/uptrace/bun"
)

// errOvertaken is a drive that writes although another process drives by now, or
// what was driven has ended.
var errOvertaken = errors.New("embedded: it is driven by somebody else")

// driving is how a process writes for what it drives.
type driving struct {
	p     *Plane
	model any // of the table that the driven row is in
	id    string
	token string

	give  context.CancelCauseFunc
	began time.Time
	held  atomic.Int64 // when it was last known to be driven here, from began
}

// begin returns a context that ends when the drive is given up.
func (d *driving) begin(ctx context.Context) context.Context {
	d.began = time.Now()
	ctx, d.give = context.WithCancelCause(ctx)
	return ctx
}

// beat writes each second how far it is, and so that it is driven, until what it
// returns is called.
func (d *driving) beat(ctx context.Context, progress func(ctx context.Context, tx bun.Tx) error) (still func()) {
	ctx, cancel := context.WithCancel(ctx)
	beating := make(chan struct{})
	go func() {
		defer close(beating)
		tick := time.NewTicker(driveBeat)
		defer tick.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
				_ = d.tryWrite(ctx, progress) // what is not written is with the next one
			}
		}
	}()
	return func() {
		cancel()
		<-beating
	}
}

// Waits between tries to write while the database does not take it.
const (
	firstWait   = 50 * time.Millisecond
	longestWait = 5 * time.Second
)

// insist tries until f does it, or ctx ends: a database that is away for a while
// costs time, and nothing else.
func (d *driving) insist(ctx context.Context, f func() error) error {
	for wait := firstWait; ; wait = min(2*wait, longestWait) {
		err := f()
		if err == nil || errors.Is(err, errOvertaken) {
			return err
		}
		if wait == longestWait {
			d.p.drives.warn("what is driven waits for the database", "id", d.id, "cause", err)
		}
		select {
		case <-ctx.Done():
			return errors.Join(context.Cause(ctx), err)
		case <-time.After(wait):
		}
	}
}

// write lets f write for what is driven, if this process still drives it; else it is
// given up. Whether a transaction that broke was written nobody knows, so that f may
// be called again after it was.
func (d *driving) write(ctx context.Context, f func(ctx context.Context, tx bun.Tx) error) error {
	return d.insist(ctx, func() error { return d.tryWrite(ctx, f) })
}

func (d *driving) tryWrite(ctx context.Context, f func(ctx context.Context, tx bun.Tx) error) error {
	at := time.Since(d.began)
	err := d.p.db.InTx(ctx, func(ctx context.Context, tx bun.Tx) error {
		ok, err := d.p.holdDrive(ctx, tx, d.model, d.id, d.token)
		if err == nil && !ok {
			err = errOvertaken
		}
		if err != nil {
			return err
		}
		return f(ctx, tx)
	})
	if errors.Is(err, errOvertaken) {
		d.give(errOvertaken)
	}
	if err == nil {
		d.held.Store(int64(at))
	}
	return err
}

// hold makes sure that this process still drives, before it does what everybody
// sees. That it did a moment ago is enough.
func (d *driving) hold(ctx context.Context) error {
	if time.Since(d.began)-time.Duration(d.held.Load()) < driveLease/3 {
		return ctx.Err()
	}
	return d.write(ctx, func(context.Context, bun.Tx) error { return nil })
}
