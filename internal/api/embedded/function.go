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

// changeFunction makes a change with the function locked. If version is not 0 it must be
// the stored one.
func (p *Plane) changeFunction(ctx context.Context, s api.Scope, id string, version int64,
	f func(ctx context.Context, tx bun.Tx, row *functionRow, made api.Deed) (api.Deed, error),
) error {
	return p.change(ctx, s, func(ctx context.Context, tx bun.Tx, made api.Deed) (api.Deed, error) {
		row, err := lockFunction(ctx, tx, s, id)
		if err != nil {
			return nil, err
		}
		if version != 0 && version != row.Version {
			return nil, functionChanged(row.UpdatedBy)
		}
		return f(ctx, tx, row, made)
	})
}

// functionChanged says who changed a function; nobody who is known did so in a region.
func functionChanged(by string) error {
	if by == "" {
		return api.Errorf(api.Conflict, "function.changed_there")
	}
	return api.Errorf(api.Conflict, "function.changed", "by", api.By(by))
}

// CreateFunction implements api.Functions.
func (p *Plane) CreateFunction(ctx context.Context, s api.Scope, d api.FunctionDraft) (api.Function, error) {
	d = d.Complete()
	if err := p.judgeFunction(ctx, s, &d); err != nil {
		return api.Function{}, err
	}
	weigh(&d, nil)
	create := api.CreateFunction{ID: store.NewID(), Draft: d}
	var row *functionRow
	var latest *versionRow
	err := p.change(ctx, s, func(ctx context.Context, tx bun.Tx, made api.Deed) (api.Deed, error) {
		if err := roomForFunction(ctx, tx, s); err != nil {
			return nil, err
		}
		deed := create
		if as, there := made.(api.CreateFunction); there {
			deed = as
		}
		row, latest = newFunction(create.ID, s, &deed.Draft, time.Now())
		if err := row.insert(ctx, tx, latest); err != nil {
			return nil, err
		}
		return deed, row.record(ctx, tx, s, "create", nil, row.audited(*latest))
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
	err := p.changeFunction(ctx, s, id, version, func(ctx context.Context, tx bun.Tx, row *functionRow, made api.Deed) (api.Deed, error) {
		latest, err := row.read(ctx, tx, api.LatestVersion)
		if err != nil {
			return nil, err
		}
		update, there := made.(api.UpdateFunction)
		if !there {
			update = api.UpdateFunction{ID: id, Version: row.Version}
			if update.Draft, err = latest.patched(row, patch); err != nil {
				return nil, err
			}
		}
		before := row.audited(*latest)
		latest.describe(&update.Draft, s, time.Now())
		if err := latest.save(ctx, tx, row); err != nil {
			return nil, err
		}
		return update, row.record(ctx, tx, s, "update", before, row.audited(*latest))
	})
	if err != nil {
		return api.Function{}, err
	}
	return p.Function(ctx, s, id)
}

// patched is a judged draft of what the version that can be changed becomes.
func (r *versionRow) patched(function *functionRow, patch func(d *api.FunctionDraft) error) (api.FunctionDraft, error) {
	d := r.draft(function)
	if err := patch(&d); err != nil {
		return d, err
	}
	d = d.Complete()
	stored := r.code()
	weigh(&d, &stored)
	return d, r.judge(function, &d)
}

// DeleteFunction implements api.Functions.
func (p *Plane) DeleteFunction(ctx context.Context, s api.Scope, id string, version int64, confirm api.Confirmation) error {
	return p.changeFunction(ctx, s, id, version, func(ctx context.Context, tx bun.Tx, row *functionRow, _ api.Deed) (api.Deed, error) {
		pointers, err := pointersOf(ctx, tx, id)
		if err != nil {
			return nil, err
		}
		if len(pointers) > 0 {
			if err := confirm.Refuse(row.Name, "functions.confirm_differs"); err != nil {
				return nil, err
			}
		}
		return api.DeleteFunction{ID: id, Version: row.Version}, row.drop(ctx, tx, s)
	})
}
