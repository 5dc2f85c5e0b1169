package templates

import (
	"context"
	"strings"

	"switchboard/internal/api"
	"switchboard/internal/locale"
	"switchboard/web/templates/form"
)

// AliasView is one stored alias. Base is the path of the project's aliases.
type AliasView struct {
	Base     string
	Alias    api.Alias
	Versions []api.Version // of its function: LatestVersion, then the newest first
}

// AliasRouteID is where an alias leads, as an element and as a fragment.
const AliasRouteID = "alias-route"

// Path is the page of the alias.
func (v *AliasView) Path() string { return v.Base + "/" + v.Alias.ID }

// function is the page of its function.
func (v *AliasView) function() string { return FunctionsPath(v.Base) + "/" + v.Alias.Function.ID }

func (v *AliasView) crumbs(ctx context.Context) []Crumb {
	return []Crumb{
		{Label: locale.T(ctx, "nav.aliases"), Href: v.Base},
		{Label: functionTitle(v.Alias.Function), Href: v.function()},
	}
}

// Below is the way to a page under the alias's.
func (v *AliasView) Below(ctx context.Context) []Crumb {
	return append(v.crumbs(ctx), Crumb{Label: v.Alias.Name, Href: v.Path()})
}

// The tabs of an alias; each but the first is the last word of its page's path.
const (
	AliasOverview = "overview"
	AliasRampTab  = "ramp"
	AliasTryTab   = "try"
	AliasHistory  = "history"
)

func (v *AliasView) tabs(ctx context.Context, current string) []Tab {
	tab := func(name, key string) Tab {
		return Tab{Label: locale.T(ctx, key), Href: v.Path() + "/" + name, Current: name == current}
	}
	tabs := []Tab{
		tab(AliasOverview, "aliases.tab_overview"), tab(AliasRampTab, "aliases.tab_ramp"),
		tab(AliasTryTab, "aliases.tab_try"), tab(AliasHistory, "change.history"),
	}
	tabs[0].Href = v.Path()
	return tabs
}

// AliasDetailView is the page of an alias.
type AliasDetailView struct {
	AliasView

	URN    string
	Call   string        // where it is invoked
	Words  []api.Message // what becomes of requests
	Advice []api.Message // what is odd about its rules
	Trial  TrialView
}

// aliasShare is a version that an alias leads to.
type aliasShare struct {
	Role    string // what the version is to the alias
	Share   string // of the requests
	Name    string
	Version *api.Version // nil if it has gone meanwhile
}

// shares are the versions that the alias leads to.
func (v *AliasDetailView) shares(ctx context.Context) []aliasShare {
	r := &v.Alias.Route
	main := aliasShare{Role: locale.T(ctx, "aliases.main"), Share: shareText(ctx, 100), Name: r.Main, Version: v.version(r.Main)}
	if r.Additional == "" {
		return []aliasShare{main}
	}
	additional := aliasShare{Role: locale.T(ctx, "aliases.additional"), Name: r.Additional, Version: v.version(r.Additional)}
	if byRules(r) {
		main.Share, additional.Share = locale.T(ctx, "aliases.share_rest"), locale.T(ctx, "aliases.share_rules")
	} else {
		main.Share, additional.Share = shareText(ctx, 100-r.Weight), shareText(ctx, r.Weight)
	}
	return []aliasShare{main, additional}
}

// deletion is the question before an alias is removed.
func (v *AliasDetailView) deletion(ctx context.Context) Confirm {
	consequences := []string{
		locale.T(ctx, "aliases.delete_callers", "urn", v.URN), locale.T(ctx, "aliases.delete_versions"),
	}
	if v.Alias.Ramp != nil {
		consequences = append(consequences, locale.T(ctx, "aliases.delete_ramp"))
	}
	return Confirm{
		Text:         locale.T(ctx, "aliases.delete_text", "name", v.Alias.Name, "route", routeText(ctx, &v.Alias.Route)),
		Consequences: consequences,
		Action:       v.Path() + "/delete", Cancel: v.Path(), Button: locale.T(ctx, "aliases.delete_button"),
		Hidden: []form.Hidden{{Name: "version", Value: version(v.Alias.Version)}},
	}
}

// version finds a version of the function, nil if it is not there any more.
func (v *AliasView) version(name string) *api.Version {
	for i := range v.Versions {
		if v.Versions[i].Name == name {
			return &v.Versions[i]
		}
	}
	return nil
}

// functionTitle is a function as people call it: its package is told only if it
// is not the usual one.
func functionTitle(f api.AliasFunction) string {
	return strings.TrimPrefix(f.Package+":"+f.Name, api.DefaultPackage+":")
}
