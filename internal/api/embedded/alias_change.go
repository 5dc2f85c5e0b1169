package embedded

import (
	"context"
	"errors"
	"time"

	"github.com/uptrace/bun"

	"switchboard/internal/api"
	"switchboard/internal/api/routing"
	"switchboard/internal/api/store"
)

// aliasChange is an alias that is being changed: it, its function and its ramp
// are locked, in this order, until the transaction ends.
type aliasChange struct {
	row    *aliasRow
	ramp   *rampRow // the one under way, or that was; nil if there is none
	before api.AuditedAlias
	now    time.Time
	seen   int64 // the version that it had
	// moved says that the alias was changed, and not only its ramp; gone, that it was
	// removed.
	moved, gone bool
}

// describe is that of the row.
func (c *aliasChange) describe(d *api.AliasDraft) {
	c.row.describe(d)
	c.moved = true
}

// lead is that of the row.
func (c *aliasChange) lead(route routing.Route) {
	c.row.lead(route)
	c.moved = true
}

// changeAlias lets change change an alias, in the word that it returns for the
// audit log: without one, nothing is. version is what the caller has seen, or 0.
func (p *Plane) changeAlias(ctx context.Context, s api.Scope, id string, version int64,
	change func(ctx context.Context, tx bun.Tx, c *aliasChange) (action string, err error),
) (alias api.Alias, err error) {
	err = p.change(ctx, s, func(ctx context.Context, tx bun.Tx, made api.Deed) (api.Deed, error) {
		c, err := lockAlias(ctx, tx, s, id)
		if err != nil {
			return nil, err
		}
		if version != 0 && version != c.seen {
			return nil, aliasChanged(c.row.UpdatedBy)
		}
		action, err := change(ctx, tx, c)
		if err == nil {
			err = c.asMade(ctx, tx, made)
		}
		if err == nil && action != "" {
			err = c.save(ctx, tx, s, action)
		}
		alias = c.alias()
		return c.deed(), err
	})
	if err != nil {
		return api.Alias{}, err
	}
	return alias, nil
}

// aliasChanged says who changed an alias; nobody who is known did so in a region.
func aliasChanged(by string) error {
	if by == "" {
		return api.Errorf(api.Conflict, "alias.changed_there")
	}
	return api.Errorf(api.Conflict, "alias.changed", "by", api.By(by))
}

// deed is what the change is to a region, which knows of no ramps.
func (c *aliasChange) deed() api.Deed {
	switch {
	case c.gone:
		return api.DeleteAlias{ID: c.row.ID, Version: c.seen}
	case c.moved:
		return api.UpdateAlias{ID: c.row.ID, Draft: c.row.draft(), Version: c.seen}
	}
	return nil
}

// asMade describes the alias as a region keeps it, unless that is nothing which can be
// kept here: then the next reading says so.
func (c *aliasChange) asMade(ctx context.Context, tx bun.Tx, made api.Deed) error {
	as, there := made.(api.UpdateAlias)
	if !there || !c.moved {
		return nil
	}
	err := c.judge(ctx, tx, &as.Draft)
	if _, refused := errors.AsType[*api.Error](err); refused {
		return nil
	}
	if err == nil {
		c.describe(&as.Draft)
	}
	return err
}

// lockAlias begins a change. Which function the alias is of never changes, so
// that this can be read before anything is locked.
func lockAlias(ctx context.Context, tx bun.Tx, s api.Scope, id string) (*aliasChange, error) {
	found, row := new(aliasRow), new(aliasRow)
	if err := find(ctx, tx, s.Project, found, noAlias, "id = ?", id); err != nil {
		return nil, err
	}
	if _, err := lockFunction(ctx, tx, s, found.FunctionID); err != nil {
		return nil, err
	}
	if err := lock(ctx, tx, s.Project, row, noAlias, id); err != nil {
		return nil, err
	}
	ramp, err := rampUnderWay(ctx, tx, id)
	return &aliasChange{row: row, ramp: ramp, before: row.audited(ramp), now: time.Now(), seen: row.Version}, err
}

// save stores what was changed.
func (c *aliasChange) save(ctx context.Context, tx bun.Tx, s api.Scope, action string) error {
	if c.moved {
		c.row.touch(s, c.now)
		if _, err := tx.NewUpdate().Model(c.row).WherePK().Exec(ctx); err != nil {
			return err
		}
	}
	if c.ramp != nil {
		if _, err := tx.NewUpdate().Model(c.ramp).WherePK().Exec(ctx); err != nil {
			return err
		}
	}
	return store.Record(ctx, tx, s, store.Event{
		Action: action, Kind: api.KindAlias, ID: c.row.ID, Name: c.row.Name, Before: c.before, After: c.row.audited(c.ramp),
	})
}

// alias is what became of it.
func (c *aliasChange) alias() api.Alias {
	alias := c.row.alias()
	if c.ramp != nil && c.ramp.EndedAt == 0 {
		alias.Ramp = new(c.ramp.ramp())
	}
	return alias
}

// endRamp ends the ramp, if one is under way.
func (c *aliasChange) endRamp(s api.Scope, state api.RampState) {
	if c.ramp != nil {
		c.ramp.end(state, s.Actor.User, c.now)
	}
}

// judge applies every rule to what a draft makes of the alias.
func (c *aliasChange) judge(ctx context.Context, tx bun.Tx, d *api.AliasDraft) error {
	d.Name = c.row.Name
	return judgeAlias(ctx, tx, c.row.FunctionID, c.row.ID, d)
}

// UpdateAlias implements api.Aliases.
func (p *Plane) UpdateAlias(ctx context.Context, s api.Scope, id string, d api.AliasDraft, version int64) (api.Alias, error) {
	return p.changeAlias(ctx, s, id, version, func(ctx context.Context, tx bun.Tx, c *aliasChange) (string, error) {
		if err := c.judge(ctx, tx, &d); err != nil {
			return "", err
		}
		before := c.row.route()
		c.describe(&d)
		if !sameWay(before, c.row.route()) {
			c.endRamp(s, api.RampOvertaken)
		}
		return "update", nil
	})
}

// PromoteAlias implements api.Aliases.
func (p *Plane) PromoteAlias(ctx context.Context, s api.Scope, id string, version int64) (api.Alias, error) {
	return p.changeAlias(ctx, s, id, version, func(ctx context.Context, tx bun.Tx, c *aliasChange) (string, error) {
		return "promote", c.promote(ctx, tx, s)
	})
}

// promote makes the additional version the main one.
func (c *aliasChange) promote(ctx context.Context, tx bun.Tx, s api.Scope) error {
	if c.row.Additional == "" {
		return api.Errorf(api.Invalid, "alias.no_gray")
	}
	d := api.AliasDraft{Version: c.row.Additional}
	if err := c.judge(ctx, tx, &d); err != nil {
		return err
	}
	c.describe(&d)
	c.endRamp(s, api.RampPromoted)
	return nil
}

// AbortAlias implements api.Aliases.
func (p *Plane) AbortAlias(ctx context.Context, s api.Scope, id string, version int64) (api.Alias, error) {
	return p.changeAlias(ctx, s, id, version, func(_ context.Context, _ bun.Tx, c *aliasChange) (string, error) {
		if c.row.Additional == "" && c.ramp == nil {
			return "", nil
		}
		c.describe(&api.AliasDraft{Version: c.row.Main})
		c.endRamp(s, api.RampAborted)
		return "abort", nil
	})
}
