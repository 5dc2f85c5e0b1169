package mirror

import (
	"context"
	"slices"

	"switchboard/internal/api"
)

// notePolicy notes what a region did not keep of a policy. What it says in other words,
// or does not say at all, is what was asked for.
func (m *Service) notePolicy(ctx context.Context, r *region, asked *api.PolicyDraft, made *api.Policy) {
	d := asked.Complete()
	made.Parameters = api.InWords(made.Parameters, d.Parameters)
	for i := range made.Resources {
		is := &made.Resources[i]
		k := slices.IndexFunc(d.Resources, func(r api.ResourceDraft) bool {
			return r.ID == is.ID || r.ID == "" && r.Name == is.Name && (is.Path == "" || r.Path == is.Path)
		})
		if k < 0 {
			continue
		}
		if is.Path == "" {
			is.Path = d.Resources[k].Path
		}
		is.Extra = api.InWords(is.Extra, d.Resources[k].Extra)
	}
	m.note(ctx, r, api.KindPolicy, made.ID, inForm(d), inForm(made.Draft()))
}

// inForm is a policy by the fields of its form, without the ids of its parts.
func inForm(d api.PolicyDraft) map[string]any {
	p := d.Complete().Policy()
	a := p.Audited()
	for i := range a.Resources {
		a.Resources[i].ID = ""
	}
	for i := range a.Operations {
		a.Operations[i].ID = ""
	}
	return map[string]any{
		"name": a.Name, "description": a.Description, "resources": a.Resources, "operations": a.Operations,
		"parameters": a.Parameters, "tags": append([]api.Tag{}, a.Tags...),
	}
}
