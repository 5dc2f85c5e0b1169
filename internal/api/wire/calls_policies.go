package wire

import (
	"cmp"
	"context"
	"encoding/json"
	"slices"
	"strconv"

	"switchboard/internal/api"
)

func (p *program) policy(id string) pathParams {
	return pathParams{"policy": p.at.id(api.KindPolicy, id)}
}

func (p *program) createPolicy(d *api.PolicyDraft) error {
	body := p.policyOf(d, &api.Policy{})
	body.Description = given(d.Description)
	return p.add("CreatePolicy", nil, namedPolicyBody{body}, nil)
}

func (p *program) updatePolicy(ctx context.Context, id string, d *api.PolicyDraft) error {
	stored, err := p.from.Policy(ctx, p.scope, id)
	if err != nil {
		return err
	}
	return p.add("UpdatePolicy", p.policy(id), namedPolicyBody{p.policyOf(d, &stored)}, nil)
}

// enablePolicy in the dialect is an update of all that a policy does on a schedule.
func (p *program) enablePolicy(ctx context.Context, d api.EnablePolicy) error {
	if !p.at.Dialect {
		return p.add("EnablePolicy", p.policy(d.ID), enabledBody{&d.Enabled}, nil)
	}
	stored, err := p.from.Policy(ctx, p.scope, d.ID)
	if err != nil {
		return err
	}
	draft := stored.Draft()
	for i := range draft.Operations {
		draft.Operations[i].Enabled = d.Enabled
	}
	return p.add("UpdatePolicy", p.policy(d.ID), namedPolicyBody{p.policyOf(&draft, &stored)}, nil)
}

// policyOf says all of a policy. What is known by its id keeps what is not sent, so of
// that more has to be said.
func (p *program) policyOf(d *api.PolicyDraft, stored *api.Policy) *policyBody {
	body := &policyBody{
		Name: &d.Name, Description: &d.Description, Provider: new(csbsProvider), Parameters: rawJSON(cmp.Or(d.Parameters, "{}")),
		Resources: new(each(d.Resources, func(r api.ResourceDraft) resourceBody {
			known := slices.ContainsFunc(stored.Resources, func(there api.Resource) bool { return there.ID == r.ID })
			return p.resourceOf(&r, known)
		})),
		Operations: new(each(d.Operations, func(o api.OperationDraft) operationBody {
			known := slices.ContainsFunc(stored.Operations, func(there api.Operation) bool { return there.ID == o.ID })
			return p.operationOf(&o, known)
		})),
	}
	if !slices.Equal(d.Tags, stored.Tags) {
		body.Tags = new(array(d.Tags))
	}
	return body
}

func (p *program) resourceOf(r *api.ResourceDraft, known bool) resourceBody {
	extra := map[string]json.RawMessage{}
	_ = json.Unmarshal([]byte(r.Extra), &extra) // an object, or nothing
	if extra == nil {
		extra = map[string]json.RawMessage{}
	}
	if r.Path != "" || known {
		extra["path"], _ = json.Marshal(r.Path) // texts always have a JSON form
	}
	if r.Adopt || known {
		extra["adopt"] = boolean(r.Adopt)
	}
	body := resourceBody{ID: p.at.id(api.KindPolicy, r.ID), Type: cmp.Or(r.Type, api.ResourceType), Name: r.Name}
	if len(extra) > 0 {
		body.Extra, _ = json.Marshal(extra) // so has what was read as JSON
	}
	return body
}

func (p *program) operationOf(o *api.OperationDraft, known bool) operationBody {
	body := operationBody{
		ID: p.at.id(api.KindPolicy, o.ID), Name: &o.Name, Description: given(o.Description), Enabled: &o.Enabled,
		Type: new(cmp.Or(o.Type, api.OperationBackup)), Trigger: triggerBody{propertiesBody{o.Pattern}},
	}
	if known {
		body.Description = &o.Description
	}
	def := &body.Definition
	def.Region, def.Project = given(o.Region), given(o.Project)
	if o.Type == api.OperationReplication {
		def.Region, def.Project, def.Accelerate = &o.Region, &o.Project, boolean(o.Accelerate)
		numbers := []string{o.Max, o.Days, o.Daily, o.Weekly, o.Monthly, o.Yearly}
		if !o.Permanent && o.Zone == "" && !slices.ContainsFunc(numbers, func(n string) bool { return n != "" && n != "0" && n != "-1" }) {
			return body // which keeps nothing
		}
	}
	def.Max, def.Days, def.Permanent = typed(o.Max), typed(o.Days), boolean(o.Permanent)
	def.Daily, def.Weekly, def.Monthly, def.Yearly = typed(o.Daily), typed(o.Weekly), typed(o.Monthly), typed(o.Yearly)
	def.Zone = given(o.Zone)
	return body
}

func boolean(b bool) json.RawMessage { return strconv.AppendBool(nil, b) }
