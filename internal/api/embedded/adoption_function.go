package embedded

import (
	"cmp"
	"context"
	"maps"
	"time"

	"github.com/uptrace/bun"

	"switchboard/internal/api"
	"switchboard/internal/api/store"
)

// AdoptFunctions makes the functions of a project in a region those that it lists, each as
// its version that can be changed is. A list may leave out what a function itself tells:
// what it does not name stays as it is.
func (p *Plane) AdoptFunctions(ctx context.Context, project string, functions []api.Function) error {
	s, now := outside(project), time.Now()
	return p.db.InTx(ctx, func(ctx context.Context, tx bun.Tx) error {
		rows, latest, err := functionsIn(ctx, tx, project)
		if err != nil {
			return err
		}
		a := adoption[functionRow, api.Function]{
			rowKey:   func(r *functionRow) string { return r.Package + ":" + r.Name },
			thingKey: func(f *api.Function) string { return f.Package + ":" + f.Name },
			insert:   func(f *api.Function) error { return adoptFunction(ctx, tx, s, f, now) },
			change: func(r *functionRow, f *api.Function) error {
				return r.adopt(ctx, tx, s, latest[r.ID], latest[r.ID].overlaid(&f.Latest), now)
			},
			remove: func(r *functionRow) error { return r.drop(ctx, tx, s) },
		}
		return a.of(rows, functions)
	})
}

// functionsIn reads the functions of a project and, by their ids, what can be changed of
// them.
func functionsIn(ctx context.Context, tx bun.Tx, project string) ([]functionRow, map[string]*versionRow, error) {
	var rows []functionRow
	if err := tx.NewSelect().Model(&rows).Where("project_id = ?", project).Scan(ctx); err != nil {
		return nil, nil, err
	}
	var versions []versionRow
	err := tx.NewSelect().Model(&versions).Where("name = ?", api.LatestVersion).
		Where("function_id IN (SELECT id FROM functions WHERE project_id = ?)", project).Scan(ctx)
	latest := make(map[string]*versionRow, len(versions))
	for i := range versions {
		latest[versions[i].FunctionID] = &versions[i]
	}
	return rows, latest, err
}

// adoptFunction inserts a function that was created past this console, unless no call
// could name it.
func adoptFunction(ctx context.Context, tx bun.Tx, s api.Scope, f *api.Function, now time.Time) error {
	if _, ok := api.ParseFunctionURN(f.Package + ":" + f.Name); !ok || !keepable(f) {
		return nil
	}
	row, latest := newFunction(store.NewID(), s, new(f.Draft().Complete()), cmp.Or(f.Updated.At, now))
	if err := row.insert(ctx, tx, latest); err != nil {
		return err
	}
	return row.record(ctx, tx, s, "create", nil, row.audited(*latest))
}

// adopt makes the version of the function that can be changed what it is in the region, if
// it is another one.
func (r *functionRow) adopt(ctx context.Context, tx bun.Tx, s api.Scope, latest *versionRow, v *api.Version, now time.Time) error {
	if !keepable(v) || latest.is(v) {
		return nil
	}
	before := r.audited(*latest)
	latest.adopt(v, now)
	if err := latest.save(ctx, tx, r); err != nil {
		return err
	}
	return r.record(ctx, tx, s, "update", before, r.audited(*latest))
}

// is reports whether the row says of a version what that says.
func (r *versionRow) is(v *api.Version) bool {
	return r.Config == encode(v.Config) && r.Code == encode(v.Code) && r.Upstream == v.Upstream
}

// adopt makes the row what a region says of the version.
func (r *versionRow) adopt(v *api.Version, now time.Time) {
	r.Config, r.Code, r.Upstream = encode(v.Config), encode(v.Code), v.Upstream
	r.UpdatedAt, r.UpdatedBy = cmp.Or(toldAt(v.Updated.At), store.Micros(now)), ""
}

// overlaid is what is known of a version after an answer that may leave things out.
func (r *versionRow) overlaid(told *api.Version) *api.Version {
	stored, v := r.version(), *told
	v.Description = cmp.Or(told.Description, stored.Description)
	was, is := &stored.Config, &v.Config
	is.Description, is.Runtime = cmp.Or(is.Description, was.Description), cmp.Or(is.Runtime, was.Runtime)
	is.Handler, is.Timeout = cmp.Or(is.Handler, was.Handler), cmp.Or(is.Timeout, was.Timeout)
	is.MemoryMB, is.UserData = cmp.Or(is.MemoryMB, was.MemoryMB), cmp.Or(is.UserData, was.UserData)
	is.XRole, is.AppXRole = cmp.Or(is.XRole, was.XRole), cmp.Or(is.AppXRole, was.AppXRole)
	is.Type, is.EnterpriseProject = cmp.Or(is.Type, was.Type), cmp.Or(is.EnterpriseProject, was.EnterpriseProject)
	is.Concurrency, is.PerInstance = cmp.Or(is.Concurrency, was.Concurrency), cmp.Or(is.PerInstance, was.PerInstance)
	if was.Kept != nil {
		kept := maps.Clone(was.Kept)
		maps.Copy(kept, is.Kept)
		is.Kept = kept
	}
	code := &v.Code
	code.Type, code.URL = cmp.Or(code.Type, stored.Code.Type), cmp.Or(code.URL, stored.Code.URL)
	code.Filename, code.Link = cmp.Or(code.Filename, stored.Code.Filename), cmp.Or(code.Link, stored.Code.Link)
	code.Size, code.Digest = cmp.Or(code.Size, stored.Code.Size), cmp.Or(code.Digest, stored.Code.Digest)
	return &v
}
