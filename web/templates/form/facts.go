package form

import (
	"slices"
	"strings"
)

// Facts are labels and what stands in the fields, as text.
func (f *Form) Facts(yield func(label, text string) bool) {
	for d := range f.fields {
		if !yield(d.Label, f.fact(d)) {
			return
		}
	}
}

// fact is what stands in a field: of choices their labels.
func (f *Form) fact(d *Field) string {
	if len(d.Choices) == 0 {
		return f.Value(d.Path)
	}
	var chosen []string
	for _, c := range d.Choices {
		if slices.Contains(f.Values[d.Path], c.Value) {
			chosen = append(chosen, c.Label)
		}
	}
	return strings.Join(chosen, " · ")
}
