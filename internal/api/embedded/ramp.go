package embedded

import (
	"context"
	"slices"

	"github.com/uptrace/bun"

	"switchboard/internal/api"
	"switchboard/internal/api/routing"
	"switchboard/internal/api/store"
)

// maxRamps bounds what Ramps returns.
const maxRamps = 100

// Ramps implements api.Ramps.
func (p *Plane) Ramps(ctx context.Context, s api.Scope, alias string, limit int) ([]api.Ramp, error) {
	if err := find(ctx, p.db.Read, s.Project, new(aliasRow), noAlias, "id = ?", alias); err != nil {
		return nil, err
	}
	var rows []rampRow
	err := p.db.Read.NewSelect().Model(&rows).Where("alias_id = ?", alias).OrderExpr("id DESC").
		Limit(int64(min(max(limit, 1), maxRamps))).Scan(ctx)
	ramps := make([]api.Ramp, len(rows))
	for i := range rows {
		ramps[i] = rows[i].ramp()
	}
	return ramps, err
}

// ValidateRamp implements api.Ramps.
func (p *Plane) ValidateRamp(ctx context.Context, s api.Scope, alias string, d api.RampDraft) error {
	row := new(aliasRow)
	if err := find(ctx, p.db.Read, s.Project, row, noAlias, "id = ?", alias); err != nil {
		return err
	}
	_, err := row.plan(ctx, p.db.Read, &d)
	return err
}

// plan judges a ramp of the alias.
func (r *aliasRow) plan(ctx context.Context, db bun.IDB, d *api.RampDraft) ([]api.RampStep, error) {
	versions, err := versionNames(ctx, db, r.FunctionID)
	if err != nil {
		return nil, err
	}
	others, err := pointersOf(ctx, db, r.FunctionID)
	if err != nil {
		return nil, err
	}
	steps, problems := d.Plan(r.Main, func(version string) bool { return slices.Contains(versions, version) })
	taken := r.promotionTaken(others, d)
	if len(problems) == 0 && len(taken) > 0 {
		return nil, &api.Error{Code: api.Conflict, Message: taken[0].Message, Problems: taken}
	}
	return steps, api.Refuse(append(problems, taken...))
}

// promotionTaken says which alias has what the ramp is to make the main version,
// so that it could only end in a refusal.
func (r *aliasRow) promotionTaken(others []pointerRow, d *api.RampDraft) []api.Problem {
	if !d.Promote || d.Additional == api.LatestVersion { // which no ramp leads to anyhow
		return nil
	}
	for _, other := range others {
		if other.ID != r.ID && other.Main == d.Additional {
			m := api.M("ramp.promote_used", "version", d.Additional, "alias", other.Name)
			return []api.Problem{{Path: "additional", Message: m}}
		}
	}
	return nil
}

// StartRamp implements api.Ramps.
func (p *Plane) StartRamp(ctx context.Context, s api.Scope, alias string, d api.RampDraft, version int64) (api.Ramp, error) {
	started, err := p.changeAlias(ctx, s, alias, version, func(ctx context.Context, tx bun.Tx, c *aliasChange) (string, error) {
		if c.ramp != nil {
			return "", api.Errorf(api.Conflict, "ramp.under_way")
		}
		steps, err := c.row.plan(ctx, tx, &d)
		if err != nil {
			return "", err
		}
		at := store.Micros(c.now)
		c.ramp = &rampRow{
			ID: store.NewID(), ProjectID: s.Project, AliasID: alias, Main: c.row.Main, Additional: d.Additional,
			Steps: encode(steps), Promote: d.Promote, Actor: encode(s.Actor), StartedAt: at, StartedBy: s.Actor.User,
		}
		c.lead(c.ramp.route(c.row, steps[0]))
		c.ramp.hold(0, c.now)
		_, err = tx.NewInsert().Model(c.ramp).Exec(ctx)
		return "ramp_start", err
	})
	return p.steered(ctx, s, started, err)
}

// steered is the ramp of an alias after something was done to it.
func (p *Plane) steered(ctx context.Context, s api.Scope, alias api.Alias, err error) (api.Ramp, error) {
	if err != nil {
		return api.Ramp{}, err
	}
	p.remind(ctx, s, alias.Ramp)
	return *alias.Ramp, nil
}

// route is where a step of the ramp lets its alias lead.
func (r *rampRow) route(alias *aliasRow, step api.RampStep) routing.Route {
	return routing.Route{Main: r.Main, Additional: r.Additional, Weight: step.Percent, Sticky: alias.route().Sticky}
}

// SteerRamp implements api.Ramps.
func (p *Plane) SteerRamp(ctx context.Context, s api.Scope, alias string, do api.RampDeed, at int) (api.Ramp, error) {
	steered, err := p.changeAlias(ctx, s, alias, 0, func(ctx context.Context, tx bun.Tx, c *aliasChange) (string, error) {
		switch {
		case c.ramp == nil:
			return "", api.Errorf(api.NotFound, "ramp.not_found")
		case at != int(c.ramp.Step):
			return "", api.Errorf(api.Conflict, "ramp.elsewhere", "step", int(c.ramp.Step)+1)
		}
		return c.steer(ctx, tx, do)
	})
	return p.steered(ctx, s, steered, err)
}

// steer does something to the ramp, and returns the word for it in the audit
// log.
func (c *aliasChange) steer(ctx context.Context, tx bun.Tx, do api.RampDeed) (action string, err error) {
	step := int(c.ramp.Step)
	switch do {
	case api.RampPause:
		if c.ramp.State == api.RampPaused {
			return "", nil
		}
		c.ramp.pause(api.Message{})
		return "ramp_pause", nil
	case api.RampResume:
		if c.ramp.State == api.RampRunning {
			return "", nil
		}
		c.ramp.hold(step, c.now)
		return "ramp_resume", nil
	case api.RampNext:
		if step+1 == len(c.ramp.steps()) {
			return "", api.Errorf(api.Conflict, "ramp.at_last")
		}
		return "ramp_next", c.take(ctx, tx, step+1)
	case api.RampBack:
		if step == 0 {
			return "", api.Errorf(api.Conflict, "ramp.at_first")
		}
		err := c.take(ctx, tx, step-1)
		c.ramp.pause(api.Message{})
		return "ramp_back", err
	}
	return "", api.Errorf(api.Invalid, "ramp.deed")
}

// take takes a step of the ramp.
func (c *aliasChange) take(ctx context.Context, tx bun.Tx, step int) error {
	route := c.ramp.route(c.row, c.ramp.steps()[step])
	d := api.DraftOf(c.row.Name, c.row.Description, route)
	if err := c.judge(ctx, tx, &d); err != nil {
		return err
	}
	c.lead(route)
	c.ramp.hold(step, c.now)
	return nil
}
