package embedded

import (
	"context"
	"errors"
	"hash/maphash"
	"slices"

	"github.com/uptrace/bun"

	"switchboard/internal/api"
	"switchboard/internal/api/objects"
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
		page, err := a.store.ListPassing(ctx, under(a.of.Path), after, listPage, a.left.pass)
		if err == nil && after == "" && len(page) > 0 {
			err = a.left.passObject(ctx, a.store, a.of.Path)
		}
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
