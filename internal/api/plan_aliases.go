package api

import (
	"context"

	"switchboard/internal/api/routing"
)

// aliasView is an alias as the audit log has it.
type aliasView struct {
	Function    string                  `json:"function"`
	Name        string                  `json:"name"`
	Version     string                  `json:"version"`
	Description string                  `json:"description"`
	Weights     map[string]int          `json:"additional_version_weights,omitempty"`
	Strategy    map[string]strategyView `json:"additional_version_strategy,omitempty"`
	Sticky      routing.Source          `json:"sticky,omitzero"`
	Ramp        *rampView               `json:"ramp,omitempty"`
}

type strategyView struct {
	Combine routing.Combine `json:"combine_type"`
	Rules   []routing.Rule  `json:"rules"`
}

type rampView struct {
	Additional string         `json:"additional"`
	Steps      []rampStepView `json:"steps"`
	Promote    bool           `json:"promote"`
}

type rampStepView struct {
	Percent string `json:"percent"`
	Hold    string `json:"hold,omitempty"`
}

// lead says where the alias leads to.
func (v *aliasView) lead(r routing.Route) {
	v.Version, v.Weights, v.Strategy, v.Sticky = r.Main, nil, nil, r.Sticky
	switch {
	case r.Additional == "":
	case len(r.Rules) > 0:
		v.Strategy = map[string]strategyView{r.Additional: {r.Combine, r.Rules}}
	default:
		v.Weights = map[string]int{r.Additional: r.Weight}
	}
}

func (a *Alias) view() aliasView {
	view := aliasView{Function: a.Function.Package + ":" + a.Function.Name, Name: a.Name, Description: a.Description}
	view.lead(a.Route)
	return view
}

// Plan implements Deed.
func (d CreateAlias) Plan(ctx context.Context, to Service, s Scope) (Plan, error) {
	f, err := to.Function(ctx, s, d.Function)
	if err != nil {
		return Plan{}, err
	}
	after := aliasView{Function: f.Package + ":" + f.Name, Name: d.Draft.Name}
	if d.Draft.Description != nil {
		after.Description = *d.Draft.Description
	}
	after.lead(d.Draft.route())
	return Plan{Deed: d, About: d.About(), After: after}, to.ValidateAlias(ctx, s, d.Function, "", d.Draft)
}

// onAlias plans a change of a stored alias, which is bound to the version that was seen.
func (a About) onAlias(ctx context.Context, to Service, s Scope, version *int64) (Plan, Alias, aliasView, error) {
	stored, err := to.Alias(ctx, s, a.ID)
	if err == nil {
		err = bind(version, stored.Version, stored.Updated)
	}
	before := stored.view()
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
	plan, _, after, err := d.About().onAlias(ctx, to, s, &d.Version)
	if err != nil {
		return plan, err
	}
	after.Ramp = &rampView{Additional: d.Draft.Additional, Promote: d.Draft.Promote}
	for _, step := range d.Draft.Steps {
		after.Ramp.Steps = append(after.Ramp.Steps, rampStepView(step))
	}
	plan.Deed, plan.After = d, after
	return plan, to.ValidateRamp(ctx, s, d.Alias, d.Draft)
}
