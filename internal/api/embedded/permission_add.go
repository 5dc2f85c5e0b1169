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
