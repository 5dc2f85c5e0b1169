package embedded

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"switchboard/internal/api/jobs"
	"switchboard/internal/api/store"
)

// Kinds of work in the background. The rows of the database say what is to be
// done; doing it twice does it once.
const (
	taskLink jobs.Kind = "link" // a link is due
	taskRow  jobs.Kind = "row"  // a row of a run waits
	taskHook jobs.Kind = "hook" // a hook has an event to tell
)

// taskKinds are all of them.
var taskKinds = []jobs.Kind{taskLink, taskRow, taskHook}

// dueBatch bounds what a tick takes of each kind. A project has few in it, see
// share.
const dueBatch = 2000

// due finds what is to be done by now, of one kind: a query for the columns of
// dueRow.
func (p *Plane) due(kind jobs.Kind, now time.Time) *bun.SelectQuery {
	q := p.db.Read.NewSelect()
	switch kind {
	case taskLink:
		q = q.TableExpr("links").ColumnExpr("project_id, id, '' AS part, next_check_at AS due").
			Where("next_check_at > 0").Where("next_check_at <= ?", store.Micros(now))
	case taskRow:
		q = q.TableExpr("link_run_rows").ColumnExpr("project_id, run_id AS id, link_id AS part, at AS due").
			Where("state IN ('waiting', 'running')").Where("state = 'waiting' OR at <= ?", store.Micros(now.Add(-lease)))
	case taskHook:
		q = q.TableExpr("hooks").ColumnExpr("project_id, '' AS id, '' AS part, next_at AS due").
			Where("next_at > 0").Where("next_at <= ?", store.Micros(now))
	}
	return p.db.Read.NewSelect().TableExpr("(?) AS d", q)
}

type dueRow struct {
	ProjectID, ID, Part string
	Due                 int64
}

// tasks reads what a query for dueRow finds.
func tasks(ctx context.Context, kind jobs.Kind, query *bun.SelectQuery) ([]jobs.Task, error) {
	var rows []dueRow
	err := query.Scan(ctx, &rows)
	found := make([]jobs.Task, len(rows))
	for i, r := range rows {
		found[i] = jobs.Task{Kind: kind, Project: r.ProjectID, ID: r.ID, Part: r.Part, Due: r.Due}
	}
	return found, err
}

// Due implements jobs.Work. It names no more of a project than are done at the
// same time, and the first of every project before the second of any: who does
// one goes on with the others of its project.
func (p *Plane) Due(ctx context.Context, now time.Time) ([]jobs.Task, error) {
	var all []jobs.Task
	for _, kind := range taskKinds {
		counted := p.due(kind, now).ColumnExpr("d.*").
			ColumnExpr("ROW_NUMBER() OVER (PARTITION BY project_id ORDER BY due, id, part) AS nth")
		found, err := tasks(ctx, kind, p.db.Read.NewSelect().TableExpr("(?) AS c", counted).
			ColumnExpr("project_id, id, part, due").Where("nth <= ?", p.share(kind)).OrderExpr("nth, due").Limit(dueBatch))
		if err != nil {
			return all, err
		}
		all = append(all, found...)
	}
	return all, nil
}

// next returns the first few things to be done for a project.
func (p *Plane) next(ctx context.Context, l lane) ([]jobs.Task, error) {
	return tasks(ctx, l.kind, p.due(l.kind, time.Now()).ColumnExpr("project_id, id, part, due").
		Where("project_id = ?", l.project).OrderExpr("due, id, part").Limit(int64(p.share(l.kind))))
}

// CatchUp does what is due by now, one after the other, without the engine.
func (p *Plane) CatchUp(ctx context.Context, now time.Time) error {
	var errs error
	for _, kind := range taskKinds {
		found, err := tasks(ctx, kind, p.due(kind, now).ColumnExpr("project_id, id, part, due").OrderExpr("due, id, part"))
		errs = errors.Join(errs, err)
		for _, t := range found {
			errs = errors.Join(errs, p.do(ctx, t))
		}
	}
	return errs
}

// do does what a task names, if that is still due then.
func (p *Plane) do(ctx context.Context, t jobs.Task) error {
	switch t.Kind {
	case taskLink:
		return p.WatchLink(ctx, t.ID, t.Due)
	case taskRow:
		return p.WorkRow(ctx, t.ID, t.Part, t.Due)
	case taskHook:
		return p.TellHook(ctx, t.Project, t.Due)
	}
	return fmt.Errorf("embedded: no work of kind %q", t.Kind)
}
