package compare

import (
	"context"
	"strings"

	"switchboard/internal/api"
)

// walk is a comparison on its way.
type walk struct {
	kind        kind
	query       Query
	here, there *side
	page        Page
}

// leastRead is how many things are read at once at least, so that the last row of a page
// does not cost many small reads.
const leastRead = 20

// The parts of a walk, as cursors begin.
const (
	partHere  = "h"
	partThere = "t"
)

func (w *walk) run(ctx context.Context) error {
	part, cursor := w.begin()
	for part != "" && len(w.page.Rows) < w.query.Limit && w.page.Looked < w.query.Looks {
		side := w.here
		if part == partThere {
			side = w.there
		}
		n := min(max(w.query.Limit-len(w.page.Rows), leastRead), max(w.query.Looks-w.page.Looked, leastRead))
		page, err := w.kind.list(ctx, side, listing{Text: w.query.Text, Cursor: cursor, Limit: n})
		if err != nil {
			return err
		}
		if err := w.take(ctx, part, page.Items); err != nil {
			return err
		}
		w.page.Looked += max(len(page.Items), 1) // an empty page was looked at, too
		if cursor = page.Next; cursor == "" {
			part = w.after(part)
		}
	}
	if part != "" {
		w.page.Next = part + cursor
	}
	return nil
}

// begin is where the page begins; whoever made up a cursor begins at the start.
func (w *walk) begin() (part, cursor string) {
	first := partHere
	if w.query.Show == ShowThere {
		first = partThere
	}
	for _, part := range []string{partHere, partThere} {
		if rest, is := strings.CutPrefix(w.query.Cursor, part); is && part >= first {
			return part, rest
		}
	}
	return first, ""
}

// after is the part that comes after another one, empty if that was the last.
func (w *walk) after(part string) string {
	if part == partHere && w.query.Show != ShowHere && w.query.Show != ShowDifferent {
		return partThere
	}
	return ""
}

// take looks up things of one project in the other.
func (w *walk) take(ctx context.Context, part string, things []Thing) error {
	for i := range things {
		if !things[i].Key.contains(w.query.Text) {
			continue
		}
		row, err := w.row(ctx, part, &things[i])
		if err != nil {
			return err
		}
		w.add(part, row)
	}
	return nil
}

// row is a thing beside what is called so in the other project.
func (w *walk) row(ctx context.Context, part string, thing *Thing) (Row, error) {
	row, other := Row{Key: thing.Key, Here: thing, State: OnlyHere}, w.there
	if part == partThere {
		row, other = Row{Key: thing.Key, There: thing, State: OnlyThere}, w.here
	}
	if thing.unclear {
		row.State = Unclear
		return row, nil
	}
	found, err := w.kind.find(ctx, other, thing.Key)
	switch {
	case api.CodeOf(err) == api.Conflict: // more than one is called so
		row.State = Unclear
		return row, nil
	case err != nil || found == nil:
		return row, err
	}
	if part == partThere {
		row.Here = found
	} else {
		row.There = found
	}
	if row.State = Different; string(row.Here.View) == string(row.There.View) {
		row.State = Same
	}
	return row, nil
}

// add takes a row that is asked for. What is in both projects was told of where it is
// here.
func (w *walk) add(part string, row Row) {
	switch {
	case row.State == Same:
		if part == partHere {
			w.page.Same++
		}
		if part == partHere && w.query.Show == ShowAll {
			w.page.Named = append(w.page.Named, row.Key)
		}
	case part == partThere && row.Here != nil:
	case w.query.Show == ShowDifferences || w.query.Show == ShowAll || string(w.query.Show) == string(row.State):
		w.page.Rows = append(w.page.Rows, row)
	}
}
