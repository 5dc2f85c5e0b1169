package templates

import (
	"cmp"
	"context"
	"encoding/json"

	"switchboard/internal/api"
	"switchboard/internal/locale"
)

// auditedRole is what the audit log keeps of somebody's role in a project.
type auditedRole struct{ User, Group, Role string }

// changedProject lists what a change of a project changed: what it is called, what has
// to be approved in it, or who may do what.
func changedProject(ctx context.Context, c api.Change) []valueChange {
	found := changedFields(ctx, c, []auditField{
		{Name: "name", Label: locale.T(ctx, "projects.name")},
		{Name: "description", Label: locale.T(ctx, "projects.description")},
		{Name: "approval", Label: locale.T(ctx, "approvals.title")},
	})
	var before, after auditedRole
	if json.Unmarshal(c.Before, &before) != nil || json.Unmarshal(c.After, &after) != nil || before.Role == after.Role {
		return found
	}
	return append(found, valueChange{
		Label: cmp.Or(after.User, after.Group), Before: locale.T(ctx, "role."+before.Role), After: locale.T(ctx, "role."+after.Role),
	})
}
