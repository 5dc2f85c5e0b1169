package embedded

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/uptrace/bun"

	"switchboard/internal/api"
	"switchboard/internal/api/jobs"
	"switchboard/internal/api/objects"
	"switchboard/internal/api/store"
)

// taskProtect is a checkpoint that goes on, and that nobody drives.
const taskProtect jobs.Kind = "protect"

// perCheckpoint is how many backups of a checkpoint are made at the same time.
const perCheckpoint = 4

// dueCheckpoints finds the checkpoints that go on, and that nobody drives.
func dueCheckpoints(p *Plane, now time.Time) *bun.SelectQuery {
	return here(undriven(p.db.Read.NewSelect().Model((*checkpointRow)(nil)).
		ColumnExpr("project_id, id, '' AS part, ? AS due", store.Micros(now.Truncate(turn))).Where("ended_at = 0"), now))
}

// protectDue begins to drive a checkpoint.
func (p *Plane) protectDue(ctx context.Context, t jobs.Task) error {
	p.drives.start(ctx, t.ID, func(ctx context.Context, token string) {
		if ok, err := p.claimDrive(ctx, (*checkpointRow)(nil), t.ID, token); err != nil || !ok {
			return // the next tick finds it
		}
		d := &protecting{
			driving: &driving{p: p, model: (*checkpointRow)(nil), id: t.ID, token: token}, making: map[string]*making{},
		}
		if err := d.drive(ctx, t.ID); err != nil {
			_ = p.leaveDrive(ctx, (*checkpointRow)(nil), t.ID, token)
		}
	})
	return nil
}

// protecting is a checkpoint as one process works it. What it has to do is in the
// database at any time, so that after a kill another one goes on: a backup that was
// being made begins anew.
type protecting struct {
	*driving
	row   checkpointRow
	store objects.Store
	pace  func(n int) error // of what is written to the region, or nil

	left leftOut
	took tookOver
	room *int // for backups of the project, once something is taken over
	full bool

	mu     sync.Mutex
	making map[string]*making // the backups that are being made, by their ids
}

// drive works a claimed checkpoint to its end. It returns an error if it has to be
// taken up again, or is not this process's any more.
func (d *protecting) drive(ctx context.Context, id string) error {
	ctx = d.begin(ctx)
	defer d.give(nil)
	err := d.insist(ctx, func() error {
		return d.p.db.Read.NewSelect().Model(&d.row).Where("id = ?", id).Scan(ctx)
	})
	if err != nil {
		return err
	}
	still := d.beat(ctx, d.writeProgress)
	message, err := d.work(ctx)
	still()
	if err != nil {
		return err
	}
	return d.end(ctx, message)
}

// writeProgress writes down how far the backups are that are being made.
func (d *protecting) writeProgress(ctx context.Context, tx bun.Tx) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	for id, m := range d.making {
		done, known := m.done.Load(), m.known.Load()
		if done == m.written {
			continue
		}
		m.written = done
		_, err := tx.NewUpdate().Model((*backupRow)(nil)).Set("bytes = ?, size = ?", done, max(known, done)).
			Where("id = ? AND status = ?", id, api.BackupProtecting).Exec(ctx)
		if err != nil {
			return err
		}
	}
	return nil
}

// work makes the backups that are left, and takes over what is to be. message says
// why that could not be carried through, or what is not in the backups.
func (d *protecting) work(ctx context.Context) (message api.Message, err error) {
	var left []backupRow
	err = d.p.db.Read.NewSelect().Model(&left).Where("checkpoint_id = ?", d.row.ID).
		Where("status IN (?)", bun.List([]api.BackupStatus{api.BackupWaiting, api.BackupProtecting})).OrderExpr("id").Scan(ctx)
	if err != nil {
		return message, err
	}
	if err := d.open(ctx); err != nil {
		why := faultOf(err, true)
		if ctx.Err() != nil || why.Code == api.FaultInternal { // not the region's matter: it is taken up again
			return message, err
		}
		return why.Message, d.failAll(ctx, left, why)
	}
	if err := d.make(ctx, left); err != nil {
		return message, err
	}
	if message, err = d.adopt(ctx); err == nil && message.IsZero() {
		message = d.left.message()
	}
	return message, err
}

// open opens the store of the checkpoint's region.
func (d *protecting) open(ctx context.Context) (err error) {
	if d.store, err = d.p.store(ctx, d.row.Region); err != nil {
		return err
	}
	limiter, err := d.p.limiter(ctx, d.row.Region)
	d.pace = paced(ctx, limiter)
	return err
}

// make makes backups, a few at the same time.
func (d *protecting) make(ctx context.Context, left []backupRow) error {
	var working sync.WaitGroup
	errs := make([]error, len(left))
	slots := make(chan struct{}, perCheckpoint)
	for i := range left {
		slots <- struct{}{}
		working.Go(func() {
			defer func() { <-slots }()
			select {
			case d.p.copies <- struct{}{}:
				defer func() { <-d.p.copies }()
				errs[i] = d.makeOne(ctx, &left[i])
			case <-ctx.Done():
				errs[i] = ctx.Err()
			}
		})
	}
	working.Wait()
	return errors.Join(errs...)
}

// failAll fails the backups of a checkpoint that cannot be made at all.
func (d *protecting) failAll(ctx context.Context, left []backupRow, why *api.Fault) error {
	return d.write(ctx, func(ctx context.Context, tx bun.Tx) error {
		for i := range left {
			if err := left[i].fail(ctx, tx, d.p.now(), why); err != nil {
				return err
			}
		}
		return nil
	})
}

// end ends the checkpoint, and removes what its policy does not keep.
func (d *protecting) end(ctx context.Context, message api.Message) error {
	err := d.write(ctx, func(ctx context.Context, tx bun.Tx) error {
		query := tx.NewUpdate().Model((*checkpointRow)(nil)).Set("ended_at = ?, driver = '', driven_until = 0", store.Micros(d.p.now())).
			Where("id = ?", d.row.ID)
		if !message.IsZero() {
			query = query.Set("message = ?", encode(message))
		}
		if _, err := query.Exec(ctx); err != nil {
			return err
		}
		if d.took.some() {
			job := api.Scope{Project: d.row.ProjectID, Actor: api.Actor{Way: api.WayJob}}
			if err := d.row.record(ctx, tx, job, "take_over", &d.took); err != nil {
				return err
			}
		}
		return d.row.forgetEmpty(ctx, tx)
	})
	if err != nil {
		return err
	}
	_ = d.p.retainPolicy(ctx, d.row.ProjectID, d.row.PolicyID) // what it leaves, the next checkpoint finds
	return nil
}

// forgetEmpty removes earlier checkpoints of the policy that found nothing to take
// over, or of which nothing is left.
func (r *checkpointRow) forgetEmpty(ctx context.Context, tx bun.Tx) error {
	if r.PolicyID == "" {
		return nil
	}
	_, err := tx.NewDelete().Model((*checkpointRow)(nil)).
		Where("project_id = ? AND policy_id = ? AND id < ? AND ended_at > 0", r.ProjectID, r.PolicyID, r.ID).
		Where("message = '' OR message LIKE ?", `%"backup.left_out%`).Where(emptyCheckpoint).Exec(ctx)
	return err
}
