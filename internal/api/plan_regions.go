package api

import (
	"context"
	"strings"
)

// Plan implements Deed.
func (d CreateRegion) Plan(ctx context.Context, to Service, s Scope) (Plan, error) {
	return Plan{Deed: d, About: d.About(), After: d.Draft.audited(nil)}, to.ValidateRegion(ctx, s, "", d.Draft)
}

// Plan implements Deed.
func (d UpdateRegion) Plan(ctx context.Context, to Service, s Scope) (Plan, error) {
	stored, err := to.Region(ctx, s, d.Name)
	if err == nil {
		err = bind(&d.Version, stored.Version, stored.Updated)
	}
	if err != nil {
		return Plan{}, err
	}
	before := stored.Audited()
	plan := Plan{Deed: d, About: d.About(), Before: before, After: d.Draft.audited(&stored), State: seen(before, stored.Version)}
	return plan, to.ValidateRegion(ctx, s, d.Name, d.Draft)
}

// Plan implements Deed.
func (d DeleteRegion) Plan(ctx context.Context, to Service, s Scope) (Plan, error) {
	stored, err := to.Region(ctx, s, d.Name)
	if err == nil {
		err = bind(&d.Version, stored.Version, stored.Updated)
	}
	before := stored.Audited()
	return Plan{Deed: d, About: d.About(), Before: before, State: seen(before, stored.Version)}, err
}

// Plan implements Deed. The address may hold a secret, and is not shown.
func (d SetHook) Plan(ctx context.Context, to Service, s Scope) (Plan, error) {
	stored, err := to.Hook(ctx, s)
	if err == nil {
		err = bind(&d.Draft.Version, stored.Version, stored.Updated)
	}
	if err != nil {
		return Plan{}, err
	}
	plan := Plan{Deed: d, About: d.About()}
	if stored.URL != "" {
		plan.Before = AuditedHook{Destination: HookDestination(stored.URL), Enabled: stored.Enabled}
	}
	plan.State = seen(plan.Before, stored.Version)
	if address := strings.TrimSpace(d.Draft.URL); address != "" {
		if m := HookURLProblem(address); !m.IsZero() {
			return plan, Refuse([]Problem{{"url", m}})
		}
		plan.After = AuditedHook{Destination: HookDestination(address), Enabled: d.Draft.Enabled, Typed: !d.Draft.Secret.IsZero()}
	}
	return plan, nil
}
