package embedded

import (
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
	state, err := p.checkRow(ctx, row)
	switch {
	case err != nil && ctx.Err() != nil:
		state = api.RunWaiting // for another process, or the next start
	case err != nil:
		state = api.RunCancelled // it would fail again and again, and the run never end
	}
	return errors.Join(err, p.settleRow(ctx, row, state))
}

// checkRow checks what a claimed row names, fills in what became of it and
// returns the state that the row is in then.
func (p *Plane) checkRow(ctx context.Context, row *runItem) (api.RunState, error) {
	run := new(runRow)
	if err := p.db.Read.NewSelect().Model(run).Where("id = ?", row.RunID).Scan(ctx); err != nil {
		return "", err
	}
	scope := run.scope()
	seen, err := findSubject(ctx, p.db.Read, scope, run.Kind, row.ObjectID)
	if api.CodeOf(err) == api.NotFound {
		row.Gone = true
		return api.RunCancelled, nil
	}
	if err != nil {
		return "", err
	}
	row.ObjectName, row.Endpoint = seen.about().Name, seen.about().Endpoint
	asking, done := p.underway.join(ctx, row.RunID, func() bool { return p.stopped(ctx, row.RunID) })
	check, err := seen.ask(asking, p, scope)
	done()
	if err != nil {
		return "", err
	}
	if unasked(&check) {
		return api.RunWaiting, nil
	}
	row.CheckJSON = encode(check)
	return api.RunDone, p.keep(ctx, scope, seen, &check, func(subject) {})
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

// settleRow puts a claimed row into a state. One that was cancelled meanwhile,
// or that somebody else took because we were too slow, is not ours any more.
func (p *Plane) settleRow(ctx context.Context, row *runItem, state api.RunState) error {
	claimed := row.At
	row.At, row.State = max(store.Micros(time.Now()), claimed+1), state
	return p.db.InTx(context.WithoutCancel(ctx), func(ctx context.Context, tx bun.Tx) error {
		run, err := lockRun(ctx, tx, row.RunID)
		if err != nil {
			return err
		}
		result, err := tx.NewUpdate().Model(row).WherePK().Where("state = ? AND at = ?", api.RunRunning, claimed).Exec(ctx)
		if err != nil || state == api.RunWaiting {
			return err
		}
		if n, err := result.RowsAffected(); err != nil || n == 0 {
			return err
		}
		return endRun(ctx, tx, run)
	})
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
