package embedded

import (
	"context"
	"errors"
	"time"

	"github.com/uptrace/bun"

	"switchboard/internal/api"
	"switchboard/internal/api/store"
)

// Link implements api.Links.
func (p *Plane) Link(ctx context.Context, s api.Scope, id string) (api.Link, error) {
	row, err := p.linkRow(ctx, p.db.Read, s, "id = ?", id)
	if err != nil {
		return api.Link{}, err
	}
	return row.link(), nil
}

// FindLink implements api.Links.
func (p *Plane) FindLink(ctx context.Context, s api.Scope, cluster, name string) (api.Link, error) {
	row, err := p.linkRow(ctx, p.db.Read, s, "cluster = ? AND name = ?", cluster, name)
	if err != nil {
		return api.Link{}, err
	}
	return row.link(), nil
}

func (p *Plane) linkRow(ctx context.Context, db bun.IDB, s api.Scope, where string, args ...any) (*linkRow, error) {
	row := new(linkRow)
	return row, find(ctx, db, s.Project, row, row.missing(), where, args...)
}

// lock reads a link and keeps others from changing it until the transaction
// ends.
func (p *Plane) lock(ctx context.Context, tx bun.Tx, s api.Scope, id string) (*linkRow, error) {
	row := new(linkRow)
	return row, lock(ctx, tx, s.Project, row, row.missing(), id)
}

// ValidateLink implements api.Links.
func (p *Plane) ValidateLink(ctx context.Context, s api.Scope, d api.LinkDraft) error {
	_, err := p.judge(ctx, s, d, true)
	return err
}

// TestLink implements api.Links.
func (p *Plane) TestLink(ctx context.Context, s api.Scope, d api.LinkDraft) (api.Check, error) {
	w, err := p.work(ctx, s, d)
	if err != nil {
		return api.Check{}, err
	}
	if err := api.Refuse(w.draft.InputProblems(w.from)); err != nil {
		return api.Check{}, err
	}
	check := w.ask(ctx, p, s, api.Connect)
	return check, p.recordAsked(ctx, s, "test", w.about(), check)
}

// CreateLink implements api.Links.
func (p *Plane) CreateLink(ctx context.Context, s api.Scope, d api.LinkDraft, depth api.Depth) (api.Link, error) {
	// Before a slow check it is kind to say first that the name is taken; when
	// there is none, the insert below finds out at no cost.
	w, err := p.judge(ctx, s, d, depth != api.Shape)
	if err != nil {
		return api.Link{}, err
	}
	check := w.ask(ctx, p, s, depth)
	if err := p.passes(ctx, s, w, check, depth); err != nil {
		return api.Link{}, err
	}
	made, done, err := there(ctx, p, s, api.CreateLink{ID: store.NewID(), Draft: w.whole(), Depth: depth})
	if err != nil {
		return api.Link{}, err
	}
	defer done()
	w.draft = made.Draft
	row := w.row(p, made.ID, s, check, time.Now())
	var event *eventRow
	err = p.db.InTx(ctx, func(ctx context.Context, tx bun.Tx) (err error) {
		if event, err = insert(ctx, tx, s, row, &check); err != nil {
			return err
		}
		return store.Record(ctx, tx, s, store.Event{
			Action: "create", Kind: api.KindLink, ID: row.ID, Name: row.Name, After: audited(row.link(), d.Secrets),
		})
	})
	if err == nil {
		p.announce(ctx, event)
	}
	if errors.Is(err, store.ErrDuplicate) {
		err = taken(nil)
	}
	return row.link(), err
}

// insert writes the row of a new link, with its first check. A link that was
// checked is checked again on a schedule.
func insert(ctx context.Context, tx bun.Tx, s api.Scope, row *linkRow, c *api.Check) (event *eventRow, err error) {
	row.CreatedAt, row.CreatedBy, row.Version = row.UpdatedAt, row.UpdatedBy, 1
	if c.Status != api.FormOnly {
		row.EveryUS = api.DefaultInterval.Microseconds()
		reschedule(row, store.Time(row.CreatedAt))
	}
	if event, err = take(ctx, tx, s, row, c); err != nil {
		return nil, err
	}
	_, err = tx.NewInsert().Model(row).Exec(ctx)
	return event, err
}

// UpdateLink implements api.Links.
func (p *Plane) UpdateLink(ctx context.Context, s api.Scope, d api.LinkDraft, depth api.Depth) (api.Link, error) {
	w, err := p.judge(ctx, s, d, true)
	if err != nil {
		return api.Link{}, err
	}
	if d.ID == "" {
		return api.Link{}, api.Errorf(api.NotFound, "link.not_found")
	}
	if d.Version != 0 && d.Version != w.from.Version {
		return api.Link{}, changed(w.from.Updated.By)
	}
	check := w.ask(ctx, p, s, depth)
	if err := p.passes(ctx, s, w, check, depth); err != nil {
		return api.Link{}, err
	}
	made, done, err := there(ctx, p, s, api.UpdateLink{Draft: w.draft, Depth: depth})
	if err != nil {
		return api.Link{}, err
	}
	defer done()
	w.draft = made.Draft
	row := w.row(p, w.from.ID, s, check, time.Now())
	var event *eventRow
	err = p.db.InTx(ctx, func(ctx context.Context, tx bun.Tx) error {
		stored, err := p.lock(ctx, tx, s, row.ID)
		if err != nil {
			return err
		}
		if stored.Version != w.from.Version {
			return changed(stored.UpdatedBy)
		}
		if event, err = w.replace(ctx, tx, s, row, stored, &check); err != nil {
			return err
		}
		return store.Record(ctx, tx, s, store.Event{
			Action: "update", Kind: api.KindLink, ID: row.ID, Name: row.Name,
			Before: audited(*w.from, nil), After: audited(row.link(), d.Secrets),
		})
	})
	if err == nil {
		p.announce(ctx, event)
	}
	if errors.Is(err, store.ErrDuplicate) {
		err = taken(nil)
	}
	return row.link(), err
}

// replace writes a row in the place of the locked one, whose health it goes on
// with: a schedule stays, and so does the last check as long as the same
// system is asked in the same way.
func (w *work) replace(ctx context.Context, tx bun.Tx, s api.Scope, row, stored *linkRow, c *api.Check) (event *eventRow, err error) {
	row.CreatedAt, row.CreatedBy, row.Version = stored.CreatedAt, stored.CreatedBy, stored.Version+1
	row.EveryUS, row.NextCheckAt = stored.EveryUS, stored.NextCheckAt
	row.LastGoodAt, row.StateSince, row.Recent = stored.LastGoodAt, stored.StateSince, stored.Recent
	if row.Enabled != stored.Enabled {
		reschedule(row, time.Now())
	}
	if !telling(c) && row.Inputs == stored.Inputs && len(w.draft.Secrets) == 0 {
		row.CheckStatus, row.CheckedAt, row.CheckJSON = stored.CheckStatus, stored.CheckedAt, stored.CheckJSON
	}
	if row.Endpoint != stored.Endpoint {
		if err := leaveEpisode(ctx, tx, row.ID); err != nil {
			return nil, err
		}
	}
	if event, err = take(ctx, tx, s, row, c); err != nil {
		return nil, err
	}
	_, err = tx.NewUpdate().Model(row).WherePK().Exec(ctx)
	return event, err
}

// DeleteLink implements api.Links. The link's history goes with it.
func (p *Plane) DeleteLink(ctx context.Context, s api.Scope, id string, version int64) error {
	stored, err := p.linkRow(ctx, p.db.Read, s, "id = ?", id)
	if err == nil && version != 0 && version != stored.Version {
		err = changed(stored.UpdatedBy)
	}
	if err != nil {
		return err
	}
	_, done, err := there(ctx, p, s, api.DeleteLink{ID: id, Version: version})
	if err != nil {
		return err
	}
	defer done()
	return p.db.InTx(ctx, func(ctx context.Context, tx bun.Tx) error {
		row, err := p.lock(ctx, tx, s, id)
		if err != nil {
			return err
		}
		if version != 0 && version != row.Version {
			return changed(row.UpdatedBy)
		}
		if err := dropHistory(ctx, tx, id); err != nil {
			return err
		}
		if _, err := tx.NewDelete().Model(row).WherePK().Exec(ctx); err != nil {
			return err
		}
		return store.Record(ctx, tx, s, store.Event{
			Action: "delete", Kind: api.KindLink, ID: id, Name: row.Name, Before: audited(row.link(), nil),
		})
	})
}

func taken(others []api.Problem) error {
	return &api.Error{
		Code: api.Conflict, Message: api.M("link.name_taken"),
		Problems: append([]api.Problem{{Path: "name", Message: api.M("link.name_taken")}}, others...),
	}
}

func changed(by string) error { return api.Errorf(api.Conflict, "link.changed", "by", api.By(by)) }
