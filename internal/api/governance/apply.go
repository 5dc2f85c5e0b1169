package governance

import (
	"context"
	"database/sql"
	"errors"
	"log/slog"
	"time"

	"github.com/uptrace/bun"

	"switchboard/internal/api"
	"switchboard/internal/api/jobs"
	"switchboard/internal/api/store"
)

// Kinds of work.
const (
	taskApply  jobs.Kind = "request"        // a request was approved
	taskExpire jobs.Kind = "request_expiry" // nobody approved it in time
)

const (
	dueBatch = 50
	// lease is how long a process may take to carry out a request before another one
	// tries, too. Both cannot: the change's own transaction says that it was made.
	lease    = 2 * time.Minute
	maxTries = 8 // of what breaks
)

// Chores are what the job engine does about requests.
func (g *Service) Chores() []jobs.Chore {
	return []jobs.Chore{
		{Kind: taskApply, Due: g.dueApprovals, Do: g.apply, Workers: 2},
		{Kind: taskExpire, Due: g.dueExpiries, Do: g.expire, Workers: 1},
	}
}

func (g *Service) dueApprovals(ctx context.Context, now time.Time) ([]jobs.Task, error) {
	return g.due(ctx, taskApply, "due_at", func(q *bun.SelectQuery) *bun.SelectQuery {
		return q.Where("due_at > 0").Where("due_at <= ?", store.Micros(now))
	})
}

func (g *Service) dueExpiries(ctx context.Context, now time.Time) ([]jobs.Task, error) {
	return g.due(ctx, taskExpire, "expires_at", func(q *bun.SelectQuery) *bun.SelectQuery {
		return q.Where("ended_at = 0").Where("expires_at <= ?", store.Micros(now))
	})
}

// due finds what is due in projects that are not archived.
func (g *Service) due(ctx context.Context, kind jobs.Kind, column string, narrow func(*bun.SelectQuery) *bun.SelectQuery) ([]jobs.Task, error) {
	var rows []struct {
		ProjectID, ID string
		Due           int64
	}
	err := narrow(g.db.Read.NewSelect().TableExpr("requests")).ColumnExpr("project_id, id, ? AS due", bun.Ident(column)).
		Where("EXISTS (SELECT 1 FROM projects WHERE projects.id = requests.project_id AND projects.archived_at = 0)").
		OrderExpr("?", bun.Ident(column)).Limit(dueBatch).Scan(ctx, &rows)
	tasks := make([]jobs.Task, len(rows))
	for i, r := range rows {
		tasks[i] = jobs.Task{Kind: kind, Project: r.ProjectID, ID: r.ID, Due: r.Due}
	}
	return tasks, err
}

// console is who ends requests that nobody ends.
func console(project string) api.Scope {
	return api.Scope{Project: project, Actor: api.Actor{Way: api.WayJob}}
}

func (g *Service) expire(ctx context.Context, t jobs.Task) error {
	row, err := g.find(ctx, console(t.Project), t.ID)
	if api.CodeOf(err) == api.NotFound || err == nil && row.ExpiresAt > store.Micros(g.now()) {
		return nil
	}
	if err != nil {
		return err
	}
	return g.endAlone(ctx, row, api.RequestExpired, nil)
}

// endAlone is endAsRead in a transaction of its own, by nobody.
func (g *Service) endAlone(ctx context.Context, row *requestRow, state api.RequestState, why *api.Error) error {
	return g.db.InTx(ctx, func(ctx context.Context, tx bun.Tx) error {
		return g.endAsRead(ctx, tx, console(row.ProjectID), row, state, why)
	})
}

// apply carries out an approved request, if that is still to be done since then.
func (g *Service) apply(ctx context.Context, t jobs.Task) error {
	row, err := g.take(ctx, t)
	if err != nil || row == nil {
		return err
	}
	s := console(row.ProjectID)
	s.Actor, s.Reason = row.requester(), row.Reason
	s.Actor.Way, s.Actor.Addr, s.Actor.RequestID = api.WayJob, "", row.ID
	s.Grant = api.Grant{Request: row.ID, Try: store.NewID()}
	why, err := g.unfit(ctx, s, row)
	if err != nil {
		return g.again(ctx, row, err)
	}
	if why != nil {
		return g.endAlone(ctx, row, api.RequestVoid, why)
	}
	d, _, err := g.open(row)
	if err != nil {
		return g.again(ctx, row, err)
	}
	return g.settle(ctx, row, d.Do(ctx, g.next, s))
}

// take makes the request this process's for a while; nil if it is another's, or done.
func (g *Service) take(ctx context.Context, t jobs.Task) (*requestRow, error) {
	row := new(requestRow)
	err := g.db.InTx(ctx, func(ctx context.Context, tx bun.Tx) error {
		_, err := tx.NewUpdate().Model(row).Set("due_at = ?, tries = tries + 1", store.Micros(g.now().Add(lease))).
			Where("id = ? AND project_id = ? AND due_at = ? AND state = ?", t.ID, t.Project, t.Due, api.RequestApproved).
			Returning("*").Exec(ctx)
		return err
	})
	if errors.Is(err, sql.ErrNoRows) || err == nil && row.ID == "" {
		return nil, nil
	}
	return row, err
}

// unfit says why an approved request must not be carried out: rights that are gone, a
// signature that does not fit, an object that moved.
func (g *Service) unfit(ctx context.Context, s api.Scope, row *requestRow) (*api.Error, error) {
	why, err := g.astray(ctx, s, row)
	if why != nil || err != nil {
		return why, err
	}
	signed, err := g.keys.Open(row.signed(), row.Signature)
	if err != nil || signed != row.Digest || row.ApproverID == row.RequesterID {
		return api.Errorf(api.Conflict, "request.tampered"), nil
	}
	if row.ExpiresAt <= store.Micros(g.now()) {
		return api.Errorf(api.Conflict, "request.late"), nil
	}
	d, _, err := g.open(row)
	if err != nil {
		return nil, err
	}
	for user, role := range map[string]api.Role{row.RequesterID: needed(d), row.ApproverID: api.RoleApprover} {
		has, err := g.people.RoleIn(ctx, user, row.ProjectID)
		if err != nil {
			return nil, err
		}
		if has < role {
			name := row.Approver
			if user == row.RequesterID {
				name = s.Actor.User
			}
			return api.Errorf(api.Forbidden, "request.right_lost", "name", name), nil
		}
	}
	err = g.reach(ctx, s, d)
	if why, is := errors.AsType[*api.Error](err); is {
		return why, nil
	}
	return nil, err
}

// settle notes what came of it. A change notes by itself that it was made, in its own
// transaction; what is left is a call that had nothing to change.
func (g *Service) settle(ctx context.Context, row *requestRow, err error) error {
	refused, is := errors.AsType[*api.Error](err)
	switch {
	case err == nil:
		return g.endAlone(ctx, row, api.RequestApplied, nil)
	case is && refused.Message.Key == "request.meanwhile":
		return nil // its approval was used or taken back meanwhile (store.Record): it is as whoever did that left it
	case !is || refused.Code == api.Internal || refused.Code == api.Unavailable || refused.Code == api.Limit:
		return g.again(ctx, row, err)
	case refused.Code == api.Conflict || refused.Code == api.NotFound:
		return g.endAlone(ctx, row, api.RequestVoid, refused)
	}
	return g.endAlone(ctx, row, api.RequestFailed, refused)
}

// again has a request tried later that something broke at, up to a number of times.
func (g *Service) again(ctx context.Context, row *requestRow, err error) error {
	if row.Tries < maxTries {
		wait := time.Second << min(row.Tries, 6)
		failed := g.db.InTx(ctx, func(ctx context.Context, tx bun.Tx) error {
			_, err := tx.NewUpdate().Model((*requestRow)(nil)).Set("due_at = ?", store.Micros(g.now().Add(wait))).
				Where("id = ? AND due_at = ? AND state = ?", row.ID, row.DueAt, api.RequestApproved).Exec(ctx)
			return err
		})
		return errors.Join(err, failed)
	}
	g.log.Error("an approved request could not be carried out", slog.String("request", row.ID), slog.Any("error", err))
	why, is := errors.AsType[*api.Error](err)
	if !is {
		why = api.Errorf(api.Internal, "error.internal")
	}
	return g.endAlone(ctx, row, api.RequestFailed, why)
}
