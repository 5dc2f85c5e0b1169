package api

import (
	"context"
	"slices"
)

// Plan implements Deed.
func (d CreatePolicy) Plan(ctx context.Context, to Service, s Scope) (Plan, error) {
	return Plan{Deed: d, About: d.About(), After: d.Draft.audited()}, to.ValidatePolicy(ctx, s, "", d.Draft)
}

// onPolicy plans a change of a stored policy, or something that is done with it.
func (a About) onPolicy(ctx context.Context, to Service, s Scope, d Deed) (Plan, Policy, error) {
	stored, err := to.Policy(ctx, s, a.ID)
	before := stored.Audited()
	return Plan{Deed: d, About: a.named(stored.Name), Before: before, State: seen(before, stored.Version)}, stored, err
}

// Plan implements Deed.
func (d UpdatePolicy) Plan(ctx context.Context, to Service, s Scope) (Plan, error) {
	plan, stored, err := d.About().onPolicy(ctx, to, s, d)
	if err == nil {
		err = bind(&d.Version, stored.Version, stored.Updated)
	}
	if err != nil {
		return plan, err
	}
	plan.Deed, plan.After = d, d.Draft.audited()
	return plan, to.ValidatePolicy(ctx, s, d.ID, d.Draft)
}

// Plan implements Deed.
func (d EnablePolicy) Plan(ctx context.Context, to Service, s Scope) (Plan, error) {
	plan, stored, err := d.About().onPolicy(ctx, to, s, d)
	after := stored.Audited()
	for i := range after.Operations {
		after.Operations[i].Enabled = d.Enabled
	}
	plan.After = after
	return plan, err
}

// Plan implements Deed.
func (d DeletePolicy) Plan(ctx context.Context, to Service, s Scope) (Plan, error) {
	plan, stored, err := d.About().onPolicy(ctx, to, s, d)
	if err == nil {
		err = bind(&d.Version, stored.Version, stored.Updated)
	}
	plan.Deed = d
	return plan, err
}

// Plan implements Deed.
func (d StartCheckpoint) Plan(ctx context.Context, to Service, s Scope) (Plan, error) {
	plan, policy := Plan{Deed: d, About: d.About().named(d.Draft.Name)}, Policy{}
	if d.Draft.Policy != "" {
		var err error
		if plan, policy, err = d.About().onPolicy(ctx, to, s, d); err != nil {
			return plan, err
		}
	}
	plan.Before = nil
	plan.After = AuditedCheckpoint{
		Auto: d.Draft.Auto, Resources: policy.named(d.Draft.Resources), Name: d.Draft.Name, Description: d.Draft.Description,
	}
	return plan, Refuse(d.Draft.Problems())
}

// named are the names of resources of the policy by their ids, of all if there are
// none. What is not the policy's keeps its id.
func (p *Policy) named(ids []string) []string {
	names := slices.Clone(ids)
	for _, r := range p.Resources {
		if len(ids) == 0 {
			names = append(names, r.Name)
		} else if i := slices.Index(ids, r.ID); i >= 0 {
			names[i] = r.Name
		}
	}
	return names
}

// Plan implements Deed. What there is to copy is seen when it begins.
func (d StartReplication) Plan(ctx context.Context, to Service, s Scope) (Plan, error) {
	plan, _, err := d.About().onPolicy(ctx, to, s, d)
	if err != nil {
		return plan, err
	}
	found, err := to.PlanReplication(ctx, s, d.Draft, "", 1)
	plan.Before = nil
	plan.After = AuditedReplication{
		Policy: plan.About.Name, Source: found.Source, Region: d.Draft.Region, Project: d.Draft.Project, Accelerate: d.Draft.Accelerate,
	}
	return plan, err
}

// Plan implements Deed.
func (d RetryReplication) Plan(ctx context.Context, to Service, s Scope) (Plan, error) {
	run, err := to.ReplicationRun(ctx, s, d.Run)
	after := AuditedReplication{
		Policy: run.PolicyName, Source: run.Source, Region: run.Destination.Region, Project: run.Destination.Project,
		Accelerate: run.Accelerate, RetryOf: run.ID,
	}
	return Plan{Deed: d, About: d.About().named(run.PolicyName), After: after, State: after}, err
}

// Plan implements Deed.
func (d ReplicateBackup) Plan(ctx context.Context, to Service, s Scope) (Plan, error) {
	backup, err := to.Backup(ctx, s, d.Backup)
	if err != nil {
		return Plan{}, err
	}
	after := AuditedReplication{
		Backup: backup.Name, Source: backup.Region, Region: d.Draft.Region, Project: d.Draft.Project, Accelerate: d.Draft.Accelerate,
	}
	return Plan{Deed: d, About: d.About().named(backup.Name), After: after, State: backup.Audited()}, Refuse(d.Draft.Problems())
}

// Plan implements Deed. Of many backups it names the first.
func (d DeleteBackups) Plan(ctx context.Context, to Service, s Scope) (Plan, error) {
	checkpoint, err := to.Checkpoint(ctx, s, d.Checkpoint)
	if err != nil {
		return Plan{}, err
	}
	page, err := to.ListBackups(ctx, s, BackupQuery{Checkpoint: d.Checkpoint, Limit: MaxPage})
	if err != nil {
		return Plan{}, err
	}
	before := AuditedDeletion{Checkpoint: d.Checkpoint, Backups: checkpoint.Backups, Size: checkpoint.Bytes, Names: []string{}}
	if len(d.IDs) > 0 {
		before.Backups, before.Size = len(d.IDs), 0
	}
	backups := []AuditedBackup{}
	for i := range page.Items {
		b := &page.Items[i]
		if len(d.IDs) > 0 && !slices.Contains(d.IDs, b.ID) {
			continue
		}
		backups = append(backups, b.Audited())
		if len(d.IDs) > 0 {
			before.Size += b.Size
		}
		if len(before.Names) < MaxAuditedNames {
			before.Names = append(before.Names, b.Name)
		}
	}
	state := map[string]any{"backups": backups, "count": before.Backups}
	return Plan{Deed: d, About: d.About().named(checkpoint.PolicyName), Before: before, State: state}, nil
}
