package probe

import (
	"context"
	"slices"
	"strings"

	"switchboard/internal/api"
)

// system is a kind of system that can be checked live.
type system struct {
	connector string                                // name in the catalogue
	when      func(inputs) bool                     // which of the connector's variants; nil for all
	protocol  string                                // as people call it, and as peers names it
	plan      func(inputs) []api.StepName           // the steps, in the order they are taken
	check     func(context.Context, *attempt) error // takes the steps; secrets are in the attempt
}

// systems are all systems with a live check, by group.
var systems = slices.Concat(
	relationalSystems,
	objectStoreSystems,
	hadoopSystems,
	fileSystems,
	nosqlSystems,
	messagingSystems,
	httpSystems,
)

func find(connector string, in inputs) *system {
	i := slices.IndexFunc(systems, func(s *system) bool {
		return s.connector == connector && (s.when == nil || s.when(in))
	})
	if i < 0 {
		return nil
	}
	return systems[i]
}

// inputs are a link's settings by path.
type inputs map[string]string

func (in inputs) text(path string) string { return strings.TrimSpace(in[path]) }

func (in inputs) flag(path string) bool { return strings.EqualFold(in.text(path), "true") }

func (in inputs) is(path string, values ...string) bool {
	return slices.ContainsFunc(values, func(v string) bool { return strings.EqualFold(in.text(path), v) })
}

// plain reports whether a text can be put into a protocol's message as it is:
// there is something, and no control character ends or splits it (S9).
func plain(text string) bool {
	return text != "" && !strings.ContainsFunc(text, func(r rune) bool { return r < ' ' || r == 0x7f })
}
