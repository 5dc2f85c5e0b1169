package mirror

import (
	"context"
	"maps"
	"net/url"
	"slices"
	"strconv"

	"switchboard/internal/api"
	"switchboard/internal/api/wire"
)

// policyAdopter takes over policies, what they made, and how that is copied.
type policyAdopter interface {
	// AdoptPolicies makes the policies of a project those that its region has.
	AdoptPolicies(ctx context.Context, project string, policies []api.Policy) error
	// AdoptBackups makes its backups those that its region has. of says which policy a
	// checkpoint is of, as far as that was found out.
	AdoptBackups(ctx context.Context, project string, backups []api.Backup, of map[string]string) error
	// StrangeCheckpoints are those of some checkpoints that nothing is known of here.
	StrangeCheckpoints(ctx context.Context, project string, checkpoints []string) ([]string, error)
	// AdoptRecords takes over how far copies are. What is not told of any more stays; all
	// says that these are all that the region has.
	AdoptRecords(ctx context.Context, project string, records []api.ReplicationRecord, all bool) error
}

var policyPart = part{kind: api.KindPolicy}

// freshPolicies is before policies are shown, with what was made of them, and where that
// was copied to.
func (m *Service) freshPolicies(ctx context.Context, s api.Scope) error {
	return m.fresh(ctx, s, policyPart, backupPart, recordPart)
}

// ListPolicies implements api.Policies.
func (m *Service) ListPolicies(ctx context.Context, s api.Scope, q api.PolicyQuery) (api.Page[api.Policy], error) {
	if err := m.freshPolicies(ctx, s); err != nil {
		return api.Page[api.Policy]{}, err
	}
	return m.plane.ListPolicies(ctx, s, q)
}

// Policy implements api.Policies.
func (m *Service) Policy(ctx context.Context, s api.Scope, id string) (api.Policy, error) {
	if err := m.freshPolicies(ctx, s); err != nil {
		return api.Policy{}, err
	}
	return m.plane.Policy(ctx, s, id)
}

// UpdatePolicy implements api.Policies. What somebody changed over there is seen first, so
// that it is not overwritten unseen.
func (m *Service) UpdatePolicy(ctx context.Context, s api.Scope, id string, d api.PolicyDraft, version int64) (api.Policy, error) {
	if err := m.fresh(ctx, s, policyPart); err != nil {
		return api.Policy{}, err
	}
	return m.plane.UpdatePolicy(ctx, s, id, d, version)
}

// EnablePolicy implements api.Policies.
func (m *Service) EnablePolicy(ctx context.Context, s api.Scope, id string, enabled bool) error {
	if err := m.fresh(ctx, s, policyPart); err != nil {
		return err
	}
	return m.plane.EnablePolicy(ctx, s, id, enabled)
}

// DeletePolicy implements api.Policies.
func (m *Service) DeletePolicy(ctx context.Context, s api.Scope, id string, version int64) error {
	if err := m.fresh(ctx, s, policyPart); err != nil {
		return err
	}
	return m.plane.DeletePolicy(ctx, s, id, version)
}

// ValidatePolicy implements api.Policies: where it replicates to, the region knows.
func (m *Service) ValidatePolicy(ctx context.Context, s api.Scope, id string, d api.PolicyDraft) error {
	if err := m.plane.ValidatePolicy(ctx, s, id, d); err != nil {
		return err
	}
	r, err := m.region(ctx, s.Project)
	if err != nil || r == nil {
		return err
	}
	return m.reaches(ctx, r, api.CreatePolicy{Draft: d})
}

// partSize is how much of a list is asked for at once, and partMost of how many parts it
// is read.
const (
	partSize = 1000
	partMost = 1000
)

// all reads a list of CSBS to its end: what comes after the last id that was read, as
// the order of ids does not change while somebody adds and removes.
func all[T any](ctx context.Context, r *region, operation string, query url.Values, in func([]byte) ([]T, error), id func(*T) string) ([]T, error) {
	var found []T
	seen := map[string]bool{}
	query = maps.Clone(query)
	if query == nil {
		query = url.Values{}
	}
	query.Set("limit", strconv.Itoa(partSize))
	for range partMost {
		call := r.call(operation)
		call.Query = query
		body, err := r.ask(ctx, call)
		if err != nil {
			return nil, err
		}
		read, err := in(body)
		if err != nil {
			return nil, err
		}
		news := 0
		for i := range read {
			if key := id(&read[i]); !seen[key] {
				seen[key] = true
				news++
				found = append(found, read[i])
			}
		}
		if len(read) < partSize || news == 0 {
			break
		}
		query = maps.Clone(query)
		query.Set("marker", id(&read[len(read)-1]))
	}
	return found, nil
}

// lookPolicies reads all policies.
func (m *Service) lookPolicies(ctx context.Context, r *region) (func(context.Context) error, error) {
	policies, err := all(ctx, r, "ListPolicies", nil, wire.PoliciesIn, func(p *api.Policy) string { return p.ID })
	if err != nil {
		return nil, err
	}
	policies = slices.DeleteFunc(policies, func(p api.Policy) bool { return !identifies(p.ID) })
	return func(ctx context.Context) error { return m.plane.AdoptPolicies(ctx, r.scope.Project, policies) }, nil
}
