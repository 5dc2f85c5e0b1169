package embedded

import (
	"context"
	"time"

	"github.com/uptrace/bun"

	"switchboard/internal/api"
	"switchboard/internal/api/jobs"
	"switchboard/internal/api/store"
)

const (
	keptRuns = 50  // of a project
	rowBatch = 200 // rows that one statement inserts
	// wokenWorkers are asked to begin a run at once; in several processes more
	// than one may have.
	wokenWorkers = 12
)

// unfinished are the states of rows that a run still has to do with.
var unfinished = bun.List([]api.RunState{api.RunWaiting, api.RunRunning})

// runRow is a run as it is stored.
type runRow struct {
	bun.BaseModel `bun:"table:runs"`

	ID        string `bun:"id,pk"`
	ProjectID string
	Kind      api.Kind
	StartedAt int64
	StartedBy string
	Way       string
	EndedAt   int64
	Stopped   bool
}

func (r *runRow) run() api.Run {
	return api.Run{
		ID: r.ID, Kind: r.Kind, Started: api.Stamp{At: store.Time(r.StartedAt), By: r.StartedBy},
		Ended: store.Time(r.EndedAt), Stopped: r.Stopped,
	}
}

// scope is that of the person who started the run.
func (r *runRow) scope() api.Scope {
	return api.Scope{Project: r.ProjectID, Actor: api.Actor{User: r.StartedBy, Way: api.Way(r.Way)}}
}

// runItem is one row of a run: something to check, and what became of it. It
// outlives that.
type runItem struct {
	bun.BaseModel `bun:"table:run_rows"`

	RunID      string `bun:"run_id,pk"`
	ObjectID   string `bun:"object_id,pk"`
	ProjectID  string
	ObjectName string
	Endpoint   string
	State      api.RunState
	At         int64
	CheckJSON  string
	Gone       bool
}

func (r *runItem) row() api.RunRow {
	row := api.RunRow{
		ID: r.ObjectID, Name: r.ObjectName, Endpoint: r.Endpoint, State: r.State, At: store.Time(r.At), Gone: r.Gone,
	}
	decode(r.CheckJSON, &row.Check)
	return row
}

// StartRun implements api.Health.
func (p *Plane) StartRun(ctx context.Context, s api.Scope, kind api.Kind, ids []string) (api.Run, error) {
	if newSubject(kind) == nil {
		return api.Run{}, api.Errorf(api.NotFound, "error.not_found")
	}
	found, err := api.Selected(ctx, p.subjects(kind), s, api.Selection[string]{IDs: ids})
	if err != nil {
		return api.Run{}, err
	}
	now := store.Micros(time.Now())
	run := &runRow{
		ID: store.NewID(), ProjectID: s.Project, Kind: kind, StartedAt: now, StartedBy: s.Actor.User, Way: string(s.Actor.Way),
	}
	rows := make([]runItem, len(found))
	for i, of := range found {
		rows[i] = runItem{
			RunID: run.ID, ObjectID: of.about().ID, ProjectID: s.Project,
			ObjectName: of.about().Name, Endpoint: of.about().Endpoint, State: api.RunWaiting, At: now,
		}
	}
	if err := p.storeRun(ctx, s, run, rows); err != nil {
		return api.Run{}, err
	}
	for i := range min(len(rows), wokenWorkers) {
		p.nudge(ctx, jobs.Task{Kind: taskRow, Project: s.Project, ID: run.ID, Part: rows[i].ObjectID, Due: now})
	}
	return p.Run(ctx, s, run.ID)
}

// subjects finds those of a kind by their ids; there is no query for them.
func (p *Plane) subjects(kind api.Kind) api.Shelf[subject, string] {
	return api.Shelf[subject, string]{Get: func(ctx context.Context, s api.Scope, id string) (subject, error) {
		return findSubject(ctx, p.db.Read, s, kind, id)
	}}
}

func (p *Plane) storeRun(ctx context.Context, s api.Scope, run *runRow, rows []runItem) error {
	return p.db.InTx(ctx, func(ctx context.Context, tx bun.Tx) error {
		if _, err := tx.NewInsert().Model(run).Exec(ctx); err != nil {
			return err
		}
		for left := rows; len(left) > 0; left = left[min(rowBatch, len(left)):] {
			batch := left[:min(rowBatch, len(left))]
			if _, err := tx.NewInsert().Model(&batch).Exec(ctx); err != nil {
				return err
			}
		}
		if err := prune(ctx, tx, (*runRow)(nil), "project_id", s.Project, keptRuns); err != nil {
			return err
		}
		return store.Record(ctx, tx, s, store.Event{
			Action: "run", Kind: api.KindRun, ID: run.ID, After: map[string]int{string(run.Kind) + "s": len(rows)},
		})
	})
}

// Run implements api.Health.
func (p *Plane) Run(ctx context.Context, s api.Scope, id string) (api.Run, error) {
	row, err := p.runRow(ctx, p.db.Read, s, id)
	if err != nil {
		return api.Run{}, err
	}
	var rows []runItem
	err = p.db.Read.NewSelect().Model(&rows).Where("run_id = ?", id).OrderExpr("object_name, object_id").Scan(ctx)
	run := row.run()
	run.Rows = make([]api.RunRow, len(rows))
	for i := range rows {
		run.Rows[i] = rows[i].row()
	}
	return run, err
}

func (p *Plane) runRow(ctx context.Context, db bun.IDB, s api.Scope, id string) (*runRow, error) {
	row := new(runRow)
	return row, find(ctx, db, s.Project, row, "run.not_found", "id = ?", id)
}

// CancelRun implements api.Health. Who works a row sees that it is not his any
// more, and gives up.
func (p *Plane) CancelRun(ctx context.Context, s api.Scope, id string) error {
	err := p.db.InTx(ctx, func(ctx context.Context, tx bun.Tx) error {
		if _, err := p.runRow(ctx, tx, s, id); err != nil {
			return err
		}
		run, err := lockRun(ctx, tx, id)
		if err != nil || run.EndedAt != 0 {
			return err
		}
		run.Stopped = true
		if _, err := tx.NewUpdate().Model(run).Column("stopped").WherePK().Exec(ctx); err != nil {
			return err
		}
		_, err = tx.NewUpdate().Model((*runItem)(nil)).
			Set("state = ?, at = ?", api.RunCancelled, store.Micros(time.Now())).
			Where("run_id = ? AND state IN (?)", id, unfinished).Exec(ctx)
		if err != nil {
			return err
		}
		return endRun(ctx, tx, run)
	})
	if err == nil {
		p.underway.cancel(id)
	}
	return err
}

// lockRun reads a run and keeps others from changing it, or its rows, until the
// transaction ends.
func lockRun(ctx context.Context, tx bun.Tx, id string) (*runRow, error) {
	var rows []runRow
	_, err := tx.NewUpdate().Model((*runRow)(nil)).Set("stopped = stopped").Where("id = ?", id).Returning("*").Exec(ctx, &rows)
	if err != nil {
		return nil, err
	}
	if len(rows) == 0 {
		return nil, api.Errorf(api.NotFound, "run.not_found")
	}
	return &rows[0], nil
}

// endRun ends a locked run if none of its rows is left.
func endRun(ctx context.Context, tx bun.Tx, run *runRow) error {
	left, err := tx.NewSelect().Model((*runItem)(nil)).
		Where("run_id = ? AND state IN (?)", run.ID, unfinished).Exists(ctx)
	if err != nil || left {
		return err
	}
	run.EndedAt = store.Micros(time.Now())
	_, err = tx.NewUpdate().Model(run).Column("ended_at").WherePK().Exec(ctx)
	return err
}
