package api

import (
	"context"
	"time"
)

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
	plan.After = auditDrafts(d.Batch.Entries)
	verdicts := d.Batch.Verdicts(time.Now())
	if d.Batch.Repeat {
		return plan, d.Batch.Refuse(verdicts, nil)
	}
	present, err := presentOf(ctx, to, s, &service, d.Batch.Entries)
	if err != nil {
		return plan, err
	}
	return plan, d.Batch.Refuse(verdicts, present)
}

// presentOf tells which of the entries, those that are well formed, are there already.
func presentOf(ctx context.Context, to Service, s Scope, service *EndpointService, entries []PermissionDraft) (map[string]bool, error) {
	verdicts, err := to.JudgePermissions(ctx, s, service.ID, entries)
	present := map[string]bool{Everyone: service.Everyone != nil} // who judges refuses it whether it is there or not
	for i := range verdicts {
		if name := entries[i].Permission; name != Everyone && verdicts[i].Permission.Key == Present {
			present[name] = true
		}
	}
	return present, err
}

// Plan implements Deed.
func (d OpenToEveryone) Plan(ctx context.Context, to Service, s Scope) (Plan, error) {
	plan, service, err := d.About().onWhitelist(ctx, to, s, d)
	if err != nil {
		return plan, err
	}
	if service.Everyone != nil {
		plan.Before = AuditPermissions(service.Everyone.Audited())
		plan.State = map[string]any{"service": plan.State, "entry": plan.Before}
	}
	entry := AuditedPermission{Permission: Everyone, Reason: d.Draft.Reason}
	entry.expire(d.Draft.Expires)
	plan.After = AuditPermissions(entry)
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
	before := stored.Audited()
	after := before
	if d.Change.Description != nil {
		after.Description = *d.Change.Description
	}
	if d.Change.Expires != nil {
		after.expire(*d.Change.Expires)
	}
	plan.Before, plan.After = AuditPermissions(before), AuditPermissions(after)
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
	case d.Expired:
		return plan, nil
	}
	entries := []AuditedPermission{}
	for _, id := range d.Removal.IDs[:min(len(d.Removal.IDs), MaxBatch)] {
		entry, err := to.Permission(ctx, s, d.Service, id)
		if CodeOf(err) == NotFound && d.Removal.Repeat {
			continue
		}
		if err != nil {
			return plan, err
		}
		entries = append(entries, entry.Audited())
	}
	removed := AuditPermissions(entries...)
	removed.Count = len(d.Removal.IDs)
	plan.Before = removed
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
	plan.After = auditDrafts(d.Drafts)
	return plan, Refuse(VerdictProblems(verdicts))
}
