package routing

// Finding is something about a rule that its author hardly wants.
type Finding struct {
	Rule  int // index
	Kind  FindingKind
	Other int // the rule that makes it so; -1 if none
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
func Findings(route *Route) []Finding { return nil }
