package embedded

import (
	"context"
	"errors"
	"hash/maphash"
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
		err = a.write(ctx, func(ctx context.Context, tx bun.Tx) error { return a.takePage(ctx, tx, page) })
		if refused, ok := errors.AsType[*api.Error](err); ok {
			return refused.Message, nil
		}
		if err != nil {
			return why, err
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
func (a *adopting) takePage(ctx context.Context, tx bun.Tx, page []objects.Object) error {
	found := make(map[string]*objects.Object, len(page))
	keys := make([]string, len(page))
	for i := range page {
		keys[i], found[page[i].Key] = page[i].Key, &page[i]
		a.seen = append(a.seen, maphash.String(a.seed, page[i].Key))
	}
	var known []backupRow
	err := tx.NewSelect().Model(&known).Column("id", "object_key", "tag", "status").Where("adopted").
		Where("project_id = ? AND region = ? AND object_key IN (?)", a.row.ProjectID, a.row.Region, bun.List(keys)).Scan(ctx)
	if err != nil {
		return err
	}
	var back, changed []string
	for i := range known {
		r := &known[i]
		same := found[r.ObjectKey] != nil && found[r.ObjectKey].Tag == r.Tag
		switch {
		case same && r.Status == api.BackupError:
			back = append(back, r.ID)
		case !same && r.Status == api.BackupAvailable:
			changed = append(changed, r.ID)
		}
	}
	for i := range known {
		if o := found[known[i].ObjectKey]; o != nil && o.Tag == known[i].Tag {
			delete(found, known[i].ObjectKey)
		}
	}
	if err := a.restore(ctx, tx, back); err != nil {
		return err
	}
	if err := a.lose(ctx, tx, changed, api.FaultSourceChanged); err != nil {
		return err
	}
	added, err := a.add(ctx, tx, page, found)
	if err == nil && added+len(back) > 0 {
		oldest := slices.MinFunc(page, func(a, b objects.Object) int { return a.Modified.Compare(b.Modified) })
		err = unsync(ctx, tx, a.row.ProjectID, a.row.PolicyID, store.Micros(oldest.Modified))
	}
	if err == nil {
		a.took.Added, a.took.Back, a.took.Changed = a.took.Added+added, a.took.Back+len(back), a.took.Changed+len(changed)
	}
	return err
}

// add takes over those objects of a page that are new.
func (a *adopting) add(ctx context.Context, tx bun.Tx, page []objects.Object, fresh map[string]*objects.Object) (int, error) {
	rows := make([]backupRow, 0, len(fresh))
	now := a.p.now()
	for i := range page {
		if fresh[page[i].Key] == nil {
			continue
		}
		r := a.row.backup(a.of, min(store.Micros(page[i].Modified), store.Micros(now)))
		r.Name, r.Path, r.ObjectKey, r.Tag = path.Base(page[i].Key), page[i].Key, page[i].Key, page[i].Tag
		r.Status, r.Adopted, r.Size, r.Bytes = api.BackupAvailable, true, page[i].Size, page[i].Size
		r.UpdatedAt, r.FinishedAt = store.Micros(now), store.Micros(now)
		r.index()
		rows = append(rows, r)
	}
	if len(rows) == 0 {
		return 0, nil
	}
	if a.counted == 0 {
		n, err := tx.NewSelect().Model((*backupRow)(nil)).Where("project_id = ?", a.row.ProjectID).Count(ctx)
		if err != nil {
			return 0, err
		}
		a.counted = int(n)
	}
	if a.counted += len(rows); a.counted > api.MaxBackups {
		return 0, tooManyBackups()
	}
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
