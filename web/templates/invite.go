package templates

import (
	"context"
	"net/url"

	"switchboard/internal/api/identity"
	"switchboard/internal/locale"
	"switchboard/web/templates/form"
)

// InvitedView is the page behind a one-time link: whose password is set.
type InvitedView struct {
	Link identity.PasswordLink
	Form form.Form
}

func (v *InvitedView) lead(ctx context.Context) string {
	if v.Link.Invite {
		return locale.T(ctx, "people.invited_lead", "name", v.Link.User.Name)
	}
	return locale.T(ctx, "people.reset_lead", "name", v.Link.User.Name)
}

// NewPasswordForm describes the form that sets a password; it is posted to action, the
// one-time link. The name is there for password managers.
func NewPasswordForm(ctx context.Context, action, name string) form.Form {
	return form.Form{
		ID: "new-password", Action: action, Focus: "password", Values: url.Values{"username": {name}},
		Sections: []form.Section{{ID: "new-password-fields", Fields: []form.Field{
			{Path: "username", Kind: form.Fixed, Label: locale.T(ctx, "sign_in.name")},
			{Path: "password", Kind: form.Password, Required: true, Label: locale.T(ctx, "profile.new_password"), Help: locale.T(ctx, "set_up.password_help"), Autocomplete: "new-password"},
			{Path: "again", Kind: form.Password, Required: true, Label: locale.T(ctx, "set_up.again"), Autocomplete: "new-password"},
		}}},
	}
}

// SecondStepForm describes the form that asks for a code after the password.
func SecondStepForm(ctx context.Context, next string) form.Form {
	return form.Form{
		ID: "second-step", Action: SecondStepPath, Focus: "code",
		Hidden:   []form.Hidden{{Name: "next", Value: next}},
		Sections: []form.Section{{ID: "second-step-fields", Fields: []form.Field{codeField(ctx, "profile.second_step_help")}}},
	}
}

// SecondStepPath is the second step of signing in.
const SecondStepPath = "/sign-in/code"
