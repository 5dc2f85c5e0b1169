package mirror

import (
	"context"
	"net/url"
	"slices"

	"switchboard/internal/api"
	"switchboard/internal/api/cloud"
	"switchboard/internal/api/wire"
)

// madeBackups reads back what was done with policies, backups and replications.
func (m *Service) madeBackups(ctx context.Context, r *region, d api.Deed, answers []cloud.Answer) (api.Deed, error) {
	var err error
	switch d := d.(type) {
	case api.CreatePolicy:
		d.Made, err = m.madePolicy(ctx, r, d.Draft, answers)
		return d, err
	case api.UpdatePolicy:
		d.Made, err = m.policyThere(ctx, r, d.ID, &d.Draft)
		return d, err
	case api.EnablePolicy:
		d.Made, err = m.policyThere(ctx, r, d.ID, nil)
		return d, err
	case api.DeletePolicy:
		return d, m.policyGone(ctx, r, d.ID, answers)
	case api.DeleteBackups:
		if len(answers) == 0 {
			return d, api.Errorf(api.NotFound, "backup.not_found") // nobody knows which began to go
		}
	case api.StartCheckpoint:
		d.Made, err = m.madeCheckpoints(ctx, r, &d.Draft, answers)
		return d, err
	case api.StartReplication:
		r.copies.began()
		d.Made, err = queued(answers)
		return d, err
	case api.ReplicateBackup:
		r.copies.began()
		d.Made, err = queued(answers)
		return d, err
	case api.RetryReplication:
		r.copies.began()
		d.Made, err = queued(answers)
		return d, err
	}
	return d, nil
}

// policyGone makes sure that a policy was deleted if nobody knows how that ended.
func (m *Service) policyGone(ctx context.Context, r *region, id string, answers []cloud.Answer) error {
	if len(answers) > 0 {
		return nil
	}
	_, err := m.policyThere(ctx, r, id, nil)
	switch {
	case err == nil:
		return api.Errorf(api.Conflict, "policy.not_found")
	case api.CodeOf(err) == api.NotFound:
		return nil
	}
	return err
}

// madePolicy reads a policy back that was created; if nobody knows how that ended, it is
// known by its name.
func (m *Service) madePolicy(ctx context.Context, r *region, asked api.PolicyDraft, answers []cloud.Answer) (*api.Policy, error) {
	if len(answers) > 0 {
		made, err := wire.PolicyIn(answers[0].Body)
		if err != nil || !identifies(made.ID) {
			return nil, wire.ErrNoAnswer
		}
		return m.policyThere(ctx, r, made.ID, &asked)
	}
	named, err := all(ctx, r, "ListPolicies", url.Values{"name": {asked.Name}}, wire.PoliciesIn, func(p *api.Policy) string { return p.ID })
	if err != nil {
		return nil, err
	}
	i := slices.IndexFunc(named, func(p api.Policy) bool { return p.Name == asked.Name && identifies(p.ID) })
	if i < 0 {
		return nil, api.Errorf(api.NotFound, "policy.not_found")
	}
	m.notePolicy(ctx, r, &asked, &named[i])
	return &named[i], nil
}

// policyThere is a policy as its region has it; what that did not keep of what was asked
// is noted.
func (m *Service) policyThere(ctx context.Context, r *region, id string, asked *api.PolicyDraft) (*api.Policy, error) {
	body, err := r.ask(ctx, r.call("ShowPolicy", "policy", id))
	if err != nil {
		return nil, err
	}
	made, err := wire.PolicyIn(body)
	if err != nil || made.ID != id {
		return nil, wire.ErrNoAnswer
	}
	if asked != nil {
		m.notePolicy(ctx, r, asked, &made)
	}
	return &made, nil
}
