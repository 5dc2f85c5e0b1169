package templates

import (
	"context"
	"encoding/json"
	"slices"
	"strings"

	"switchboard/internal/api"
	"switchboard/internal/api/routing"
	"switchboard/internal/locale"
)

// AliasState is what can be changed of an alias: two of them are compared before
// something is saved, after somebody else did, and in its history.
type AliasState struct {
	Description string
	Route       routing.Route
}

// aliasFact is a part of an AliasState in words.
type aliasFact struct{ Label, Text string }

// facts are the parts, always all of them and in the same order.
func (s *AliasState) facts(ctx context.Context) []aliasFact {
	r := &s.Route
	var weight, combine, rules string
	if byWeight(r) {
		weight = shareText(ctx, r.Weight)
	}
	if byRules(r) {
		combine = locale.T(ctx, "aliases.combine_and")
		if r.Any() {
			combine = locale.T(ctx, "aliases.combine_or")
		}
		rules = rulesText(ctx, r.Rules)
	}
	label := func(key string) string { return locale.T(ctx, key) }
	return []aliasFact{
		{label("aliases.main"), r.Main}, {label("aliases.additional"), r.Additional}, {label("aliases.weight"), weight},
		{label("aliases.combine"), combine}, {label("aliases.rules"), rules}, {label("aliases.sticky"), sourceText(ctx, r.Sticky)},
		{label("aliases.description"), s.Description},
	}
}

// rulesText is rules in one line.
func rulesText(ctx context.Context, rules []routing.Rule) string {
	texts := make([]string, len(rules))
	for i, r := range rules {
		texts[i] = sourceText(ctx, routing.Source{Type: r.Type, Param: r.Param}) + " " + string(r.Op) + " " + r.Value
	}
	return strings.Join(texts, locale.T(ctx, "aliases.separator"))
}

// sourceText is a part of a request in one line; none is empty.
func sourceText(ctx context.Context, s routing.Source) string {
	if s == (routing.Source{}) {
		return ""
	}
	return sourceName(ctx, s.Type) + " " + s.Param
}

// changedStates lists what is different between two states of an alias.
func changedStates(ctx context.Context, before, after *AliasState) []valueChange {
	var found []valueChange
	was := before.facts(ctx)
	for i, is := range after.facts(ctx) {
		if was[i].Text != is.Text {
			found = append(found, valueChange{Label: is.Label, Before: was[i].Text, After: is.Text})
		}
	}
	return found
}

// AliasDifferences lists in which parts what was typed is not what is stored.
func AliasDifferences(ctx context.Context, mine, theirs AliasState) []Difference {
	var found []Difference
	for _, c := range changedStates(ctx, &theirs, &mine) {
		found = append(found, Difference{Label: c.Label, Mine: c.After, Theirs: c.Before})
	}
	return found
}

// sameRoute reports whether two routes lead to the same, whosever they are.
func sameRoute(a, b *routing.Route) bool {
	return a.Main == b.Main && a.Additional == b.Additional && a.Weight == b.Weight && a.Any() == b.Any() &&
		a.Sticky == b.Sticky && slices.Equal(a.Rules, b.Rules)
}

// auditedAlias is what the audit log keeps of an alias.
type auditedAlias struct {
	Version, Description string
	Weights              map[string]int `json:"additional_version_weights"`
	Strategy             map[string]struct {
		Combine routing.Combine `json:"combine_type"`
		Rules   []routing.Rule  `json:"rules"`
	} `json:"additional_version_strategy"`
	Sticky routing.Source
}

func (a *auditedAlias) state() AliasState {
	s := AliasState{Description: a.Description, Route: routing.Route{Main: a.Version, Sticky: a.Sticky}}
	for version, weight := range a.Weights {
		s.Route.Additional, s.Route.Weight = version, weight
	}
	for version, strategy := range a.Strategy {
		s.Route.Additional, s.Route.Rules, s.Route.Combine = version, strategy.Rules, strategy.Combine
	}
	return s
}

// changedAlias tells what a change of an alias changed.
func changedAlias(ctx context.Context, c api.Change) []valueChange {
	var before, after auditedAlias
	if json.Unmarshal(c.Before, &before) != nil || json.Unmarshal(c.After, &after) != nil {
		return nil
	}
	was, is := before.state(), after.state()
	return changedStates(ctx, &was, &is)
}
