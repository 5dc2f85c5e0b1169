package embedded

import (
	"context"

	"switchboard/internal/api"
)

// policy takes a change of a policy back. What it did on its schedules stays done.
func (r *reversal) policy(ctx context.Context) error {
	stored, err := r.p.Policy(ctx, r.s, r.Change.ObjectID)
	there, err := presence(err)
	if err != nil {
		return err
	}
	if there {
		r.Version = stored.Version
	}
	switch r.Change.Action {
	case "create":
		if there {
			r.tell(stored.Audited(), nil)
			r.Deed = api.DeletePolicy{ID: stored.ID, Version: stored.Version}
		}
		return nil
	case "update", "enable", "disable", "delete":
	case "prune":
		return final("reverse.backup")
	default:
		return final("reverse.event")
	}
	var was api.AuditedPolicy
	if _, err := r.before(&was); err != nil {
		return err
	}
	if r.Change.Action == "delete" {
		return r.remakePolicy(ctx, &was)
	}
	if !there {
		return gone()
	}
	return r.restorePolicy(ctx, &stored, &was)
}

func (r *reversal) restorePolicy(ctx context.Context, stored *api.Policy, was *api.AuditedPolicy) error {
	now := stored.Audited()
	if !r.tell(now, was) {
		return nil
	}
	if enabled := r.Change.Action == "disable"; r.Change.Action != "update" {
		all := now
		all.Operations = nil
		for _, o := range now.Operations {
			o.Enabled = enabled
			all.Operations = append(all.Operations, o)
		}
		if encode(all) == encode(was) {
			r.Deed = api.EnablePolicy{ID: stored.ID, Enabled: enabled}
			return nil
		}
	}
	d := was.Draft()
	if err := r.p.ValidatePolicy(ctx, r.s, stored.ID, d); err != nil {
		return err
	}
	r.Deed = api.UpdatePolicy{ID: stored.ID, Draft: d, Version: stored.Version}
	return nil
}

// remakePolicy makes a policy anew. Its resources keep their ids, by which backups are
// found; its operations are new and count from now.
func (r *reversal) remakePolicy(ctx context.Context, was *api.AuditedPolicy) error {
	for i := range was.Operations {
		was.Operations[i].ID = ""
	}
	same, err := r.p.ListPolicies(ctx, r.s, api.PolicyQuery{Name: was.Name, Limit: 1})
	if err != nil {
		return err
	}
	if len(same.Items) == 1 {
		now := same.Items[0].Audited()
		for i := range now.Operations {
			now.Operations[i].ID = ""
		}
		if !r.tell(now, was) {
			r.Version = same.Items[0].Version
			return nil
		}
	}
	d := was.Draft()
	if err := r.p.ValidatePolicy(ctx, r.s, "", d); err != nil {
		return err
	}
	r.tell(nil, was)
	r.Deed = api.CreatePolicy{Draft: d}
	return nil
}
