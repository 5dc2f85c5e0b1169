package embedded

import (
	"context"
	"hash/fnv"
	"time"

	"github.com/uptrace/bun"

	"switchboard/internal/api"
	"switchboard/internal/api/store"
)

// Recheck implements api.Health.
func (p *Plane) Recheck(ctx context.Context, s api.Scope, kind api.Kind, id string) (api.Check, error) {
	row, err := findSubject(ctx, p.db.Read, s, kind, id)
	if err != nil {
		return api.Check{}, err
	}
	check, err := row.ask(ctx, p, s)
	if err != nil {
		return api.Check{}, err
	}
	if err := p.keep(ctx, s, row, &check, func(subject) {}); err != nil {
		return api.Check{}, err
	}
	return check, p.recordAsked(ctx, s, "test", row.about(), check)
}

// recordAsked writes down who asked where, by what action and how it ended (S3:
// who used the console to look around), also when nobody waits for the answer
// any more.
func (p *Plane) recordAsked(ctx context.Context, s api.Scope, action string, a about, check api.Check) error {
	after := struct {
		Connector string       `json:"connector,omitempty"`
		Service   string       `json:"service,omitempty"`
		Endpoint  string       `json:"endpoint"`
		Status    api.Status   `json:"status"`
		Failed    api.StepName `json:"failed,omitempty"`
	}{Connector: a.Connector, Service: a.Service, Endpoint: a.Endpoint, Status: check.Status}
	if step := check.Failure(); step != nil {
		after.Failed = step.Name
	}
	return p.db.InTx(context.WithoutCancel(ctx), func(ctx context.Context, tx bun.Tx) error {
		return store.Record(ctx, tx, s, store.Event{Action: action, Kind: a.Kind, ID: a.ID, Name: a.Name, After: after})
	})
}

// Schedule implements api.Health.
func (p *Plane) Schedule(ctx context.Context, s api.Scope, kind api.Kind, id string, every time.Duration) error {
	if !api.ValidInterval(every) {
		return api.Refuse([]api.Problem{{Path: "every", Message: api.M("health.every_unknown")}})
	}
	return p.db.InTx(ctx, func(ctx context.Context, tx bun.Tx) error {
		row, err := lockSubject(ctx, tx, s, kind, id)
		if err != nil {
			return err
		}
		before := row.watch().pulse().Every
		row.watch().EveryUS = every.Microseconds()
		reschedule(row, time.Now())
		if err := update(ctx, tx, row, "every_us", "next_check_at"); err != nil {
			return err
		}
		return store.Record(ctx, tx, s, store.Event{
			Action: "schedule", Kind: kind, ID: id, Name: row.about().Name,
			Before: map[string]string{"every": before.String()}, After: map[string]string{"every": every.String()},
		})
	})
}

// reschedule sets when a subject is due next, counted from now; never if it has
// no schedule or is not active.
func reschedule(row subject, now time.Time) {
	w := row.watch()
	w.NextCheckAt = 0
	if w.EveryUS > 0 && row.active() {
		w.NextCheckAt = store.Micros(now) + w.EveryUS*(900+spread(row.about().ID))/1000
	}
}

// spread is a number from 0 to 200 that is a thing's own: what was scheduled in
// the same second comes due over a fifth of the interval.
func spread(id string) int64 {
	h := fnv.New32a()
	_, _ = h.Write([]byte(id))
	return int64(h.Sum32() % 201)
}

// pastChecks are sorted by their ids, newest first.
var pastChecks = orders[checkRow]{"": {[]string{"id"}, func(r *checkRow) []any { return []any{r.ID} }}}

// PastChecks implements api.Health.
func (p *Plane) PastChecks(ctx context.Context, s api.Scope, kind api.Kind, id, cursor string, limit int) (api.Page[api.PastCheck], error) {
	if _, err := findSubject(ctx, p.db.Read, s, kind, id); err != nil {
		return api.Page[api.PastCheck]{}, err
	}
	query := p.db.Read.NewSelect().Model((*checkRow)(nil)).Where("object_id = ?", id)
	return list(ctx, query, asked{Desc: true, Cursor: cursor, Limit: limit}, pastChecks, (*checkRow).check)
}

// Episodes implements api.Health.
func (p *Plane) Episodes(ctx context.Context, s api.Scope, kind api.Kind, id string, limit int) ([]api.Episode, error) {
	if _, err := findSubject(ctx, p.db.Read, s, kind, id); err != nil {
		return nil, err
	}
	var rows []episodeRow
	err := p.db.Read.NewSelect().Model(&rows).Where("object_id = ?", id).
		OrderExpr("id DESC").Limit(int64(min(max(limit, 1), keptEpisodes))).Scan(ctx)
	episodes := make([]api.Episode, len(rows))
	for i := range rows {
		episodes[i] = rows[i].episode()
	}
	return episodes, err
}
