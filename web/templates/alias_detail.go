package templates

import (
	"context"
	"strings"

	"switchboard/internal/api"
	"switchboard/internal/locale"
)

// AliasView is one stored alias. Base is the path of the project's aliases.
type AliasView struct {
	Base     string
	Alias    api.Alias
	Versions []api.Version // of its function: LatestVersion, then the newest first
}

// Path is the page of the alias.
func (v *AliasView) Path() string { return v.Base + "/" + v.Alias.ID }

// function is the page of its function.
func (v *AliasView) function() string { return v.Base + "/functions/" + v.Alias.Function.ID }

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
