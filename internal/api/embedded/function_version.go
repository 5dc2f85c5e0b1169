package embedded

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/uptrace/bun"

	"switchboard/internal/api"
	"switchboard/internal/api/store"
)

const noVersion = "version.not_found"

// Versions implements api.Functions.
func (p *Plane) Versions(ctx context.Context, s api.Scope, function string) ([]api.Version, error) {
	if _, err := p.functionOf(ctx, s, function); err != nil {
		return nil, err
	}
	rows, err := versionsOf(ctx, p.db.Read, function)
	if err != nil {
		return nil, err
	}
	versions := make([]api.Version, len(rows))
	for i := range rows {
		versions[i] = rows[i].version()
	}
	return versions, addPointers(ctx, p.db.Read, function, versions)
}

// versionsOf reads the versions of a function: the one that can be changed, then
// the newest first.
func versionsOf(ctx context.Context, db bun.IDB, function string) ([]versionRow, error) {
	var rows []versionRow
	err := db.NewSelect().Model(&rows).Where("function_id = ?", function).
		OrderExpr("CASE name WHEN ? THEN 0 ELSE 1 END, created_at DESC, name DESC", api.LatestVersion).Scan(ctx)
	return rows, err
}

// addPointers fills in which aliases lead to versions of a function.
func addPointers(ctx context.Context, db bun.IDB, function string, versions []api.Version) error {
	pointers, err := pointersOf(ctx, db, function)
	for i := range pointers {
		for k := range versions {
			pointers[i].tell(&versions[k])
		}
	}
	return err
}

// Version implements api.Functions.
func (p *Plane) Version(ctx context.Context, s api.Scope, function, name string) (api.Version, error) {
	row, err := p.functionOf(ctx, s, function)
	if err != nil {
		return api.Version{}, err
	}
	version, err := row.read(ctx, p.db.Read, name)
	if err != nil {
		return api.Version{}, err
	}
	found := []api.Version{version.version()}
	err = addPointers(ctx, p.db.Read, function, found)
	return found[0], err
}

// read reads a version of the function.
func (r *functionRow) read(ctx context.Context, db bun.IDB, name string) (*versionRow, error) {
	row := new(versionRow)
	if !store.Storable(name) {
		return row, api.Errorf(api.NotFound, noVersion)
	}
	err := db.NewSelect().Model(row).Where("function_id = ? AND name = ?", r.ID, name).Scan(ctx)
	return row, orMissing(err, noVersion)
}

// SetUpstream implements api.Functions.
func (p *Plane) SetUpstream(ctx context.Context, s api.Scope, function, version, upstream string) (api.Version, error) {
	refused := p.judgeUpstream(ctx, s)
	err := p.changeFunction(ctx, s, function, 0, func(ctx context.Context, tx bun.Tx, row *functionRow, _ api.Deed) (api.Deed, error) {
		stored, err := row.read(ctx, tx, version)
		if err != nil {
			return nil, err
		}
		if err := api.Refuse(api.UpstreamProblems(upstream)); err != nil || stored.Upstream == upstream {
			return nil, err
		}
		if refused != nil {
			return nil, refused
		}
		before := stored.audited()
		stored.Upstream, stored.UpdatedAt, stored.UpdatedBy = upstream, store.Micros(time.Now()), s.Actor.User
		if err := update(ctx, tx, stored, "upstream", "updated_at", "updated_by"); err != nil {
			return nil, err
		}
		if version == api.LatestVersion {
			if err := row.touch(ctx, tx, stored); err != nil {
				return nil, err
			}
		}
		return api.SetUpstream{Function: function, Version: version, Upstream: upstream}, row.record(ctx, tx, s, "upstream", before, stored.audited())
	})
	if err != nil {
		return api.Version{}, err
	}
	return p.Version(ctx, s, function, version)
}

// DeleteVersion implements api.Functions.
func (p *Plane) DeleteVersion(ctx context.Context, s api.Scope, function, name string, confirm api.Confirmation) error {
	return p.changeFunction(ctx, s, function, 0, func(ctx context.Context, tx bun.Tx, row *functionRow, _ api.Deed) (api.Deed, error) {
		version, err := row.read(ctx, tx, name)
		if err != nil {
			return nil, err
		}
		if name == api.LatestVersion {
			return nil, api.Errorf(api.Conflict, "version.latest_stays")
		}
		pointers, err := pointersOf(ctx, tx, function)
		if err != nil {
			return nil, err
		}
		if names := additionalOf(pointers, name); len(names) > 0 {
			return nil, api.Errorf(api.Conflict, "version.additional", "aliases", strings.Join(names, ", "))
		}
		if slices.ContainsFunc(pointers, func(r pointerRow) bool { return r.Main == name }) {
			if err := confirm.Refuse(name, "functions.confirm_version_differs"); err != nil {
				return nil, err
			}
		}
		if err := dropAliases(ctx, tx, s, function, name); err != nil {
			return nil, err
		}
		return api.DeleteVersion{Function: function, Version: name}, version.drop(ctx, tx, s, row)
	})
}

// drop removes a published version that no alias leads to.
func (r *versionRow) drop(ctx context.Context, tx bun.Tx, s api.Scope, function *functionRow) error {
	if _, err := tx.NewDelete().Model(r).WherePK().Exec(ctx); err != nil {
		return err
	}
	return function.record(ctx, tx, s, "unpublish", r.audited(), nil)
}

// additionalOf names the aliases whose additional version it is.
func additionalOf(pointers []pointerRow, version string) (names []string) {
	for _, r := range pointers {
		if r.Additional == version {
			names = append(names, r.Name)
		}
	}
	return names
}
