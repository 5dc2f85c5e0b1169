package api

import (
	"cmp"
	"context"
	"crypto/sha512"
	"encoding/hex"
	"time"
)

// functionView is a version of a function as the audit log has it.
type functionView struct {
	Package     string `json:"package"`
	Name        string `json:"func_name"`
	Version     string `json:"version"`
	Explanation string `json:"version_description,omitempty"`
	FunctionConfig
	Timeout int64 `json:"timeout"` // seconds, in place of the Config's
	FunctionCode
	Upstream string `json:"upstream,omitempty"`
}

func (f *Function) view(v *Version) functionView {
	return functionView{
		f.Package, f.Name, v.Name, v.Description, v.Config, int64(v.Config.Timeout / time.Second), v.Code, v.Upstream,
	}
}

// Draft is a draft that would leave what LatestVersion is as it is.
func (f *Function) Draft() FunctionDraft {
	return FunctionDraft{Package: f.Package, Name: f.Name, Config: f.Latest.Config, Code: f.Latest.Code, Upstream: f.Latest.Upstream}
}

// view is what the draft makes of a function whose code was so.
func (d FunctionDraft) view(code FunctionCode) functionView {
	d = d.Complete()
	after := d.Code
	after.Size, after.Digest = code.Size, code.Digest
	if d.File != nil {
		sum := sha512.Sum512(d.File)
		after.Size, after.Digest = int64(len(d.File)), hex.EncodeToString(sum[:])
	}
	return functionView{
		d.Package, d.Name, LatestVersion, "", d.Config, int64(d.Config.Timeout / time.Second), after, d.Upstream,
	}
}

// Plan implements Deed.
func (d CreateFunction) Plan(ctx context.Context, to Service, s Scope) (Plan, error) {
	plan := Plan{Deed: d, About: d.About(), After: d.Draft.view(FunctionCode{})}
	return plan, to.ValidateFunction(ctx, s, "", d.Draft)
}

// Plan implements Deed.
func (d UpdateFunction) Plan(ctx context.Context, to Service, s Scope) (Plan, error) {
	f, err := to.Function(ctx, s, d.ID)
	if err == nil {
		err = bind(&d.Version, f.Version, f.Updated)
	}
	if err != nil {
		return Plan{}, err
	}
	before := f.view(&f.Latest)
	d.Draft.Package, d.Draft.Name = f.Package, f.Name
	plan := Plan{Deed: d, About: d.About(), Before: before, After: d.Draft.view(f.Latest.Code), State: seen(before, f.Version)}
	return plan, to.ValidateFunction(ctx, s, d.ID, d.Draft)
}

// Plan implements Deed.
func (d DeleteFunction) Plan(ctx context.Context, to Service, s Scope) (Plan, error) {
	f, err := to.Function(ctx, s, d.ID)
	if err == nil {
		err = bind(&d.Version, f.Version, f.Updated)
	}
	before := f.view(&f.Latest)
	state := map[string]any{"function": seen(before, f.Version), "versions": f.Versions, "aliases": f.Aliases}
	return Plan{Deed: d, About: d.About().named(f.Name), Before: before, State: state}, err
}

// Plan implements Deed.
func (d PublishVersion) Plan(ctx context.Context, to Service, s Scope) (Plan, error) {
	f, err := to.Function(ctx, s, d.Function)
	if err != nil {
		return Plan{}, err
	}
	before := f.view(&f.Latest)
	after := before
	after.Version, after.Explanation = d.Draft.Name, d.Draft.Description
	plan := Plan{Deed: d, About: d.About().named(f.Name), After: after, State: seen(before, f.Version)}
	return plan, to.ValidateVersion(ctx, s, d.Function, d.Draft)
}

// onVersion plans a change of a version of a function.
func (a About) onVersion(ctx context.Context, to Service, s Scope, d Deed, version string) (Plan, functionView, error) {
	f, err := to.Function(ctx, s, a.ID)
	if err != nil {
		return Plan{}, functionView{}, err
	}
	v, err := to.Version(ctx, s, a.ID, version)
	before := f.view(&v)
	state := map[string]any{"version": before, "main": v.Main, "additional": v.Additional}
	return Plan{Deed: d, About: a.named(f.Name), Before: before, State: state}, before, err
}

// Plan implements Deed.
func (d SetUpstream) Plan(ctx context.Context, to Service, s Scope) (Plan, error) {
	plan, after, err := d.About().onVersion(ctx, to, s, d, cmp.Or(d.Version, LatestVersion))
	if err != nil {
		return plan, err
	}
	after.Upstream = d.Upstream
	plan.After = after
	return plan, Refuse(UpstreamProblems(d.Upstream))
}

// Plan implements Deed.
func (d DeleteVersion) Plan(ctx context.Context, to Service, s Scope) (Plan, error) {
	plan, _, err := d.About().onVersion(ctx, to, s, d, d.Version)
	return plan, err
}
