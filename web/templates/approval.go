package templates

import (
	"context"
	"slices"

	"switchboard/internal/api"
	"switchboard/internal/locale"
	"switchboard/web/templates/form"
)

// ApprovalView is what has to be approved in a project.
type ApprovalView struct {
	Requests string // the section of requests
	Form     *form.Form
}

// ApprovalConfirm is the field in which the project's name is typed.
const ApprovalConfirm = "confirm"

// ApprovalForm describes the form: a field for each kind, with its actions. With
// confirm it asks for the project's name, too.
func ApprovalForm(ctx context.Context, action, project string, confirm bool) *form.Form {
	f := &form.Form{ID: "approval-form", Action: action, Sections: []form.Section{{ID: "approval-fields"}}}
	fields := &f.Sections[0].Fields
	for _, kind := range ApprovableKinds() {
		field := form.Field{Path: string(kind), Kind: form.Checks, Label: locale.T(ctx, "kind."+string(kind))}
		for _, rule := range api.Approvable {
			if rule.Kind == kind {
				field.Choices = append(field.Choices, form.Choice{Value: string(rule.Action), Label: locale.T(ctx, "request_action."+string(rule.Action))})
			}
		}
		switch kind {
		case api.KindConnection, api.KindAlias, api.KindPermission, api.KindPolicy:
			field.Help = locale.T(ctx, "approval_scope."+string(kind))
		}
		*fields = append(*fields, field)
	}
	if confirm {
		*fields = append(*fields, form.Field{
			Path: ApprovalConfirm, Kind: form.Text, Label: locale.T(ctx, "approvals.confirm"), Help: locale.T(ctx, "approvals.confirm_help", "project", project),
			Required: true, Placeholder: project,
		})
	}
	return f
}

// ApprovalValues are rules as the form has them: a rule for all actions of a kind
// names each.
func ApprovalValues(rules []api.ApprovalRule) map[string][]string {
	values := map[string][]string{}
	for _, can := range api.Approvable {
		if slices.ContainsFunc(rules, func(r api.ApprovalRule) bool {
			return r.Kind == can.Kind && (r.Action == "" || r.Action == can.Action)
		}) {
			values[string(can.Kind)] = append(values[string(can.Kind)], string(can.Action))
		}
	}
	return values
}
