package embedded

import (
	"cmp"
	"context"
	"time"

	"github.com/uptrace/bun"

	"switchboard/internal/api"
	"switchboard/internal/api/schedule"
	"switchboard/internal/api/store"
)

// changePolicy lets change change a policy that is locked. version is what the caller
// has seen, or 0.
func (p *Plane) changePolicy(ctx context.Context, s api.Scope, id string, version int64,
	change func(ctx context.Context, tx bun.Tx, row *policyRow, stored *api.Policy) error,
) error {
	return p.inTxTwice(ctx, func(ctx context.Context, tx bun.Tx) error {
		if _, err := lockProject(ctx, tx, s.Project); err != nil { // resources belong to one policy of it
			return err
		}
		row := new(policyRow)
		if err := lock(ctx, tx, s.Project, row, noPolicy, id); err != nil {
			return err
		}
		if version != 0 && version != row.Version {
			return api.Errorf(api.Conflict, "policy.changed", "by", api.By(row.UpdatedBy))
		}
		stored, err := readPolicy(ctx, tx, s, id)
		if err != nil {
			return err
		}
		return change(ctx, tx, row, &stored)
	})
}

// UpdatePolicy implements api.Policies.
func (p *Plane) UpdatePolicy(ctx context.Context, s api.Scope, id string, d api.PolicyDraft, version int64) (api.Policy, error) {
	d = d.Complete()
	if away, err := p.away(ctx, s.Project); err != nil {
		return api.Policy{}, err
	} else if away {
		return p.updatePolicyThere(ctx, s, id, d, version)
	}
	err := p.changePolicy(ctx, s, id, version, func(ctx context.Context, tx bun.Tx, row *policyRow, stored *api.Policy) error {
		if err := p.judgePolicy(ctx, tx, s, stored, &d); err != nil {
			return err
		}
		row.describe(&d, s, time.Now())
		if _, err := tx.NewUpdate().Model(row).WherePK().Exec(ctx); err != nil {
			return err
		}
		for _, parts := range []any{(*resourceRow)(nil), (*operationRow)(nil)} {
			if _, err := tx.NewDelete().Model(parts).Where("policy_id = ?", id).Exec(ctx); err != nil {
				return err
			}
		}
		return row.fill(ctx, tx, s, stored, &d, "update")
	})
	if err != nil {
		return api.Policy{}, err
	}
	return p.Policy(ctx, s, id)
}

// fill stores resources and operations of a judged draft of a policy that has none
// at the moment, and writes down what became of the one that was stored.
func (r *policyRow) fill(ctx context.Context, tx bun.Tx, s api.Scope, stored *api.Policy, d *api.PolicyDraft, action string) error {
	resources, operations := r.resources(d), r.operations(stored, d, time.Now())
	if len(resources) > 0 {
		if _, err := tx.NewInsert().Model(&resources).Exec(ctx); err != nil {
			return err
		}
	}
	if len(operations) > 0 {
		if _, err := tx.NewInsert().Model(&operations).Exec(ctx); err != nil {
			return err
		}
	}
	return r.record(ctx, tx, s, stored, action)
}

func (r *policyRow) record(ctx context.Context, tx bun.Tx, s api.Scope, stored *api.Policy, action string) error {
	after, err := readPolicy(ctx, tx, s, r.ID)
	if err != nil {
		return err
	}
	event := store.Event{Action: action, Kind: api.KindPolicy, ID: r.ID, Name: r.Name, After: after.Audited()}
	if stored.ID != "" {
		event.Before = stored.Audited()
	}
	return store.Record(ctx, tx, s, event)
}

func (r *policyRow) resources(d *api.PolicyDraft) []resourceRow {
	rows := make([]resourceRow, len(d.Resources))
	for i, draft := range d.Resources {
		rows[i] = resourceRow{
			ProjectID: r.ProjectID, ID: cmp.Or(draft.ID, store.NewID()), PolicyID: r.ID, Position: int64(i),
			Type: draft.Type, Name: draft.Name, Path: draft.Path, Adopt: draft.Adopt, Extra: draft.Extra,
		}
	}
	return rows
}

// operations are those of a draft. One that is known and does not change its days
// goes on counting them from where it began.
func (r *policyRow) operations(stored *api.Policy, d *api.PolicyDraft, now time.Time) []operationRow {
	known := make(map[string]*api.Operation, len(stored.Operations))
	for i := range stored.Operations {
		known[stored.Operations[i].ID] = &stored.Operations[i]
	}
	rows := make([]operationRow, len(d.Operations))
	for i, draft := range d.Operations {
		row := operationRow{
			ID: cmp.Or(draft.ID, store.NewID()), ProjectID: r.ProjectID, PolicyID: r.ID, Position: int64(i), TriggerID: store.NewID(),
			Type: draft.Type, Name: draft.Name, Description: draft.Description, Enabled: draft.Enabled, Pattern: draft.Pattern,
			StartAt: store.Micros(now),
			Definition: encode(operationDefinition{
				Retention: draft.Retention(), Region: draft.Region, Project: draft.Project, Accelerate: draft.Accelerate,
			}),
		}
		before := known[draft.ID]
		if before != nil {
			row.TriggerID = before.Trigger
		}
		if before != nil && before.Pattern == draft.Pattern {
			row.StartAt, row.NextAt = store.Micros(before.Start), 0
			if before.Enabled && draft.Enabled {
				row.NextAt = store.Micros(before.Next)
			}
		}
		if row.NextAt == 0 {
			row.plan(now)
		}
		rows[i] = row
	}
	return rows
}

// plan sets when the operation is due after a time; never if it is not enabled. One
// that began later than that was stored while the clock was ahead: it begins then.
func (r *operationRow) plan(after time.Time) {
	r.NextAt, r.StartAt = 0, min(r.StartAt, store.Micros(after))
	if !r.Enabled {
		return
	}
	pattern, problem := schedule.Parse(r.Pattern)
	if problem != "" {
		return
	}
	if next := pattern.Next(store.Time(r.StartAt), after); !next.IsZero() {
		r.NextAt = store.Micros(next)
	}
}

// EnablePolicy implements api.Policies.
func (p *Plane) EnablePolicy(ctx context.Context, s api.Scope, id string, enabled bool) error {
	if away, err := p.away(ctx, s.Project); err != nil {
		return err
	} else if away {
		return p.enablePolicyThere(ctx, s, id, enabled)
	}
	return p.changePolicy(ctx, s, id, 0, func(ctx context.Context, tx bun.Tx, row *policyRow, stored *api.Policy) error {
		var rows []operationRow
		if err := tx.NewSelect().Model(&rows).Where("policy_id = ? AND enabled <> ?", id, enabled).Scan(ctx); err != nil {
			return err
		}
		switch {
		case len(stored.Operations) == 0 && enabled:
			return api.Errorf(api.Invalid, "policy.nothing_scheduled")
		case len(rows) == 0:
			return nil
		}
		now := time.Now()
		for i := range rows {
			rows[i].Enabled = enabled
			rows[i].plan(now)
			if err := update(ctx, tx, &rows[i], "enabled", "start_at", "next_at"); err != nil {
				return err
			}
		}
		row.UpdatedAt, row.UpdatedBy = store.Micros(now), s.Actor.User
		row.Version++
		if err := update(ctx, tx, row, "updated_at", "updated_by", "version"); err != nil {
			return err
		}
		return row.record(ctx, tx, s, stored, enabling(enabled))
	})
}

// enabling is what the log calls it.
func enabling(enabled bool) string {
	if enabled {
		return "enable"
	}
	return "disable"
}

// DeletePolicy implements api.Policies.
func (p *Plane) DeletePolicy(ctx context.Context, s api.Scope, id string, version int64) error {
	if away, err := p.away(ctx, s.Project); err != nil {
		return err
	} else if away {
		return p.deletePolicyThere(ctx, s, id, version)
	}
	return p.changePolicy(ctx, s, id, version, func(ctx context.Context, tx bun.Tx, row *policyRow, stored *api.Policy) error {
		for key, query := range map[string]*bun.SelectQuery{
			"policy.backing_up":  tx.NewSelect().TableExpr("checkpoints").Where("policy_id = ? AND ended_at = 0", id),
			"policy.replicating": tx.NewSelect().TableExpr("replication_runs").Where("policy_id = ? AND ended_at = 0", id),
		} {
			busy, err := query.Exists(ctx)
			if err != nil {
				return err
			}
			if busy {
				return api.Errorf(api.Conflict, key)
			}
		}
		return row.remove(ctx, tx, s, stored)
	})
}
