package api

import (
	"context"
)

// policyView is a policy as the audit log has it.
type policyView struct {
	Name        string          `json:"name"`
	Description string          `json:"description,omitempty"`
	Resources   []resourceView  `json:"resources"`
	Operations  []operationView `json:"scheduled_operations"`
	Tags        []Tag           `json:"tags,omitempty"`
}

type resourceView struct {
	Name  string `json:"name"`
	Path  string `json:"path"`
	Adopt bool   `json:"adopt,omitempty"`
}

type operationView struct {
	Type        OperationType `json:"operation_type"`
	Name        string        `json:"name,omitempty"`
	Enabled     bool          `json:"enabled"`
	Pattern     string        `json:"pattern"`
	Max         int           `json:"max_backups"`
	Days        int           `json:"retention_duration_days"`
	Permanent   bool          `json:"permanent,omitempty"`
	Daily       int           `json:"day_backups,omitempty"`
	Weekly      int           `json:"week_backups,omitempty"`
	Monthly     int           `json:"month_backups,omitempty"`
	Yearly      int           `json:"year_backups,omitempty"`
	Zone        string        `json:"timezone,omitempty"`
	Region      string        `json:"destination_region,omitempty"`
	Project     string        `json:"destination_project_id,omitempty"`
	Accelerated bool          `json:"enable_acceleration,omitempty"`
}

// view is the policy that the draft makes.
func (d PolicyDraft) view() policyView {
	d = d.Complete()
	view := policyView{Name: d.Name, Description: d.Description, Tags: d.Tags, Resources: []resourceView{}, Operations: []operationView{}}
	for _, r := range d.Resources {
		view.Resources = append(view.Resources, resourceView{r.Name, r.Path, r.Adopt})
	}
	for _, o := range d.Operations {
		r := o.Retention()
		view.Operations = append(view.Operations, operationView{
			o.Type, o.Name, o.Enabled, o.Pattern, r.Max, r.Days, r.Permanent, r.Daily, r.Weekly, r.Monthly, r.Yearly, r.Zone,
			o.Region, o.Project, o.Accelerate,
		})
	}
	return view
}

// Plan implements Deed.
func (d CreatePolicy) Plan(ctx context.Context, to Service, s Scope) (Plan, error) {
	return Plan{Deed: d, About: d.About(), After: d.Draft.view()}, to.ValidatePolicy(ctx, s, "", d.Draft)
}

// onPolicy plans a change of a stored policy, or something that is done with it.
func (a About) onPolicy(ctx context.Context, to Service, s Scope, d Deed) (Plan, Policy, error) {
	stored, err := to.Policy(ctx, s, a.ID)
	before := stored.Draft().view()
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
	plan.Deed, plan.After = d, d.Draft.view()
	return plan, to.ValidatePolicy(ctx, s, d.ID, d.Draft)
}

// Plan implements Deed.
func (d EnablePolicy) Plan(ctx context.Context, to Service, s Scope) (Plan, error) {
	plan, stored, err := d.About().onPolicy(ctx, to, s, d)
	after := stored.Draft().view()
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

// checkpointView is a backup that is begun.
type checkpointView struct {
	Policy      string   `json:"policy,omitempty"`
	Resources   []string `json:"resources,omitempty"` // ids, of all if there are none
	Name        string   `json:"name,omitempty"`
	Description string   `json:"description,omitempty"`
}

// Plan implements Deed.
func (d StartCheckpoint) Plan(ctx context.Context, to Service, s Scope) (Plan, error) {
	plan := Plan{Deed: d, About: d.About().named(d.Draft.Name)}
	if d.Draft.Policy != "" {
		var err error
		if plan, _, err = d.About().onPolicy(ctx, to, s, d); err != nil {
			return plan, err
		}
	}
	plan.Before = nil
	plan.After = checkpointView{plan.About.Name, d.Draft.Resources, d.Draft.Name, d.Draft.Description}
	return plan, Refuse(d.Draft.Problems())
}

// replicationView is a replication that is begun.
type replicationView struct {
	Policy     string `json:"policy,omitempty"`
	Backup     string `json:"backup,omitempty"`
	Region     string `json:"destination_region"`
	Project    string `json:"destination_project_id,omitempty"`
	Accelerate bool   `json:"enable_acceleration,omitempty"`
	RetryOf    string `json:"retry_of,omitempty"`
}

// Plan implements Deed. What there is to copy is seen when it begins.
func (d StartReplication) Plan(ctx context.Context, to Service, s Scope) (Plan, error) {
	plan, _, err := d.About().onPolicy(ctx, to, s, d)
	if err != nil {
		return plan, err
	}
	plan.Before = nil
	plan.After = replicationView{plan.About.Name, "", d.Draft.Region, d.Draft.Project, d.Draft.Accelerate, ""}
	_, err = to.PlanReplication(ctx, s, d.Draft, "", 1)
	return plan, err
}

// Plan implements Deed.
func (d RetryReplication) Plan(ctx context.Context, to Service, s Scope) (Plan, error) {
	run, err := to.ReplicationRun(ctx, s, d.Run)
	after := replicationView{run.PolicyName, "", run.Destination.Region, run.Destination.Project, run.Accelerate, run.ID}
	return Plan{Deed: d, About: d.About().named(run.PolicyName), After: after, State: after}, err
}

// backupView is a backup as the audit log has it.
type backupView struct {
	Name       string       `json:"name"`
	Checkpoint string       `json:"checkpoint_id"`
	Resource   string       `json:"resource_name"`
	Path       string       `json:"path"`
	Status     BackupStatus `json:"status"`
	Size       int64        `json:"size"`
	Sum        string       `json:"sha256,omitempty"`
}

func (b *Backup) view() backupView {
	return backupView{b.Name, b.Checkpoint, b.Resource.Name, b.Path, b.Status, b.Size, b.Sum}
}

// Plan implements Deed.
func (d ReplicateBackup) Plan(ctx context.Context, to Service, s Scope) (Plan, error) {
	backup, err := to.Backup(ctx, s, d.Backup)
	if err != nil {
		return Plan{}, err
	}
	after := replicationView{"", backup.Name, d.Draft.Region, d.Draft.Project, d.Draft.Accelerate, ""}
	return Plan{Deed: d, About: d.About().named(backup.Name), After: after, State: backup.view()}, Refuse(d.Draft.Problems())
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
	wanted := map[string]bool{}
	for _, id := range d.IDs {
		wanted[id] = true
	}
	backups := []backupView{}
	for i := range page.Items {
		if len(wanted) == 0 || wanted[page.Items[i].ID] {
			backups = append(backups, page.Items[i].view())
		}
	}
	before := map[string]any{"backups": backups, "count": checkpoint.Backups}
	if len(d.IDs) > 0 {
		before["count"] = len(d.IDs)
	}
	return Plan{Deed: d, About: d.About().named(checkpoint.PolicyName), Before: before, State: before}, nil
}
