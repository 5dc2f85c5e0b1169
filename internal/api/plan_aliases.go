package api

import (
	"context"

	"switchboard/internal/api/routing"
)

// Plan implements Deed.
func (d CreateAlias) Plan(ctx context.Context, to Service, s Scope) (Plan, error) {
	f, err := to.Function(ctx, s, d.Function)
	if err != nil {
		return Plan{}, err
	}
	after := AuditedAlias{Function: f.Package + ":" + f.Name, Name: d.Draft.Name}
	if d.Draft.Description != nil {
		after.Description = *d.Draft.Description
	}
	after.lead(d.Draft.route())
	return Plan{Deed: d, About: d.About(), After: after}, to.ValidateAlias(ctx, s, d.Function, "", d.Draft)
}

// onAlias plans a change of a stored alias, which is bound to the version that was seen.
func (a About) onAlias(ctx context.Context, to Service, s Scope, version *int64) (Plan, Alias, AuditedAlias, error) {
	stored, err := to.Alias(ctx, s, a.ID)
	if err == nil {
		err = bind(version, stored.Version, stored.Updated)
	}
	before := stored.Audited()
	return Plan{About: a.named(stored.Name), Before: before, State: seen(before, stored.Version)}, stored, before, err
}

// Plan implements Deed.
func (d UpdateAlias) Plan(ctx context.Context, to Service, s Scope) (Plan, error) {
	plan, stored, after, err := d.About().onAlias(ctx, to, s, &d.Version)
	if err != nil {
		return plan, err
	}
	d.Draft.Name = stored.Name
	if d.Draft.Description != nil {
		after.Description = *d.Draft.Description
	}
	if d.Draft.Sticky == nil {
		d.Draft.Sticky = &stored.Route.Sticky
	}
	after.lead(d.Draft.route())
	plan.Deed, plan.After = d, after
	return plan, to.ValidateAlias(ctx, s, stored.Function.ID, d.ID, d.Draft)
}

// Plan implements Deed.
func (d PromoteAlias) Plan(ctx context.Context, to Service, s Scope) (Plan, error) {
	plan, stored, after, err := d.About().onAlias(ctx, to, s, &d.Version)
	if err == nil && stored.Route.Additional == "" {
		err = Errorf(Invalid, "alias.no_gray")
	}
	after.lead(routing.Route{Main: stored.Route.Additional, Sticky: stored.Route.Sticky})
	plan.Deed, plan.After = d, after
	return plan, err
}

// Plan implements Deed.
func (d AbortAlias) Plan(ctx context.Context, to Service, s Scope) (Plan, error) {
	plan, stored, after, err := d.About().onAlias(ctx, to, s, &d.Version)
	after.lead(routing.Route{Main: stored.Route.Main, Sticky: stored.Route.Sticky})
	plan.Deed, plan.After = d, after
	return plan, err
}

// Plan implements Deed.
func (d DeleteAlias) Plan(ctx context.Context, to Service, s Scope) (Plan, error) {
	plan, _, _, err := d.About().onAlias(ctx, to, s, &d.Version)
	plan.Deed = d
	return plan, err
}

// Plan implements Deed.
func (d StartRamp) Plan(ctx context.Context, to Service, s Scope) (Plan, error) {
	plan, stored, after, err := d.About().onAlias(ctx, to, s, &d.Version)
	if err != nil {
		return plan, err
	}
	ramp := Ramp{Additional: d.Draft.Additional, State: RampRunning, Promote: d.Draft.Promote}
	if ramp.Steps, _ = d.Draft.Plan(after.Version, nil); len(ramp.Steps) > 0 {
		after.lead(routing.Route{
			Main: after.Version, Additional: ramp.Additional, Weight: ramp.Steps[0].Percent, Sticky: stored.Route.Sticky,
		})
	}
	after.Ramp = ramp.Audited()
	plan.Deed, plan.After = d, after
	return plan, to.ValidateRamp(ctx, s, d.Alias, d.Draft)
}
