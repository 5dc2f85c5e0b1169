package templates

import (
	"cmp"
	"context"
	"encoding/json"
	"slices"

	"switchboard/internal/api"
	"switchboard/internal/locale"
)

// auditedRole is what the audit log keeps of somebody's role in a project.
type auditedRole struct{ User, Group, Role string }

// changedProject lists what a change of a project changed: what it is called, what has
// to be approved in it, who may do what, or where it lives.
func changedProject(ctx context.Context, c api.Change) []valueChange {
	if c.Action == "backend" {
		return changedBackend(ctx, c)
	}
	found := changedFields(ctx, c, []auditField{
		{Name: "name", Label: locale.T(ctx, "projects.name")},
		{Name: "description", Label: locale.T(ctx, "projects.description")},
		{Name: "region", Label: locale.T(ctx, "projects.region")},
	})
	found = append(found, changedRules(ctx, c)...)
	var before, after auditedRole
	if json.Unmarshal(c.Before, &before) != nil || json.Unmarshal(c.After, &after) != nil || before.Role == after.Role {
		return found
	}
	return append(found, valueChange{
		Label: cmp.Or(after.User, after.Group), Before: locale.T(ctx, "role."+before.Role), After: locale.T(ctx, "role."+after.Role),
	})
}

// changedRules lists what has to be approved from now on, and what has not any more.
func changedRules(ctx context.Context, c api.Change) []valueChange {
	before, after := auditedRules(ctx, c.Before), auditedRules(ctx, c.After)
	return changedFacts(
		[]fact{listFact(ctx, "approvals.title", before)},
		[]fact{listFact(ctx, "approvals.title", after)},
	)
}

// auditedRules are rules of approval as the audit log keeps them, in menu order; none if
// an entry is not about them.
func auditedRules(ctx context.Context, entry []byte) []string {
	var audited struct{ Approval map[api.Kind][]api.Action }
	if json.Unmarshal(entry, &audited) != nil {
		return nil
	}
	var lines []string
	for _, rule := range api.Approvable {
		if actions := audited.Approval[rule.Kind]; slices.Contains(actions, rule.Action) || slices.Contains(actions, "") {
			lines = append(lines, locale.T(ctx, "told.rule",
				"kind", api.M("kind."+string(rule.Kind)), "action", api.M("request_action."+string(rule.Action))))
		}
	}
	return lines
}
