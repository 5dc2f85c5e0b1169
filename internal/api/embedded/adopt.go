package embedded

import (
	"context"
	"errors"
	"hash/maphash"
	"maps"
	"path"
	"slices"
	"time"

	"github.com/uptrace/bun"

	"switchboard/internal/api"
	"switchboard/internal/api/objects"
	"switchboard/internal/api/store"
)

// adopting is how a checkpoint takes over the objects of a resource, which somebody
// else makes as backups.
type adopting struct {
	*protecting
	of   *api.Resource
	seed maphash.Seed
	seen []uint64 // hashes of the keys that are there: 8 bytes for an object, whatever its key is
}

// tookOver is how many backups a checkpoint took over, and what became of those that
// earlier ones had, for the audit log.
type tookOver struct {
	Checkpoint string `json:"checkpoint"`
	Added      int    `json:"taken_over"`
	Back       int    `json:"there_again"`
	Changed    int    `json:"changed"`
	Missing    int    `json:"missing"`
}

func (t *tookOver) some() bool { return t.Added+t.Back+t.Changed+t.Missing > 0 }

func (t *tookOver) add(n tookOver) {
	t.Added, t.Back, t.Changed = t.Added+n.Added, t.Back+n.Back, t.Changed+n.Changed
}

// adopt takes over what is to be. message says why some of it could not be.
func (d *protecting) adopt(ctx context.Context) (message api.Message, err error) {
	d.took.Checkpoint = d.row.ID
	resources := d.row.resources()
	for i := range resources {
		if !resources[i].Adopt {
			continue
		}
		a := &adopting{protecting: d, of: &resources[i], seed: maphash.MakeSeed()}
		why, err := a.take(ctx)
		if err != nil {
			return message, err
		}
		if message.IsZero() {
			message = why
		}
	}
	return message, nil
}

// take lists the objects of the resource, page after page, and takes over those
// that are new. Objects that were taken over and are not there any more are backups
// that failed, until they are there again.
func (a *adopting) take(ctx context.Context) (why api.Message, err error) {
	for after := ""; ; {
		page, err := a.store.List(ctx, under(a.of.Path), after, listPage)
		if err == nil && after == "" && len(page) == 0 {
			page, err = a.alone(ctx)
		}
		if err != nil {
			return a.reason(ctx, err)
		}
		if len(page) == 0 {
			break
		}
		after = page[len(page)-1].Key
		page = resourceObjects(page)
		for i := range page {
			a.seen = append(a.seen, maphash.String(a.seed, page[i].Key))
		}
		var n tookOver
		err = a.write(ctx, func(ctx context.Context, tx bun.Tx) (err error) {
			n, err = a.takePage(ctx, tx, page)
			return err
		})
		if err != nil {
			return why, err
		}
		if a.took.add(n); a.full {
			return tooManyBackups().Message, nil
		}
	}
	slices.Sort(a.seen)
	return a.findMissing(ctx)
}

// alone is the one object that the resource is, if it is no folder.
func (a *adopting) alone(ctx context.Context) ([]objects.Object, error) {
	object, err := a.store.Stat(ctx, a.of.Path)
	if err == nil {
		return []objects.Object{object}, nil
	}
	if errors.Is(err, objects.ErrNotFound) {
		err = whyNothing(ctx, a.store, a.of.Path)
	}
	if errors.Is(err, errFolderEmpty) {
		err = nil
	}
	return nil, err
}

// reason is why the store's objects could not be taken over, unless the work was
// given up.
func (a *adopting) reason(ctx context.Context, err error) (api.Message, error) {
	why, err := a.blame(ctx, err, true)
	if err != nil {
		return api.Message{}, err
	}
	return why.Message, nil
}

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

// findMissing fails the backups of the resource whose objects are not there any
// more.
func (a *adopting) findMissing(ctx context.Context) (why api.Message, err error) {
	last := new(backupRow)
	for {
		var page []backupRow
		err := a.p.db.Read.NewSelect().Model(&page).Column("id", "created_at", "object_key").
			Where("policy_id = ? AND (created_at, id) > (?, ?)", a.row.PolicyID, last.CreatedAt, last.ID).
			Where("project_id = ? AND region = ? AND resource_id = ?", a.row.ProjectID, a.row.Region, a.of.ID).
			Where("adopted AND status = ?", api.BackupAvailable).
			OrderExpr("created_at, id").Limit(listPage).Scan(ctx)
		if err != nil || len(page) == 0 {
			return why, err
		}
		last = &page[len(page)-1]
		gone, err := a.gone(ctx, page)
		if err != nil {
			return a.reason(ctx, err)
		}
		if len(gone) == 0 {
			continue
		}
		a.took.Missing += len(gone)
		err = a.write(ctx, func(ctx context.Context, tx bun.Tx) error { return a.lose(ctx, tx, gone, api.FaultSourceMissing) })
		if err != nil {
			return why, err
		}
	}
}

// gone are the ids of backups that were not listed, and are not there.
func (a *adopting) gone(ctx context.Context, page []backupRow) (ids []string, err error) {
	for i := range page {
		if _, listed := slices.BinarySearch(a.seen, maphash.String(a.seed, page[i].ObjectKey)); listed {
			continue
		}
		_, err := a.store.Stat(ctx, page[i].ObjectKey)
		switch {
		case errors.Is(err, objects.ErrNotFound):
			ids = append(ids, page[i].ID)
		case err != nil:
			return nil, err
		}
	}
	return ids, nil
}
