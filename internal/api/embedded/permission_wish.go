package embedded

import (
	"context"
	"slices"
	"time"

	"github.com/uptrace/bun"

	"switchboard/internal/api"
	"switchboard/internal/api/store"
)

// wishAge is how long what comes back from a region may be what somebody wished for: its
// answer was lost, and the region is slow to tell what it made.
const wishAge = time.Hour

// wishRow is an entry that ends, on its way to a region. That knows no end of entries, nor
// why everyone may come in: what comes back of it after its answer was lost ends as it was
// meant to.
type wishRow struct {
	bun.BaseModel `bun:"table:permission_wishes"`

	ServiceID  string `bun:",pk"`
	Permission string `bun:",pk"`
	ExpiresAt  int64
	Reason     string
	AskedAt    int64
	AskedBy    string
}

// wish writes down what is going to a region, before it does.
func (p *Plane) wish(ctx context.Context, s api.Scope, service string, entries ...wishRow) error {
	entries = slices.DeleteFunc(entries, func(e wishRow) bool { return unstorable(e.Permission) || unstorable(e.Reason) })
	now, names := time.Now(), make([]string, len(entries))
	var wishes []wishRow
	for i, e := range entries {
		names[i] = e.Permission
		if e.ExpiresAt != never || e.Reason != "" {
			e.ServiceID, e.AskedAt, e.AskedBy = service, store.Micros(now), s.Actor.User
			wishes = append(wishes, e)
		}
	}
	return p.db.InTx(ctx, func(ctx context.Context, tx bun.Tx) error {
		if err := dropWishes(ctx, tx, service, names); err != nil || len(wishes) == 0 {
			return err
		}
		_, err := tx.NewInsert().Model(&wishes).Exec(ctx)
		return err
	})
}

// wishesOf are those for drafts.
func wishesOf(drafts []api.PermissionDraft) []wishRow {
	entries := make([]wishRow, len(drafts))
	for i := range drafts {
		entries[i] = wishRow{Permission: drafts[i].Permission, ExpiresAt: expiresAt(drafts[i].Expires)}
	}
	return entries
}

// addWished adds drafts in a region. What it refuses nobody wishes for any more; what
// became of it if it does not answer nobody knows.
func (p *Plane) addWished(ctx context.Context, s api.Scope, service string, b api.PermissionBatch) (made []api.Permission, done func(), err error) {
	if err := p.wish(ctx, s, service, wishesOf(b.Entries)...); err != nil {
		return nil, nil, err
	}
	d, done, err := there(ctx, p, s, api.AddPermissions{Service: service, Batch: b})
	return d.Made, done, p.unwished(ctx, service, namesOf(b.Entries), err)
}

// openWished is addWished for everyone.
func (p *Plane) openWished(ctx context.Context, s api.Scope, service string, draft api.EveryoneDraft) (made *api.Permission, done func(), err error) {
	if err := p.wish(ctx, s, service, wishRow{Permission: api.Everyone, ExpiresAt: expiresAt(draft.Expires), Reason: draft.Reason}); err != nil {
		return nil, func() {}, err
	}
	d, done, err := there(ctx, p, s, api.OpenToEveryone{Service: service, Draft: draft})
	if err == nil && d.Made == nil { // everyone may come in already
		err = p.db.InTx(ctx, func(ctx context.Context, tx bun.Tx) error {
			return dropWishes(ctx, tx, service, []string{api.Everyone})
		})
	}
	return d.Made, done, p.unwished(ctx, service, []string{api.Everyone}, err)
}

// unwished returns refused, and takes the wishes back if it says that nothing was made.
func (p *Plane) unwished(ctx context.Context, service string, names []string, refused error) error {
	switch api.CodeOf(refused) {
	case "", api.Unavailable, api.Internal:
		return refused
	}
	_ = p.db.InTx(context.WithoutCancel(ctx), func(ctx context.Context, tx bun.Tx) error { // or they age
		return dropWishes(ctx, tx, service, slices.DeleteFunc(names, unstorable))
	})
	return refused
}

// dropWishes removes wishes that came true or not, and those that are too old.
func dropWishes(ctx context.Context, tx bun.Tx, service string, names []string) error {
	_, err := tx.NewDelete().Model((*wishRow)(nil)).Where("service_id = ?", service).
		Where("permission IN (?) OR asked_at < ?", bun.List(names), store.Micros(time.Now().Add(-wishAge))).Exec(ctx)
	return err
}

// grant has entries that a region tells of be what was wished for.
func (r *serviceRow) grant(ctx context.Context, tx bun.Tx, rows []permissionRow) error {
	names := make([]string, len(rows))
	for i := range rows {
		names[i] = rows[i].Permission
	}
	var wishes []wishRow
	err := tx.NewSelect().Model(&wishes).Where("service_id = ?", r.ID).Where("permission IN (?)", bun.List(names)).
		Where("asked_at >= ?", store.Micros(time.Now().Add(-wishAge))).Scan(ctx)
	if err != nil || len(wishes) == 0 {
		return err
	}
	for i := range rows {
		for _, w := range wishes {
			if w.Permission == rows[i].Permission {
				rows[i].ExpiresAt, rows[i].Reason, rows[i].CreatedBy = w.ExpiresAt, w.Reason, w.AskedBy
			}
		}
	}
	return dropWishes(ctx, tx, r.ID, names)
}
