package templates

import (
	"context"
	"encoding/json"
	"slices"

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

// facts are the parts, always all of them and in the same order.
func (s *AliasState) facts(ctx context.Context) []fact {
	r := &s.Route
	var weight, combine string
	var rules []string
	if byWeight(r) {
		weight = shareText(ctx, r.Weight)
	}
	if byRules(r) {
		combine = locale.T(ctx, "aliases.combine_and")
		if r.Any() {
			combine = locale.T(ctx, "aliases.combine_or")
		}
		rules = ruleTexts(ctx, r.Rules)
	}
	say := func(key, text string) fact { return fact{Label: locale.T(ctx, key), Text: text} }
	return []fact{
		say("aliases.main", r.Main), say("aliases.additional", r.Additional), say("aliases.weight", weight),
		say("aliases.combine", combine), listFact(ctx, "aliases.rules", rules), say("aliases.sticky", sourceText(ctx, r.Sticky)),
		say("aliases.description", s.Description),
	}
}

// ruleTexts are rules, each in one line.
func ruleTexts(ctx context.Context, rules []routing.Rule) []string {
	texts := make([]string, len(rules))
	for i, r := range rules {
		texts[i] = sourceText(ctx, routing.Source{Type: r.Type, Param: r.Param}) + " " + string(r.Op) + " " + r.Value
	}
	return texts
}

// sourceText is a part of a request in one line; none is empty.
func sourceText(ctx context.Context, s routing.Source) string {
	if s == (routing.Source{}) {
		return ""
	}
	return sourceName(ctx, s.Type) + " " + s.Param
}

// AliasDifferences lists in which parts what was typed is not what is stored.
func AliasDifferences(ctx context.Context, mine, theirs AliasState) []Difference {
	return differences(mine.facts(ctx), theirs.facts(ctx))
}

// sameRoute reports whether two routes lead to the same, whosever they are.
func sameRoute(a, b *routing.Route) bool {
	return a.Main == b.Main && SameShare(a, b)
}

// SameShare reports whether two routes take the same requests from their main
// versions, whatever these are.
func SameShare(a, b *routing.Route) bool {
	return a.Additional == b.Additional && a.Weight == b.Weight && a.Any() == b.Any() &&
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
	Ramp   struct {
		Step  int // from 1
		Steps []json.RawMessage
	}
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

// changedAlias tells what a change of an alias changed, or what the alias was made
// with, and which step its ramp has come to.
func changedAlias(ctx context.Context, c api.Change) []valueChange {
	var before, after auditedAlias
	if json.Unmarshal(c.After, &after) != nil || after.Version == "" {
		return nil
	}
	is := after.state()
	if json.Unmarshal(c.Before, &before) != nil || before.Version == "" {
		return madeFacts(is.facts(ctx))
	}
	was := before.state()
	found := changedFacts(was.facts(ctx), is.facts(ctx))
	if step := after.Ramp.Step; step != before.Ramp.Step && step > 0 {
		taken := locale.T(ctx, "ramp.step_taken", "n", step, "all", len(after.Ramp.Steps))
		found = append([]valueChange{{Label: locale.T(ctx, "aliases.tab_ramp"), Note: taken}}, found...)
	}
	return found
}
