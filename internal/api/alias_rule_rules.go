package api

import (
	"net/http"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"switchboard/internal/api/routing"
)

// UnseenHeader reports whether a request never has that header by the time it is
// decided about: net/http keeps these for itself.
func UnseenHeader(name string) bool {
	switch http.CanonicalHeaderKey(name) {
	case "Host", "Transfer-Encoding", "Trailer":
		return true
	}
	return false
}

// problems judges the rules and how they are combined; the version is judged by
// the draft it is in.
func (d *StrategyDraft) problems() []Problem {
	var combine, rules Message
	if d.Combine != "" && d.Combine != routing.And && d.Combine != routing.Or {
		combine = M("alias.combine")
	}
	switch n := len(d.Rules); {
	case n == 0:
		rules = M("alias.rules_required")
	case n > routing.MaxRules:
		rules = M("alias.rules_many", "max", routing.MaxRules)
	}
	problems := fieldProblems("", fieldProblem{"combine", combine}, fieldProblem{"rules", rules})
	for i := range d.Rules[:min(len(d.Rules), routing.MaxRules)] {
		problems = append(problems, ruleProblems("rules."+strconv.Itoa(i)+".", &d.Rules[i])...)
	}
	return problems
}

func ruleProblems(prefix string, rule *routing.Rule) []Problem {
	var op Message
	if rule.Op != routing.Equal && rule.Op != routing.In {
		op = M("alias.rule_op")
	}
	return fieldProblems(prefix,
		fieldProblem{"type", sourceTypeProblem(rule.Type)},
		fieldProblem{"param", paramProblem(rule.Type, rule.Param)},
		fieldProblem{"op", op},
		fieldProblem{"value", valueProblem(rule)})
}

func stickyProblems(sticky routing.Source) []Problem {
	if sticky == (routing.Source{}) {
		return nil
	}
	return fieldProblems("sticky.",
		fieldProblem{"type", sourceTypeProblem(sticky.Type)},
		fieldProblem{"param", paramProblem(sticky.Type, sticky.Param)})
}

func sourceTypeProblem(t routing.SourceType) Message {
	if t.Is(routing.Header) || t.Is(routing.Cookie) {
		return Message{}
	}
	return M("alias.rule_type")
}

// paramProblem judges the name of a header or cookie (spec/aliases.md §4.1).
func paramProblem(t routing.SourceType, param string) Message {
	switch n := utf8.RuneCountInString(param); {
	case n == 0 && t.Is(routing.Cookie):
		return M("alias.rule_param_cookie")
	case n == 0:
		return M("alias.rule_param_header")
	case n > MaxRuleParam:
		return M("alias.rule_param_long", "max", MaxRuleParam, "length", n)
	case !plainWord.MatchString(param):
		return M("alias.rule_param_form")
	case t.Is(routing.Header) && UnseenHeader(param):
		return M("alias.rule_param_unseen", "name", http.CanonicalHeaderKey(param))
	}
	return Message{}
}

// valueProblem judges what a rule compares with. Line breaks and the like can
// never be in a header.
func valueProblem(rule *routing.Rule) Message {
	value := strings.TrimSpace(rule.Value)
	switch n := utf8.RuneCountInString(rule.Value); {
	case n > MaxRuleValue:
		return M("alias.rule_value_long", "max", MaxRuleValue, "length", n)
	case value == "":
		return M("alias.rule_value_required")
	case !utf8.ValidString(rule.Value) || strings.ContainsFunc(rule.Value, unicode.IsControl):
		return M("alias.rule_value_control")
	case rule.Op == routing.In && strings.Trim(value, ", ") == "":
		return M("alias.rule_value_items")
	}
	return Message{}
}
