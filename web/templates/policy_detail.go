package templates

import (
	"context"
	"slices"

	"switchboard/internal/api"
	"switchboard/internal/locale"
	"switchboard/web/templates/form"
)

// PolicyView is one stored policy. Base is the path of the project's policies.
type PolicyView struct {
	Base   string
	Policy api.Policy
}

// PolicyDetailView is a policy with what it did lately.
type PolicyDetailView struct {
	PolicyView

	Operations  []OperationView
	Checkpoints []api.Checkpoint
	Runs        []api.ReplicationRun
}

// OperationView is an operation and the times it is due next; Words is nil if its
// pattern cannot be read.
type OperationView struct {
	api.Operation

	Words *ScheduleWords
}

// PolicyHistoryView is a policy with its changes.
type PolicyHistoryView struct {
	PolicyView

	History History
}

// The tabs of a policy.
const (
	policyOverview = "overview"
	policyHistory  = "history"
)

// PolicyNow is the part of a policy's page that is asked for again while the
// policy is being backed up or replicated.
const PolicyNow = "policy-now"

// Path is the page of the policy.
func (v *PolicyView) Path() string { return v.Base + "/" + v.Policy.ID }

func (v *PolicyView) crumbs(ctx context.Context) []Crumb {
	return []Crumb{{Label: locale.T(ctx, "policies.title"), Href: v.Base}}
}

// below is the way to a page under the policy's.
func (v *PolicyView) below(ctx context.Context) []Crumb {
	return append(v.crumbs(ctx), Crumb{Label: v.Policy.Name, Href: v.Path()})
}

func (v *PolicyView) tabs(ctx context.Context, current string) []Tab {
	return []Tab{
		{Label: locale.T(ctx, "policies.tab_overview"), Href: v.Path(), Current: current == policyOverview},
		{Label: locale.T(ctx, "change.history"), Href: v.Path() + "/history", Current: current == policyHistory},
	}
}

// UnderWay reports whether the policy is being backed up or replicated.
func (v *PolicyDetailView) UnderWay() bool {
	return slices.ContainsFunc(v.Checkpoints, func(c api.Checkpoint) bool { return c.Ended.IsZero() }) ||
		slices.ContainsFunc(v.Runs, func(r api.ReplicationRun) bool { return r.Ended.IsZero() })
}

// backups is the list of backups of the policy, or of one of its checkpoints.
func (v *PolicyView) backups(checkpoint string) string {
	path := v.Base + "/" + BackupsTab
	if checkpoint != "" {
		return path + "?checkpoint=" + checkpoint
	}
	return path + "?policy=" + v.Policy.ID
}

// operationTitle is what an operation does, and when.
func operationTitle(ctx context.Context, o *api.Operation) string {
	title := locale.T(ctx, "operation."+string(o.Type))
	if o.Name != "" {
		title += " · " + o.Name
	}
	return title + " · " + operationWords(ctx, o)
}

// operationHead is what an operation does, and where to. The name of a project is
// known from the policy's syncs.
func (v *PolicyView) operationHead(ctx context.Context, o *api.Operation) string {
	if o.Type != api.OperationReplication {
		return locale.T(ctx, "policies.words_backup")
	}
	to := destinationText(o.Destination.Region, o.Destination.Project)
	for i := range v.Policy.Syncs {
		if s := &v.Policy.Syncs[i]; s.Destination == o.Destination {
			to = destinationText(o.Destination.Region, s.ProjectName)
		}
	}
	return locale.T(ctx, "policies.words_copy", "to", to)
}

// deletion is the question before a policy is removed.
func (v *PolicyView) deletion(ctx context.Context) Confirm {
	return Confirm{
		Text:         locale.T(ctx, "policies.delete_text", "name", v.Policy.Name),
		Consequences: []string{locale.T(ctx, "policies.delete_schedules"), locale.T(ctx, "policies.delete_backups")},
		Action:       v.Path() + "/delete", Cancel: v.Path(), Button: locale.T(ctx, "policies.delete_button"),
		Hidden: []form.Hidden{{Name: "version", Value: version(v.Policy.Version)}},
	}
}
