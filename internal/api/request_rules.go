package api

import (
	"fmt"
	"slices"
	"unicode"
	"unicode/utf8"
)

// ruleKinds are the kinds whose changes rules of approval name by another: that of
// what they belong to.
var ruleKinds = map[Kind]Kind{
	KindQueue:           KindConnection,
	KindEndpointService: KindPermission,
	KindEndpoint:        KindPermission,
	KindFunction:        KindAlias,
	KindBackup:          KindPolicy,
	KindReplication:     KindPolicy,
}

// RuleKind is the kind by which rules of approval name changes of k.
func (k Kind) RuleKind() Kind {
	if other, there := ruleKinds[k]; there {
		return other
	}
	return k
}

// Names reports whether the rule is about such a change. To let everyone in is to
// create an entry, too.
func (r ApprovalRule) Names(a About) bool {
	if r.Kind != a.Kind.RuleKind() {
		return false
	}
	return r.Action == "" || r.Action == a.Action || a.Action == ActionEveryone && r.Action == ActionCreate
}

// ApprovalProblems judges rules, at "rules.N".
func ApprovalProblems(rules []ApprovalRule) []Problem {
	var problems []Problem
	for i, r := range rules {
		known := slices.ContainsFunc(Approvable, func(a ApprovalRule) bool {
			return a.Kind == r.Kind && (r.Action == "" || r.Action == a.Action)
		})
		if !known {
			problems = append(problems, Problem{fmt.Sprintf("rules.%d", i), M("request.rule_unknown")})
		}
	}
	return problems
}

// SortedRules are the rules in menu order, each once; those of all actions are told
// apart.
func SortedRules(rules []ApprovalRule) []ApprovalRule {
	sorted := []ApprovalRule{}
	for _, a := range Approvable {
		if slices.Contains(rules, a) || slices.Contains(rules, ApprovalRule{Kind: a.Kind}) {
			sorted = append(sorted, a)
		}
	}
	return sorted
}

// RequestTextProblem judges what somebody writes to a request.
func RequestTextProblem(text string, limit int) Message {
	switch n := utf8.RuneCountInString(text); {
	case n > limit:
		return M("request.text_too_long", "max", limit, "length", n)
	case !utf8.ValidString(text) || slices.ContainsFunc([]rune(text), hiddenRune):
		return M("request.text_form")
	}
	return Message{}
}

// hiddenRune is what several lines of text must not hold.
func hiddenRune(r rune) bool {
	return r != '\n' && r != '\r' && r != '\t' && !unicode.IsGraphic(r)
}
