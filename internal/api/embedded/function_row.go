package embedded

import (
	"context"
	"crypto/sha512"
	"encoding/hex"
	"time"

	"github.com/uptrace/bun"

	"switchboard/internal/api"
	"switchboard/internal/api/store"
)

// functionRow is a function as it is stored, apart from its versions.
type functionRow struct {
	bun.BaseModel `bun:"table:functions"`

	ID        string `bun:"id,pk"`
	ProjectID string
	Package   string
	Name      string
	CreatedAt int64
	CreatedBy string
	UpdatedAt int64 // of the version that can be changed
	UpdatedBy string
	Version   int64
}

// function is the row as the domain knows it, without what addLatest adds.
func (r *functionRow) function() api.Function {
	return api.Function{
		ID: r.ID, Package: r.Package, Name: r.Name, Version: r.Version,
		Created: api.Stamp{At: store.Time(r.CreatedAt), By: r.CreatedBy},
		Updated: api.Stamp{At: store.Time(r.UpdatedAt), By: r.UpdatedBy},
	}
}

// record writes down a change of the locked function or of one of its versions.
func (r *functionRow) record(ctx context.Context, tx bun.Tx, s api.Scope, action string, before, after any) error {
	return store.Record(ctx, tx, s, store.Event{
		Action: action, Kind: api.KindFunction, ID: r.ID, Name: r.Name, Before: before, After: after,
	})
}

// newFunction is a function as a judged draft describes it, and its version that can be
// changed.
func newFunction(id string, s api.Scope, d *api.FunctionDraft, now time.Time) (*functionRow, *versionRow) {
	latest := &versionRow{FunctionID: id, Name: api.LatestVersion}
	latest.describe(d, s, now)
	latest.CreatedAt, latest.CreatedBy = latest.UpdatedAt, latest.UpdatedBy
	return &functionRow{
		ID: id, ProjectID: s.Project, Package: d.Package, Name: d.Name, Version: 1,
		CreatedAt: latest.CreatedAt, CreatedBy: latest.CreatedBy, UpdatedAt: latest.UpdatedAt, UpdatedBy: latest.UpdatedBy,
	}, latest
}

func (r *functionRow) insert(ctx context.Context, tx bun.Tx, latest *versionRow) error {
	if _, err := tx.NewInsert().Model(r).Exec(ctx); err != nil {
		return err
	}
	_, err := tx.NewInsert().Model(latest).Exec(ctx)
	return err
}

// drop removes a locked function with its versions and aliases.
func (r *functionRow) drop(ctx context.Context, tx bun.Tx, s api.Scope) error {
	versions, err := versionsOf(ctx, tx, r.ID)
	if err != nil {
		return err
	}
	if err := dropAliases(ctx, tx, s, r.ID, ""); err != nil {
		return err
	}
	if _, err := tx.NewDelete().Model(r).WherePK().Exec(ctx); err != nil {
		return err
	}
	return r.record(ctx, tx, s, "delete", r.audited(versions...), nil)
}

// touch stores that the version that can be changed was.
func (r *functionRow) touch(ctx context.Context, tx bun.Tx, latest *versionRow) error {
	r.UpdatedAt, r.UpdatedBy = latest.UpdatedAt, latest.UpdatedBy
	r.Version++
	return update(ctx, tx, r, "updated_at", "updated_by", "version")
}

// versionRow is a version as it is stored.
type versionRow struct {
	bun.BaseModel `bun:"table:function_versions,alias:v"`

	FunctionID  string `bun:"function_id,pk"`
	Name        string `bun:"name,pk"`
	Description string
	Config      string
	Code        string
	Upstream    string
	// PublishedUpstream is what Upstream was at the publication; of the version
	// that can be changed it is empty.
	PublishedUpstream string
	CreatedAt         int64
	CreatedBy         string
	UpdatedAt         int64
	UpdatedBy         string

	// Versions is how many the function has; what addLatest reads.
	Versions int64 `bun:",scanonly"`
}

// weigh says in a draft how long its code is, and its digest: those of the file or, without
// one, of the code that is stored, nil if there is none.
func weigh(d *api.FunctionDraft, stored *api.FunctionCode) {
	if d.File == nil && stored != nil {
		d.Code.Size, d.Code.Digest = stored.Size, stored.Digest
		return
	}
	sum := sha512.Sum512(d.File)
	d.Code.Size, d.Code.Digest = int64(len(d.File)), hex.EncodeToString(sum[:])
}

// describe takes over what a judged draft says, whose code was weighed.
func (r *versionRow) describe(d *api.FunctionDraft, s api.Scope, now time.Time) {
	r.Config, r.Code, r.Upstream = encode(d.Config), encode(d.Code), d.Upstream
	r.UpdatedAt, r.UpdatedBy = store.Micros(now), s.Actor.User
}

// save stores what the version that can be changed is now.
func (r *versionRow) save(ctx context.Context, tx bun.Tx, function *functionRow) error {
	if err := update(ctx, tx, r, "config", "code", "upstream", "updated_at", "updated_by"); err != nil {
		return err
	}
	return function.touch(ctx, tx, r)
}

// draft is a draft that leaves the version of the function as it is.
func (r *versionRow) draft(function *functionRow) api.FunctionDraft {
	version := r.version()
	return api.FunctionDraft{
		Package: function.Package, Name: function.Name, Config: version.Config, Code: version.Code, Upstream: version.Upstream,
	}
}

func (r *versionRow) code() (code api.FunctionCode) {
	decode(r.Code, &code)
	return code
}

// unchanged reports whether the version that can be changed is as the other one
// was when it was published.
func (r *versionRow) unchanged(since *versionRow) bool {
	return r.Config == since.Config && r.Code == since.Code && r.Upstream == since.PublishedUpstream
}

// version is the row as the domain knows it, without the aliases that lead to it.
func (r *versionRow) version() api.Version {
	version := api.Version{
		Name: r.Name, Description: r.Description, Code: r.code(), Upstream: r.Upstream,
		Created: api.Stamp{At: store.Time(r.CreatedAt), By: r.CreatedBy},
		Updated: api.Stamp{At: store.Time(r.UpdatedAt), By: r.UpdatedBy},
	}
	decode(r.Config, &version.Config)
	return version
}

// audited is the version for the audit log.
func (r *versionRow) audited() api.AuditedVersion {
	v := r.version()
	return v.Audited()
}

// audited is the function for the audit log; versions are as versionsOf reads
// them, at least the first.
func (r *functionRow) audited(versions ...versionRow) api.AuditedFunction {
	audited := api.AuditedFunction{Package: r.Package, Name: r.Name, AuditedVersion: versions[0].audited()}
	for _, v := range versions[1:] {
		audited.Versions = append(audited.Versions, v.Name)
	}
	return audited
}
