package embedded

import (
	"context"

	"github.com/uptrace/bun"

	"switchboard/internal/api"
	"switchboard/internal/api/store"
)

// A policy of a project in a region is judged here, made there, and written down as the
// region says that it is: what it protects and does is known by the ids that it gave.

// createPolicyThere creates a policy in its region.
func (p *Plane) createPolicyThere(ctx context.Context, s api.Scope, d api.PolicyDraft) (api.Policy, error) {
	if err := p.judgePolicy(ctx, p.db.Read, s, new(api.Policy), &d); err != nil {
		return api.Policy{}, err
	}
	made, done, err := there(ctx, p, s, api.CreatePolicy{Draft: d})
	if err != nil {
		return api.Policy{}, err
	}
	defer done()
	return p.heard(ctx, s, made.Made, "create")
}

// heard writes a policy down that was made, if the region said what it is.
func (p *Plane) heard(ctx context.Context, s api.Scope, made *api.Policy, action string) (api.Policy, error) {
	if made == nil {
		return api.Policy{}, unheard()
	}
	return p.keepPolicy(ctx, s, made, action)
}

// unheard is about a change that was made in a region which did not say what came of it.
// The next read finds that.
func unheard() error { return api.Errorf(api.Unavailable, "region.unheard") }

// seenPolicy reads a policy that somebody wants to change who has seen a version of it.
func (p *Plane) seenPolicy(ctx context.Context, s api.Scope, id string, version int64) (api.Policy, error) {
	stored, err := readPolicy(ctx, p.db.Read, s, id)
	if err == nil && version != 0 && version != stored.Version {
		err = api.Errorf(api.Conflict, "policy.changed", "by", api.By(stored.Updated.By))
	}
	return stored, err
}

func (p *Plane) updatePolicyThere(ctx context.Context, s api.Scope, id string, d api.PolicyDraft, version int64) (api.Policy, error) {
	stored, err := p.seenPolicy(ctx, s, id, version)
	if err != nil {
		return api.Policy{}, err
	}
	if err := p.judgePolicy(ctx, p.db.Read, s, &stored, &d); err != nil {
		return api.Policy{}, err
	}
	made, done, err := there(ctx, p, s, api.UpdatePolicy{ID: id, Draft: d, Version: stored.Version})
	if err != nil {
		return api.Policy{}, err
	}
	defer done()
	return p.heard(ctx, s, made.Made, "update")
}

func (p *Plane) enablePolicyThere(ctx context.Context, s api.Scope, id string, enabled bool) error {
	stored, err := p.seenPolicy(ctx, s, id, 0)
	if err != nil {
		return err
	}
	change := false
	for i := range stored.Operations {
		change = change || stored.Operations[i].Enabled != enabled
	}
	switch {
	case len(stored.Operations) == 0 && enabled:
		return api.Errorf(api.Invalid, "policy.nothing_scheduled")
	case !change:
		return nil
	}
	made, done, err := there(ctx, p, s, api.EnablePolicy{ID: id, Enabled: enabled})
	if err != nil {
		return err
	}
	defer done()
	_, err = p.heard(ctx, s, made.Made, enabling(enabled))
	return err
}

// deletePolicyThere deletes a policy in its region, which knows whether it is busy.
func (p *Plane) deletePolicyThere(ctx context.Context, s api.Scope, id string, version int64) error {
	if _, err := p.seenPolicy(ctx, s, id, version); err != nil {
		return err
	}
	_, done, err := there(ctx, p, s, api.DeletePolicy{ID: id, Version: version})
	if err != nil {
		return err
	}
	defer done()
	return p.changePolicy(ctx, s, id, 0, func(ctx context.Context, tx bun.Tx, row *policyRow, stored *api.Policy) error {
		return row.remove(ctx, tx, s, stored)
	})
}

// remove removes a policy that nothing is done for.
func (r *policyRow) remove(ctx context.Context, tx bun.Tx, s api.Scope, stored *api.Policy) error {
	if _, err := tx.NewDelete().Model(r).WherePK().Exec(ctx); err != nil {
		return err
	}
	return store.Record(ctx, tx, s, store.Event{
		Action: "delete", Kind: api.KindPolicy, ID: r.ID, Name: r.Name, Before: stored.Audited(),
	})
}

// layApart lets resources of a region that are called the same lie apart: there they are
// known by their ids, and lie nowhere.
func layApart(resources []api.ResourceDraft) {
	lies := map[string]bool{}
	for i := range resources {
		r := &resources[i]
		if r.ID != "" && r.Path == r.Name && (lies[r.Path] || !api.ResourcePathProblem(r.Path).IsZero()) {
			r.Path = r.ID
		}
		lies[r.Path] = true
	}
}
