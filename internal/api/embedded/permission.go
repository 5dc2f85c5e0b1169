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
	var opened api.Permission
	err := p.changeWhitelist(ctx, s, service, func(ctx context.Context, tx bun.Tx, svc *serviceRow, now time.Time) error {
		if err := api.Refuse(d.Problems(svc.Name, now)); err != nil {
			return err
		}
		drafts := []api.PermissionDraft{{Permission: api.Everyone, Expires: d.Expires}}
		present, err := svc.makeWay(ctx, tx, drafts, now)
		if err != nil {
			return err
		}
		if present[api.Everyone] {
			return &api.Error{Code: api.Conflict, Message: presentMessage(api.Everyone)}
		}
		rows := newPermissions(svc.ID, drafts, s.Actor.User, now)
		rows[0].Reason = d.Reason
		opened = rows[0].permission()
		return svc.add(ctx, tx, s, rows, "open", now)
	})
	if err != nil {
		return api.Permission{}, err
	}
	return opened, nil
}

// DescribePermission implements api.Whitelist.
func (p *Plane) DescribePermission(ctx context.Context, s api.Scope, service, id, description string) (api.Permission, error) {
	return p.changePermission(ctx, s, service, id, "describe", func(row *permissionRow, _ time.Time) error {
		row.describe(description)
		return api.Refuse(api.DescriptionProblems(description))
	})
}

// RenewPermission implements api.Whitelist.
func (p *Plane) RenewPermission(ctx context.Context, s api.Scope, service, id string, expires time.Time) (api.Permission, error) {
	return p.changePermission(ctx, s, service, id, "renew", func(row *permissionRow, now time.Time) error {
		row.ExpiresAt = expiresAt(expires)
		return api.Refuse(api.ExpiryProblems(expires, now))
	})
}

func (p *Plane) changePermission(ctx context.Context, s api.Scope, service, id, action string,
	change func(row *permissionRow, now time.Time) error,
) (api.Permission, error) {
	var row *permissionRow
	err := p.changeWhitelist(ctx, s, service, func(ctx context.Context, tx bun.Tx, svc *serviceRow, now time.Time) (err error) {
		if row, err = svc.entry(ctx, tx, id, now); err != nil {
			return err
		}
		before := auditedPermissions([]permissionRow{*row})
		if err := change(row, now); err != nil {
			return err
		}
		row.UpdatedAt, row.UpdatedBy = store.Micros(now), s.Actor.User
		if _, err := tx.NewUpdate().Model(row).WherePK().Exec(ctx); err != nil {
			return err
		}
		return svc.record(ctx, tx, s, action, before, auditedPermissions([]permissionRow{*row}))
	})
	if err != nil {
		return api.Permission{}, err
	}
	return row.permission(), nil
}

// RemovePermissions implements api.Whitelist.
func (p *Plane) RemovePermissions(ctx context.Context, s api.Scope, service string, ids []string) error {
	ids = slices.Compact(slices.Sorted(slices.Values(ids)))
	switch {
	case len(ids) == 0:
		return api.Errorf(api.Invalid, "permission.none")
	case len(ids) > api.MaxSelection:
		return api.Errorf(api.Limit, "bulk.too_many", "max", api.MaxSelection)
	case slices.ContainsFunc(ids, unstorable):
		return api.Errorf(api.NotFound, noPermission)
	}
	return p.changeWhitelist(ctx, s, service, func(ctx context.Context, tx bun.Tx, svc *serviceRow, now time.Time) error {
		var rows []permissionRow
		_, err := tx.NewDelete().Model((*permissionRow)(nil)).Where("service_id = ?", svc.ID).Where("id IN (?)", bun.List(ids)).
			Where(inForce, store.Micros(now)).Returning("*").Exec(ctx, &rows)
		if err != nil {
			return err
		}
		if len(rows) < len(ids) {
			return api.Errorf(api.NotFound, noPermission)
		}
		if err := svc.count(ctx, tx, -len(rows)); err != nil {
			return err
		}
		return svc.record(ctx, tx, s, "remove", auditedPermissions(rows), nil)
	})
}
