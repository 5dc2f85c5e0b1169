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
	err = tx.NewSelect().Model(&known).Column("id", "object_key", "tag", "status").Where("adopted").
		Where("project_id = ? AND region = ? AND object_key IN (?)", a.row.ProjectID, a.row.Region, bun.List(slices.Collect(maps.Keys(there)))).Scan(ctx)
	if err != nil {
		return n, err
	}
	var back, changed []string
	have := make(map[string]bool, len(known))
	for i := range known {
		r := &known[i]
		same := there[r.ObjectKey] == r.Tag
		switch {
		case same && r.Status == api.BackupError:
			back = append(back, r.ID)
		case !same && r.Status == api.BackupAvailable:
			changed = append(changed, r.ID)
		}
		have[r.ObjectKey] = have[r.ObjectKey] || same
	}
	n.Back, n.Changed = len(back), len(changed)
	if err := a.restore(ctx, tx, back); err != nil {
		return n, err
	}
	if err := a.lose(ctx, tx, changed, api.FaultSourceChanged); err != nil {
		return n, err
	}
	n.Added, err = a.add(ctx, tx, slices.DeleteFunc(slices.Clone(page), func(o objects.Object) bool { return have[o.Key] }))
	return n, err
}

// add takes over objects that are new, as long as the project has room for them.
func (a *adopting) add(ctx context.Context, tx bun.Tx, fresh []objects.Object) (int, error) {
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
	now := store.Micros(a.p.now())
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
	return loseBackups(ctx, tx, ids, fault(why, ""), a.p.now())
}

func loseBackups(ctx context.Context, tx bun.Tx, ids []string, why *api.Fault, now time.Time) error {
	_, err := tx.NewUpdate().Model((*backupRow)(nil)).
		Set("status = ?, fault = ?", api.BackupError, encode(why)).
		Set("updated_at = ?, expires_at = ?", store.Micros(now), store.Micros(now.Add(keptFailed))).
		Where("id IN (?) AND status = ?", bun.List(ids), api.BackupAvailable).Exec(ctx)
	return err
}
