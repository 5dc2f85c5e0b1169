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

// describe takes over what a judged draft says. Without a file the code is the
// one that is there.
func (r *versionRow) describe(d *api.FunctionDraft, s api.Scope, now time.Time) {
	code := d.Code
	if d.File == nil && r.Code != "" {
		stored := r.code()
		code.Size, code.Digest = stored.Size, stored.Digest
	} else {
		sum := sha512.Sum512(d.File)
		code.Size, code.Digest = int64(len(d.File)), hex.EncodeToString(sum[:])
	}
	r.Config, r.Code, r.Upstream = encode(d.Config), encode(code), d.Upstream
	r.UpdatedAt, r.UpdatedBy = store.Micros(now), s.Actor.User
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

// auditedVersion is a version as the audit log keeps it.
type auditedVersion struct {
	Version     string `json:"version"`
	Explanation string `json:"version_description,omitempty"`
	api.FunctionConfig
	Timeout int64 `json:"timeout"` // seconds, in place of the Config's
	api.FunctionCode
	Upstream string `json:"upstream,omitempty"`
}

func (r *versionRow) audited() auditedVersion {
	v := r.version()
	return auditVersion(&v)
}

func auditVersion(v *api.Version) auditedVersion {
	return auditedVersion{
		Version: v.Name, Explanation: v.Description, FunctionConfig: v.Config, Timeout: int64(v.Config.Timeout / time.Second),
		FunctionCode: v.Code, Upstream: v.Upstream,
	}
}

// auditedFunction is a function as the audit log keeps it: as its version that
// can be changed is.
type auditedFunction struct {
	Package string `json:"package"`
	Name    string `json:"func_name"`
	auditedVersion
	Versions []string `json:"versions,omitempty"` // all the others, where they end with it
}

// audited is the function for the audit log; versions are as versionsOf reads
// them, at least the first.
func (r *functionRow) audited(versions ...versionRow) auditedFunction {
	audited := auditedFunction{Package: r.Package, Name: r.Name, auditedVersion: versions[0].audited()}
	for _, v := range versions[1:] {
		audited.Versions = append(audited.Versions, v.Name)
	}
	return audited
}
