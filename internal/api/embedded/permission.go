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

// AddPermissions implements api.Whitelist.
func (p *Plane) AddPermissions(ctx context.Context, s api.Scope, service string, b api.PermissionBatch) ([]api.Permission, error) {
	switch {
	case len(b.Entries) == 0:
		return nil, api.Errorf(api.Invalid, "permission.none")
	case len(b.Entries) > api.MaxBatch:
		return nil, api.Errorf(api.Limit, "permission.batch_too_big", "max", api.MaxBatch)
	}
	var added []api.Permission
	err := p.changeWhitelist(ctx, s, service, func(ctx context.Context, tx bun.Tx, svc *serviceRow, now time.Time) error {
		if err := api.Refuse(api.VerdictProblems(b.Verdicts(now))); err != nil {
			return err
		}
		present, err := svc.makeWay(ctx, tx, b.Entries, now)
		if err != nil {
			return err
		}
		drafts := b.Entries
		if b.Repeat {
			drafts = without(drafts, present)
		} else if err := alreadyThere(drafts, present); err != nil {
			return err
		}
		rows := newPermissions(svc.ID, drafts, s.Actor.User, now)
		added = permissionsOf(rows)
		return svc.add(ctx, tx, s, rows, "add", now)
	})
	if err != nil {
		return nil, err
	}
	return added, nil
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

// without leaves out drafts that are present, or were earlier in the list.
func without(drafts []api.PermissionDraft, present map[string]bool) []api.PermissionDraft {
	seen := make(map[string]bool, len(drafts))
	return slices.DeleteFunc(slices.Clone(drafts), func(d api.PermissionDraft) bool {
		again := seen[d.Permission]
		seen[d.Permission] = true
		return again || present[d.Permission]
	})
}

// alreadyThere is a Conflict that names each draft that is present.
func alreadyThere(drafts []api.PermissionDraft, present map[string]bool) error {
	verdicts := make([]api.Verdict, len(drafts))
	for i, d := range drafts {
		if present[d.Permission] {
			verdicts[i].Permission = presentMessage(d.Permission)
		}
	}
	problems := api.VerdictProblems(verdicts)
	if len(problems) == 0 {
		return nil
	}
	return &api.Error{Code: api.Conflict, Message: problems[0].Message, Problems: problems}
}

func presentMessage(permission string) api.Message {
	return api.M("permission.present", "permission", permission)
}

// makeWay takes expired entries away that stand in the way of drafts, and tells
// which drafts the whitelist of the locked service has already.
func (r *serviceRow) makeWay(ctx context.Context, tx bun.Tx, drafts []api.PermissionDraft, now time.Time) (map[string]bool, error) {
	if r.Entries == 0 {
		return nil, nil
	}
	names := make([]string, len(drafts))
	for i := range drafts {
		names[i] = drafts[i].Permission
	}
	if err := r.expire(ctx, tx, now, func(q *bun.DeleteQuery) *bun.DeleteQuery {
		return q.Where("permission IN (?)", bun.List(names))
	}); err != nil {
		return nil, err
	}
	return r.present(ctx, tx, names, now)
}

// present tells which of these the whitelist has.
func (r *serviceRow) present(ctx context.Context, db bun.IDB, names []string, now time.Time) (map[string]bool, error) {
	var found []string
	err := db.NewSelect().Model((*permissionRow)(nil)).Column("permission").Where("service_id = ?", r.ID).
		Where("permission IN (?)", bun.List(names)).Where(inForce, store.Micros(now)).Scan(ctx, &found)
	present := make(map[string]bool, len(found))
	for _, name := range found {
		present[name] = true
	}
	return present, err
}

// add adds entries to the whitelist of the locked service, which has none of
// them. The action is the word for it in the audit log.
func (r *serviceRow) add(ctx context.Context, tx bun.Tx, s api.Scope, rows []permissionRow, action string, now time.Time) error {
	if len(rows) == 0 {
		return nil
	}
	room, err := r.room(ctx, tx, now)
	if err != nil {
		return err
	}
	if len(rows) > room {
		return &api.Error{Code: api.Limit, Message: fullMessage()}
	}
	for batch := range slices.Chunk(rows, rowBatch) {
		if _, err := tx.NewInsert().Model(&batch).Exec(ctx); err != nil {
			return err
		}
	}
	if err := r.count(ctx, tx, len(rows)); err != nil {
		return err
	}
	return r.record(ctx, tx, s, action, nil, auditedPermissions(rows))
}

func fullMessage() api.Message { return api.M("permission.full", "max", api.MaxPermissions) }

// room is how many entries the whitelist of the locked service still takes.
// Those that have expired do not count, though they are still in the table.
func (r *serviceRow) room(ctx context.Context, tx bun.Tx, now time.Time) (int, error) {
	expired, err := count(ctx, tx.NewSelect().Model((*permissionRow)(nil)).Where("service_id = ?", r.ID).
		Where("expires_at <= ?", store.Micros(now)))
	return api.MaxPermissions - int(r.Entries) + expired, err
}

// count keeps the number of rows in the row of the locked service.
func (r *serviceRow) count(ctx context.Context, tx bun.Tx, more int) error {
	r.Entries += int64(more)
	return update(ctx, tx, r, "entries")
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
