package embedded

import (
	"context"
	"time"

	"github.com/uptrace/bun"

	"switchboard/internal/api"
	"switchboard/internal/api/store"
)

// recentLetters stand for statuses in watched.Recent. Checks that say nothing
// about the system have none.
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

// watched is what the row of a subject says about its checks: the last one, how
// often it is made and when it is due, and what a list shows of those before.
type watched struct {
	CheckStatus string
	CheckedAt   int64
	CheckJSON   string
	EveryUS     int64 `bun:"every_us"`
	NextCheckAt int64
	LastGoodAt  int64
	StateSince  int64
	Recent      string // a letter for each, newest last
}

// pulseColumns are those that a list reads: all but the steps of the check.
var pulseColumns = []string{
	"check_status", "checked_at", "every_us", "next_check_at", "last_good_at", "state_since", "recent",
}

func (w *watched) watch() *watched { return w }

// gone implements subject for rows that go when the thing is deleted.
func (w *watched) gone() bool { return false }

// check is the last one, nil if there was none.
func (w *watched) check() *api.Check {
	if w.CheckStatus == "" {
		return nil
	}
	c := &api.Check{Status: api.Status(w.CheckStatus), At: store.Time(w.CheckedAt)}
	decode(w.CheckJSON, c)
	return c
}

// pulse is what a list says.
func (w *watched) pulse() api.Pulse {
	h := api.Pulse{
		Every: time.Duration(w.EveryUS) * time.Microsecond, Next: store.Time(w.NextCheckAt),
		LastGood: store.Time(w.LastGoodAt), Since: store.Time(w.StateSince),
	}
	if w.Recent != "" {
		h.Recent = make([]api.Status, len(w.Recent))
		for i := range w.Recent {
			h.Recent[i] = recentStatus(w.Recent[i])
		}
	}
	return h
}

// telling reports whether a check says something about the system: one that
// looked at the form alone does not, nor one that never got to ask.
func telling(c *api.Check) bool {
	step := c.Failure()
	return recentLetters[c.Status] != "" && !unasked(c) && (step == nil || step.Message.Key != typedElsewhere)
}

// unasked reports whether a check ended before it could ask: the console was
// busy, or somebody cancelled it.
func unasked(c *api.Check) bool {
	step := c.Failure()
	return step != nil && (step.Message.Key == "check.busy" || step.Message.Key == "check.cancelled")
}

// note takes a check into the columns of the row and reports whether the state
// changed: from good to failed or back. The first check that fails is a change,
// the first good one is not.
func (w *watched) note(c *api.Check) (changed bool) {
	was, failed := w.Recent, c.Status == api.Failed
	wasFailed := was != "" && was[len(was)-1:] == recentLetters[api.Failed]
	if was == "" || wasFailed != failed {
		w.StateSince = store.Micros(c.At)
	}
	if !failed {
		w.LastGoodAt = store.Micros(c.At)
	}
	w.Recent += recentLetters[c.Status]
	w.Recent = w.Recent[max(0, len(w.Recent)-api.RecentChecks):]
	w.CheckStatus, w.CheckedAt, w.CheckJSON = string(c.Status), store.Micros(c.At), encode(c)
	return wasFailed != failed
}

// checkColumns are those that note changes.
var checkColumns = []string{
	"check_status", "checked_at", "check_json", "last_good_at", "state_since", "recent", "next_check_at",
}

// keep writes down what a check of a stored subject said. then may set what else
// becomes of the locked row; it is called even if the check tells nothing. What
// was changed or deleted meanwhile is left alone.
func (p *Plane) keep(ctx context.Context, s api.Scope, seen subject, c *api.Check, then func(subject)) error {
	var event *eventRow
	err := p.db.InTx(context.WithoutCancel(ctx), func(ctx context.Context, tx bun.Tx) (err error) {
		event, err = keepIn(ctx, tx, s, seen, c, then)
		return err
	})
	if err == nil {
		p.announce(ctx, event)
	}
	return err
}

// keepIn is keep in the caller's transaction. The caller announces the event.
func keepIn(ctx context.Context, tx bun.Tx, s api.Scope, seen subject, c *api.Check, then func(subject)) (*eventRow, error) {
	row, err := lockSubject(ctx, tx, s, seen.about().Kind, seen.about().ID)
	if api.CodeOf(err) == api.NotFound {
		return nil, nil
	}
	if err != nil || row.asks() != seen.asks() {
		return nil, err
	}
	then(row)
	event, err := take(ctx, tx, s, row, c)
	if err != nil {
		return nil, err
	}
	return event, update(ctx, tx, row, checkColumns...)
}

// take takes a check into a subject: its row, which the caller has locked, or
// made, and stores, and its history. If the state changed it returns the event
// to be told. A check that tells nothing changes nothing.
func take(ctx context.Context, tx bun.Tx, s api.Scope, row subject, c *api.Check) (*eventRow, error) {
	if !telling(c) {
		return nil, nil
	}
	changed := row.watch().note(c)
	return chronicle(ctx, tx, s, row, c, changed)
}

// checkRow is one check in the history of a subject.
type checkRow struct {
	bun.BaseModel `bun:"table:checks"`

	ID        string `bun:"id,pk"`
	Kind      api.Kind
	ObjectID  string
	At        int64
	Status    string
	Took      int64
	CheckJSON string
	CheckedBy string
	Way       string
	Changed   bool
}

func (r *checkRow) check() api.PastCheck {
	c := api.PastCheck{ID: r.ID, By: r.CheckedBy, Way: api.Way(r.Way), Changed: r.Changed}
	decode(r.CheckJSON, &c.Check)
	return c
}

// chronicle writes the history of a subject whose row has noted the check: the
// check, its episode and, if the state changed, the event to be told, which it
// returns.
func chronicle(ctx context.Context, tx bun.Tx, s api.Scope, of subject, c *api.Check, changed bool) (event *eventRow, err error) {
	a := of.about()
	otherwise, err := tellEpisode(ctx, tx, a, c)
	if err != nil {
		return nil, err
	}
	row := &checkRow{
		ID: store.NewID(), Kind: a.Kind, ObjectID: a.ID, At: store.Micros(c.At), Status: string(c.Status), Took: c.Took.Microseconds(),
		CheckJSON: of.watch().CheckJSON, CheckedBy: s.Actor.User, Way: string(s.Actor.Way), Changed: otherwise,
	}
	if _, err := tx.NewInsert().Model(row).Exec(ctx); err != nil {
		return nil, err
	}
	if err := prune(ctx, tx, (*checkRow)(nil), "object_id", a.ID, api.KeptChecks); err != nil || !changed {
		return nil, err
	}
	return raise(ctx, tx, s, a, c)
}

// dropHistory deletes the history of a subject that is deleted.
func dropHistory(ctx context.Context, tx bun.Tx, id string) error {
	for _, model := range []any{(*checkRow)(nil), (*episodeRow)(nil)} {
		if _, err := tx.NewDelete().Model(model).Where("object_id = ?", id).Exec(ctx); err != nil {
			return err
		}
	}
	return nil
}
