package embedded

import (
	"slices"
	"strings"

	"switchboard/internal/api"
)

// Adoption is how what a region says it has becomes what the tables have: a thing that
// nobody here knew is inserted, one that is otherwise there is changed, one that is not
// there any more is removed; each with an audit entry of its own, since somebody went
// past this console. What no answer of a region tells stays as it is.

// outside is on whose behalf that is written: nobody's that is known here.
func outside(project string) api.Scope {
	return api.Scope{Project: project, Actor: api.Actor{Way: api.WayRegion}}
}

// adoption says how things T become rows R.
type adoption[R, T any] struct {
	rowKey   func(*R) string
	thingKey func(*T) string
	insert   func(*T) error
	change   func(*R, *T) error // if it is another one
	remove   func(*R) error
}

// of makes the rows what the things are, in the order of their keys. Of things with the
// same key the first counts.
func (a *adoption[R, T]) of(rows []R, things []T) error {
	known := make(map[string]*R, len(rows))
	for i := range rows {
		known[a.rowKey(&rows[i])] = &rows[i]
	}
	slices.SortStableFunc(things, func(x, y T) int { return strings.Compare(a.thingKey(&x), a.thingKey(&y)) })
	seen := make(map[string]bool, len(things))
	var fresh []*T
	for i := range things {
		key := a.thingKey(&things[i])
		if seen[key] {
			continue
		}
		seen[key] = true
		row := known[key]
		if row == nil {
			fresh = append(fresh, &things[i])
			continue
		}
		if err := a.change(row, &things[i]); err != nil {
			return err
		}
	}
	// What is gone goes first: what came may have its name.
	for i := range rows {
		if !seen[a.rowKey(&rows[i])] {
			if err := a.remove(&rows[i]); err != nil {
				return err
			}
		}
	}
	for _, thing := range fresh {
		if err := a.insert(thing); err != nil {
			return err
		}
	}
	return nil
}
