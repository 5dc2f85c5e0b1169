package templates

import (
	"context"
	"slices"
	"strings"
	"time"

	"switchboard/internal/api"
	"switchboard/internal/locale"
	"switchboard/web/templates/form"
)

// FunctionView is one stored function. Aliases is the path of the project's
// aliases.
type FunctionView struct {
	Aliases  string
	Function api.Function
}

// Path is the page of the function.
func (v *FunctionView) Path() string { return FunctionsPath(v.Aliases) + "/" + v.Function.ID }

func (v *FunctionView) title() string {
	return functionTitle(api.AliasFunction{ID: v.Function.ID, Package: v.Function.Package, Name: v.Function.Name})
}

// functionCrumbs is the way to the page of a function.
func functionCrumbs(ctx context.Context, aliases string) []Crumb {
	return []Crumb{
		{Label: locale.T(ctx, "nav.aliases"), Href: aliases},
		{Label: locale.T(ctx, "functions.title"), Href: FunctionsPath(aliases)},
	}
}

// below is the way to a page under the function's.
func (v *FunctionView) below(ctx context.Context) []Crumb {
	return append(functionCrumbs(ctx, v.Aliases), Crumb{Label: v.title(), Href: v.Path()})
}

// The tabs of a function; each but the first is the last word of its page's path.
const (
	tabVersions        = "versions"
	tabFunctionAliases = "aliases"
)

func (v *FunctionView) tabs(ctx context.Context, current string) []Tab {
	tab := func(name, key string) Tab {
		return Tab{Label: locale.T(ctx, key), Href: v.Path() + "/" + name, Current: name == current}
	}
	tabs := []Tab{
		tab(tabVersions, "functions.versions"), tab(tabFunctionAliases, "nav.aliases"),
		tab(tabSettings, "functions.settings"), tab(tabHistory, "change.history"),
	}
	tabs[0].Href = v.Path()
	return tabs
}

// VersionsView is the versions of a function: LatestVersion, then the newest first.
type VersionsView struct {
	FunctionView

	Versions []api.Version
}

// FunctionAliasesView is the aliases of a function, by name.
type FunctionAliasesView struct {
	FunctionView

	List []api.Alias
}

// VersionView is one version of a function.
type VersionView struct {
	FunctionView

	Version api.Version
	URN     string
	Form    *form.Form // of its upstream, or of the question before it is removed
}

// Title is the version as people call it.
func (v *VersionView) Title() string { return v.title() + ":" + v.Version.Name }

// VersionPath is the page of the version.
func (v *VersionView) VersionPath() string { return v.versionPath(v.Version.Name) }

func (v *FunctionView) versionPath(name string) string { return v.Path() + "/versions/" + name }

// kept says why a version cannot be deleted, and is empty if it can be.
func kept(ctx context.Context, v *api.Version) string {
	switch {
	case v.Name == api.LatestVersion:
		return locale.T(ctx, "functions.latest_stays")
	case len(v.Additional) > 0:
		return locale.T(ctx, "functions.additional_stays", "aliases", usedNames(ctx, v.Additional))
	}
	return ""
}

// usedNames lists names in one line.
func usedNames(ctx context.Context, all []api.Used) string {
	names := make([]string, len(all))
	for i, used := range all {
		names[i] = used.Name
	}
	return strings.Join(names, locale.T(ctx, "connections.separator"))
}

// deletion is the question before a version is removed.
func (v *VersionView) deletion(ctx context.Context) Confirm {
	consequences := []string{locale.T(ctx, "functions.delete_version_calls", "version", v.Version.Name)}
	if len(v.Version.Main) > 0 {
		consequences = append(consequences, locale.T(ctx, "functions.delete_version_aliases"))
	}
	return Confirm{
		Text:         locale.T(ctx, "functions.delete_version_text", "version", v.Version.Name, "name", v.title()),
		Consequences: consequences, Button: locale.T(ctx, "functions.delete_version_button"), Cancel: v.VersionPath(),
	}
}

// VersionDeleteForm asks for the name of a version if aliases go along with it.
func VersionDeleteForm(ctx context.Context, v VersionView) *form.Form {
	f := &form.Form{ID: "delete-form", Action: v.VersionPath() + "/delete"}
	if len(v.Version.Main) > 0 {
		f.Sections = confirmSections(ctx, "functions.confirm_version", v.Version.Name)
	}
	return f
}

// confirmSections ask for a name to be typed.
func confirmSections(ctx context.Context, label, name string) []form.Section {
	return []form.Section{{ID: "delete-fields", Fields: []form.Field{{
		Path: "confirm", Kind: form.Text, Required: true, Label: locale.T(ctx, label), Help: locale.T(ctx, "functions.confirm_help", "name", name),
	}}}}
}

// FunctionDeleteView is the question before a function is removed, with the
// versions and aliases that go along.
type FunctionDeleteView struct {
	FunctionAliasesView

	Versions []api.Version
	Form     *form.Form
}

// deletion is the question before a function is removed.
func (v *FunctionDeleteView) deletion(ctx context.Context) Confirm {
	return Confirm{
		Text:         locale.T(ctx, "functions.delete_text", "name", v.title()),
		Consequences: v.consequences(ctx), Button: locale.T(ctx, "functions.delete_button"), Cancel: v.Path(),
	}
}

func (v *FunctionDeleteView) consequences(ctx context.Context) []string {
	found := []string{locale.T(ctx, "functions.delete_versions", "count", len(v.Versions))}
	if len(v.List) > 0 {
		found = append(found, locale.T(ctx, "functions.delete_aliases", "count", len(v.List)))
	}
	return append(found, locale.T(ctx, "functions.delete_upstream"))
}

// FunctionDeleteForm asks for the name of a function if aliases go along with it.
func FunctionDeleteForm(ctx context.Context, v FunctionDeleteView) *form.Form {
	f := &form.Form{
		ID: "delete-form", Action: v.Path() + "/delete",
		Hidden: []form.Hidden{{Name: "version", Value: version(v.Function.Version)}},
	}
	if len(v.List) > 0 {
		f.Sections = confirmSections(ctx, "functions.confirm", v.Function.Name)
	}
	return f
}

// PublishView is the form for a version to be published. Refused is what would be
// wrong whatever was typed, nil if nothing is.
type PublishView struct {
	FunctionView

	Form    *form.Form
	Refused []api.Problem
}

// full reports whether the function can have no more versions.
func (v *PublishView) full() bool {
	return slices.ContainsFunc(v.Refused, func(p api.Problem) bool { return p.Message.Key == "version.too_many" })
}

// PublishForm describes the form: version and description.
func PublishForm(ctx context.Context, v FunctionView) *form.Form {
	return &form.Form{
		ID: "publish-form", Action: v.Path() + "/publish", Guard: true,
		Sections: []form.Section{{ID: "section-version", Fields: []form.Field{
			{
				Path: "version", Kind: form.Text, Live: true, MaxLen: api.MaxVersionName, Placeholder: "v1.4.0",
				Label: locale.T(ctx, "functions.version_name"),
				Help:  locale.T(ctx, "functions.version_help", "max", api.MaxVersionName, "example", time.Now().UTC().Format("v20060102-150405")),
			},
			{
				Path: "description", Kind: form.TextArea, Live: true, MaxLen: api.MaxFunctionText, Count: true,
				Label: locale.T(ctx, "functions.description"), Help: locale.T(ctx, "functions.version_description_help"),
			},
		}}},
	}
}

// sizeText is a number of bytes as people read it.
func sizeText(ctx context.Context, n int64) string {
	const step = 1 << 10
	switch {
	case n < step:
		return locale.T(ctx, "functions.bytes", "count", n)
	case n < step*step:
		return locale.T(ctx, "functions.kilobytes", "n", decimal(float64(n)/step))
	case n < step*step*step:
		return locale.T(ctx, "functions.megabytes", "n", decimal(float64(n)/(step*step)))
	}
	return locale.T(ctx, "functions.gigabytes", "n", decimal(float64(n)/(step*step*step)))
}
