package compare

import (
	"context"

	"switchboard/internal/api"
)

var policies = of[api.Policy]{
	kind: api.KindPolicy,
	pages: func(ctx context.Context, s *side, l listing) (api.Page[api.Policy], error) {
		return s.Service.ListPolicies(ctx, s.Scope, api.PolicyQuery{Search: l.Text, Cursor: l.Cursor, Limit: l.Limit})
	},
	one: func(ctx context.Context, s *side, k Key) (api.Policy, error) {
		page, err := s.Service.ListPolicies(ctx, s.Scope, api.PolicyQuery{Name: k.Name, Limit: 1})
		if err != nil || len(page.Items) == 0 {
			return api.Policy{}, orMissing(err)
		}
		return page.Items[0], nil
	},
	thing: func(_ context.Context, _ *side, p *api.Policy) (Thing, error) {
		audited := p.Audited()
		for i := range audited.Resources {
			audited.Resources[i].ID = ""
		}
		for i := range audited.Operations {
			audited.Operations[i].ID = ""
		}
		view, err := viewOf(audited)
		return Thing{Key: Key{Kind: api.KindPolicy, Name: p.Name}, ID: p.ID, View: view}, err
	},
	make: makePolicy,
}

// makePolicy gives the parts of the policy the ids of their likes there: resources are
// known by their paths, which the service does, and operations by type and name.
func makePolicy(_ context.Context, _ *copying, src, dst *api.Policy) (d draft, err error) {
	policy := src.Draft()
	for i := range policy.Resources {
		policy.Resources[i].ID = ""
	}
	used := map[string]bool{}
	for i := range policy.Operations {
		o := &policy.Operations[i]
		o.ID = ""
		if dst != nil {
			o.ID = likeness(dst.Operations, o, used)
		}
	}
	if dst == nil {
		d.note("compare.objects_apart")
		d.deeds = []api.Deed{api.CreatePolicy{Draft: policy}}
		return d, nil
	}
	d.deeds = []api.Deed{api.UpdatePolicy{ID: dst.ID, Draft: policy, Version: dst.Version}}
	return d, nil
}

// likeness is the id of the first operation of that type and name that was not used yet,
// empty if there is none.
func likeness(there []api.Operation, o *api.OperationDraft, used map[string]bool) string {
	for i := range there {
		if id := there[i].ID; there[i].Type == o.Type && there[i].Name == o.Name && !used[id] {
			used[id] = true
			return id
		}
	}
	return ""
}
