package embedded

import (
	"cmp"
	"context"
	"slices"

	"switchboard/internal/api"
)

// fit leaves out what cannot be kept: what has no name, or that of one before, ids that
// other projects have, and what no database takes.
func (a *policyAdoption) fit(ctx context.Context, policies []api.Policy) ([]api.Policy, error) {
	var ids, operations []string
	for i := range policies {
		ids = append(ids, policies[i].ID)
		for _, o := range policies[i].Operations {
			operations = append(operations, o.ID)
		}
	}
	foreign, err := heldElsewhere(ctx, a.tx, (*policyRow)(nil), a.scope.Project, ids)
	if err != nil {
		return nil, err
	}
	foreignOperations, err := heldElsewhere(ctx, a.tx, (*operationRow)(nil), a.scope.Project, operations)
	if err != nil {
		return nil, err
	}
	names, resources, seen := map[string]bool{}, map[string]bool{}, foreignOperations
	fit := make([]api.Policy, 0, len(policies))
	for i := range policies {
		is := policies[i]
		if is.Name == "" || len([]rune(is.Name)) > api.MaxPolicyName || names[is.Name] || foreign[is.ID] || !keepable(&is) {
			continue
		}
		names[is.Name] = true
		is.Resources = slices.DeleteFunc(slices.Clone(is.Resources), func(r api.Resource) bool {
			before := r.ID == "" || resources[r.ID]
			resources[r.ID] = true
			return before
		})
		is.Operations = slices.DeleteFunc(slices.Clone(is.Operations), func(o api.Operation) bool {
			before := seen[o.ID] || o.Type != api.OperationBackup && o.Type != api.OperationReplication
			seen[o.ID] = true
			return before
		})
		a.place(is.Resources)
		fit = append(fit, is)
	}
	return fit, nil
}

// place says where resources lie that a region does not say it of: where they lay, else
// at their names, if nothing else does.
func (a *policyAdoption) place(resources []api.Resource) {
	for i := range resources {
		r := &resources[i]
		if r.Path == "" {
			r.Path = a.paths[r.ID]
		}
		if free := a.lies[r.Name] == "" && api.ResourcePathProblem(r.Name).IsZero(); r.Path == "" && free {
			r.Path = r.Name
		}
		r.Path = cmp.Or(r.Path, r.ID)
		a.paths[r.ID], a.lies[r.Path] = r.Path, r.ID
	}
}

// freeNames takes names from policies that the region calls otherwise by now, or does
// not have any more, so that others can have them.
func (a *policyAdoption) freeNames(ctx context.Context, policies []api.Policy) error {
	wanted := make(map[string]string, len(policies))
	for i := range policies {
		wanted[policies[i].Name] = policies[i].ID
	}
	for i := range a.rows {
		r := &a.rows[i]
		if id, taken := wanted[r.Name]; taken && id != r.ID {
			r.Name = r.ID
			if err := update(ctx, a.tx, r, "name"); err != nil {
				return err
			}
		}
	}
	return nil
}
