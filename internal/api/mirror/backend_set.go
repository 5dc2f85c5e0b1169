package mirror

import (
	"context"
	"database/sql"
	"errors"

	"github.com/uptrace/bun"

	"switchboard/internal/api"
	"switchboard/internal/api/keyring"
	"switchboard/internal/api/store"
)

// SetBackend implements api.Backends.
func (b *Backends) SetBackend(ctx context.Context, s api.Scope, d api.BackendDraft, depth api.Depth) (api.Backend, error) {
	d = d.Complete()
	typed := !d.Secret.IsZero()
	row, err := b.find(ctx, s.Project)
	if err == nil {
		err = seen(row, d.Version)
	}
	if err == nil {
		err = b.judge(ctx, s, row, &d)
	}
	if err == nil {
		err = b.mayMove(ctx, b.db.Read, s, row, &d)
	}
	if err != nil {
		return api.Backend{}, err
	}
	check := b.ask(ctx, &d, depth)
	if check.Status == api.Failed && depth != api.Anyway {
		if err := b.recordTest(ctx, s, &d, &check); err != nil {
			return api.Backend{}, err
		}
		return api.Backend{}, &api.Error{Code: api.CheckFailed, Message: api.M("backend.check_failed"), Check: &check}
	}
	err = b.db.InTx(ctx, func(ctx context.Context, tx bun.Tx) error {
		return b.set(ctx, tx, s, &d, typed, &check)
	})
	if errors.Is(err, store.ErrDuplicate) {
		err = api.Refuse([]api.Problem{placeTaken})
	}
	if err != nil {
		return api.Backend{}, err
	}
	return b.Backend(ctx, s)
}

// seen refuses what was made of another version than the stored one.
func seen(row *backendRow, version int64) error {
	switch {
	case row == nil && version != 0:
		return api.Errorf(api.Conflict, "backend.came_back")
	case row != nil && version != row.Version:
		return api.Errorf(api.Conflict, "backend.changed", "by", row.UpdatedBy)
	}
	return nil
}

// lockProject keeps others from moving the project meanwhile, and returns its name.
func lockProject(ctx context.Context, tx bun.Tx, project string) (name string, err error) {
	_, err = tx.NewUpdate().TableExpr("projects").Set("name = name").Where("id = ?", project).Returning("name").Exec(ctx, &name)
	if errors.Is(err, sql.ErrNoRows) {
		err = api.Errorf(api.NotFound, "error.not_found")
	}
	return name, err
}

// set stores a judged draft, with its secret, unless somebody was faster.
func (b *Backends) set(ctx context.Context, tx bun.Tx, s api.Scope, d *api.BackendDraft, typed bool, check *api.Check) error {
	name, err := lockProject(ctx, tx, s.Project)
	if err != nil {
		return err
	}
	var rows []backendRow
	if err := tx.NewRaw(backendOf, s.Project).Scan(ctx, &rows); err != nil {
		return err
	}
	var row *backendRow
	if len(rows) > 0 {
		row = &rows[0]
	}
	if err := seen(row, d.Version); err != nil {
		return err
	}
	if err := b.mayMove(ctx, tx, s, row, d); err != nil {
		return err
	}
	if row == nil && d.Kind == api.BackendEmbedded {
		return nil // it lives here, and stays
	}
	is := row.backend()
	before, after := is.Audited(), api.AuditedBackend{Kind: d.Kind}
	if d.Kind == api.BackendCloud {
		made, err := b.move(ctx, tx, s, row, d, check)
		if err != nil {
			return err
		}
		is = made.backend()
		after = is.Audited()
		after.Typed = typed
	} else if err := b.comeBack(ctx, tx, s.Project, name, d); err != nil {
		return err
	}
	return store.Record(ctx, tx, s, store.Event{
		Action: "backend", Kind: api.KindProject, ID: s.Project, Name: name, Before: before, After: after,
	})
}

// move writes down that a project lives in a region.
func (b *Backends) move(ctx context.Context, tx bun.Tx, s api.Scope, row *backendRow, d *api.BackendDraft, check *api.Check) (*backendRow, error) {
	if check.Status == api.FormOnly {
		check = nil
	}
	made := b.newRow(s, row, d, check)
	var err error
	if row == nil {
		_, err = tx.NewInsert().Model(made).Exec(ctx)
	} else {
		_, err = tx.NewUpdate().Model(made).WherePK().Exec(ctx)
	}
	if err != nil {
		return nil, err
	}
	if _, err := tx.NewDelete().Model((*placeRow)(nil)).Where("project_id = ?", s.Project).Exec(ctx); err != nil {
		return nil, err
	}
	now := places(s.Project, d)
	_, err = tx.NewInsert().Model(&now).Exec(ctx)
	return made, err
}

// comeBack forgets the region that a project lived in, and what was kept of it.
func (b *Backends) comeBack(ctx context.Context, tx bun.Tx, project, name string, d *api.BackendDraft) error {
	if err := d.Confirm.Refuse(name, "backend.confirm_differs"); err != nil {
		return err
	}
	if b.forget != nil {
		if err := b.forget(ctx, tx, project); err != nil {
			return err
		}
	}
	_, err := tx.NewDelete().Model((*backendRow)(nil)).Where("project_id = ?", project).Exec(ctx)
	return err
}

// furnished asks whether there is something in a project. The default queue is in each,
// and has no row; a deleted connection, or service, is only remembered.
const furnished = `SELECT
	EXISTS (SELECT 1 FROM links WHERE project_id = ?0) OR
	EXISTS (SELECT 1 FROM connections WHERE project_id = ?0 AND state <> 'DELETED') OR
	EXISTS (SELECT 1 FROM queues WHERE project_id = ?0) OR
	EXISTS (SELECT 1 FROM endpoint_services WHERE project_id = ?0) OR
	EXISTS (SELECT 1 FROM endpoints WHERE project_id = ?0) OR
	EXISTS (SELECT 1 FROM functions WHERE project_id = ?0) OR
	EXISTS (SELECT 1 FROM policies WHERE project_id = ?0) OR
	EXISTS (SELECT 1 FROM backups WHERE project_id = ?0) AS found`

// mayMove refuses to leave behind what a project has: Conflict.
func (b *Backends) mayMove(ctx context.Context, db bun.IDB, s api.Scope, row *backendRow, d *api.BackendDraft) error {
	is := row.backend()
	back := d.Kind == api.BackendEmbedded && b.forget != nil
	if back || d.Kind == is.Kind && (d.Kind == api.BackendEmbedded || d.SamePlace(&is)) {
		return nil
	}
	var found bool
	if err := db.NewRaw(furnished, s.Project).Scan(ctx, &found); err != nil || !found {
		return err
	}
	problem := api.Problem{Path: "kind", Message: api.M("backend.furnished")}
	if d.Kind == is.Kind {
		problem = api.Problem{Path: "project", Message: api.M("backend.elsewhere")}
	}
	return &api.Error{Code: api.Conflict, Message: problem.Message, Problems: []api.Problem{problem}}
}

// Reseal seals the secrets of all backends with the current key, and returns how many it
// changed.
func (b *Backends) Reseal(ctx context.Context) (int, error) {
	var rows []backendRow
	if err := b.db.Read.NewSelect().Model(&rows).OrderExpr("project_id").Scan(ctx); err != nil {
		return 0, err
	}
	changed := 0
	for i := range rows {
		if b.keys.Current(rows[i].Sealed) {
			continue
		}
		if err := reseal(ctx, b.db, b.keys, &rows[i]); err != nil {
			return changed, err
		}
		changed++
	}
	return changed, nil
}

// reseal leaves a row that changed meanwhile to the key it was just sealed with.
func reseal(ctx context.Context, db *store.DB, keys *keyring.Ring, row *backendRow) error {
	secret, err := row.open(keys)
	if err != nil {
		return err
	}
	return db.InTx(ctx, func(ctx context.Context, tx bun.Tx) error {
		_, err := tx.NewUpdate().Model((*backendRow)(nil)).Set("sealed = ?", keys.Seal(sealedFor(row.ProjectID), secret.Reveal())).
			Where("project_id = ? AND sealed = ?", row.ProjectID, row.Sealed).Exec(ctx)
		return err
	})
}
