package templates

import (
	"context"

	"switchboard/internal/locale"
	"switchboard/web/templates/form"
)

// ErrorView is what went wrong. Texts are in the reader's language.
type ErrorView struct {
	Status int
	Title  string
	Advice string // what to do about it
	SignIn bool   // what to do is to sign in, in another window
	Roles  string // the page of who has which role, where that is what is wrong
}

// SignInView is the sign-in page and what has to be said on it.
type SignInView struct {
	Form   form.Form // SignInForm
	Nobody bool      // no administrator can sign in: the set-up link comes first
	Ended  bool      // the browser was signed in
	Lost   bool      // and sent a form that could not be taken
	Left   bool      // has just signed out
	OpenID OpenIDView
}

// OpenIDView is the way in by an OpenID provider; without a title there is none.
type OpenIDView struct{ Title, Href string }

// SignInForm describes the sign-in form: name and password, and where to go
// afterwards in next.
func SignInForm(ctx context.Context, next string) form.Form {
	return form.Form{
		ID: "sign-in", Action: "/sign-in", Focus: "name",
		Hidden: []form.Hidden{{Name: "next", Value: next}},
		Sections: []form.Section{{ID: "sign-in-fields", Fields: []form.Field{
			{Path: "name", Kind: form.Text, Label: locale.T(ctx, "sign_in.name"), Required: true, Autocomplete: "username"},
			{Path: "password", Kind: form.Password, Label: locale.T(ctx, "sign_in.password"), Required: true, Autocomplete: "current-password"},
		}}},
	}
}

// SetUpForm describes the form that makes the first administrator: name,
// password and again. It is posted to action, the one-time link.
func SetUpForm(ctx context.Context, action string) form.Form {
	return form.Form{
		ID: "set-up", Action: action, Focus: "name",
		Sections: []form.Section{{ID: "set-up-fields", Fields: []form.Field{
			{Path: "name", Kind: form.Text, Label: locale.T(ctx, "sign_in.name"), Required: true, Autocomplete: "username"},
			{Path: "password", Kind: form.Password, Label: locale.T(ctx, "sign_in.password"), Help: locale.T(ctx, "set_up.password_help"), Required: true},
			{Path: "again", Kind: form.Password, Label: locale.T(ctx, "set_up.again"), Required: true},
		}}},
	}
}

// problemLine is the page in one line, for a message over another page.
func problemLine(ctx context.Context, f Frame, e ErrorView) string {
	line := e.Title
	if e.Advice != "" {
		line += locale.T(ctx, "form.colon") + e.Advice
	}
	if f.RequestID != "" {
		line += " (" + locale.T(ctx, "error_page.request") + " " + f.RequestID + ")"
	}
	return line
}
