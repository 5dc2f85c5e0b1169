package handlers

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"switchboard/internal/api"
	"switchboard/web/templates"
	"switchboard/web/templates/form"
)

// savePolicy makes or changes the policy.
func (p *pages) savePolicy(c echo.Context) error {
	pf, err := p.readPolicy(c)
	if err != nil {
		return err
	}
	if len(pf.faults) > 0 {
		problems, err := p.judgePolicy(c, pf)
		if err != nil {
			return err
		}
		return p.showPolicyForm(c, http.StatusUnprocessableEntity, pf, formState{problems: problems, refused: true})
	}
	policy, done, err := api.Policy{}, "policies.created_flash", error(nil)
	if ctx, s := c.Request().Context(), p.scope(c); pf.stored == nil {
		policy, err = p.Service.CreatePolicy(ctx, s, pf.draft)
	} else {
		done = "policies.saved"
		policy, err = p.Service.UpdatePolicy(ctx, s, pf.stored.ID, pf.draft, readVersion(pf.values.Get("version")))
	}
	if err != nil {
		return p.refusePolicy(c, pf, err)
	}
	p.flash(c, api.M(done, "name", policy.Name))
	return redirect(c, replicationPath(c)+"/"+policy.ID)
}

// refusePolicy shows the form again with what is wrong, and everything that was
// typed. Saving again after somebody else did replaces what he saved: the form
// carries the version that is seen now.
func (p *pages) refusePolicy(c echo.Context, pf *policyForm, err error) error {
	e := domainError(err)
	state := formState{refused: true, problems: e.Problems}
	switch {
	case len(e.Problems) > 0:
	case e.Code == api.Conflict && pf.stored != nil:
		stored, err := p.Service.Policy(c.Request().Context(), p.scope(c), pf.stored.ID)
		if err != nil {
			return err
		}
		pf.stored = &stored
		pf.values.Set("version", strconv.FormatInt(stored.Version, 10))
		mine := pf.state()
		state.changed = &templates.LinkChanged{
			By: stored.Updated.By, At: stored.Updated.At, Fields: templates.PolicyDifferences(localised(c), &mine, &stored),
		}
	case e.Code == api.Conflict || e.Code == api.Limit:
		state.problems = []api.Problem{{Message: e.Message}}
	default:
		return err
	}
	return p.showPolicyForm(c, http.StatusUnprocessableEntity, pf, state)
}

// state is the policy that the draft would make.
func (pf *policyForm) state() api.Policy {
	d := pf.draft.Complete()
	policy := api.Policy{Name: d.Name, Description: d.Description, Tags: d.Tags}
	for _, r := range d.Resources {
		policy.Resources = append(policy.Resources, api.Resource(r))
	}
	for i := range d.Operations {
		o := &d.Operations[i]
		policy.Operations = append(policy.Operations, api.Operation{
			Type: o.Type, Name: o.Name, Enabled: o.Enabled, Pattern: o.Pattern, Retention: o.Retention(),
			Destination: api.Destination{Region: o.Region, Project: o.Project}, Accelerate: o.Accelerate,
		})
	}
	return policy
}

// judgePolicy returns what is wrong with the form, and with the draft that it
// describes.
func (p *pages) judgePolicy(c echo.Context, pf *policyForm) ([]api.Problem, error) {
	id := ""
	if pf.stored != nil {
		id = pf.stored.ID
	}
	problems, err := faults(p.Service.ValidatePolicy(c.Request().Context(), p.scope(c), id, pf.draft))
	if err != nil {
		return nil, err
	}
	// What the form says of a schedule is nearer to what was typed.
	problems = slices.DeleteFunc(problems, func(problem api.Problem) bool {
		operation, isPattern := strings.CutSuffix(problem.Path, ".pattern")
		return isPattern && slices.ContainsFunc(pf.faults, func(f api.Problem) bool { return strings.HasPrefix(f.Path, operation+".") })
	})
	return append(problems, pf.faults...), nil
}

// pin moves problems to the fields and rows that they are about.
func (pf *policyForm) pin(problems []api.Problem) []api.Problem {
	pinned := pinRows(pinTags(problems, pf.tags), templates.PolicyResources, pf.resources)
	for i := range pinned {
		path := pinned[i].Path
		for _, part := range []string{".id", ".type", ".extra"} {
			if row, ok := strings.CutSuffix(path, part); ok && strings.HasPrefix(row, templates.PolicyResources+".") {
				pinned[i].Path = row
			}
		}
		switch {
		case path == templates.PolicyBackup+".pattern":
			pinned[i].Path = templates.PolicyBackup + templates.ScheduleTimes
		case pf.values.Get(templates.PolicyTo) == "": // what stands there is shown nowhere
		case path == templates.PolicyCopy+".pattern":
			pinned[i].Path = templates.PolicyCopy + templates.ScheduleTimes
		case path == templates.PolicyCopy+".region" || path == templates.PolicyCopy+".project":
			pinned[i].Path = templates.PolicyTo
		}
	}
	return pinned
}

// validatePolicy judges the field that htmx wants to redraw, as it is left, and
// says again what will happen.
func (p *pages) validatePolicy(c echo.Context) error {
	pf, err := p.readPolicy(c)
	if err != nil {
		return err
	}
	problems, err := p.judgePolicy(c, pf)
	if err != nil {
		return err
	}
	return p.showPolicyForm(c, http.StatusOK, pf, formState{problems: problems, only: c.Request().Header.Get("HX-Target")})
}

// redrawPolicy shows the form with a row more or less, with what there is to
// choose from, after a choice that other fields depend on, or in another language
// or theme. It judges nothing.
func (p *pages) redrawPolicy(c echo.Context) error {
	values, err := formValues(c)
	if err != nil {
		return err
	}
	state := formState{unsaved: true}
	if focus, ok := browse(values, values.Get("op")); ok {
		state.focus = focus
	} else if focus, ok := form.Edit(values, values.Get("op")); ok {
		state.focus = focus
	} else if choosesPreferences(c) {
		if err := p.takePreferences(c); err != nil {
			return err
		}
	}
	pf, err := p.readPolicy(c)
	if err != nil {
		return err
	}
	return p.showPolicyForm(c, http.StatusOK, pf, state)
}
