package templates

import (
	"context"
	"strings"

	"switchboard/internal/locale"
)

// fact is a part of a thing in words. Two states of a thing are compared by their
// facts, always all of them and in the same order: before something is saved, after
// somebody else did, and in its history.
type fact struct {
	Label, Text string
	Lines       []string // the text of a list, item by item
}

// listFact is a fact whose text is a list; label is the key of a message.
func listFact(ctx context.Context, label string, lines []string) fact {
	return fact{Label: locale.T(ctx, label), Text: strings.Join(lines, locale.T(ctx, "aliases.separator")), Lines: lines}
}

// changedFacts lists what is different between two states.
func changedFacts(before, after []fact) []valueChange {
	var found []valueChange
	for i, is := range after {
		if was := before[i]; was.Text != is.Text {
			found = append(found, valueChange{Label: is.Label, Before: was.Text, After: is.Text, Lines: changedLines(was.Lines, is.Lines)})
		}
	}
	return found
}

// madeFacts lists what something was made with.
func madeFacts(made []fact) []valueChange {
	var found []valueChange
	for _, f := range made {
		if f.Text != "" {
			found = append(found, valueChange{Label: f.Label, Note: f.Text})
		}
	}
	return found
}

// differences lists in which facts what was typed is not what is stored.
func differences(mine, theirs []fact) []Difference {
	var found []Difference
	for _, c := range changedFacts(theirs, mine) {
		found = append(found, Difference{Label: c.Label, Mine: c.After, Theirs: c.Before})
	}
	return found
}
