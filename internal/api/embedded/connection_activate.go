package embedded

import (
	"context"
	"database/sql"
	"errors"
	"strings"
	"sync/atomic"
	"time"

	"github.com/uptrace/bun"

	"switchboard/internal/api"
	"switchboard/internal/api/jobs"
	"switchboard/internal/api/probe"
	"switchboard/internal/api/store"
)

// taskActivate is a connection that waits to be made active.
const taskActivate jobs.Kind = "activate"

// dueConnections finds connections that nobody makes active, or somebody who
// may be gone.
func dueConnections(p *Plane, now time.Time) *bun.SelectQuery {
	return p.db.Read.NewSelect().Model((*connectionRow)(nil)).ColumnExpr("project_id, id, '' AS part, activate_at AS due").
		Where("activate_at > 0").Where("activate_at <= ?", store.Micros(now))
}

// activateDue makes a connection active, if it still waits for that since then:
// it greets every address and writes down how far it is.
func (p *Plane) activateDue(ctx context.Context, t jobs.Task) error {
	row, err := p.claimConnection(context.WithoutCancel(ctx), t.ID, t.Due)
	if err != nil || row == nil {
		return err
	}
	var done atomic.Int64
	g := p.prober.Greet(ctx, row.greeting(), func() { p.progress(ctx, row, done.Add(1)) })
	if unasked(&g.Check) {
		later := time.Now()
		if ctx.Err() == nil { // it found no slot
			later = later.Add(busyDelay)
		}
		return p.putOff(context.WithoutCancel(ctx), row, later)
	}
	return p.settleConnection(context.WithoutCancel(ctx), row, g)
}

// claimConnection takes a connection, or returns nil. Of several processes one
// gets it.
func (p *Plane) claimConnection(ctx context.Context, id string, due int64) (*connectionRow, error) {
	row := new(connectionRow)
	err := p.db.InTx(ctx, func(ctx context.Context, tx bun.Tx) error {
		_, err := tx.NewUpdate().Model(row).Set("activate_at = ?", store.Micros(time.Now().Add(lease))).Set("parts_done = 0").
			Where("id = ? AND activate_at = ?", id, due).Returning("*").Exec(ctx, row)
		return err
	})
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	return row, err
}

// progress writes down that so many addresses were greeted. It is for people
// to see: if it cannot be written, that harms nothing.
func (p *Plane) progress(ctx context.Context, row *connectionRow, done int64) {
	_ = p.db.InTx(context.WithoutCancel(ctx), func(ctx context.Context, tx bun.Tx) error {
		_, err := tx.NewUpdate().Model((*connectionRow)(nil)).Set("parts_done = ?", done).
			Where("id = ? AND activate_at = ? AND parts_done < ?", row.ID, row.ActivateAt, done).Exec(ctx)
		return err
	})
}

// putBackConnections lets connections wait again that a process held which is
// gone.
func putBackConnections(ctx context.Context, tx bun.Tx) error {
	now := store.Micros(time.Now())
	_, err := tx.NewUpdate().Model((*connectionRow)(nil)).Set("activate_at = ?, parts_done = ?", now, notBegun).Where("activate_at > ?", now).Exec(ctx)
	return err
}

// putOff lets a claimed connection wait again.
func (p *Plane) putOff(ctx context.Context, row *connectionRow, until time.Time) error {
	return p.db.InTx(ctx, func(ctx context.Context, tx bun.Tx) error {
		_, err := tx.NewUpdate().Model((*connectionRow)(nil)).Set("activate_at = ?, parts_done = ?", store.Micros(until), notBegun).
			Where("id = ? AND activate_at = ?", row.ID, row.ActivateAt).Exec(ctx)
		return err
	})
}

// settleConnection writes down what became of a claimed connection, unless
// somebody else has taken it, because we were too slow.
func (p *Plane) settleConnection(ctx context.Context, claimed *connectionRow, g probe.Greeting) error {
	s := api.Scope{Project: claimed.ProjectID, Actor: api.Actor{Way: api.WayJob}}
	var event *eventRow
	err := p.db.InTx(ctx, func(ctx context.Context, tx bun.Tx) error {
		row := new(connectionRow)
		err := lock(ctx, tx, s.Project, row, row.missing(), claimed.ID)
		if err != nil || row.ActivateAt != claimed.ActivateAt {
			return err
		}
		row.become(g)
		if event, err = take(ctx, tx, s, row, &g.Check); err != nil {
			return err
		}
		if _, err := tx.NewUpdate().Model(row).WherePK().Exec(ctx); err != nil {
			return err
		}
		return store.Record(ctx, tx, s, store.Event{
			Action: map[api.ConnectionState]string{api.ConnectionActive: "activate", api.ConnectionFailed: "fail"}[row.State],
			Kind:   api.KindConnection, ID: row.ID, Name: row.Name,
			Before: claimed.audited(), After: row.audited(),
		})
	})
	if err == nil {
		p.announce(ctx, event)
	}
	return err
}

// become makes a locked row what its greeting says.
func (r *connectionRow) become(g probe.Greeting) {
	r.ActivateAt = 0
	if len(g.Answered) > 0 {
		r.State, r.Address, r.PartsDone = api.ConnectionActive, strings.Join(g.Answered, ","), r.Parts
	} else {
		r.State, r.Message, r.PartsDone = api.ConnectionFailed, encode(r.whyFailed(&g.Check)), r.Parts-1
	}
	reschedule(r, time.Now())
}

// whyFailed says at which step a greeting failed, or why there was none.
func (r *connectionRow) whyFailed(c *api.Check) api.Message {
	step := c.Failure()
	if step == nil {
		step = &api.Step{Name: api.StepForm, Message: api.M("check.form_only")}
		d := r.draft()
		if problems := d.AddressProblems(); len(problems) > 0 {
			step.Message = problems[0].Message
		}
	}
	name := api.M("step." + string(step.Name))
	if step.At != "" {
		return api.M("connection.failed_at", "address", step.At, "step", name, "reason", step.Message)
	}
	return api.M("connection.failed", "step", name, "reason", step.Message)
}
