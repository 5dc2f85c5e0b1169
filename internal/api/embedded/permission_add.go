package embedded

import (
	"context"
	"slices"
	"time"

	"github.com/uptrace/bun"

	"switchboard/internal/api"
	"switchboard/internal/api/store"
)

// AddPermissions implements api.Whitelist.
func (p *Plane) AddPermissions(ctx context.Context, s api.Scope, service string, b api.PermissionBatch) ([]api.Permission, error) {
	switch {
	case len(b.Entries) == 0:
		return nil, api.Errorf(api.Invalid, "permission.none")
	case len(b.Entries) > api.MaxBatch:
		return nil, api.Errorf(api.Limit, "permission.batch_too_big", "max", api.MaxBatch)
	}
	away, err := p.away(ctx, s.Project)
	if err != nil {
		return nil, err
	}
	if away {
		return p.addThere(ctx, s, service, b)
	}
	var added []api.Permission
	err = p.changeWhitelist(ctx, s, service, func(ctx context.Context, tx bun.Tx, svc *serviceRow, now time.Time) error {
		verdicts := b.Verdicts(now)
		present, err := svc.makeWay(ctx, tx, wellNamed(b.Entries, verdicts), now)
		if err != nil {
			return err
		}
		if err := b.Refuse(verdicts, present); err != nil {
			return err
		}
		drafts := b.Entries
		if b.Repeat {
			drafts = without(drafts, present)
		}
		rows := newPermissions(svc.ID, drafts, s.Actor.User, now)
		added = permissionsOf(rows)
		return svc.add(ctx, tx, s, rows, now)
	})
	if err != nil {
		return nil, err
	}
	return added, nil
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

// wellNamed are the drafts that the whitelist may have: those of which the
// permission is well formed.
func wellNamed(drafts []api.PermissionDraft, verdicts []api.Verdict) []api.PermissionDraft {
	named := make([]api.PermissionDraft, 0, len(drafts))
	for i := range drafts {
		if verdicts[i].Permission.IsZero() {
			named = append(named, drafts[i])
		}
	}
	return named
}

func presentMessage(permission string) api.Message {
	return api.M(api.Present, "permission", permission)
}

// makeWay takes expired entries away that stand in the way of drafts, and tells
// which drafts the whitelist of the locked service has already.
func (r *serviceRow) makeWay(ctx context.Context, tx bun.Tx, drafts []api.PermissionDraft, now time.Time) (map[string]bool, error) {
	if r.Entries == 0 || len(drafts) == 0 {
		return nil, nil
	}
	if _, err := r.expire(ctx, tx, r.expired(tx, now).Where("permission IN (?)", bun.List(namesOf(drafts)))); err != nil {
		return nil, err
	}
	return r.present(ctx, tx, drafts, now)
}

func namesOf(drafts []api.PermissionDraft) []string {
	names := make([]string, len(drafts))
	for i := range drafts {
		names[i] = drafts[i].Permission
	}
	return names
}

// present tells which of these the whitelist has.
func (r *serviceRow) present(ctx context.Context, db bun.IDB, drafts []api.PermissionDraft, now time.Time) (map[string]bool, error) {
	var found []string
	err := db.NewSelect().Model((*permissionRow)(nil)).Column("permission").Where("service_id = ?", r.ID).
		Where("permission IN (?)", bun.List(namesOf(drafts))).Where(inForce, store.Micros(now)).Scan(ctx, &found)
	present := make(map[string]bool, len(found))
	for _, name := range found {
		present[name] = true
	}
	return present, err
}

// add adds entries to the whitelist of the locked service, which has none of
// them.
func (r *serviceRow) add(ctx context.Context, tx bun.Tx, s api.Scope, rows []permissionRow, now time.Time) error {
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
	return r.insert(ctx, tx, s, rows)
}

// insert is add where there is room.
func (r *serviceRow) insert(ctx context.Context, tx bun.Tx, s api.Scope, rows []permissionRow) error {
	if len(rows) == 0 {
		return nil
	}
	// One statement: SQLite's index of texts is written after each.
	if _, err := tx.NewInsert().Model(&rows).Exec(ctx); err != nil {
		return err
	}
	if err := r.count(ctx, tx, len(rows)); err != nil {
		return err
	}
	return r.recordAdded(ctx, tx, s, rows)
}

// recordAdded writes down what was added: that the service was opened to
// everyone is a change of its own.
func (r *serviceRow) recordAdded(ctx context.Context, tx bun.Tx, s api.Scope, rows []permissionRow) error {
	everyone := func(row permissionRow) bool { return row.Permission == api.Everyone }
	if i := slices.IndexFunc(rows, everyone); i >= 0 {
		if err := r.record(ctx, tx, s, "open", nil, auditedPermissions(rows[i:i+1])); err != nil {
			return err
		}
		rows = slices.DeleteFunc(slices.Clone(rows), everyone)
	}
	if len(rows) == 0 {
		return nil
	}
	return r.record(ctx, tx, s, "add", nil, auditedPermissions(rows).Brief())
}

func fullMessage() api.Message { return api.M("permission.full", "max", api.MaxPermissions) }

// room is how many entries the whitelist of the locked service still takes.
// Those that have expired do not count, though they are still in the table.
func (r *serviceRow) room(ctx context.Context, db bun.IDB, now time.Time) (int, error) {
	expired, err := count(ctx, r.expired(db, now))
	return api.MaxPermissions - int(r.Entries) + expired, err
}

// count keeps the number of rows in the row of the locked service.
func (r *serviceRow) count(ctx context.Context, tx bun.Tx, more int) error {
	r.Entries += int64(more)
	return update(ctx, tx, r, "entries")
}
