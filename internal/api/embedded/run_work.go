package embedded

import (
	"cmp"
	"context"
	"errors"
	"sync"
	"time"

	"github.com/uptrace/bun"

	"switchboard/internal/api"
	"switchboard/internal/api/jobs"
	"switchboard/internal/api/store"
)

// stopPoll is how often a check under way looks whether its run was cancelled
// through another process.
const stopPoll = time.Second

// workRow checks what a run's row names, if the row still waits, or was left
// alone by who worked it, since it was due.
func (p *Plane) workRow(ctx context.Context, t jobs.Task) error {
	row, err := p.claimRow(context.WithoutCancel(ctx), t.ID, t.Part, t.Due)
	if err != nil || row == nil {
		return err
	}
	state, keep, err := p.checkRow(ctx, row)
	if err == nil {
		err = p.settleRow(ctx, row, state, keep)
	}
	switch {
	case err != nil && ctx.Err() != nil:
		err = errors.Join(err, p.settleRow(ctx, row, api.RunWaiting, nil)) // for another process, or the next start
	case err != nil:
		// It would fail again and again, and the run never end.
		err = errors.Join(err, p.settleRow(ctx, row, api.RunCancelled, nil))
	}
	return err
}

// keeping writes down what a check found.
type keeping func(ctx context.Context, tx bun.Tx) (*eventRow, error)

// checkRow checks what a claimed row names, fills in what became of it and
// returns the state that the row is in then, and what is to be kept with it.
func (p *Plane) checkRow(ctx context.Context, row *runItem) (api.RunState, keeping, error) {
	run := new(runRow)
	if err := p.db.Read.NewSelect().Model(run).Where("id = ?", row.RunID).Scan(ctx); err != nil {
		return "", nil, err
	}
	scope := run.scope()
	seen, err := findSubject(ctx, p.db.Read, scope, run.Kind, row.ObjectID)
	if api.CodeOf(err) == api.NotFound {
		row.Gone = true
		return api.RunCancelled, nil, nil
	}
	if err != nil {
		return "", nil, err
	}
	row.ObjectName, row.Endpoint = seen.about().Name, seen.about().Endpoint
	asking, done := p.underway.join(ctx, row.RunID, func() bool { return p.stopped(ctx, row.RunID) })
	check, err := seen.ask(asking, p, scope)
	done()
	if err != nil {
		return "", nil, err
	}
	if unasked(&check) {
		return api.RunWaiting, nil, nil
	}
	row.CheckJSON = encode(check)
	return api.RunDone, func(ctx context.Context, tx bun.Tx) (*eventRow, error) {
		return keepIn(ctx, tx, scope, seen, &check, func(subject) {})
	}, nil
}

// claimRow takes a row, for as long as a check may take.
func (p *Plane) claimRow(ctx context.Context, run, id string, due int64) (*runItem, error) {
	var rows []runItem
	err := p.db.InTx(ctx, func(ctx context.Context, tx bun.Tx) error {
		_, err := tx.NewUpdate().Model((*runItem)(nil)).
			Set("state = ?, at = ?", api.RunRunning, store.Micros(time.Now())).
			Where("run_id = ? AND object_id = ? AND at = ?", run, id, due).Where("state IN (?)", unfinished).
			Returning("*").Exec(ctx, &rows)
		return err
	})
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	return &rows[0], nil
}

// errTaken is why nothing is kept of a check: its row is not ours any more.
var errTaken = errors.New("embedded: the row was cancelled, or somebody else took it")

// settleRow puts a claimed row into a state, and keeps what its check found, both or
// neither: who is killed in between has not checked it. A row that was cancelled
// meanwhile, or that somebody else took because we were too slow, is left to them, and
// nothing is kept.
func (p *Plane) settleRow(ctx context.Context, row *runItem, state api.RunState, keep keeping) error {
	claimed, settled := row.At, *row
	settled.At, settled.State = max(store.Micros(time.Now()), claimed+1), state
	var event *eventRow
	err := p.db.InTx(context.WithoutCancel(ctx), func(ctx context.Context, tx bun.Tx) (err error) {
		if keep != nil {
			if event, err = keep(ctx, tx); err != nil {
				return err
			}
		}
		run, err := lockRun(ctx, tx, row.RunID)
		if err != nil {
			return err
		}
		result, err := tx.NewUpdate().Model(&settled).WherePK().Where("state = ? AND at = ?", api.RunRunning, claimed).Exec(ctx)
		if err != nil || state == api.RunWaiting {
			return err
		}
		if n, err := result.RowsAffected(); err != nil || n == 0 {
			return cmp.Or(err, errTaken)
		}
		return endRun(ctx, tx, run)
	})
	if err == nil {
		p.announce(ctx, event)
	}
	if errors.Is(err, errTaken) {
		return nil
	}
	return err
}

func (p *Plane) stopped(ctx context.Context, run string) bool {
	found, err := p.db.Read.NewSelect().Model((*runRow)(nil)).Where("id = ? AND stopped", run).Exists(ctx)
	return err == nil && found
}

// underway knows how to give up the checks that this process makes for runs.
type underway struct {
	mu   sync.Mutex
	runs map[string]map[*context.CancelFunc]bool
}

// join returns a context that ends when the run is cancelled: here at once, in
// another process when stopped says so.
func (u *underway) join(ctx context.Context, run string, stopped func() bool) (asking context.Context, leave func()) {
	asking, cancel := context.WithCancel(ctx)
	u.mu.Lock()
	if u.runs == nil {
		u.runs = map[string]map[*context.CancelFunc]bool{}
	}
	if u.runs[run] == nil {
		u.runs[run] = map[*context.CancelFunc]bool{}
	}
	u.runs[run][&cancel] = true
	u.mu.Unlock()
	go func() {
		look := time.NewTicker(stopPoll)
		defer look.Stop()
		for {
			select {
			case <-asking.Done():
				return
			case <-look.C:
				if stopped() {
					cancel()
				}
			}
		}
	}()
	return asking, func() {
		cancel()
		u.mu.Lock()
		defer u.mu.Unlock()
		delete(u.runs[run], &cancel)
		if len(u.runs[run]) == 0 {
			delete(u.runs, run)
		}
	}
}

// cancel gives up what this process does for the run.
func (u *underway) cancel(run string) {
	u.mu.Lock()
	defer u.mu.Unlock()
	for cancel := range u.runs[run] {
		(*cancel)()
	}
}
