package embedded

import (
	"context"
	"hash/fnv"
	"time"

	"github.com/uptrace/bun"

	"switchboard/internal/api"
	"switchboard/internal/api/probe"
	"switchboard/internal/api/store"
)

// CheckLink implements api.Health.
func (p *Plane) CheckLink(ctx context.Context, s api.Scope, id string) (api.Check, error) {
	row, err := p.linkRow(ctx, p.db.Read, s, "id = ?", id)
	if err != nil {
		return api.Check{}, err
	}
	check, err := p.askStored(ctx, s, row)
	if err != nil {
		return api.Check{}, err
	}
	if err := p.keep(ctx, s, row, &check, func(*linkRow) {}); err != nil {
		return api.Check{}, err
	}
	link := row.link()
	draft := api.LinkDraft{ID: link.ID, Name: link.Name, Connector: link.Connector, Inputs: link.Inputs}
	return check, p.recordTest(ctx, s, &work{draft: draft}, check)
}

// askStored asks the system behind a stored link, with its stored secrets.
func (p *Plane) askStored(ctx context.Context, s api.Scope, row *linkRow) (api.Check, error) {
	secrets, err := row.open(p.keys)
	if err != nil {
		return api.Check{}, err
	}
	target := probe.Target{Project: s.Project, Connector: row.Connector, Secrets: secrets}
	decode(row.Inputs, &target.Inputs)
	return p.prober.Check(ctx, target), nil
}

// ScheduleLink implements api.Health.
func (p *Plane) ScheduleLink(ctx context.Context, s api.Scope, id string, every time.Duration) error {
	if !api.ValidInterval(every) {
		return api.Refuse([]api.Problem{{Path: "every", Message: api.M("health.every_unknown")}})
	}
	return p.db.InTx(ctx, func(ctx context.Context, tx bun.Tx) error {
		row, err := p.lock(ctx, tx, s, id)
		if err != nil {
			return err
		}
		before := row.health().Every
		row.EveryUS = every.Microseconds()
		row.reschedule(time.Now())
		if _, err := tx.NewUpdate().Model(row).Column("every_us", "next_check_at").WherePK().Exec(ctx); err != nil {
			return err
		}
		return store.Record(ctx, tx, s, store.Event{
			Action: "schedule", Kind: kindLink, ID: id, Name: row.Name,
			Before: map[string]string{"every": before.String()}, After: map[string]string{"every": every.String()},
		})
	})
}

// EnableLink implements api.Links.
func (p *Plane) EnableLink(ctx context.Context, s api.Scope, id string, enabled bool) error {
	return p.db.InTx(ctx, func(ctx context.Context, tx bun.Tx) error {
		row, err := p.lock(ctx, tx, s, id)
		if err != nil || row.Enabled == enabled {
			return err
		}
		before, now := row.link(), time.Now()
		row.Enabled, row.UpdatedAt, row.UpdatedBy = enabled, store.Micros(now), s.Actor.User
		row.Version++
		row.reschedule(now)
		_, err = tx.NewUpdate().Model(row).
			Column("enabled", "updated_at", "updated_by", "version", "next_check_at").WherePK().Exec(ctx)
		if err != nil {
			return err
		}
		action := "disable"
		if enabled {
			action = "enable"
		}
		return store.Record(ctx, tx, s, store.Event{
			Action: action, Kind: kindLink, ID: id, Name: row.Name, Before: audited(before, nil), After: audited(row.link(), nil),
		})
	})
}

// reschedule sets when the link is due next, counted from now; never if it has
// no schedule or is not enabled.
func (r *linkRow) reschedule(now time.Time) {
	r.NextCheckAt = 0
	if r.EveryUS > 0 && r.Enabled {
		r.NextCheckAt = store.Micros(now) + r.EveryUS*(900+spread(r.ID))/1000
	}
}

// spread is a number from 0 to 200 that is a link's own: links that were
// scheduled in the same second come due over a fifth of their interval.
func spread(id string) int64 {
	h := fnv.New32a()
	_, _ = h.Write([]byte(id))
	return int64(h.Sum32() % 201)
}

// LinkChecks implements api.Health. The cursor is the last check's id.
func (p *Plane) LinkChecks(ctx context.Context, s api.Scope, id, cursor string, limit int) (api.Page[api.LinkCheck], error) {
	var page api.Page[api.LinkCheck]
	if _, err := p.linkRow(ctx, p.db.Read, s, "id = ?", id); err != nil {
		return page, err
	}
	if limit <= 0 {
		limit = api.DefaultPage
	}
	limit = min(limit, api.MaxPage)
	var rows []checkRow
	query := p.db.Read.NewSelect().Model(&rows).Where("link_id = ?", id).OrderExpr("id DESC").Limit(int64(limit + 1))
	if cursor != "" && store.Storable(cursor) {
		query = query.Where("id < ?", cursor)
	}
	if err := query.Scan(ctx); err != nil {
		return page, err
	}
	if len(rows) > limit {
		rows = rows[:limit]
		page.Next = rows[limit-1].ID
	}
	page.Items = make([]api.LinkCheck, len(rows))
	for i := range rows {
		page.Items[i] = rows[i].check()
	}
	return page, nil
}

// LinkEpisodes implements api.Health.
func (p *Plane) LinkEpisodes(ctx context.Context, s api.Scope, id string, limit int) ([]api.Episode, error) {
	if _, err := p.linkRow(ctx, p.db.Read, s, "id = ?", id); err != nil {
		return nil, err
	}
	var rows []episodeRow
	err := p.db.Read.NewSelect().Model(&rows).Where("link_id = ?", id).
		OrderExpr("id DESC").Limit(int64(min(max(limit, 1), keptEpisodes))).Scan(ctx)
	episodes := make([]api.Episode, len(rows))
	for i := range rows {
		episodes[i] = rows[i].episode()
	}
	return episodes, err
}
