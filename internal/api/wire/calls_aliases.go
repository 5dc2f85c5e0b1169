package wire

import (
	"cmp"
	"context"

	"switchboard/internal/api"
	"switchboard/internal/api/routing"
)

func (p *program) aboutAliases(ctx context.Context, d api.Deed) error {
	switch d := d.(type) {
	case api.CreateAlias:
		return p.withFunction(ctx, d.Function, func(f *api.Function) error { return p.createAlias(f, &d.Draft) })
	case api.UpdateAlias:
		return p.withAlias(ctx, d.ID, func(a *api.Alias) error { return p.updateAlias(a, &d.Draft) })
	case api.PromoteAlias:
		return p.withAlias(ctx, d.ID, func(a *api.Alias) error {
			return p.endGray(a, "PromoteAlias", cmp.Or(a.Route.Additional, a.Route.Main))
		})
	case api.AbortAlias:
		return p.withAlias(ctx, d.ID, func(a *api.Alias) error { return p.endGray(a, "AbortAlias", a.Route.Main) })
	case api.DeleteAlias:
		return p.withAlias(ctx, d.ID, func(a *api.Alias) error { return p.add("DeleteVersionAlias", p.alias(a), nil, nil) })
	case api.StartRamp:
		return p.withAlias(ctx, d.Alias, func(a *api.Alias) error { return p.add("StartRamp", p.alias(a), rampOf(&d.Draft), nil) })
	}
	return noCalls(d)
}

func (p *program) withAlias(ctx context.Context, id string, write func(a *api.Alias) error) error {
	stored, err := p.from.Alias(ctx, p.scope, id)
	if err != nil {
		return err
	}
	return write(&stored)
}

func (p *program) alias(a *api.Alias) pathParams {
	return pathParams{"function": p.urn(a.Function.Package, a.Function.Name, ""), "alias": a.Name}
}

func (p *program) createAlias(f *api.Function, d *api.AliasDraft) error {
	if err := p.add("CreateVersionAlias", p.function(f, ""), aliasOf(false, d), nil); err != nil {
		return err
	}
	alias := api.Alias{Function: api.AliasFunction{Package: f.Package, Name: f.Name}, Name: d.Name}
	return p.stick(&alias, d.Sticky)
}

func (p *program) updateAlias(a *api.Alias, d *api.AliasDraft) error {
	if err := p.add("UpdateVersionAlias", p.alias(a), aliasOf(true, d), nil); err != nil {
		return err
	}
	return p.stick(a, d.Sticky)
}

// stick says what keeps callers at their version, which the dialect cannot.
func (p *program) stick(a *api.Alias, to *routing.Source) error {
	if to == nil || *to == a.Route.Sticky {
		return nil
	}
	return p.add("UpdateAliasSticky", p.alias(a), stickyBody{to}, nil)
}

// endGray ends the gray release that is there: in the dialect, by an update that says
// nothing of an additional version.
func (p *program) endGray(a *api.Alias, operation, main string) error {
	if p.at.Dialect {
		return p.updateAlias(a, &api.AliasDraft{Version: main, Description: &a.Description})
	}
	return p.add(operation, p.alias(a), seenBody{given(a.Route.Additional)}, nil)
}

func rampOf(d *api.RampDraft) *rampBody {
	return &rampBody{d.Additional, each(d.Steps, func(step api.RampStepDraft) rampStepBody {
		return rampStepBody{numeral(step.Percent), step.Hold}
	}), d.Promote}
}
