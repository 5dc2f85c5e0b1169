package embedded

import (
	"context"
	"slices"
	"time"

	"github.com/uptrace/bun"

	"switchboard/internal/api"
	"switchboard/internal/api/store"
)

// permission takes a change of a whitelist back. The entry is told of by its
// service's id.
func (r *reversal) permission(ctx context.Context) error {
	svc, err := r.p.serviceOf(ctx, r.s, r.Change.ObjectID)
	if api.CodeOf(err) == api.NotFound {
		return gone()
	}
	if err != nil {
		return err
	}
	var was, became api.AuditedPermissions
	had, err := r.before(&was)
	if err != nil {
		return err
	}
	has, err := r.after(&became)
	if err != nil {
		return err
	}
	switch r.Change.Action {
	case "add", "open":
		if had { // everyone was in, with another reason or end
			return r.restoreEntry(ctx, svc, &was)
		}
		return r.removeEntries(ctx, svc, &became)
	case "describe", "renew", "update":
		if had && has {
			return r.restoreEntry(ctx, svc, &was)
		}
	case "remove":
		return r.addEntries(ctx, svc, &was)
	case "begin", "cancel":
		return final("reverse.addition")
	}
	return final("reverse.event")
}

// entriesOf finds entries that are in force.
func (r *reversal) entriesOf(ctx context.Context, svc *serviceRow, narrow func(*bun.SelectQuery) *bun.SelectQuery) ([]permissionRow, error) {
	var rows []permissionRow
	q := r.p.db.Read.NewSelect().Model(&rows).Where("service_id = ?", svc.ID).Where(inForce, store.Micros(time.Now()))
	return rows, narrow(q).OrderExpr("id").Scan(ctx)
}

// removeEntries removes those of the added ones that are still there. Ids that a region
// gives do not ascend: between two of them may be anything.
func (r *reversal) removeEntries(ctx context.Context, svc *serviceRow, added *api.AuditedPermissions) error {
	rows, err := r.entriesOf(ctx, svc, func(q *bun.SelectQuery) *bun.SelectQuery {
		if added.First != "" {
			names := make([]string, len(added.Permissions))
			for i, e := range added.Permissions {
				names[i] = e.Permission
			}
			return q.Where("id >= ? AND id <= ?", added.First, added.Last).Where("permission IN (?)", bun.List(names))
		}
		ids := []string{""}
		for _, e := range added.Permissions {
			ids = append(ids, e.ID)
		}
		return q.Where("id IN (?)", bun.List(ids))
	})
	switch {
	case err != nil || len(rows) == 0:
		return err
	case len(rows) > api.MaxSelection:
		return final("reverse.too_many", "max", api.MaxSelection)
	}
	ids := make([]string, len(rows))
	for i := range rows {
		ids[i] = rows[i].ID
	}
	r.tell(auditedPermissions(rows), nil)
	r.Deed = api.RemovePermissions{Service: svc.ID, Removal: api.PermissionRemoval{IDs: ids}}
	return nil
}

// addEntries adds the removed ones again that are not there.
func (r *reversal) addEntries(ctx context.Context, svc *serviceRow, removed *api.AuditedPermissions) error {
	now := time.Now()
	names := []string{""}
	for _, e := range removed.Permissions {
		names = append(names, e.Permission)
	}
	rows, err := r.entriesOf(ctx, svc, func(q *bun.SelectQuery) *bun.SelectQuery { return q.Where("permission IN (?)", bun.List(names)) })
	if err != nil {
		return err
	}
	missing := slices.DeleteFunc(slices.Clone(removed.Permissions), func(e api.AuditedPermission) bool {
		return slices.ContainsFunc(rows, func(row permissionRow) bool { return row.Permission == e.Permission })
	})
	count := len(missing)
	missing = slices.DeleteFunc(missing, func(e api.AuditedPermission) bool { return e.Expires != nil && !e.Expires.After(now) })
	switch {
	case count == 0:
		return nil
	case len(missing) == 0:
		return final("reverse.expired")
	case len(missing) < count:
		r.note("reverse.some_expired", "count", count-len(missing))
	}
	for i := range missing {
		missing[i].ID = ""
	}
	r.tell(nil, api.AuditPermissions(missing...))
	return r.addAgain(svc, missing)
}

func (r *reversal) addAgain(svc *serviceRow, missing []api.AuditedPermission) error {
	everyone := slices.ContainsFunc(missing, func(e api.AuditedPermission) bool { return e.Permission == api.Everyone })
	switch {
	case everyone && len(missing) == 1:
		r.Deed = svc.openAs(&missing[0])
		return nil
	case everyone:
		return final("reverse.everyone_among")
	}
	drafts := make([]api.PermissionDraft, len(missing))
	for i := range missing {
		drafts[i] = missing[i].Draft()
	}
	if len(drafts) > api.MaxBatch {
		r.Deed = api.StartAddition{Service: svc.ID, Drafts: drafts}
	} else {
		r.Deed = api.AddPermissions{Service: svc.ID, Batch: api.PermissionBatch{Entries: drafts}}
	}
	return nil
}

// openAs lets everyone in as an entry did. Who takes a change back has seen what that
// does, and which service it is.
func (r *serviceRow) openAs(e *api.AuditedPermission) api.Deed {
	return api.OpenToEveryone{Service: r.ID, Draft: api.EveryoneDraft{Confirm: r.Name, Reason: e.Reason, Expires: e.Until()}}
}

// restoreEntry gives an entry its description and its end back.
func (r *reversal) restoreEntry(ctx context.Context, svc *serviceRow, was *api.AuditedPermissions) error {
	if len(was.Permissions) != 1 {
		return final("reverse.event")
	}
	then := was.Permissions[0]
	row, err := svc.entry(ctx, r.p.db.Read, then.ID, time.Now())
	if api.CodeOf(err) == api.NotFound {
		return gone()
	}
	if err != nil {
		return err
	}
	stored := row.permission()
	now := stored.Audited()
	if !r.tell(api.AuditPermissions(now), api.AuditPermissions(then)) {
		return nil
	}
	if then.Expires != nil && !then.Expires.After(time.Now()) {
		return final("reverse.expired")
	}
	if then.Permission == api.Everyone {
		r.Deed = svc.openAs(&then)
		return nil
	}
	var change api.PermissionChange
	if now.Description != then.Description {
		change.Description = &then.Description
	}
	if until := then.Until(); !until.Equal(now.Until()) {
		change.Expires = &until
	}
	r.Deed = api.ChangePermission{Service: svc.ID, ID: then.ID, Change: change}
	return nil
}
