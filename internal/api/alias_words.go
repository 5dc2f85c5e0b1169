package api

import (
	"net/textproto"
	"slices"
	"strings"

	"switchboard/internal/api/routing"
)

// RouteWords says in sentences what a route will do with requests, the case
// in which no rule matches included.
func RouteWords(route *routing.Route) []Message {
	switch {
	case route.Additional == "":
		return []Message{M("routing.main", "main", route.Main)}
	case len(route.Rules) > 0:
		return rulesInWords(route)
	}
	words := []Message{weightInWords(route)}
	if route.Sticky.Param != "" {
		words = append(words, M("routing.sticky", "source", sourceInWords(route.Sticky.Type, route.Sticky.Param)))
	}
	return words
}

func weightInWords(route *routing.Route) Message {
	switch route.Weight {
	case 0:
		return M("routing.weight_none", "main", route.Main, "additional", route.Additional)
	case 100:
		return M("routing.weight_all", "main", route.Main, "additional", route.Additional)
	default:
		return M("routing.weight", "main", route.Main, "additional", route.Additional, "weight", route.Weight, "rest", 100-route.Weight)
	}
}

func rulesInWords(route *routing.Route) []Message {
	switch n := len(route.Rules); {
	case n > routing.MaxRules:
		return []Message{M("routing.too_many", "max", routing.MaxRules, "main", route.Main)}
	case n == 1:
		return []Message{
			M("routing.one", "condition", conditionInWords(&route.Rules[0]), "additional", route.Additional),
			M("routing.one_others", "source", ruleSource(&route.Rules[0]), "main", route.Main),
		}
	}
	lead, others := M("routing.all", "n", len(route.Rules), "additional", route.Additional), M("routing.all_others", "main", route.Main)
	if route.Any() {
		lead, others = M("routing.any", "n", len(route.Rules), "additional", route.Additional), M("routing.any_others", "main", route.Main)
	}
	words := []Message{lead}
	for i := range route.Rules {
		words = append(words, M("routing.rule", "n", i+1, "condition", conditionInWords(&route.Rules[i])))
	}
	return append(words, others)
}

// DecisionWords says why a request got its version: first what decided, then
// rule by rule. The request has to be one that is explained.
func DecisionWords(route *routing.Route, d routing.Decision) []Message {
	switch d.Reason {
	case routing.ByRules:
		return decisionByRules(route, d)
	case routing.ByMain:
		return []Message{M("routing.by_main", "main", d.Version)}
	}
	if d.Draw == 0 {
		return []Message{M("routing.not_drawn", "version", d.Version)}
	}
	words := []Message{M("routing.by_weight", "draw", d.Draw)}
	if d.Reason == routing.ByKey {
		words[0] = M("routing.by_key", "draw", d.Draw, "source", sourceInWords(route.Sticky.Type, route.Sticky.Param))
	}
	if d.Additional {
		return append(words, M("routing.within", "draw", d.Draw, "weight", route.Weight, "version", d.Version))
	}
	return append(words, M("routing.above", "draw", d.Draw, "weight", route.Weight, "version", d.Version))
}

func decisionByRules(route *routing.Route, d routing.Decision) []Message {
	if len(route.Rules) > routing.MaxRules {
		return rulesInWords(route)
	}
	words := []Message{verdictInWords(route, d)}
	for i := range route.Rules {
		rule := &route.Rules[i]
		switch {
		case d.Matched.Has(i):
			words = append(words, M("routing.matched", "n", i+1, "condition", conditionInWords(rule)))
		case d.Present.Has(i):
			words = append(words, M("routing.unmatched", "n", i+1, "condition", denialInWords(rule)))
		default:
			words = append(words, M("routing.absent", "n", i+1, "source", ruleSource(rule)))
		}
	}
	return words
}

func verdictInWords(route *routing.Route, d routing.Decision) Message {
	switch {
	case len(route.Rules) == 1 && d.Additional:
		return M("routing.by_one", "version", d.Version)
	case len(route.Rules) == 1:
		return M("routing.not_by_one", "version", d.Version)
	case route.Any() && d.Additional:
		return M("routing.by_any", "version", d.Version)
	case route.Any():
		return M("routing.not_by_any", "version", d.Version)
	case d.Additional:
		return M("routing.by_all", "version", d.Version)
	default:
		return M("routing.not_by_all", "version", d.Version)
	}
}

// FindingWords says what is wrong with a rule.
func FindingWords(route *routing.Route, f routing.Finding) Message {
	if f.Rule < 0 || f.Rule >= len(route.Rules) {
		return Message{}
	}
	rule, other := &route.Rules[f.Rule], f.Other+1
	switch f.Kind {
	case routing.ItemTwice:
		return M("routing.item_twice", "item", shorten(repeatedItem(rule), maxWords))
	case routing.Never:
		if f.Other < 0 {
			return M("routing.never_together", "source", ruleSource(rule), "version", route.Additional)
		}
		return M("routing.never", "other", other, "source", ruleSource(rule), "version", route.Additional)
	case routing.SentTwice:
		if f.Other < 0 {
			return M("routing.twice_together", "source", ruleSource(rule))
		}
		return M("routing.twice", "other", other, "source", ruleSource(rule))
	}
	switch {
	case f.Other < 0:
		return M("routing.redundant_together")
	case route.Any():
		return M("routing.redundant_any", "other", other)
	default:
		return M("routing.redundant_all", "other", other)
	}
}

func repeatedItem(rule *routing.Rule) string {
	items := routing.Items(rule.Value)
	for i, item := range items {
		if slices.Contains(items[:i], item) {
			return item
		}
	}
	return ""
}

func ruleSource(rule *routing.Rule) Message { return sourceInWords(rule.Type, rule.Param) }

func sourceInWords(t routing.SourceType, name string) Message {
	if t.Is(routing.Cookie) {
		return M("routing.cookie", "name", shorten(name, maxWords))
	}
	return M("routing.header", "name", shorten(name, maxWords))
}

func conditionInWords(rule *routing.Rule) Message {
	value, several := ruleValue(rule)
	if several {
		return M("routing.in", "source", ruleSource(rule), "value", value)
	}
	return M("routing.equal", "source", ruleSource(rule), "value", value)
}

// denialInWords says of what is there that it is not what the rule wants.
func denialInWords(rule *routing.Rule) Message {
	value, several := ruleValue(rule)
	if several {
		return M("routing.not_in", "source", ruleSource(rule), "value", value)
	}
	return M("routing.not_equal", "source", ruleSource(rule), "value", value)
}

// ruleValue is what a rule compares with, for people, and whether these are
// several items.
func ruleValue(rule *routing.Rule) (value string, several bool) {
	if rule.Op != routing.In {
		return shorten(textproto.TrimString(rule.Value), maxWords), false
	}
	items := routing.Items(rule.Value)
	return shorten(strings.Join(items, ", "), maxWords), len(items) > 1
}

// maxWords bounds, in characters, what a sentence quotes.
const maxWords = 120

func shorten(text string, most int) string {
	for i := range text {
		if most == 0 {
			return text[:i] + "…"
		}
		most--
	}
	return text
}
