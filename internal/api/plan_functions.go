package api

import (
	"cmp"
	"context"
)

// Draft is a draft that would leave what LatestVersion is as it is.
func (f *Function) Draft() FunctionDraft {
	return FunctionDraft{Package: f.Package, Name: f.Name, Config: f.Latest.Config, Code: f.Latest.Code, Upstream: f.Latest.Upstream}
}

// Plan implements Deed.
func (d CreateFunction) Plan(ctx context.Context, to Service, s Scope) (Plan, error) {
	plan := Plan{Deed: d, About: d.About(), After: d.Draft.audited(FunctionCode{})}
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
	before := f.Audited()
	d.Draft.Package, d.Draft.Name = f.Package, f.Name
	plan := Plan{Deed: d, About: d.About(), Before: before, After: d.Draft.audited(f.Latest.Code), State: seen(before, f.Version)}
	return plan, to.ValidateFunction(ctx, s, d.ID, d.Draft)
}

// Plan implements Deed.
func (d DeleteFunction) Plan(ctx context.Context, to Service, s Scope) (Plan, error) {
	f, err := to.Function(ctx, s, d.ID)
	if err == nil {
		err = bind(&d.Version, f.Version, f.Updated)
	}
	if err != nil {
		return Plan{}, err
	}
	before := f.Audited()
	state := map[string]any{"function": seen(before, f.Version), "versions": f.Versions, "aliases": f.Aliases}
	versions, err := to.Versions(ctx, s, d.ID)
	for _, v := range versions {
		if v.Name != LatestVersion {
			before.Versions = append(before.Versions, v.Name)
		}
	}
	return Plan{Deed: d, About: d.About().named(f.Name), Before: before, State: state}, err
}

// Plan implements Deed.
func (d PublishVersion) Plan(ctx context.Context, to Service, s Scope) (Plan, error) {
	f, err := to.Function(ctx, s, d.Function)
	if err != nil {
		return Plan{}, err
	}
	after := f.Latest.Audited()
	after.Version, after.Explanation = d.Draft.Name, d.Draft.Description
	plan := Plan{Deed: d, About: d.About().named(f.Name), After: after, State: seen(f.Audited(), f.Version)}
	return plan, to.ValidateVersion(ctx, s, d.Function, d.Draft)
}

// onVersion plans a change of a version of a function.
func (a About) onVersion(ctx context.Context, to Service, s Scope, d Deed, version string) (Plan, AuditedVersion, error) {
	f, err := to.Function(ctx, s, a.ID)
	if err != nil {
		return Plan{}, AuditedVersion{}, err
	}
	v, err := to.Version(ctx, s, a.ID, version)
	before := v.Audited()
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
