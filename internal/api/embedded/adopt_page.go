package embedded

import (
	"context"
	"maps"
	"path"
	"slices"
	"time"

	"github.com/uptrace/bun"

	"switchboard/internal/api"
	"switchboard/internal/api/objects"
	"switchboard/internal/api/store"
)

// takePage takes over the objects of a page that are new. One that changed is a new
// backup; what it was before is lost.
func (a *adopting) takePage(ctx context.Context, tx bun.Tx, page []objects.Object) (n tookOver, err error) {
	there := make(map[string]string, len(page)) // tags by keys
	for i := range page {
		there[page[i].Key] = page[i].Tag
	}
	var known []backupRow
	err = tx.NewSelect().Model(&known).Column("id", "object_key", "tag", "status", "fault", "created_at").Where("adopted").
		Where("project_id = ? AND region = ? AND object_key IN (?)", a.row.ProjectID, a.row.Region, bun.List(slices.Collect(maps.Keys(there)))).Scan(ctx)
	if err != nil {
		return n, err
	}
	var back, changed []string
	now := store.Micros(a.p.now())
	oldest := now
	have := make(map[string]bool, len(known))
	for i := range known {
		r := &known[i]
		same := there[r.ObjectKey] == r.Tag
		switch {
		case same && r.comesBack():
			back, oldest = append(back, r.ID), min(oldest, r.CreatedAt)
		case !same && r.Status == api.BackupAvailable:
			changed = append(changed, r.ID)
		}
		have[r.ObjectKey] = have[r.ObjectKey] || same
	}
	fresh := slices.DeleteFunc(slices.Clone(page), func(o objects.Object) bool { return have[o.Key] })
	for i := range fresh {
		oldest = min(oldest, store.Micros(fresh[i].Modified))
	}
	if n.Back, n.Changed = len(back), len(changed); len(back)+len(changed)+len(fresh) == 0 {
		return n, nil
	}
	if err := unsync(ctx, tx, a.row.ProjectID, a.row.PolicyID, oldest); err != nil {
		return n, err
	}
	if err := a.restore(ctx, tx, back); err != nil {
		return n, err
	}
	if err := a.lose(ctx, tx, changed, api.FaultSourceChanged); err != nil {
		return n, err
	}
	n.Added, err = a.add(ctx, tx, fresh, now)
	return n, err
}

// comesBack reports whether a backup that was taken over is available again if its
// object is there as it was. Of one whose content is damaged the tag says nothing.
func (r *backupRow) comesBack() bool {
	why := r.backup().Fault
	return r.Status == api.BackupError && (why == nil || why.Code != api.FaultChecksum)
}

// add takes over objects that are new, as long as the project has room for them.
func (a *adopting) add(ctx context.Context, tx bun.Tx, fresh []objects.Object, now int64) (int, error) {
	if len(fresh) == 0 {
		return 0, nil
	}
	if a.room == nil {
		n, err := tx.NewSelect().Model((*backupRow)(nil)).Where("project_id = ?", a.row.ProjectID).Count(ctx)
		if err != nil {
			return 0, err
		}
		a.room = new(api.MaxBackups - int(n))
	}
	if a.full = len(fresh) > *a.room; a.full {
		return 0, nil
	}
	rows := make([]backupRow, len(fresh))
	for i, o := range fresh {
		r := a.row.backup(a.of, min(store.Micros(o.Modified), now))
		r.Name, r.Path, r.ObjectKey, r.Tag, r.Size, r.Bytes = path.Base(o.Key), o.Key, o.Key, o.Tag, o.Size, o.Size
		r.Status, r.Adopted, r.UpdatedAt, r.FinishedAt = api.BackupAvailable, true, now, now
		r.index()
		rows[i] = r
	}
	*a.room -= len(rows)
	// Another policy may take over the same object at the same time: one has it.
	_, err := tx.NewInsert().Model(&rows).On("CONFLICT DO NOTHING").Exec(ctx)
	return len(rows), err
}

// restore makes backups available again whose objects are there again, as they were.
func (a *adopting) restore(ctx context.Context, tx bun.Tx, ids []string) error {
	if len(ids) == 0 {
		return nil
	}
	_, err := tx.NewUpdate().Model((*backupRow)(nil)).
		Set("status = ?, fault = '', updated_at = ?, expires_at = 0", api.BackupAvailable, store.Micros(a.p.now())).
		Where("id IN (?)", bun.List(ids)).Exec(ctx)
	return err
}

// lose fails backups that were taken over and are not any more what they were.
func (a *adopting) lose(ctx context.Context, tx bun.Tx, ids []string, why api.FaultCode) error {
	if len(ids) == 0 {
		return nil
	}
	now := a.p.now()
	return loseBackups(ctx, tx, ids, fault(why, ""), now, store.Micros(now.Add(keptFailed)))
}

// loseBackups fails backups that were available; until is how long they are kept,
// 0 for as long as nobody deletes them.
func loseBackups(ctx context.Context, tx bun.Tx, ids []string, why *api.Fault, now time.Time, until int64) error {
	_, err := tx.NewUpdate().Model((*backupRow)(nil)).
		Set("status = ?, fault = ?", api.BackupError, encode(why)).
		Set("updated_at = ?, expires_at = ?", store.Micros(now), until).
		Where("id IN (?) AND status = ?", bun.List(ids), api.BackupAvailable).Exec(ctx)
	return err
}
