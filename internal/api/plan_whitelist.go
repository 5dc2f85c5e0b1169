package api

import (
	"context"
	"fmt"
	"slices"
	"time"
)

// entryView is an entry of a whitelist as the audit log has it.
type entryView struct {
	ID          string     `json:"id,omitempty"`
	Permission  string     `json:"permission"`
	Description string     `json:"description,omitempty"`
	Expires     *time.Time `json:"expires,omitempty"`
	Reason      string     `json:"reason,omitempty"`
}

func (p *Permission) view() entryView {
	view := entryView{ID: p.ID, Permission: p.Permission, Description: p.Description, Reason: p.Reason}
	view.expire(p.Expires)
	return view
}

func (v *entryView) expire(at time.Time) {
	if v.Expires = nil; !at.IsZero() {
		v.Expires = &at
	}
}

// entryViews are entries as the audit log has them: of many, only what they say.
func entryViews(entries []entryView) any {
	if len(entries) > MaxBatch {
		entries = slices.Clone(entries)
		for i, e := range entries {
			if e.Permission != Everyone {
				entries[i] = entryView{Permission: e.Permission}
			}
		}
	}
	return map[string]any{"permissions": entries, "count": len(entries)}
}

func draftViews(drafts []PermissionDraft) any {
	views := make([]entryView, len(drafts))
	for i, d := range drafts {
		views[i] = entryView{Permission: d.Permission, Description: d.Description}
		views[i].expire(d.Expires)
	}
	return entryViews(views)
}

// onWhitelist plans a change of the whitelist of a service. What else is on it does not
// count, but whether the service is open.
func (a About) onWhitelist(ctx context.Context, to Service, s Scope, d Deed) (Plan, EndpointService, error) {
	service, err := to.EndpointService(ctx, s, a.ID)
	state := map[string]any{"service": service.Name, "approval_enabled": service.Approval, "everyone": service.Everyone != nil}
	return Plan{Deed: d, About: a.named(service.Name), State: state}, service, err
}

// Plan implements Deed.
func (d AddPermissions) Plan(ctx context.Context, to Service, s Scope) (Plan, error) {
	plan, service, err := d.About().onWhitelist(ctx, to, s, d)
	switch n := len(d.Batch.Entries); {
	case err != nil:
		return plan, err
	case n == 0:
		return plan, Errorf(Invalid, "permission.none")
	case n > MaxBatch:
		return plan, Errorf(Limit, "permission.batch_too_big", "max", MaxBatch)
	}
	plan.After = draftViews(d.Batch.Entries)
	if err := Refuse(VerdictProblems(d.Batch.Verdicts(time.Now()))); err != nil || d.Batch.Repeat {
		return plan, err
	}
	return plan, present(ctx, to, s, &service, d.Batch.Entries)
}

// present is the Conflict of entries, well formed, that are there already.
func present(ctx context.Context, to Service, s Scope, service *EndpointService, entries []PermissionDraft) error {
	verdicts, err := to.JudgePermissions(ctx, s, service.ID, entries)
	if err != nil {
		return err
	}
	var problems []Problem
	for i, e := range entries {
		there := !verdicts[i].Permission.IsZero()
		if e.Permission == Everyone { // who judges refuses it whether it is there or not
			there = service.Everyone != nil
		}
		if there {
			problems = append(problems, Problem{fmt.Sprintf("permissions.%d.permission", i), M("permission.present", "permission", e.Permission)})
		}
	}
	if len(problems) == 0 {
		return nil
	}
	return &Error{Code: Conflict, Message: problems[0].Message, Problems: problems}
}

// Plan implements Deed.
func (d OpenToEveryone) Plan(ctx context.Context, to Service, s Scope) (Plan, error) {
	plan, service, err := d.About().onWhitelist(ctx, to, s, d)
	if err != nil {
		return plan, err
	}
	if service.Everyone != nil {
		plan.Before = entryViews([]entryView{service.Everyone.view()})
		plan.State = map[string]any{"service": plan.State, "entry": plan.Before}
	}
	entry := entryView{Permission: Everyone, Reason: d.Draft.Reason}
	entry.expire(d.Draft.Expires)
	plan.After = entryViews([]entryView{entry})
	return plan, Refuse(d.Draft.Problems(service.Name, time.Now()))
}

// Plan implements Deed.
func (d ChangePermission) Plan(ctx context.Context, to Service, s Scope) (Plan, error) {
	plan, _, err := d.About().onWhitelist(ctx, to, s, d)
	if err != nil {
		return plan, err
	}
	stored, err := to.Permission(ctx, s, d.Service, d.ID)
	if err != nil {
		return plan, err
	}
	before := stored.view()
	after := before
	if d.Change.Description != nil {
		after.Description = *d.Change.Description
	}
	if d.Change.Expires != nil {
		after.expire(*d.Change.Expires)
	}
	plan.Before, plan.After = entryViews([]entryView{before}), entryViews([]entryView{after})
	plan.State = map[string]any{"service": plan.State, "entry": before}
	return plan, Refuse(d.Change.Problems(&stored, time.Now()))
}

// Plan implements Deed. Of many entries it names the first.
func (d RemovePermissions) Plan(ctx context.Context, to Service, s Scope) (Plan, error) {
	plan, _, err := d.About().onWhitelist(ctx, to, s, d)
	switch n := len(d.Removal.IDs); {
	case err != nil:
		return plan, err
	case n == 0:
		return plan, Errorf(Invalid, "permission.none")
	case n > MaxSelection:
		return plan, Errorf(Limit, "bulk.too_many", "max", MaxSelection)
	}
	entries := []entryView{}
	for _, id := range d.Removal.IDs[:min(len(d.Removal.IDs), MaxBatch)] {
		entry, err := to.Permission(ctx, s, d.Service, id)
		if CodeOf(err) == NotFound && d.Removal.Repeat {
			continue
		}
		if err != nil {
			return plan, err
		}
		entries = append(entries, entry.view())
	}
	plan.Before = map[string]any{"permissions": entries, "count": len(d.Removal.IDs)}
	plan.State = map[string]any{"service": plan.State, "entries": entries}
	return plan, nil
}

// Plan implements Deed.
func (d StartAddition) Plan(ctx context.Context, to Service, s Scope) (Plan, error) {
	plan, service, err := d.About().onWhitelist(ctx, to, s, d)
	if err != nil {
		return plan, err
	}
	if len(d.Drafts) == 0 {
		return plan, Errorf(Invalid, "permission.none")
	}
	verdicts, err := to.JudgePermissions(ctx, s, service.ID, d.Drafts)
	if err != nil {
		return plan, err
	}
	plan.After = draftViews(d.Drafts)
	return plan, Refuse(VerdictProblems(verdicts))
}
