package embedded

import (
	"context"
	"time"

	"github.com/uptrace/bun"

	"switchboard/internal/api"
	"switchboard/internal/api/store"
)

// recentLetters stand for statuses in linkRow.Recent. Checks that say nothing
// about the system behind the link have none.
var recentLetters = map[api.Status]string{api.Passed: "p", api.Warned: "w", api.Failed: "f"}

// recentStatus is the status that a letter stands for; lists read many.
func recentStatus(letter byte) api.Status {
	switch letter {
	case 'p':
		return api.Passed
	case 'w':
		return api.Warned
	}
	return api.Failed
}

// health is what the row says about the link's checks.
func (r *linkRow) health() api.LinkHealth {
	h := api.LinkHealth{
		Every: time.Duration(r.EveryUS) * time.Microsecond, Next: store.Time(r.NextCheckAt),
		LastGood: store.Time(r.LastGoodAt), Since: store.Time(r.StateSince),
	}
	if r.Recent != "" {
		h.Recent = make([]api.Status, len(r.Recent))
		for i := range r.Recent {
			h.Recent[i] = recentStatus(r.Recent[i])
		}
	}
	return h
}

// telling reports whether a check says something about the system: one that
// looked at the form alone does not, nor one that never got to ask.
func telling(c *api.Check) bool { return recentLetters[c.Status] != "" && !unasked(c) }

// unasked reports whether a check ended before it could ask: the console was
// busy, or somebody cancelled it.
func unasked(c *api.Check) bool {
	step := c.Failure()
	return step != nil && (step.Message.Key == "check.busy" || step.Message.Key == "check.cancelled")
}

// note takes a check into the columns of the row and reports whether the state
// changed: from good to failed or back. The first check that fails is a change,
// the first good one is not.
func (r *linkRow) note(c *api.Check) (changed bool) {
	was, failed := r.Recent, c.Status == api.Failed
	wasFailed := was != "" && was[len(was)-1:] == recentLetters[api.Failed]
	if was == "" || wasFailed != failed {
		r.StateSince = store.Micros(c.At)
	}
	if !failed {
		r.LastGoodAt = store.Micros(c.At)
	}
	r.Recent += recentLetters[c.Status]
	r.Recent = r.Recent[max(0, len(r.Recent)-api.RecentChecks):]
	r.CheckStatus, r.CheckedAt, r.CheckJSON = string(c.Status), store.Micros(c.At), encode(c)
	return wasFailed != failed
}

// checkColumns are those that note changes.
var checkColumns = []string{
	"check_status", "checked_at", "check_json", "last_good_at", "state_since", "recent", "next_check_at",
}

// lock reads a link and keeps others from changing it until the transaction
// ends. Whoever changes a link and what belongs to it locks the link first.
func (p *Plane) lock(ctx context.Context, tx bun.Tx, s api.Scope, id string) (*linkRow, error) {
	var rows []linkRow
	if !store.Storable(id) {
		return nil, api.Errorf(api.NotFound, "link.not_found")
	}
	_, err := tx.NewUpdate().Model((*linkRow)(nil)).Set("version = version").
		Where("id = ? AND project_id = ?", id, s.Project).Returning("*").Exec(ctx, &rows)
	if err != nil {
		return nil, err
	}
	if len(rows) == 0 {
		return nil, api.Errorf(api.NotFound, "link.not_found")
	}
	return &rows[0], nil
}

// asked reports whether the row still asks what it asked when seen was read: a
// check of what it was says nothing about what it is.
func (r *linkRow) asked(seen *linkRow) bool {
	return r.Inputs == seen.Inputs && r.Sealed == seen.Sealed
}

// keep writes down what a check of a stored link said. then may set what else
// becomes of the locked row; it is called even if the check tells nothing. A
// link that was changed or deleted meanwhile is left alone.
func (p *Plane) keep(ctx context.Context, s api.Scope, seen *linkRow, c *api.Check, then func(*linkRow)) error {
	var event *eventRow
	err := p.db.InTx(context.WithoutCancel(ctx), func(ctx context.Context, tx bun.Tx) error {
		row, err := p.lock(ctx, tx, s, seen.ID)
		if api.CodeOf(err) == api.NotFound {
			return nil
		}
		if err != nil || !row.asked(seen) {
			return err
		}
		then(row)
		if telling(c) {
			changed := row.note(c)
			if event, err = chronicle(ctx, tx, s, row, c, changed); err != nil {
				return err
			}
		}
		_, err = tx.NewUpdate().Model(row).Column(checkColumns...).WherePK().Exec(ctx)
		return err
	})
	if err == nil {
		p.announce(ctx, event)
	}
	return err
}

// checkRow is one check in the history of a link.
type checkRow struct {
	bun.BaseModel `bun:"table:link_checks"`

	ID        string `bun:"id,pk"`
	LinkID    string
	At        int64
	Status    string
	Took      int64
	CheckJSON string
	CheckedBy string
	Way       string
	Changed   bool
}

func (r *checkRow) check() api.LinkCheck {
	c := api.LinkCheck{ID: r.ID, By: r.CheckedBy, Way: api.Way(r.Way), Changed: r.Changed}
	decode(r.CheckJSON, &c.Check)
	return c
}

// chronicle writes the history of a link whose row has noted the check: the
// check, its episode and, if the state changed, the event to be told, which it
// returns. The link is locked.
func chronicle(ctx context.Context, tx bun.Tx, s api.Scope, link *linkRow, c *api.Check, changed bool) (event *eventRow, err error) {
	otherwise, err := tellEpisode(ctx, tx, link.ID, c)
	if err != nil {
		return nil, err
	}
	row := &checkRow{
		ID: store.NewID(), LinkID: link.ID, At: store.Micros(c.At), Status: string(c.Status), Took: c.Took.Microseconds(),
		CheckJSON: link.CheckJSON, CheckedBy: s.Actor.User, Way: string(s.Actor.Way), Changed: otherwise,
	}
	if _, err := tx.NewInsert().Model(row).Exec(ctx); err != nil {
		return nil, err
	}
	if err := prune(ctx, tx, (*checkRow)(nil), "link_id", link.ID, api.KeptChecks); err != nil || !changed {
		return nil, err
	}
	return raise(ctx, tx, s, link, c)
}

// prune deletes all but the newest rows of one owner.
func prune(ctx context.Context, tx bun.Tx, model any, owner, id string, kept int64) error {
	last := tx.NewSelect().Model(model).Column("id").Where("? = ?", bun.Ident(owner), id).
		OrderExpr("id DESC").Limit(1).Offset(kept - 1)
	_, err := tx.NewDelete().Model(model).Where("? = ?", bun.Ident(owner), id).Where("id < (?)", last).Exec(ctx)
	return err
}
