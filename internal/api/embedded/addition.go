package embedded

import (
	"context"
	"time"

	"github.com/uptrace/bun"

	"switchboard/internal/api"
	"switchboard/internal/api/jobs"
	"switchboard/internal/api/store"
)

const noAddition = "permission.addition_not_found"

// keptAdditions is how many of a service are kept; more go on only if more are
// under way.
const keptAdditions = 50

// additionRow is an addition as it is stored.
type additionRow struct {
	bun.BaseModel `bun:"table:permission_additions"`

	ID        string `bun:"id,pk"`
	ProjectID string
	ServiceID string
	Actor     string
	StartedAt int64
	EndedAt   int64
	Stopped   bool
	Total     int
	Done      int
	Added     int
	Drafts    string
	Refused   string
	HeldUntil int64 // until when one process has a batch added in a region
}

// addition is the row as the domain knows it.
func (r *additionRow) addition() api.Addition {
	a := api.Addition{
		ID: r.ID, Service: r.ServiceID, Started: api.Stamp{At: store.Time(r.StartedAt), By: r.scope().Actor.User},
		Ended: store.Time(r.EndedAt), Stopped: r.Stopped, Total: r.Total, Done: r.Done, Added: r.Added,
	}
	decode(r.Refused, &a.Refused)
	return a
}

// scope is that of who started it.
func (r *additionRow) scope() api.Scope {
	s := api.Scope{Project: r.ProjectID}
	decode(r.Actor, &s.Actor)
	return s
}

// StartAddition implements api.Whitelist.
func (p *Plane) StartAddition(ctx context.Context, s api.Scope, service string, drafts []api.PermissionDraft) (api.Addition, error) {
	if len(drafts) == 0 {
		return api.Addition{}, api.Errorf(api.Invalid, "permission.none")
	}
	verdicts, err := p.JudgePermissions(ctx, s, service, drafts)
	if err != nil {
		return api.Addition{}, err
	}
	if err := api.Refuse(api.VerdictProblems(verdicts)); err != nil {
		return api.Addition{}, err
	}
	row := &additionRow{ID: store.NewID(), ProjectID: s.Project, ServiceID: service, Actor: encode(s.Actor), Total: len(drafts)}
	if row.Drafts, err = pack(drafts); err != nil {
		return api.Addition{}, err
	}
	err = p.changeWhitelist(ctx, s, service, func(ctx context.Context, tx bun.Tx, svc *serviceRow, now time.Time) error {
		return svc.begin(ctx, tx, s, row, now)
	})
	if err != nil {
		return api.Addition{}, err
	}
	p.nudge(ctx, jobs.Task{Kind: taskAddition, Project: s.Project, ID: row.ID, Due: row.StartedAt})
	return row.addition(), nil
}

// begin writes down an addition to the whitelist of the locked service, if that
// has room for it.
func (r *serviceRow) begin(ctx context.Context, tx bun.Tx, s api.Scope, row *additionRow, now time.Time) error {
	room, err := r.room(ctx, tx, now)
	if err != nil {
		return err
	}
	if row.Total > room {
		return &api.Error{Code: api.Limit, Message: fullMessage()}
	}
	row.StartedAt = store.Micros(now)
	if _, err := tx.NewInsert().Model(row).Exec(ctx); err != nil {
		return err
	}
	last := tx.NewSelect().Model(row).Column("id").Where("service_id = ?", r.ID).
		OrderExpr("id DESC").Limit(1).Offset(keptAdditions - 1)
	_, err = tx.NewDelete().Model(row).Where("service_id = ? AND ended_at > 0", r.ID).Where("id < (?)", last).Exec(ctx)
	if err != nil {
		return err
	}
	return r.record(ctx, tx, s, "begin", nil, map[string]any{"addition": row.ID, "total": row.Total})
}

// Addition implements api.Whitelist.
func (p *Plane) Addition(ctx context.Context, s api.Scope, service, id string) (api.Addition, error) {
	row := new(additionRow)
	if !store.Storable(service, id) {
		return api.Addition{}, api.Errorf(api.NotFound, noAddition)
	}
	err := p.db.Read.NewSelect().Model(row).ExcludeColumn("drafts").
		Where("id = ? AND service_id = ? AND project_id = ?", id, service, s.Project).Scan(ctx)
	if err := orMissing(err, noAddition); err != nil {
		return api.Addition{}, err
	}
	return row.addition(), nil
}

// Additions implements api.Whitelist.
func (p *Plane) Additions(ctx context.Context, s api.Scope, service string, limit int) ([]api.Addition, error) {
	var rows []additionRow
	if !store.Storable(service) {
		return nil, nil
	}
	err := p.db.Read.NewSelect().Model(&rows).ExcludeColumn("drafts", "refused").
		Where("service_id = ? AND project_id = ?", service, s.Project).OrderExpr("id DESC").Limit(int64(limit)).Scan(ctx)
	additions := make([]api.Addition, len(rows))
	for i := range rows {
		additions[i] = rows[i].addition()
	}
	return additions, err
}

// CancelAddition implements api.Whitelist. Who works it sees that before the
// next batch; in a region it is he who ends it, because a batch may be on its way there.
func (p *Plane) CancelAddition(ctx context.Context, s api.Scope, service, id string) error {
	if _, err := p.Addition(ctx, s, service, id); err != nil {
		return err
	}
	return p.changeWhitelist(ctx, s, service, func(ctx context.Context, tx bun.Tx, svc *serviceRow, now time.Time) error {
		row, err := openAddition(ctx, tx, id)
		if err != nil || row == nil || row.Stopped {
			return err
		}
		row.Stopped = true
		if svc.Away {
			err = update(ctx, tx, row, "stopped")
		} else {
			row.end(now)
			err = update(ctx, tx, row, "stopped", "ended_at", "drafts")
		}
		if err != nil {
			return err
		}
		return svc.record(ctx, tx, s, "cancel", nil, map[string]any{"addition": id, "total": row.Total, "added": row.Added})
	})
}

// end ends an addition; what it was to add is not needed any more.
func (r *additionRow) end(now time.Time) { r.EndedAt, r.Drafts = store.Micros(now), "" }
