package embedded

import (
	"context"
	"slices"
	"time"

	"github.com/uptrace/bun"

	"switchboard/internal/api"
	"switchboard/internal/api/store"
)

const noPermission = "permission.not_found"

// Permission implements api.Whitelist.
func (p *Plane) Permission(ctx context.Context, s api.Scope, service, id string) (api.Permission, error) {
	svc, err := p.serviceOf(ctx, s, service)
	if err != nil {
		return api.Permission{}, err
	}
	row, err := svc.entry(ctx, p.db.Read, id, time.Now())
	return row.permission(), err
}

// entry finds an entry of the service's whitelist.
func (r *serviceRow) entry(ctx context.Context, db bun.IDB, id string, now time.Time) (*permissionRow, error) {
	row := new(permissionRow)
	if !store.Storable(id) {
		return row, api.Errorf(api.NotFound, noPermission)
	}
	err := db.NewSelect().Model(row).Where("id = ? AND service_id = ?", id, r.ID).Where(inForce, store.Micros(now)).Scan(ctx)
	return row, orMissing(err, noPermission)
}

// changeWhitelist runs f in a transaction with the service locked.
func (p *Plane) changeWhitelist(ctx context.Context, s api.Scope, service string,
	f func(ctx context.Context, tx bun.Tx, svc *serviceRow, now time.Time) error,
) error {
	return p.db.InTx(ctx, func(ctx context.Context, tx bun.Tx) error {
		svc, err := lockService(ctx, tx, s, service)
		if err != nil {
			return err
		}
		return f(ctx, tx, svc, time.Now())
	})
}

// record writes down a change of the whitelist: it is found by the service's
// id.
func (r *serviceRow) record(ctx context.Context, tx bun.Tx, s api.Scope, action string, before, after any) error {
	return store.Record(ctx, tx, s, store.Event{
		Action: action, Kind: api.KindPermission, ID: r.ID, Name: r.Name, Before: before, After: after,
	})
}

// OpenToEveryone implements api.Whitelist.
func (p *Plane) OpenToEveryone(ctx context.Context, s api.Scope, service string, d api.EveryoneDraft) (api.Permission, error) {
	made, done, err := p.openThere(ctx, s, service, d)
	if err != nil {
		return api.Permission{}, err
	}
	defer done()
	var opened api.Permission
	err = p.changeWhitelist(ctx, s, service, func(ctx context.Context, tx bun.Tx, svc *serviceRow, now time.Time) error {
		if err := api.Refuse(d.Problems(svc.Name, now)); err != nil {
			return err
		}
		drafts := []api.PermissionDraft{{Permission: api.Everyone, Expires: d.Expires}}
		present, err := svc.makeWay(ctx, tx, drafts, now)
		if err != nil {
			return err
		}
		if present[api.Everyone] {
			opened, err = svc.reopen(ctx, tx, s, d, now)
			return err
		}
		rows := newPermissions(svc.ID, drafts, s.Actor.User, now)
		rows[0].Reason = d.Reason
		if made != nil {
			rows[0].take(made)
		}
		opened = rows[0].permission()
		return svc.add(ctx, tx, s, rows, now)
	})
	if err != nil {
		return api.Permission{}, err
	}
	return opened, nil
}

// reopen gives the entry for everyone, which is there, the reason and the end of
// a new wish.
func (r *serviceRow) reopen(ctx context.Context, tx bun.Tx, s api.Scope, d api.EveryoneDraft, now time.Time) (api.Permission, error) {
	row := new(permissionRow)
	err := tx.NewSelect().Model(row).Where("service_id = ? AND permission = ?", r.ID, api.Everyone).Scan(ctx)
	if err != nil {
		return api.Permission{}, err
	}
	before := *row
	row.Reason, row.ExpiresAt = d.Reason, expiresAt(d.Expires)
	err = r.save(ctx, tx, s, "open", &before, row, now)
	return row.permission(), err
}

// ChangePermission implements api.Whitelist.
func (p *Plane) ChangePermission(ctx context.Context, s api.Scope, service, id string, c api.PermissionChange) (api.Permission, error) {
	c, done, err := p.changeThere(ctx, s, service, id, c)
	if err != nil {
		return api.Permission{}, err
	}
	defer done()
	var row *permissionRow
	err = p.changeWhitelist(ctx, s, service, func(ctx context.Context, tx bun.Tx, svc *serviceRow, now time.Time) (err error) {
		if row, err = svc.entry(ctx, tx, id, now); err != nil {
			return err
		}
		before, stored := *row, row.permission()
		if err := api.Refuse(c.Problems(&stored, now)); err != nil {
			return err
		}
		action := row.change(&c)
		if action == "" {
			return nil
		}
		return svc.save(ctx, tx, s, action, &before, row, now)
	})
	if err != nil {
		return api.Permission{}, err
	}
	return row.permission(), nil
}

// save stores an entry of the locked service that was changed.
func (r *serviceRow) save(ctx context.Context, tx bun.Tx, s api.Scope, action string, before, row *permissionRow, now time.Time) error {
	row.UpdatedAt, row.UpdatedBy = store.Micros(now), s.Actor.User
	if _, err := tx.NewUpdate().Model(row).WherePK().Exec(ctx); err != nil {
		return err
	}
	return r.record(ctx, tx, s, action, auditedPermissions([]permissionRow{*before}), auditedPermissions([]permissionRow{*row}))
}

// RemovePermissions implements api.Whitelist.
func (p *Plane) RemovePermissions(ctx context.Context, s api.Scope, service string, r api.PermissionRemoval) ([]api.Permission, error) {
	ids := slices.Compact(slices.Sorted(slices.Values(r.IDs)))
	switch {
	case len(ids) == 0:
		return nil, api.Errorf(api.Invalid, "permission.none")
	case len(ids) > api.MaxSelection:
		return nil, api.Errorf(api.Limit, "bulk.too_many", "max", api.MaxSelection)
	case slices.ContainsFunc(ids, unstorable):
		return nil, api.Errorf(api.NotFound, noPermission)
	}
	ids, done, err := p.removeThere(ctx, s, service, ids, r.Repeat)
	if err != nil {
		return nil, err
	}
	defer done()
	var removed []api.Permission
	err = p.changeWhitelist(ctx, s, service, func(ctx context.Context, tx bun.Tx, svc *serviceRow, now time.Time) error {
		rows, err := svc.drop(ctx, tx, ids, store.Micros(now))
		switch {
		case err != nil:
			return err
		case len(rows) < len(ids) && !r.Repeat:
			return api.Errorf(api.NotFound, noPermission)
		case len(rows) == 0:
			return nil
		}
		removed = permissionsOf(rows)
		return svc.record(ctx, tx, s, "remove", auditedPermissions(rows), nil)
	})
	if err != nil {
		return nil, err
	}
	return removed, nil
}
