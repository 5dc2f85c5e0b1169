// Package routing decides which version of a function a request to an alias
// gets, and says why. It is pure: what is to be decided comes in, the decision
// comes out, and chance is a number that the caller draws. Invocations, the
// bench and the simulator all use Decide, so that none can differ from another.
// It is a library for every part of this module, and imports nothing of ours.
package routing

import "net/http"

// Route is where the requests to an alias go (spec/aliases.md §6). With an empty
// Additional all go to Main. Else, with Rules, requests that satisfy them go to
// Additional, and Weight does not matter; without, Weight of each hundred do.
type Route struct {
	Main       string `json:"main"`
	Additional string `json:"additional,omitempty"`
	Weight     int    `json:"weight,omitempty"` // percent of requests that Additional gets, 0 to 100
	Rules      []Rule `json:"rules,omitempty"`
	// Combine says how many of the Rules have to match.
	Combine Combine `json:"combine_type,omitempty"`
	// Sticky says where a request names the key that it is drawn by, so that
	// callers stay on their version while Weight only grows. A zero Sticky, or a
	// request without the key, draws at random.
	Sticky Source `json:"sticky,omitzero"`
	// Salt makes the draws by key of two routes independent of one another. It is
	// made of the names of the alias and of its function, so whoever knows these
	// knows it, and an alias that is deleted and made again draws as before.
	Salt string `json:"-"`
}

// Any reports whether one of the rules is enough.
func (r *Route) Any() bool { return r.Combine == Or }

// Combine is how rules are combined, in the dialect's words. Empty is And; it is
// kept as it was given (spec/aliases.md §4.3).
type Combine string

// The ways to combine rules.
const (
	And Combine = "and" // all must match
	Or  Combine = "or"  // one is enough
)

// Source is a part of a request: a header or a cookie of that name.
type Source struct {
	Type  SourceType `json:"type"`
	Param string     `json:"param"`
}

// SourceType is where a Source is looked for. It is compared in any case and
// kept as it was given (spec/aliases.md §4.3).
type SourceType string

// The types of sources, as we write them.
const (
	Header SourceType = "header" // its name in any case; any of repeated ones may match
	Cookie SourceType = "cookie" // its name as written; the first of repeated ones counts
)

// Rule is a condition on a request.
type Rule struct {
	Type  SourceType `json:"rule_type"`
	Param string     `json:"param"` // letters, digits, "_" and "-"
	Op    Op         `json:"op"`
	// Value is compared exactly, without outer blanks. With In it is a list with
	// commas, of which empty items do not count.
	Value string `json:"value"`
}

// Op is how a rule compares.
type Op string

// The ways to compare.
const (
	Equal Op = "="
	In    Op = "in"
)

// MaxRules bounds the rules of a route. One with more sends everything to Main,
// because a Set could not say of each how it was.
const MaxRules = 20

// Request is what a decision looks at.
type Request struct {
	Header http.Header // in canonical form, as net/http makes it
	// Draw is a number from 1 to 100, each as likely as the others: at most the
	// weight means Additional. See Random; a sticky key takes its place. 0 says
	// that nothing was drawn, and means Main, whatever the weight.
	Draw int
	// Explain looks at every rule, also after those that decide, so that the
	// decision can say of each how it was. The version is the same.
	Explain bool
}

// Decision is which version a request gets, and why.
type Decision struct {
	Version    string
	Additional bool   // it is the additional version
	Reason     Reason // what decided
	// Draw is the number that was compared with the weight, with ByWeight and
	// ByKey; 0 if there was none.
	Draw int
	// Of each rule, by its index: whether it matched, and whether the request has
	// what it looks at at all. With ByRules; of all rules only if the request is
	// to be explained, else up to the one that decided.
	Matched, Present Set
}

// Reason is what a decision came from.
type Reason string

// The reasons.
const (
	ByMain   Reason = "main"   // there is no gray release
	ByWeight Reason = "weight" // drawn at random
	ByKey    Reason = "key"    // drawn by the request's sticky key
	ByRules  Reason = "rules"
)

// Set is a set of indices of rules.
type Set uint32

// Has reports whether i is in the set.
func (s Set) Has(i int) bool { return s&(1<<i) != 0 }
