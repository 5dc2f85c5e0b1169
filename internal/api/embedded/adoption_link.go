package embedded

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/uptrace/bun"

	"switchboard/internal/api"
	"switchboard/internal/api/store"
)

// AdoptLinks makes the links of a project in a region those that its clusters have; of
// silent ones nothing is known, and what is kept of them stays. Which secrets a link has
// no answer tells: those that were typed here stay known while it leads to the same
// system.
func (p *Plane) AdoptLinks(ctx context.Context, project string, links []api.Link, silent []string) error {
	s := outside(project)
	return p.db.InTx(ctx, func(ctx context.Context, tx bun.Tx) error {
		var rows []linkRow
		if err := tx.NewSelect().Model(&rows).Where("project_id = ?", project).Scan(ctx); err != nil {
			return err
		}
		rows = slices.DeleteFunc(rows, func(r linkRow) bool { return slices.Contains(silent, r.Cluster) })
		a := adoption[linkRow, api.Link]{
			rowKey:   func(r *linkRow) string { return r.Cluster + "/" + r.Name },
			thingKey: func(l *api.Link) string { return l.Cluster + "/" + l.Name },
			insert:   func(l *api.Link) error { return p.adoptLink(ctx, tx, s, l) },
			change:   func(r *linkRow, l *api.Link) error { return p.changeAdopted(ctx, tx, s, r, l) },
			remove: func(r *linkRow) error {
				if err := dropHistory(ctx, tx, r.ID); err != nil {
					return err
				}
				return erase(ctx, tx, s, r, store.Event{Kind: api.KindLink, ID: r.ID, Name: r.Name, Before: audited(r.link(), nil)})
			},
		}
		return a.of(rows, links)
	})
}

// adoptLink inserts a link that was created past this console. Nothing checks it until
// somebody wants that: what it leads to may be out of reach from here.
func (p *Plane) adoptLink(ctx context.Context, tx bun.Tx, s api.Scope, l *api.Link) error {
	w := &work{draft: draftOfAdopted(l)}
	unchecked := w.ask(ctx, p, s, api.Shape)
	row := w.row(p, store.NewID(), s, unchecked, time.Now())
	row.UpdatedBy = cmp.Or(l.Updated.By, l.Created.By)
	if _, err := insert(ctx, tx, s, row, &unchecked); err != nil {
		return err
	}
	return store.Record(ctx, tx, s, store.Event{Action: "create", Kind: api.KindLink, ID: row.ID, Name: row.Name, After: audited(row.link(), nil)})
}

func draftOfAdopted(l *api.Link) api.LinkDraft {
	return api.LinkDraft{
		Cluster: l.Cluster, Name: l.Name, Connector: l.Connector, Enabled: l.Enabled, Inputs: l.Inputs, Extended: l.Extended,
	}
}

// changeAdopted makes a row what the region says the link is, if it is another one.
func (p *Plane) changeAdopted(ctx context.Context, tx bun.Tx, s api.Scope, r *linkRow, l *api.Link) error {
	w := &work{draft: draftOfAdopted(l)}
	now := time.Now()
	row := w.row(p, r.ID, s, w.ask(ctx, p, s, api.Shape), now)
	if row.Inputs == r.Inputs && row.Enabled == r.Enabled && row.Connector == r.Connector && row.Extended == r.Extended {
		return nil
	}
	was := r.link()
	if row.Inputs != r.Inputs { // what the last check said is not about this
		r.CheckStatus, r.CheckedAt, r.CheckJSON = row.CheckStatus, row.CheckedAt, row.CheckJSON
	}
	if row.Endpoint != r.Endpoint {
		if err := leaveEpisode(ctx, tx, r.ID); err != nil {
			return err
		}
	}
	if row.Connector != r.Connector || !w.draft.SameDestination(&was) {
		r.Sealed, r.Secrets = "", "" // as with every change that leads elsewhere (S11)
	}
	enabled := r.Enabled
	r.Connector, r.Inputs, r.Enabled, r.Extended, r.Endpoint = row.Connector, row.Inputs, row.Enabled, row.Extended, row.Endpoint
	if enabled != r.Enabled {
		reschedule(r, now)
	}
	r.UpdatedAt, r.UpdatedBy = store.Micros(now), l.Updated.By
	r.Version++
	if _, err := tx.NewUpdate().Model(r).WherePK().Exec(ctx); err != nil {
		return err
	}
	return store.Record(ctx, tx, s, store.Event{
		Action: "update", Kind: api.KindLink, ID: r.ID, Name: r.Name, Before: audited(was, nil), After: audited(r.link(), nil),
	})
}

// erase deletes a row that is not there any more in the region, and records it.
func erase(ctx context.Context, tx bun.Tx, s api.Scope, row any, e store.Event) error {
	if _, err := tx.NewDelete().Model(row).WherePK().Exec(ctx); err != nil {
		return err
	}
	e.Action = "delete"
	return store.Record(ctx, tx, s, e)
}
