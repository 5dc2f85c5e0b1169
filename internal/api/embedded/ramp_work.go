package embedded

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"time"

	"github.com/uptrace/bun"

	"switchboard/internal/api"
	"switchboard/internal/api/jobs"
	"switchboard/internal/api/routing"
	"switchboard/internal/api/store"
)

// taskRamp is a ramp whose next step is due.
const taskRamp jobs.Kind = "ramp"

// dueRamps finds ramps that go on by themselves.
func dueRamps(p *Plane, now time.Time) *bun.SelectQuery {
	return p.db.Read.NewSelect().Model((*rampRow)(nil)).ColumnExpr("project_id, id, '' AS part, next_at AS due").
		Where("next_at > 0").Where("next_at <= ?", store.Micros(now))
}

// notNow are refusals by a region after which a step is tried again.
var notNow = []api.Code{api.Unavailable, api.Limit}

// workRamp takes the next step of a ramp, if that is still due since then. Of
// several processes one finds it so: the step moves next_at in the transaction
// that moves the weight.
func (p *Plane) workRamp(ctx context.Context, t jobs.Task) error {
	row := new(rampRow)
	err := p.db.Read.NewSelect().Model(row).Where("id = ? AND next_at = ?", t.ID, t.Due).Scan(ctx)
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	if err != nil {
		return err
	}
	s := row.scope()
	if err := p.lookAt(ctx, s, row.AliasID); err != nil {
		return err
	}
	step := func(do func(ctx context.Context, tx bun.Tx, c *aliasChange) (string, error)) (api.Alias, error) {
		return p.changeAlias(ctx, s, row.AliasID, 0, func(ctx context.Context, tx bun.Tx, c *aliasChange) (string, error) {
			if c.ramp == nil || c.ramp.ID != t.ID || c.ramp.NextAt != t.Due {
				return "", nil
			}
			return do(ctx, tx, c)
		})
	}
	alias, err := step(func(ctx context.Context, tx bun.Tx, c *aliasChange) (string, error) { return c.goOn(ctx, tx, s) })
	if refused, ok := errors.AsType[*api.Error](err); ok && !slices.Contains(notNow, refused.Code) {
		alias, err = step(func(_ context.Context, _ bun.Tx, c *aliasChange) (string, error) { return c.pauseRefused(refused) })
	}
	if api.CodeOf(err) == api.NotFound {
		return nil // the alias was deleted meanwhile
	}
	p.remind(ctx, s, alias.Ramp)
	return err
}

// lookAt has what a region says of an alias taken over before a step is taken: whoever
// led the alias elsewhere there is not overruled by a plan. It fails while the region
// does not answer, and so the step is taken later.
func (p *Plane) lookAt(ctx context.Context, s api.Scope, alias string) error {
	away, err := p.away(ctx, s.Project)
	if err != nil || !away {
		return err
	}
	stored, err := p.Alias(ctx, s, alias)
	if api.CodeOf(err) == api.NotFound {
		return nil
	}
	if err != nil {
		return err
	}
	seen, err := p.upstream.Refresh(ctx, s, api.KindFunction, stored.Function.ID)
	if err == nil && !seen.Trouble.IsZero() {
		err = &api.Error{Code: api.Unavailable, Message: seen.Trouble}
	}
	return err
}

// scope is on whose behalf steps are taken.
func (r *rampRow) scope() api.Scope {
	s := api.Scope{Project: r.ProjectID}
	decode(r.Actor, &s.Actor)
	s.Actor.Way, s.Actor.Addr, s.Actor.RequestID = api.WayJob, "", ""
	return s
}

// goOn takes the ramp's next step, or promotes after the last one. If that is
// refused, the ramp pauses and says why.
func (c *aliasChange) goOn(ctx context.Context, tx bun.Tx, s api.Scope) (action string, err error) {
	if !c.asLed() {
		c.ramp.end(api.RampOvertaken, c.row.UpdatedBy, c.now)
		return "ramp_overtaken", nil
	}
	if next := int(c.ramp.Step) + 1; next < len(c.ramp.steps()) {
		action, err = "ramp_next", c.take(ctx, tx, next)
	} else {
		action, err = "promote", c.promote(ctx, tx, s)
	}
	if refused, ok := errors.AsType[*api.Error](err); ok {
		return c.pauseRefused(refused)
	}
	return action, err
}

// pauseRefused lets the ramp wait for somebody, and says why.
func (c *aliasChange) pauseRefused(refused *api.Error) (action string, err error) {
	c.ramp.pause(whyRefused(refused))
	return "ramp_pause", nil
}

// asLed reports whether the alias leads where the ramp's last step let it.
func (c *aliasChange) asLed() bool {
	return sameWay(c.ramp.route(c.row, c.ramp.steps()[c.ramp.Step]), c.row.route())
}

// sameWay reports whether two routes of an alias share its requests alike.
func sameWay(a, b routing.Route) bool {
	return a.Main == b.Main && a.Additional == b.Additional && a.Weight == b.Weight && a.Any() == b.Any() &&
		encode(a.Rules) == encode(b.Rules)
}

// whyRefused is the first thing that is wrong.
func whyRefused(e *api.Error) api.Message {
	if len(e.Problems) > 0 {
		return e.Problems[0].Message
	}
	return e.Message
}

// remind has the next step of a ramp taken in time, if it is due before the next
// tick would find it.
func (p *Plane) remind(ctx context.Context, s api.Scope, ramp *api.Ramp) {
	if ramp == nil || ramp.Next.IsZero() {
		return
	}
	task := jobs.Task{Kind: taskRamp, Project: s.Project, ID: ramp.ID, Due: store.Micros(ramp.Next)}
	if wait := time.Until(ramp.Next); wait < jobs.DefaultTick {
		time.AfterFunc(wait, func() { p.nudge(ctx, task) })
	}
}
