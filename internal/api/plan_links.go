package api

import "context"

// Plan implements Deed.
func (d CreateLink) Plan(ctx context.Context, to Service, s Scope) (Plan, error) {
	if err := to.ValidateLink(ctx, s, d.Draft); err != nil {
		return Plan{}, err
	}
	plan := Plan{Deed: d, About: d.About()}
	if d.Draft.From == "" {
		plan.After = d.Draft.audited(nil)
		return plan, nil
	}
	from, err := to.Link(ctx, s, d.Draft.From)
	plan.After, plan.State = d.Draft.audited(&from), seen(from.Audited(), from.Version)
	return plan, err
}

// Plan implements Deed.
func (d UpdateLink) Plan(ctx context.Context, to Service, s Scope) (Plan, error) {
	stored, err := to.Link(ctx, s, d.Draft.ID)
	if err != nil {
		return Plan{}, err
	}
	if err := bind(&d.Draft.Version, stored.Version, stored.Updated); err != nil {
		return Plan{}, err
	}
	before := stored.Audited()
	plan := Plan{Deed: d, About: d.About(), Before: before, After: d.Draft.audited(&stored), State: seen(before, stored.Version)}
	return plan, to.ValidateLink(ctx, s, d.Draft)
}

// Plan implements Deed.
func (d EnableLink) Plan(ctx context.Context, to Service, s Scope) (Plan, error) {
	stored, err := to.Link(ctx, s, d.ID)
	before := stored.Audited()
	after := before
	after.Enabled = d.Enabled
	return Plan{Deed: d, About: d.About().named(stored.Name), Before: before, After: after, State: seen(before, stored.Version)}, err
}

// Plan implements Deed.
func (d DeleteLink) Plan(ctx context.Context, to Service, s Scope) (Plan, error) {
	stored, err := to.Link(ctx, s, d.ID)
	if err == nil {
		err = bind(&d.Version, stored.Version, stored.Updated)
	}
	before := stored.Audited()
	return Plan{Deed: d, About: d.About().named(stored.Name), Before: before, State: seen(before, stored.Version)}, err
}

// named is what a deed is about, once its object's name was looked up.
func (a About) named(name string) About {
	a.Name = name
	return a
}
