package embedded

import (
	"context"
	"slices"
	"time"

	"github.com/uptrace/bun"

	"switchboard/internal/api"
	"switchboard/internal/api/store"
)

// AdoptPermissions makes the whitelist of a service in a region what the region says it
// is. When entries end, and why everyone may come in, is known here alone and stays; so do
// descriptions, unless the region told them (described).
func (p *Plane) AdoptPermissions(ctx context.Context, project, service string, entries []api.Permission, described bool) error {
	entries = slices.DeleteFunc(entries, func(e api.Permission) bool { return !fits(e.ID, e.Permission, e.Description) })
	s := outside(project)
	svc, err := p.serviceOf(ctx, s, service)
	if err != nil {
		return orGone(err)
	}
	// Mostly there is nothing to do: then nothing is locked.
	if news, err := svc.news(ctx, p.db.Read, entries, described); err != nil || news.none() {
		return err
	}
	return orGone(p.changeWhitelist(ctx, s, service, func(ctx context.Context, tx bun.Tx, svc *serviceRow, now time.Time) error {
		news, err := svc.news(ctx, tx, entries, described)
		if err != nil {
			return err
		}
		return svc.adopt(ctx, tx, s, news, now)
	}))
}

// orGone is err, unless it says that what something was about was deleted meanwhile.
func orGone(err error) error {
	if api.CodeOf(err) == api.NotFound {
		return nil
	}
	return err
}

// news is what is otherwise in a region than in a whitelist that is kept.
type news struct {
	fresh, gone, was, is []permissionRow // was and is are the same entries, in the same order
}

func (n *news) none() bool { return len(n.fresh)+len(n.gone)+len(n.is) == 0 }

// news compares the service's whitelist with what its region says it is. Of entries with
// the same id, or the same permission, the first counts.
func (r *serviceRow) news(ctx context.Context, db bun.IDB, entries []api.Permission, described bool) (*news, error) {
	var rows []permissionRow
	if err := db.NewSelect().Model(&rows).Where("service_id = ?", r.ID).OrderExpr("id").Scan(ctx); err != nil {
		return nil, err
	}
	known := make(map[string]*permissionRow, len(rows))
	for i := range rows {
		known[rows[i].ID] = &rows[i]
	}
	n := &news{}
	seen := make(map[string]bool, 2*len(entries))
	for i := range entries {
		e := &entries[i]
		if seen["id "+e.ID] || seen[e.Permission] {
			continue
		}
		seen["id "+e.ID], seen[e.Permission] = true, true
		row := known[e.ID]
		if row == nil || row.Permission != e.Permission {
			n.fresh = append(n.fresh, seenPermission(r.ID, e))
			delete(seen, "id "+e.ID)
			continue
		}
		if described && row.Description != e.Description {
			n.was = append(n.was, *row)
			row.describe(e.Description)
			n.is = append(n.is, *row)
		}
	}
	for i := range rows {
		if !seen["id "+rows[i].ID] {
			n.gone = append(n.gone, rows[i])
		}
	}
	return n, nil
}

func seenPermission(service string, e *api.Permission) permissionRow {
	at := told(e.Created.At, time.Now())
	row := permissionRow{ID: e.ID, ServiceID: service, Permission: e.Permission, ExpiresAt: never, CreatedAt: at, UpdatedAt: at}
	row.describe(e.Description)
	return row
}

// adopt makes the locked service's whitelist what it is in its region. What is gone goes
// first: what came may say the same.
func (r *serviceRow) adopt(ctx context.Context, tx bun.Tx, s api.Scope, n *news, now time.Time) error {
	for some := range slices.Chunk(n.gone, lookups) {
		if _, err := r.drop(ctx, tx, idsOf(some), 0); err != nil {
			return err
		}
		// What had expired nobody removed: its time was over.
		ended := slices.DeleteFunc(slices.Clone(some), func(e permissionRow) bool { return e.ExpiresAt <= store.Micros(now) })
		if len(ended) == 0 {
			continue
		}
		if err := r.record(ctx, tx, s, "remove", auditedPermissions(ended), nil); err != nil {
			return err
		}
	}
	if err := r.describeAll(ctx, tx, s, n, now); err != nil {
		return err
	}
	taken, err := takenIDs(ctx, tx, (*permissionRow)(nil), idsOf(n.fresh))
	if err != nil {
		return err
	}
	fresh := slices.DeleteFunc(n.fresh, func(e permissionRow) bool { return taken[e.ID] })
	for some := range slices.Chunk(fresh, lookups) {
		if err := r.grant(ctx, tx, some); err != nil {
			return err
		}
		if err := r.insert(ctx, tx, s, some); err != nil {
			return err
		}
	}
	return nil
}

// describeAll stores entries of the locked service that say something else of themselves.
func (r *serviceRow) describeAll(ctx context.Context, tx bun.Tx, s api.Scope, n *news, now time.Time) error {
	if len(n.is) == 0 {
		return nil
	}
	for i := range n.is {
		row := &n.is[i]
		row.UpdatedAt, row.UpdatedBy = store.Micros(now), ""
		if err := update(ctx, tx, row, "description", "search", "updated_at", "updated_by"); err != nil {
			return err
		}
	}
	return r.record(ctx, tx, s, "describe", auditedPermissions(n.was), auditedPermissions(n.is))
}

func idsOf(rows []permissionRow) []string {
	ids := make([]string, len(rows))
	for i := range rows {
		ids[i] = rows[i].ID
	}
	return ids
}
