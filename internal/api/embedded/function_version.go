package embedded

import (
	"context"
	"slices"
	"strconv"
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

// ValidateVersion implements api.Functions.
func (p *Plane) ValidateVersion(ctx context.Context, s api.Scope, function string, d api.VersionDraft) error {
	if _, err := p.functionOf(ctx, s, function); err != nil {
		return err
	}
	rows, err := versionsOf(ctx, p.db.Read, function)
	if err != nil {
		return err
	}
	return judgeVersion(rows, &d)
}

// judgeVersion applies every rule to a draft of a version; rows are those that
// are there, as versionsOf reads them.
func judgeVersion(rows []versionRow, d *api.VersionDraft) error {
	problems := d.Problems()
	if d.Digest != "" && !strings.EqualFold(d.Digest, rows[0].code().Digest) {
		problems = append(problems, api.Problem{Path: "digest", Message: api.M("version.digest")})
	}
	if len(rows) > 1 && rows[0].same(&rows[1]) {
		problems = append(problems, api.Problem{Message: api.M("version.unchanged", "version", rows[1].Name)})
	}
	if named(rows[1:], d.Name) {
		m := api.M("version.taken", "version", d.Name)
		return &api.Error{Code: api.Conflict, Message: m, Problems: append([]api.Problem{{Path: "version", Message: m}}, problems...)}
	}
	return api.Refuse(problems)
}

func named(rows []versionRow, name string) bool {
	return slices.ContainsFunc(rows, func(r versionRow) bool { return r.Name == name })
}

// PublishVersion implements api.Functions.
func (p *Plane) PublishVersion(ctx context.Context, s api.Scope, function string, d api.VersionDraft) (api.Version, error) {
	var published versionRow
	err := p.changeFunction(ctx, s, function, 0, func(ctx context.Context, tx bun.Tx, row *functionRow) error {
		rows, err := versionsOf(ctx, tx, function)
		if err != nil {
			return err
		}
		if err := judgeVersion(rows, &d); err != nil {
			return err
		}
		if len(rows) >= api.MaxVersions {
			return api.Errorf(api.Limit, "version.too_many", "max", api.MaxVersions)
		}
		published = publish(rows, &d, s, time.Now())
		if _, err := tx.NewInsert().Model(&published).Exec(ctx); err != nil {
			return err
		}
		return row.record(ctx, tx, s, "publish", nil, published.audited())
	})
	if err != nil {
		return api.Version{}, err
	}
	return published.version(), nil
}

// publish makes the version of a judged draft; rows are as in judgeVersion.
// Whatever the clocks of several processes say, it is newer than those.
func publish(rows []versionRow, d *api.VersionDraft, s api.Scope, now time.Time) versionRow {
	published := rows[0]
	published.Name, published.Description = d.Name, d.Description
	if d.Name == "" {
		published.Name = freeName(rows, now)
	}
	published.CreatedAt = store.Micros(now)
	if len(rows) > 1 {
		published.CreatedAt = max(published.CreatedAt, rows[1].CreatedAt+1)
	}
	published.CreatedBy = s.Actor.User
	published.UpdatedAt, published.UpdatedBy = published.CreatedAt, published.CreatedBy
	return published
}

// freeName names a version by the second in which it was published, and by a
// number if it is not the only one of that second.
func freeName(rows []versionRow, now time.Time) string {
	second := now.UTC().Format("v20060102-150405")
	name := second
	for i := 2; named(rows, name); i++ {
		name = second + "-" + strconv.Itoa(i)
	}
	return name
}

// SetUpstream implements api.Functions.
func (p *Plane) SetUpstream(ctx context.Context, s api.Scope, function, version, upstream string) (api.Version, error) {
	err := p.changeFunction(ctx, s, function, 0, func(ctx context.Context, tx bun.Tx, row *functionRow) error {
		stored, err := row.read(ctx, tx, version)
		if err != nil {
			return err
		}
		if err := api.Refuse(api.UpstreamProblems(upstream)); err != nil || stored.Upstream == upstream {
			return err
		}
		before := stored.audited()
		stored.Upstream, stored.UpdatedAt, stored.UpdatedBy = upstream, store.Micros(time.Now()), s.Actor.User
		if err := update(ctx, tx, stored, "upstream", "updated_at", "updated_by"); err != nil {
			return err
		}
		if version == api.LatestVersion {
			if err := row.touch(ctx, tx, stored); err != nil {
				return err
			}
		}
		return row.record(ctx, tx, s, "upstream", before, stored.audited())
	})
	if err != nil {
		return api.Version{}, err
	}
	return p.Version(ctx, s, function, version)
}

// DeleteVersion implements api.Functions.
func (p *Plane) DeleteVersion(ctx context.Context, s api.Scope, function, name string) error {
	return p.changeFunction(ctx, s, function, 0, func(ctx context.Context, tx bun.Tx, row *functionRow) error {
		version, err := row.read(ctx, tx, name)
		if err != nil {
			return err
		}
		if name == api.LatestVersion {
			return api.Errorf(api.Conflict, "version.latest_stays")
		}
		pointers, err := pointersOf(ctx, tx, function)
		if err != nil {
			return err
		}
		if names := additionalOf(pointers, name); len(names) > 0 {
			return api.Errorf(api.Conflict, "version.additional", "aliases", strings.Join(names, ", "))
		}
		if err := dropAliases(ctx, tx, s, function, name); err != nil {
			return err
		}
		if _, err := tx.NewDelete().Model(version).WherePK().Exec(ctx); err != nil {
			return err
		}
		return row.record(ctx, tx, s, "unpublish", version.audited(), nil)
	})
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
