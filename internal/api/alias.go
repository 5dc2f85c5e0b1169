package api

import (
	"context"

	"switchboard/internal/api/routing"
)

// Aliases is the part of Service about names that lead to versions of functions
// (spec/aliases.md §4, §5).
type Aliases interface {
	// ListAliases returns a page of the project's aliases.
	ListAliases(ctx context.Context, s Scope, q AliasQuery) (Page[Alias], error)
	// AliasesOf returns all aliases of a function, by name.
	AliasesOf(ctx context.Context, s Scope, function string) ([]Alias, error)
	// Alias returns one by id, or NotFound.
	Alias(ctx context.Context, s Scope, id string) (Alias, error)
	// FindAlias returns the one of that name of a function, or NotFound.
	FindAlias(ctx context.Context, s Scope, function, name string) (Alias, error)
	// ValidateAlias applies every rule, and writes nothing: Invalid, Conflict,
	// Limit or nil. id is the alias that the draft edits, empty for a new one.
	ValidateAlias(ctx context.Context, s Scope, function, id string, d AliasDraft) error
	// CreateAlias stores an alias. Problems are in the order in which the dialect
	// reports them: name and form, main version, additional version, what others
	// have. Conflict if all that is wrong is that the name or the main version is
	// taken, Limit above MaxAliases.
	CreateAlias(ctx context.Context, s Scope, function string, d AliasDraft) (Alias, error)
	// UpdateAlias replaces where an alias leads to; its name stays. If version is
	// not 0 and not the stored one, somebody was faster: Conflict. If that leads
	// its requests elsewhere, a ramp that is under way ends as RampOvertaken.
	UpdateAlias(ctx context.Context, s Scope, id string, d AliasDraft, version int64) (Alias, error)
	// PromoteAlias makes the additional version the main one and ends the gray
	// release, and a ramp with it: Invalid if there is none. version as in
	// UpdateAlias.
	PromoteAlias(ctx context.Context, s Scope, id string, version int64) (Alias, error)
	// AbortAlias sends everything to the main version again and ends the gray
	// release, and a ramp with it. If there is none, nothing changes. version as
	// in UpdateAlias.
	AbortAlias(ctx context.Context, s Scope, id string, version int64) (Alias, error)
	// DeleteAlias removes an alias; version as in UpdateAlias.
	DeleteAlias(ctx context.Context, s Scope, id string, version int64) error
	// PastAlias returns the alias as it was after a change of its history, as a
	// draft that would bring it back; NotFound if that is not a change of it.
	PastAlias(ctx context.Context, s Scope, id, change string) (AliasDraft, error)
}

// Alias is a stored alias.
type Alias struct {
	ID          string // UUIDv7
	Function    AliasFunction
	Name        string
	Description string
	Route       routing.Route
	Created     Stamp
	Updated     Stamp
	Version     int64 // of the record; what it leads to is in Route
	// Ramp is the one that is under way, nil if there is none.
	Ramp *Ramp
}

// AliasFunction is the function that an alias belongs to.
type AliasFunction struct{ ID, Package, Name string }

// AliasSalt is the Salt of the route of an alias. It follows from names, so that
// an alias that is deleted and made again keeps its callers where they were.
func AliasSalt(pkg, function, alias string) string {
	return pkg + ":" + function + "!" + alias
}

// AliasDraft is an alias as somebody describes it. Both ways to share traffic
// are lists, and a weight is text, so that whatever a form or a program sends
// can be judged by one set of rules: at most one entry in all, of an existing
// version. Paths of problems are "name", "version", "description", "gray" (both
// ways at once), "additional", "weight", "combine", "rules", "rules.N.type",
// "rules.N.param", "rules.N.op", "rules.N.value", "sticky.type" and
// "sticky.param".
type AliasDraft struct {
	Name        string
	Version     string  // the main one
	Description *string // nil keeps what is there
	Weights     []WeightDraft
	Strategies  []StrategyDraft
	// Sticky is nil to keep what is there; zero for none. The dialect does not
	// know it.
	Sticky *routing.Source
}

// WeightDraft is an additional version with its share.
type WeightDraft struct {
	Version string
	Weight  string // a whole number from 0 to 100, as typed or as JSON
}

// StrategyDraft is an additional version with its rules.
type StrategyDraft struct {
	Version string
	Combine routing.Combine
	Rules   []routing.Rule
}

// AliasQuery asks for a page of aliases.
type AliasQuery struct {
	Search   string // text that the alias or its function contains, any case
	Function string // only those of this one, by id, if set
	Gray     bool   // only those with an additional version
	Sort     string // one of AliasSorts, by name if empty
	Desc     bool
	Cursor   string
	Limit    int // 1 … MaxPage, DefaultPage if 0
}

// AliasSorts are the columns a list of aliases can be sorted by.
var AliasSorts = []string{"name", "function", "updated"}

// Bounds of aliases (spec/aliases.md §4, §5; those marked are ours).
const (
	MaxAliases   = 10 // of a function
	MaxAliasName = 64
	MaxRuleParam = 128  // characters, also of a sticky key; ours
	MaxRuleValue = 1024 // characters; ours
)
