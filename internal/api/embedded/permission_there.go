package embedded

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/uptrace/bun"

	"switchboard/internal/api"
	"switchboard/internal/api/store"
)

// unread is that a region made something, and what it says of it can be nothing here.
func unread() error { return api.Errorf(api.Unavailable, "vpcep.unread") }

// take takes over what a region says of an entry.
func (r *permissionRow) take(entry *api.Permission) {
	r.ID, r.Permission = entry.ID, entry.Permission
	r.CreatedAt = told(entry.Created.At, store.Time(r.CreatedAt))
	r.describe(entry.Description)
}

// addThere adds a batch in the region that the project lives in, and then here.
func (p *Plane) addThere(ctx context.Context, s api.Scope, service string, b api.PermissionBatch) ([]api.Permission, error) {
	if err := p.clearThere(ctx, s, service, b.Entries); err != nil {
		return nil, err
	}
	if b.Repeat {
		if err := b.Refuse(b.Verdicts(time.Now()), nil); err != nil {
			return nil, err
		}
		b.Entries = without(b.Entries, nil)
	}
	made, done, err := p.addWished(ctx, s, service, b)
	if err != nil {
		return nil, err
	}
	defer done()
	var added []api.Permission
	err = p.changeWhitelist(ctx, s, service, func(ctx context.Context, tx bun.Tx, svc *serviceRow, now time.Time) error {
		rows, err := svc.keepEntries(ctx, tx, s, made, b.Entries, now)
		added = permissionsOf(rows)
		return err
	})
	if errors.Is(err, store.ErrDuplicate) {
		err = unread()
	}
	if err != nil {
		return nil, err
	}
	return added, nil
}

// keepEntries writes down entries of the locked service as the region made them out of
// drafts. Another process may have seen them there meanwhile: now they are ours.
func (r *serviceRow) keepEntries(ctx context.Context, tx bun.Tx, s api.Scope, made []api.Permission, drafts []api.PermissionDraft, now time.Time) ([]permissionRow, error) {
	if len(made) == 0 {
		return nil, nil
	}
	asked := make(map[string]api.PermissionDraft, len(drafts))
	for _, d := range drafts {
		asked[d.Permission] = d
	}
	kept := make([]api.PermissionDraft, len(made))
	for i := range made {
		kept[i] = asked[made[i].Permission]
	}
	rows := newPermissions(r.ID, kept, s.Actor.User, now)
	for i := range rows {
		rows[i].take(&made[i])
	}
	if err := dropWishes(ctx, tx, r.ID, namesOf(kept)); err != nil {
		return nil, err
	}
	seen, err := tx.NewDelete().Model((*permissionRow)(nil)).Where("service_id = ?", r.ID).Where("permission IN (?)", bun.List(namesOf(kept))).Exec(ctx)
	if err != nil {
		return nil, err
	}
	n, err := seen.RowsAffected()
	if err != nil {
		return nil, err
	}
	r.Entries -= n
	return rows, r.insert(ctx, tx, s, rows)
}

// openThere lets everyone in, in the region that the project lives in: nil if there is
// nothing to do, because everyone may come in or the project lives here.
func (p *Plane) openThere(ctx context.Context, s api.Scope, service string, d api.EveryoneDraft) (made *api.Permission, done func(), err error) {
	done = func() {}
	if away, err := p.away(ctx, s.Project); err != nil || !away {
		return nil, done, err
	}
	if err := p.clearThere(ctx, s, service, []api.PermissionDraft{{Permission: api.Everyone}}); err != nil {
		return nil, done, err
	}
	return p.openWished(ctx, s, service, d)
}

// changeThere changes an entry in the region that the project lives in: its description,
// since when it ends is known here alone. What is left is to be changed here.
func (p *Plane) changeThere(ctx context.Context, s api.Scope, service, id string, c api.PermissionChange) (left api.PermissionChange, done func(), err error) {
	done = func() {}
	if away, err := p.away(ctx, s.Project); err != nil || !away {
		return c, done, err
	}
	d := api.ChangePermission{Service: service, ID: id, Change: c}
	if _, err := d.Plan(ctx, p, s); err != nil || c.Description == nil {
		return c, done, err
	}
	d.Change.Expires = nil
	d, done, err = there(ctx, p, s, d)
	c.Description = d.Change.Description
	return c, done, err
}

// removeThere removes entries in the region that the project lives in, and returns those
// that are left to be removed here.
func (p *Plane) removeThere(ctx context.Context, s api.Scope, service string, ids []string, repeat bool) (left []string, done func(), err error) {
	done = func() {}
	if away, err := p.away(ctx, s.Project); err != nil || !away {
		return ids, done, err
	}
	svc, err := p.serviceOf(ctx, s, service)
	if err != nil {
		return nil, done, err
	}
	err = p.db.Read.NewSelect().Model((*permissionRow)(nil)).Column("id").Where("id IN (?)", bun.List(ids)).Where(ofService, svc.ID).
		Where(inForce, store.Micros(time.Now())).OrderExpr("id").Scan(ctx, &left)
	switch {
	case err != nil:
		return nil, done, err
	case len(left) < len(ids) && !repeat:
		return nil, done, api.Errorf(api.NotFound, noPermission)
	case len(left) == 0:
		return nil, done, nil
	}
	_, done, err = there(ctx, p, s, api.RemovePermissions{Service: service, Removal: api.PermissionRemoval{IDs: left}})
	return left, done, err
}

// clearThere removes expired entries that stand in the way of drafts from the region that
// the project lives in, which knows no end of them.
func (p *Plane) clearThere(ctx context.Context, s api.Scope, service string, drafts []api.PermissionDraft) error {
	svc, err := p.serviceOf(ctx, s, service)
	if err != nil {
		return err
	}
	names := slices.DeleteFunc(namesOf(drafts), unstorable)
	var ids []string
	err = svc.expired(p.db.Read, time.Now()).Column("id").Where("permission IN (?)", bun.List(names)).Scan(ctx, &ids)
	if err != nil || len(ids) == 0 {
		return err
	}
	return p.expireSome(ctx, svc, ids)
}

// expireThere is expireDue for a service in a region: entries go there first.
func (p *Plane) expireThere(ctx context.Context, project, service string) error {
	svc, err := p.serviceOf(ctx, api.Scope{Project: project}, service)
	for n := api.MaxBatch; err == nil && n == api.MaxBatch && ctx.Err() == nil; {
		var ids []string
		err = svc.expired(p.db.Read, time.Now()).Column("id").OrderExpr("expires_at, id").Limit(api.MaxBatch).Scan(ctx, &ids)
		if n = len(ids); err == nil && n > 0 {
			err = p.expireSome(ctx, svc, ids)
		}
	}
	if api.CodeOf(err) == api.NotFound {
		return nil // the service was deleted meanwhile
	}
	return err
}

// expireSome takes expired entries of a service away, in its region first. Of those that
// the region does not know it says no more than that: then they are tried in parts.
func (p *Plane) expireSome(ctx context.Context, svc *serviceRow, ids []string) error {
	job := api.Scope{Project: svc.ProjectID, Actor: api.Actor{Way: api.WayJob}}
	_, done, err := there(ctx, p, job, api.RemovePermissions{Service: svc.ID, Removal: api.PermissionRemoval{IDs: ids}, Expired: true})
	if half := len(ids) / 2; api.CodeOf(err) == api.NotFound && half > 0 {
		if err := p.expireSome(ctx, svc, ids[:half]); err != nil {
			return err
		}
		return p.expireSome(ctx, svc, ids[half:])
	}
	if err != nil && api.CodeOf(err) != api.NotFound {
		return err
	}
	defer done()
	return p.changeWhitelist(ctx, job, svc.ID, func(ctx context.Context, tx bun.Tx, svc *serviceRow, now time.Time) error {
		_, err := svc.expire(ctx, tx, svc.expired(tx, now).Where("id IN (?)", bun.List(ids)))
		return err
	})
}
