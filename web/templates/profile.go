package templates

import (
	"context"
	"net/url"
	"strconv"

	"switchboard/internal/api/identity"
	"switchboard/internal/locale"
	"switchboard/web/templates/form"
)

// ProfilePath is where people look after themselves; each of the parts has a page
// below it.
const (
	ProfilePath     = "/profile"
	ProfilePassword = "/password"
	ProfileFactor   = "/factor"
	ProfileSessions = "/sessions"
	ProfileKeys     = "/keys"
	ProfileTokens   = "/tokens"
)

// profileTabs are the parts of a profile. Who signs in elsewhere has no password and
// no second factor here.
func profileTabs(ctx context.Context, external bool, current string) []Tab {
	var tabs []Tab
	for _, at := range []struct {
		path, label string
		here        bool
	}{
		{"", "profile.tab_general", true},
		{ProfilePassword, "sign_in.password", !external},
		{ProfileFactor, "people.factor", !external},
		{ProfileSessions, "profile.tab_sessions", true},
		{ProfileKeys, "profile.tab_keys", true},
		{ProfileTokens, "profile.tab_tokens", true},
	} {
		if at.here {
			tabs = append(tabs, Tab{Label: locale.T(ctx, at.label), Href: ProfilePath + at.path, Current: at.path == current})
		}
	}
	return tabs
}

// ProfileView is what all pages of a profile know.
type ProfileView struct{ Person identity.Person }

// ProfileFormView is a page of a profile with a form.
type ProfileFormView struct {
	ProfileView

	Tab  string // which, as in profileTabs
	Form form.Form
}

// FactorView is the second factor: whether there is one, and the form that turns it on
// or off. Key is what an app needs to know of one that is being turned on.
type FactorView struct {
	ProfileView

	Key  string
	Form form.Form
}

// SessionsView is where somebody is signed in; Here is this session's id.
type SessionsView struct {
	ProfileView

	Here     string
	Sessions []identity.SessionInfo
}

// KeysView is somebody's access keys.
type KeysView struct {
	ProfileView

	Keys []identity.KeyInfo
}

// TokensView is the tokens that somebody made for programs.
type TokensView struct {
	ProfileView

	Tokens []identity.APIToken
}

// PreferencesForm describes the choice of language and theme.
func PreferencesForm(ctx context.Context, theme string) form.Form {
	t := func(key string) string { return locale.T(ctx, key) }
	return form.Form{
		ID: "preferences", Action: "/preferences", Hidden: []form.Hidden{{Name: "next", Value: ProfilePath}},
		Values: url.Values{"language": {locale.Lang(ctx)}, "theme": {theme}},
		Sections: []form.Section{{ID: "preferences-fields", Title: t("profile.preferences"), Fields: []form.Field{
			{Path: "language", Kind: form.Select, Half: true, Label: t("profile.language"), Choices: []form.Choice{
				{Value: locale.English, Label: "English"}, {Value: locale.Chinese, Label: "中文"},
			}},
			{Path: "theme", Kind: form.Select, Half: true, Label: t("shell.theme"), Choices: []form.Choice{
				{Value: "auto", Label: t("theme.auto")}, {Value: "light", Label: t("theme.light")}, {Value: "dark", Label: t("theme.dark")},
			}},
		}}},
	}
}

// PasswordForm describes the form by which people change their password.
func PasswordForm(ctx context.Context) form.Form {
	t := func(key string) string { return locale.T(ctx, key) }
	return form.Form{
		ID: "password-form", Action: ProfilePath + ProfilePassword, Focus: "old",
		Sections: []form.Section{{ID: "password-fields", Help: t("profile.password_help"), Fields: []form.Field{
			{Path: "old", Kind: form.Password, Required: true, Label: t("profile.old_password"), Autocomplete: "current-password"},
			{Path: "new", Kind: form.Password, Required: true, Label: t("profile.new_password"), Help: t("set_up.password_help"), Autocomplete: "new-password"},
			{Path: "again", Kind: form.Password, Required: true, Label: t("set_up.again"), Autocomplete: "new-password"},
		}}},
	}
}

// FactorForm describes the form that turns the second factor on, by its first code.
func FactorForm(ctx context.Context) form.Form {
	return form.Form{
		ID: "factor-form", Action: ProfilePath + ProfileFactor + "/confirm", Focus: "code",
		Sections: []form.Section{{ID: "factor-fields", Fields: []form.Field{codeField(ctx, "profile.code_help")}}},
	}
}

// NoFactorForm describes the form that turns the second factor off.
func NoFactorForm(ctx context.Context) form.Form {
	return form.Form{
		ID: "factor-form", Action: ProfilePath + ProfileFactor + "/remove",
		Sections: []form.Section{{ID: "factor-fields", Title: locale.T(ctx, "profile.factor_off"), Help: locale.T(ctx, "profile.factor_off_help"), Fields: []form.Field{
			{Path: "password", Kind: form.Password, Required: true, Label: locale.T(ctx, "sign_in.password"), Autocomplete: "current-password"},
		}}},
	}
}

func codeField(ctx context.Context, help string) form.Field {
	return form.Field{
		Path: "code", Kind: form.Text, Required: true, MaxLen: 20, Label: locale.T(ctx, "profile.code"),
		Help: locale.T(ctx, help), Autocomplete: "one-time-code", Placeholder: "123456",
	}
}

// KeyForm describes the form of a new access key.
func KeyForm(ctx context.Context, projects []identity.Project) form.Form {
	return form.Form{
		ID: "key-form", Action: ProfilePath + ProfileKeys, Focus: "name", Guard: true,
		Sections: []form.Section{{ID: "key-fields", Fields: []form.Field{
			{Path: "name", Kind: form.Text, Label: locale.T(ctx, "profile.program"), Help: locale.T(ctx, "profile.program_help")},
			onlyProject(ctx, projects),
		}}},
	}
}

// tokenLives are how many days a token can be good for.
var tokenLives = []int{7, 30, 90, 365}

// TokenForm describes the form of a new API token.
func TokenForm(ctx context.Context, projects []identity.Project) form.Form {
	lives := make([]form.Choice, len(tokenLives))
	for i, days := range tokenLives {
		lives[i] = form.Choice{Value: strconv.Itoa(days), Label: locale.T(ctx, "profile.days", "count", days)}
	}
	return form.Form{
		ID: "token-form", Action: ProfilePath + ProfileTokens, Focus: "name", Guard: true, Values: url.Values{"life": {"90"}},
		Sections: []form.Section{{ID: "token-fields", Fields: []form.Field{
			{Path: "name", Kind: form.Text, Required: true, Label: locale.T(ctx, "profile.program"), Help: locale.T(ctx, "profile.program_help")},
			onlyProject(ctx, projects),
			{Path: "life", Kind: form.Select, Required: true, Label: locale.T(ctx, "profile.life"), Choices: lives},
		}}},
	}
}

func onlyProject(ctx context.Context, projects []identity.Project) form.Field {
	return form.Field{
		Path: "project", Kind: form.Select, Label: locale.T(ctx, "profile.only_project"), Help: locale.T(ctx, "profile.only_project_help"),
		Choices: projectChoices(projects), Unset: locale.T(ctx, "profile.all_projects"),
	}
}
