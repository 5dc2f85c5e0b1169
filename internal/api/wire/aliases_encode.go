package wire

import (
	"github.com/labstack/echo/v4"

	"switchboard/internal/api"
	"switchboard/internal/api/routing"
)

// aliasJSON is an alias (spec/aliases.md §4.3). Clients take an empty object for
// a change, so what is not set is left out.
type aliasJSON struct {
	Name        string                       `json:"name"`
	Version     string                       `json:"version"`
	Description string                       `json:"description"`
	Modified    string                       `json:"last_modified"`
	URN         string                       `json:"alias_urn"`
	Weights     map[string]int               `json:"additional_version_weights,omitempty"`
	Strategies  map[string]aliasStrategyJSON `json:"additional_version_strategy,omitempty"`
}

type aliasStrategyJSON struct {
	Combine routing.Combine `json:"combine_type,omitempty"`
	Rules   []routing.Rule  `json:"rules"`
}

func (s *server) encodeAlias(c echo.Context, a *api.Alias) aliasJSON {
	out := aliasJSON{
		Name: a.Name, Version: a.Route.Main, Description: a.Description, Modified: fgsTime(a.Updated.At),
		URN: s.urn(c, a.Function.Package, a.Function.Name, "!"+a.Name),
	}
	switch route := &a.Route; {
	case route.Additional == "":
	case len(route.Rules) > 0:
		out.Strategies = map[string]aliasStrategyJSON{route.Additional: {route.Combine, route.Rules}}
	default:
		out.Weights = map[string]int{route.Additional: route.Weight}
	}
	return out
}
