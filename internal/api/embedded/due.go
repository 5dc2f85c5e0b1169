package embedded

import (
	"context"
	"errors"
	"time"

	"github.com/uptrace/bun"

	"switchboard/internal/api/jobs"
)

// dueBatch bounds what a tick takes of each kind. A project has few in it, see
// share.
const dueBatch = 2000

// due finds what is to be done by now, of one kind. In projects that are archived
// nothing is.
func (p *Plane) due(c chore, now time.Time) *bun.SelectQuery {
	return p.db.Read.NewSelect().TableExpr("(?) AS d", c.due(p, now)).
		Where("d.project_id NOT IN (SELECT id FROM projects WHERE archived_at > 0)")
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
	for _, c := range chores {
		counted := p.due(c, now).ColumnExpr("d.*").
			ColumnExpr("ROW_NUMBER() OVER (PARTITION BY project_id ORDER BY due, id, part) AS nth")
		found, err := tasks(ctx, c.kind, p.db.Read.NewSelect().TableExpr("(?) AS c", counted).
			ColumnExpr("project_id, id, part, due").Where("nth <= ?", p.share(c)).OrderExpr("nth, due").Limit(dueBatch))
		if err != nil {
			return all, err
		}
		all = append(all, found...)
	}
	return all, nil
}

// next returns the first few things to be done for a project.
func (p *Plane) next(ctx context.Context, l lane) ([]jobs.Task, error) {
	c := choreOf(l.kind)
	return tasks(ctx, l.kind, p.due(c, time.Now()).ColumnExpr("project_id, id, part, due").
		Where("project_id = ?", l.project).OrderExpr("due, id, part").Limit(int64(p.share(c))))
}

// CatchUp does what is due by now, one after the other, without the engine.
func (p *Plane) CatchUp(ctx context.Context, now time.Time) error {
	var errs error
	for _, c := range chores {
		found, err := tasks(ctx, c.kind, p.due(c, now).ColumnExpr("project_id, id, part, due").OrderExpr("due, id, part"))
		errs = errors.Join(errs, err)
		for _, t := range found {
			errs = errors.Join(errs, c.do(p, ctx, t))
		}
	}
	return errs
}
