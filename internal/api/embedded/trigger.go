package embedded

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"github.com/uptrace/bun"

	"switchboard/internal/api"
	"switchboard/internal/api/jobs"
	"switchboard/internal/api/schedule"
	"switchboard/internal/api/store"
)

// taskTrigger is an operation of a policy that is due.
const taskTrigger jobs.Kind = "trigger"

// farAhead is longer than any pattern waits: what is due later than that was planned
// before the clock was set back.
const farAhead = 32 * 24 * time.Hour

// dueOperations finds operations whose time has come, and those to be planned again:
// due too far ahead, or begun in a time that is yet to come.
func dueOperations(p *Plane, now time.Time) *bun.SelectQuery {
	return here(p.db.Read.NewSelect().Model((*operationRow)(nil)).ColumnExpr("project_id, id, '' AS part, next_at AS due").
		Where("next_at > 0").Where("next_at <= ? OR next_at > ? OR start_at > ?", store.Micros(now), store.Micros(now.Add(farAhead)), store.Micros(now)))
}

// trigger starts what an operation does, if it is still due since then. Of several
// processes one takes it; if that is gone before it says when the operation is due
// next, another one takes it later, and starts nothing that was started already.
// Times that were missed are made up for once.
func (p *Plane) trigger(ctx context.Context, t jobs.Task) error {
	row, err := p.takeOperation(ctx, t)
	if err != nil || row == nil {
		return err
	}
	s := api.Scope{Project: row.ProjectID, Actor: api.Actor{Way: api.WayJob}}
	if now := time.Now(); !store.Time(t.Due).After(now.Add(farAhead)) && !store.Time(row.StartAt).After(now) {
		var done bool
		if done, err = p.operated(ctx, row, now); err == nil && !done {
			err = p.operate(ctx, s, row)
		}
	}
	refused, ok := errors.AsType[*api.Error](err)
	if err != nil && !ok {
		return err
	}
	return p.leaveOperation(ctx, s, row, refused)
}

// operated reports whether what an operation does was started on a schedule since
// the last time of its pattern: by a process that was gone before it said so.
func (p *Plane) operated(ctx context.Context, row *operationRow, now time.Time) (bool, error) {
	pattern, problem := schedule.Parse(row.Pattern)
	if problem != "" {
		return false, nil
	}
	last := lastTime(pattern, store.Time(row.StartAt), now)
	if last.IsZero() {
		return false, nil
	}
	query, began := p.db.Read.NewSelect().TableExpr("checkpoints"), "created_at"
	if row.Type == api.OperationReplication {
		d := row.definition()
		query, began = p.db.Read.NewSelect().TableExpr("replication_runs").
			Where("region = ? AND destination_id = ?", d.Region, d.Project), "started_at"
	}
	return query.Where("project_id = ? AND policy_id = ? AND auto", row.ProjectID, row.PolicyID).
		Where("? BETWEEN ? AND ?", bun.Ident(began), store.Micros(last), store.Micros(now)).Exists(ctx)
}

// lastTime is the last time of a pattern that is not after another one, zero if there
// is none since it began. It looks back further and further, so that it never walks
// over many.
func lastTime(pattern schedule.Pattern, start, now time.Time) (last time.Time) {
	for back := 24 * time.Hour; last.IsZero() && back <= farAhead; back *= 2 {
		for at := pattern.Next(start, now.Add(-back)); !at.IsZero() && !at.After(now); at = pattern.Next(start, at) {
			last = at
		}
	}
	return last
}

// operate starts what an operation does.
func (p *Plane) operate(ctx context.Context, s api.Scope, row *operationRow) error {
	if row.Type == api.OperationBackup {
		_, err := p.StartCheckpoint(ctx, s, api.CheckpointDraft{Policy: row.PolicyID, Auto: true})
		return err
	}
	d := row.definition()
	_, err := p.StartReplication(ctx, s, api.ReplicationDraft{
		Policy: row.PolicyID, Region: d.Region, Project: d.Project, Accelerate: d.Accelerate, Auto: true,
	})
	return err
}

// takeOperation keeps others from an operation that is due, for as long as it takes
// to start it; nil if it is not due any more.
func (p *Plane) takeOperation(ctx context.Context, t jobs.Task) (*operationRow, error) {
	row := new(operationRow)
	err := p.db.InTx(ctx, func(ctx context.Context, tx bun.Tx) error {
		_, err := tx.NewUpdate().Model(row).Set("next_at = ?", store.Micros(time.Now().Add(lease))).
			Where("id = ? AND next_at = ?", t.ID, t.Due).Returning("*").Exec(ctx, row)
		return err
	})
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	return row, err
}

// leaveOperation plans the next time of an operation that was taken, unless somebody
// changed it meanwhile. What was refused, because it is under way for example, is
// left out until then, and the log says why.
func (p *Plane) leaveOperation(ctx context.Context, s api.Scope, row *operationRow, refused *api.Error) error {
	taken := row.NextAt
	row.plan(time.Now())
	return p.db.InTx(ctx, func(ctx context.Context, tx bun.Tx) error {
		_, err := tx.NewUpdate().Model(row).Column("start_at", "next_at").Where("id = ? AND next_at = ?", row.ID, taken).Exec(ctx)
		if err != nil || refused == nil {
			return err
		}
		policy := new(policyRow)
		if err := find(ctx, tx, s.Project, policy, noPolicy, "id = ?", row.PolicyID); err != nil {
			if api.CodeOf(err) == api.NotFound {
				return nil // it was deleted meanwhile
			}
			return err
		}
		return store.Record(ctx, tx, s, store.Event{
			Action: "skip_scheduled", Kind: api.KindPolicy, ID: policy.ID, Name: policy.Name,
			After: map[string]any{"operation_type": row.Type, "name": row.Name, "reason": whyRefused(refused).Key},
		})
	})
}
