package embedded

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/uptrace/bun"

	"switchboard/internal/api"
	"switchboard/internal/api/store"
)

// AdoptPolicies makes the policies of a project in a region those that are there. When
// they are due, and where their resources lie if nobody says, is worked out here.
func (p *Plane) AdoptPolicies(ctx context.Context, project string, policies []api.Policy) error {
	return p.db.InTx(ctx, func(ctx context.Context, tx bun.Tx) error {
		a, err := openPolicies(ctx, tx, outside(project), time.Now())
		if err != nil {
			return err
		}
		if policies, err = a.fit(ctx, policies); err != nil {
			return err
		}
		if err := a.freeNames(ctx, policies); err != nil {
			return err
		}
		all := adoption[policyRow, api.Policy]{
			rowKey:   func(r *policyRow) string { return r.ID },
			thingKey: func(is *api.Policy) string { return is.ID },
			insert:   func(is *api.Policy) error { return a.insert(ctx, is) },
			change:   func(r *policyRow, is *api.Policy) error { return a.change(ctx, r, is) },
			remove: func(r *policyRow) error {
				stored := a.stored[r.ID]
				return erase(ctx, tx, a.scope, r, store.Event{Kind: api.KindPolicy, ID: r.ID, Name: stored.Name, Before: stored.Audited()})
			},
		}
		return all.of(a.rows, policies)
	})
}

// keepPolicy writes down a policy as its region made it, in the name of whoever asked.
func (p *Plane) keepPolicy(ctx context.Context, s api.Scope, made *api.Policy, action string) (api.Policy, error) {
	err := p.db.InTx(ctx, func(ctx context.Context, tx bun.Tx) error {
		if _, err := lockProject(ctx, tx, s.Project); err != nil {
			return err
		}
		a, err := openPolicies(ctx, tx, s, time.Now())
		if err != nil {
			return err
		}
		fit, err := a.fit(ctx, []api.Policy{*made})
		if err != nil {
			return err
		}
		if len(fit) == 0 {
			return unheard()
		}
		if err := a.freeNames(ctx, fit); err != nil {
			return err
		}
		i := slices.IndexFunc(a.rows, func(r policyRow) bool { return r.ID == made.ID })
		if i < 0 {
			return a.insert(ctx, &fit[0])
		}
		return a.replace(ctx, &a.rows[i], &fit[0], action)
	})
	if err != nil {
		return api.Policy{}, err
	}
	return p.Policy(ctx, s, made.ID)
}

// policyAdoption takes over policies in a transaction.
type policyAdoption struct {
	tx     bun.Tx
	scope  api.Scope
	now    time.Time
	rows   []policyRow
	stored map[string]*api.Policy // by id
	paths  map[string]string      // of resources, by id
	lies   map[string]string      // which resource lies there, by path
}

func openPolicies(ctx context.Context, tx bun.Tx, s api.Scope, now time.Time) (*policyAdoption, error) {
	a := &policyAdoption{tx: tx, scope: s, now: now, stored: map[string]*api.Policy{}, paths: map[string]string{}, lies: map[string]string{}}
	if err := tx.NewSelect().Model(&a.rows).Where("project_id = ?", s.Project).Scan(ctx); err != nil {
		return nil, err
	}
	all := make([]api.Policy, len(a.rows))
	for i := range a.rows {
		all[i] = a.rows[i].policy()
	}
	err := addPolicyParts(ctx, tx, all)
	for i := range all {
		a.stored[all[i].ID] = &all[i]
		for _, r := range all[i].Resources {
			a.paths[r.ID], a.lies[r.Path] = r.Path, r.ID
		}
	}
	return a, err
}

func (a *policyAdoption) insert(ctx context.Context, is *api.Policy) error {
	r := &policyRow{ID: is.ID, ProjectID: a.scope.Project}
	d := is.Draft().Complete()
	r.describe(&d, a.scope, a.now)
	r.CreatedAt = cmp.Or(toldAt(is.Created.At), r.UpdatedAt)
	r.CreatedBy, r.UpdatedAt = r.UpdatedBy, r.CreatedAt
	if _, err := a.tx.NewInsert().Model(r).Exec(ctx); err != nil {
		return err
	}
	return a.fill(ctx, r, new(api.Policy), is, &d, "create")
}

// change makes a policy what it is in the region, if it is another one. When it is due
// changes by itself.
func (a *policyAdoption) change(ctx context.Context, r *policyRow, is *api.Policy) error {
	stored := a.stored[r.ID]
	a.inWords(stored, is)
	d := is.Draft().Complete()
	described := d.Policy()
	if r.Name == is.Name && encode(described.Audited()) == encode(stored.Audited()) {
		return a.replan(ctx, r, stored, is, &d)
	}
	return a.replace(ctx, r, is, "update")
}

// inWords leaves a policy the words that it is stored in, where a region says the same.
func (a *policyAdoption) inWords(stored, is *api.Policy) {
	is.Parameters = api.InWords(is.Parameters, stored.Parameters)
	for i := range is.Resources {
		k := slices.IndexFunc(stored.Resources, func(known api.Resource) bool { return known.ID == is.Resources[i].ID })
		if k >= 0 {
			is.Resources[i].Extra = api.InWords(is.Resources[i].Extra, stored.Resources[k].Extra)
		}
	}
}

// replace makes a policy what it is in the region.
func (a *policyAdoption) replace(ctx context.Context, r *policyRow, is *api.Policy, action string) error {
	stored, d := a.stored[r.ID], is.Draft().Complete()
	r.describe(&d, a.scope, a.now)
	if _, err := a.tx.NewUpdate().Model(r).WherePK().Exec(ctx); err != nil {
		return err
	}
	for _, parts := range []any{(*resourceRow)(nil), (*operationRow)(nil)} {
		if _, err := a.tx.NewDelete().Model(parts).Where("policy_id = ?", r.ID).Exec(ctx); err != nil {
			return err
		}
	}
	return a.fill(ctx, r, stored, is, &d, action)
}

// fill is policyRow.fill for what a region has. A resource that was another policy's is
// not that any more.
func (a *policyAdoption) fill(ctx context.Context, r *policyRow, stored, is *api.Policy, d *api.PolicyDraft, action string) error {
	for i := range d.Resources {
		_, err := a.tx.NewDelete().Model((*resourceRow)(nil)).Where("project_id = ? AND id = ?", r.ProjectID, d.Resources[i].ID).Exec(ctx)
		if err != nil {
			return err
		}
	}
	if resources := r.resources(d); len(resources) > 0 {
		if _, err := a.tx.NewInsert().Model(&resources).Exec(ctx); err != nil {
			return err
		}
	}
	if operations := a.operations(r, stored, is, d); len(operations) > 0 {
		if _, err := a.tx.NewInsert().Model(&operations).Exec(ctx); err != nil {
			return err
		}
	}
	return r.record(ctx, a.tx, a.scope, stored, action)
}

// operations are those of the policy, with the triggers that the region gave them.
func (a *policyAdoption) operations(r *policyRow, stored, is *api.Policy, d *api.PolicyDraft) []operationRow {
	rows := r.operations(stored, d, a.now)
	for i := range rows {
		o := &is.Operations[i]
		rows[i].TriggerID = cmp.Or(o.Trigger, rows[i].TriggerID)
		rows[i].StartAt = cmp.Or(toldAt(o.Start), rows[i].StartAt)
		rows[i].plan(a.now)
	}
	return rows
}

// replan says anew when operations are due, without a word in the log.
func (a *policyAdoption) replan(ctx context.Context, r *policyRow, stored, is *api.Policy, d *api.PolicyDraft) error {
	for i, row := range a.operations(r, stored, is, d) {
		was := &stored.Operations[i]
		if row.TriggerID == was.Trigger && store.Time(row.StartAt).Equal(was.Start) && store.Time(row.NextAt).Equal(was.Next) {
			continue
		}
		if err := update(ctx, a.tx, &row, "trigger_id", "start_at", "next_at"); err != nil {
			return err
		}
	}
	return nil
}
