package embedded

import (
	"cmp"
	"context"
	"errors"
	"time"

	"github.com/uptrace/bun"

	"switchboard/internal/api"
	"switchboard/internal/api/store"
)

const noFunction = "function.not_found"

// Function implements api.Functions.
func (p *Plane) Function(ctx context.Context, s api.Scope, id string) (api.Function, error) {
	return p.readFunction(ctx, s, "id = ?", id)
}

// FindFunction implements api.Functions.
func (p *Plane) FindFunction(ctx context.Context, s api.Scope, pkg, name string) (api.Function, error) {
	return p.readFunction(ctx, s, "package = ? AND name = ?", cmp.Or(pkg, api.DefaultPackage), name)
}

func (p *Plane) readFunction(ctx context.Context, s api.Scope, where string, args ...any) (api.Function, error) {
	row := new(functionRow)
	if err := find(ctx, p.db.Read, s.Project, row, noFunction, where, args...); err != nil {
		return api.Function{}, err
	}
	found := []api.Function{row.function()}
	err := addLatest(ctx, p.db.Read, found)
	return found[0], err
}

// functionOf finds a function of the project.
func (p *Plane) functionOf(ctx context.Context, s api.Scope, id string) (*functionRow, error) {
	row := new(functionRow)
	return row, find(ctx, p.db.Read, s.Project, row, noFunction, "id = ?", id)
}

// lockFunction is functionOf for a change of the function, its versions or its
// aliases.
func lockFunction(ctx context.Context, tx bun.Tx, s api.Scope, id string) (*functionRow, error) {
	row := new(functionRow)
	return row, lock(ctx, tx, s.Project, row, noFunction, id)
}

// changeFunction runs f in a transaction with the function locked. If version is
// not 0 it must be the stored one.
func (p *Plane) changeFunction(ctx context.Context, s api.Scope, id string, version int64,
	f func(ctx context.Context, tx bun.Tx, row *functionRow) error,
) error {
	return p.db.InTx(ctx, func(ctx context.Context, tx bun.Tx) error {
		row, err := lockFunction(ctx, tx, s, id)
		if err != nil {
			return err
		}
		if version != 0 && version != row.Version {
			return api.Errorf(api.Conflict, "function.changed", "by", row.UpdatedBy)
		}
		return f(ctx, tx, row)
	})
}

// ValidateFunction implements api.Functions.
func (p *Plane) ValidateFunction(ctx context.Context, s api.Scope, id string, d api.FunctionDraft) error {
	d = d.Complete()
	if id == "" {
		return p.judgeFunction(ctx, s, &d)
	}
	row, err := p.functionOf(ctx, s, id)
	if err != nil {
		return err
	}
	latest, err := row.read(ctx, p.db.Read, api.LatestVersion)
	if err != nil {
		return err
	}
	return latest.judge(row, &d)
}

// judgeFunction applies every rule to a complete draft of a new function.
func (p *Plane) judgeFunction(ctx context.Context, s api.Scope, d *api.FunctionDraft) error {
	problems := d.Problems(nil)
	err := find(ctx, p.db.Read, s.Project, new(functionRow), noFunction, "package = ? AND name = ?", d.Package, d.Name)
	switch {
	case err == nil:
		return functionTaken(problems)
	case api.CodeOf(err) != api.NotFound:
		return err
	}
	return api.Refuse(problems)
}

func functionTaken(others []api.Problem) error {
	m := api.M("function.name_taken")
	return &api.Error{Code: api.Conflict, Message: m, Problems: append([]api.Problem{{Path: "func_name", Message: m}}, others...)}
}

// judge judges a complete draft of what the version of the function is to be.
func (r *versionRow) judge(function *functionRow, d *api.FunctionDraft) error {
	d.Package, d.Name = function.Package, function.Name
	stored := r.code()
	return api.Refuse(d.Problems(&stored))
}

// CreateFunction implements api.Functions.
func (p *Plane) CreateFunction(ctx context.Context, s api.Scope, d api.FunctionDraft) (api.Function, error) {
	d = d.Complete()
	if err := p.judgeFunction(ctx, s, &d); err != nil {
		return api.Function{}, err
	}
	latest := &versionRow{FunctionID: store.NewID(), Name: api.LatestVersion}
	latest.describe(&d, s, time.Now())
	latest.CreatedAt, latest.CreatedBy = latest.UpdatedAt, latest.UpdatedBy
	row := &functionRow{
		ID: latest.FunctionID, ProjectID: s.Project, Package: d.Package, Name: d.Name, Version: 1,
		CreatedAt: latest.CreatedAt, CreatedBy: latest.CreatedBy, UpdatedAt: latest.UpdatedAt, UpdatedBy: latest.UpdatedBy,
	}
	err := p.db.InTx(ctx, func(ctx context.Context, tx bun.Tx) error {
		if err := roomForFunction(ctx, tx, s); err != nil {
			return err
		}
		if _, err := tx.NewInsert().Model(row).Exec(ctx); err != nil {
			return err
		}
		if _, err := tx.NewInsert().Model(latest).Exec(ctx); err != nil {
			return err
		}
		return row.record(ctx, tx, s, "create", nil, row.audited(*latest))
	})
	if errors.Is(err, store.ErrDuplicate) {
		err = functionTaken(nil)
	}
	if err != nil {
		return api.Function{}, err
	}
	f := row.function()
	f.Latest, f.Versions = latest.version(), 1
	return f, nil
}

func roomForFunction(ctx context.Context, tx bun.Tx, s api.Scope) error {
	if _, err := lockProject(ctx, tx, s.Project); err != nil {
		return err
	}
	n, err := tx.NewSelect().Model((*functionRow)(nil)).Where("project_id = ?", s.Project).Count(ctx)
	if err == nil && n >= api.MaxFunctions {
		err = api.Errorf(api.Limit, "function.too_many", "max", api.MaxFunctions)
	}
	return err
}

// UpdateFunction implements api.Functions.
func (p *Plane) UpdateFunction(ctx context.Context, s api.Scope, id string, d api.FunctionDraft, version int64) (api.Function, error) {
	return p.updateFunction(ctx, s, id, version, func(draft *api.FunctionDraft) error {
		*draft = d
		return nil
	})
}

// PatchFunction implements api.Functions.
func (p *Plane) PatchFunction(ctx context.Context, s api.Scope, id string, patch func(d *api.FunctionDraft) error) (api.Function, error) {
	return p.updateFunction(ctx, s, id, 0, patch)
}

func (p *Plane) updateFunction(ctx context.Context, s api.Scope, id string, version int64, patch func(d *api.FunctionDraft) error) (api.Function, error) {
	err := p.changeFunction(ctx, s, id, version, func(ctx context.Context, tx bun.Tx, row *functionRow) error {
		latest, err := row.read(ctx, tx, api.LatestVersion)
		if err != nil {
			return err
		}
		d := latest.draft(row)
		if err := patch(&d); err != nil {
			return err
		}
		d = d.Complete()
		if err := latest.judge(row, &d); err != nil {
			return err
		}
		before := row.audited(*latest)
		latest.describe(&d, s, time.Now())
		if err := update(ctx, tx, latest, "config", "code", "upstream", "updated_at", "updated_by"); err != nil {
			return err
		}
		if err := row.touch(ctx, tx, latest); err != nil {
			return err
		}
		return row.record(ctx, tx, s, "update", before, row.audited(*latest))
	})
	if err != nil {
		return api.Function{}, err
	}
	return p.Function(ctx, s, id)
}

// DeleteFunction implements api.Functions.
func (p *Plane) DeleteFunction(ctx context.Context, s api.Scope, id string, version int64, confirm api.Confirmation) error {
	return p.changeFunction(ctx, s, id, version, func(ctx context.Context, tx bun.Tx, row *functionRow) error {
		pointers, err := pointersOf(ctx, tx, id)
		if err != nil {
			return err
		}
		if len(pointers) > 0 {
			if err := confirm.Refuse(row.Name, "functions.confirm_differs"); err != nil {
				return err
			}
		}
		versions, err := versionsOf(ctx, tx, id)
		if err != nil {
			return err
		}
		if err := dropAliases(ctx, tx, s, id, ""); err != nil {
			return err
		}
		if _, err := tx.NewDelete().Model(row).WherePK().Exec(ctx); err != nil {
			return err
		}
		return row.record(ctx, tx, s, "delete", row.audited(versions...), nil)
	})
}
