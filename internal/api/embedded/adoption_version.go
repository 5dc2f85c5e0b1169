package embedded

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/uptrace/bun"

	"switchboard/internal/api"
	"switchboard/internal/api/store"
)

// functionAdoption takes over one function that is locked, with all that it has.
type functionAdoption struct {
	tx  bun.Tx
	s   api.Scope
	row *functionRow
	now time.Time
}

// AdoptFunction makes a function of a project in a region what that says of it: f as the
// version that can be changed is, nil if the function is gone, its published versions, the
// newest first, and its aliases. Those that cannot be kept here, because they break a rule
// that all clouds have, are left out and named.
func (p *Plane) AdoptFunction(ctx context.Context, project, id string, f *api.Function, versions []api.Version, aliases []api.Alias) (left []string, err error) {
	s := outside(project)
	err = p.db.InTx(ctx, func(ctx context.Context, tx bun.Tx) error {
		row, err := lockFunction(ctx, tx, s, id)
		if api.CodeOf(err) == api.NotFound {
			return nil // it was deleted here meanwhile
		}
		if err == nil && f == nil {
			return row.drop(ctx, tx, s)
		}
		if err != nil {
			return err
		}
		a := &functionAdoption{tx, s, row, time.Now()}
		rows, err := versionsOf(ctx, tx, id)
		if err != nil {
			return err
		}
		f.Latest.Config.Type = cmp.Or(f.Latest.Config.Type, rows[0].version().Config.Type)
		if err := row.adopt(ctx, tx, s, &rows[0], &f.Latest, a.now); err != nil {
			return err
		}
		names, gone, err := a.versions(ctx, rows[1:], versions)
		if err != nil {
			return err
		}
		if left, err = a.aliases(ctx, aliases, append(names, api.LatestVersion)); err != nil {
			return err
		}
		for i := range gone {
			if err := gone[i].drop(ctx, tx, s, row); err != nil {
				return err
			}
		}
		return nil
	})
	return left, err
}

// versions takes over the published versions, and returns what they are called. Those that
// are gone may still have aliases: who calls removes them after these.
func (a *functionAdoption) versions(ctx context.Context, rows []versionRow, told []api.Version) (names []string, gone []versionRow, err error) {
	told = slices.DeleteFunc(told, func(v api.Version) bool { return len((&api.VersionDraft{Name: v.Name}).Problems()) > 0 })
	date(rows, told)
	for _, v := range told {
		if keepable(v) || named(rows, v.Name) {
			names = append(names, v.Name)
		}
	}
	all := adoption[versionRow, api.Version]{
		rowKey:   func(r *versionRow) string { return r.Name },
		thingKey: func(v *api.Version) string { return v.Name },
		insert:   func(v *api.Version) error { return a.publish(ctx, v) },
		change:   func(r *versionRow, v *api.Version) error { return a.republish(ctx, r, r.overlaid(v)) },
		remove:   func(r *versionRow) error { gone = append(gone, *r); return nil },
	}
	return names, gone, all.of(rows, told)
}

// date says when versions that are new here were published, which answers do not tell:
// not before they were changed last, and in the order in which they are told.
func date(rows []versionRow, told []api.Version) {
	last := int64(0)
	for i := len(told) - 1; i >= 0; i-- {
		v := &told[i]
		if k := slices.IndexFunc(rows, func(r versionRow) bool { return r.Name == v.Name }); k >= 0 {
			last = max(last, rows[k].CreatedAt)
			continue
		}
		last = max(last+1, toldAt(v.Updated.At))
		v.Created.At = store.Time(last)
	}
}

// publish inserts a version that was published past this console.
func (a *functionAdoption) publish(ctx context.Context, v *api.Version) error {
	if !keepable(v) {
		return nil
	}
	row := &versionRow{
		FunctionID: a.row.ID, Name: v.Name, Description: v.Description, PublishedUpstream: v.Upstream,
		CreatedAt: store.Micros(v.Created.At),
	}
	row.adopt(v, v.Created.At)
	if _, err := a.tx.NewInsert().Model(row).Exec(ctx); err != nil {
		return err
	}
	return a.row.record(ctx, a.tx, a.s, "publish", nil, row.audited())
}

// republish makes a version what it is in the region, if that is something else: it was
// published anew under its name, or is answered for by another upstream.
func (a *functionAdoption) republish(ctx context.Context, r *versionRow, v *api.Version) error {
	if !keepable(v) || r.is(v) && r.Description == v.Description {
		return nil
	}
	before, aimed := r.audited(), r.Upstream
	r.Upstream = v.Upstream
	same := r.is(v) && r.Description == v.Description // but for that
	r.Description = v.Description
	if !same {
		r.PublishedUpstream = v.Upstream
	}
	r.adopt(v, a.now)
	if err := update(ctx, a.tx, r, "description", "config", "code", "upstream", "published_upstream", "updated_at", "updated_by"); err != nil {
		return err
	}
	if same && aimed != r.Upstream {
		return a.row.record(ctx, a.tx, a.s, "upstream", before, r.audited())
	}
	if err := a.row.record(ctx, a.tx, a.s, "unpublish", before, nil); err != nil {
		return err
	}
	return a.row.record(ctx, a.tx, a.s, "publish", nil, r.audited())
}
