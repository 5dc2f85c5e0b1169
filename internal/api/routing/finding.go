package routing

import (
	"cmp"
	"net/textproto"
	"slices"
	"strings"
)

// Finding is something about a rule that its author hardly wants.
type Finding struct {
	Rule  int // index
	Kind  FindingKind
	Other int // the rule that makes it so; -1 if no single one does
}

// FindingKind is what is wrong with a rule.
type FindingKind string

// The findings.
const (
	Redundant FindingKind = "redundant" // never decides: whatever the other rule says, it adds nothing
	Never     FindingKind = "never"     // cannot match together with the other rule, so nothing ever reaches the additional version
	SentTwice FindingKind = "twice"     // both match only if a request has the header twice
	ItemTwice FindingKind = "item"      // lists an item twice
)

// Findings looks for rules that can never decide anything, in their order.
// Without the redundant ones, all of them at once, every request gets the
// version that it gets with them. Rules whose type or op is unknown, rules
// without a value and more rules than MaxRules are left to those who validate.
func Findings(route *Route) []Finding {
	if len(route.Rules) > MaxRules {
		return nil
	}
	s := search{any: route.Any()}
	for i := range route.Rules {
		s.add(i, &route.Rules[i])
	}
	s.redundancies()
	if !route.Any() {
		s.contradictions()
	}
	slices.SortStableFunc(s.found, func(a, b Finding) int { return cmp.Compare(a.Rule, b.Rule) })
	return s.found
}

// condition is a rule as a set of values of a source.
type condition struct {
	rule   int
	source Source // its type and name written in one way
	values []string
	idle   bool // redundant
}

type search struct {
	any   bool
	rules []condition
	found []Finding
}

func (s *search) add(i int, r *Rule) {
	c := condition{rule: i, source: Source{Type: Cookie, Param: r.Param}}
	if r.Type.Is(Header) {
		c.source = Source{Type: Header, Param: strings.ToLower(r.Param)}
	} else if !r.Type.Is(Cookie) {
		return
	}
	switch r.Op {
	case Equal:
		c.values = []string{textproto.TrimString(r.Value)}
	case In:
		c.values = Items(r.Value)
	}
	slices.Sort(c.values)
	if once := slices.Compact(slices.Clone(c.values)); len(once) < len(c.values) {
		s.note(i, ItemTwice, -1)
		c.values = once
	}
	if len(c.values) > 0 {
		s.rules = append(s.rules, c)
	}
}

// Items returns what the value of a rule with In lists.
func Items(value string) []string {
	var items []string
	for item := range strings.SplitSeq(value, ",") {
		if item = textproto.TrimString(item); item != "" {
			items = append(items, item)
		}
	}
	return items
}

func (s *search) note(rule int, kind FindingKind, other int) {
	s.found = append(s.found, Finding{Rule: rule, Kind: kind, Other: other})
}

// contradictions looks for rules that ask for two values of one source, where
// all must match. A cookie has one value; a header may be there twice.
func (s *search) contradictions() {
	common := map[Source][]string{} // the values that satisfy the rules so far
	for i := range s.rules {
		c := &s.rules[i]
		if c.idle {
			continue
		}
		both := c.values
		if before, ok := common[c.source]; ok {
			both = intersect(before, c.values)
		}
		switch {
		case len(both) > 0:
			common[c.source] = both
		case c.source.Type == Cookie:
			s.note(c.rule, Never, s.opposite(i))
		default:
			s.note(c.rule, SentTwice, s.opposite(i))
		}
	}
}

// opposite returns the first rule before that one which no value of their
// source satisfies together with it.
func (s *search) opposite(at int) int {
	c := &s.rules[at]
	for i := range s.rules[:at] {
		o := &s.rules[i]
		if o.source == c.source && !o.idle && len(intersect(o.values, c.values)) == 0 {
			return o.rule
		}
	}
	return -1
}

// redundancies looks at the last rule first, so that of two equal ones the
// later is found.
func (s *search) redundancies() {
	for i := len(s.rules) - 1; i >= 0; i-- {
		c := &s.rules[i]
		if other, redundant := s.implied(c); redundant {
			c.idle = true
			s.note(c.rule, Redundant, other)
		}
	}
}

// implied reports whether a rule adds nothing to those of its source that were
// not redundant themselves, and which single one makes it so.
func (s *search) implied(c *condition) (other int, redundant bool) {
	var together []string
	first := true
	for i := range s.rules {
		o := &s.rules[i]
		if o == c || o.idle || o.source != c.source {
			continue
		}
		if !s.any && subset(o.values, c.values) || s.any && subset(c.values, o.values) {
			return o.rule, true
		}
		switch {
		case first:
			together = o.values
		case s.any:
			together = slices.Concat(together, o.values)
		default:
			together = intersect(together, o.values)
		}
		first = false
	}
	switch {
	case first:
		return -1, false
	case s.any:
		return -1, subset(c.values, together)
	default: // values of a header may satisfy one rule each
		return -1, c.source.Type == Cookie && len(together) > 0 && subset(together, c.values)
	}
}

func subset(of, in []string) bool { return len(intersect(of, in)) == len(of) }

// intersect returns the values of a that b has, too.
func intersect(a, b []string) []string {
	var both []string
	for _, value := range a {
		if slices.Contains(b, value) {
			both = append(both, value)
		}
	}
	return both
}
