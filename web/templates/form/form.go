// Package form is the bound form: a description of fields, what was typed into
// them, kept as typed, and every problem at its field. It renders itself so that
// it works without JavaScript, and each field is a fragment that can be swapped
// alone. A path names a field everywhere: input name, problem, element id.
package form

import (
	"cmp"
	"net/url"
	"slices"
	"strings"

	"github.com/a-h/templ"

	"switchboard/internal/api"
)

// Form is a form bound to values. It posts to Action; Action+"/validate" judges
// one field and Action+"/edit" redraws the form around a choice.
type Form struct {
	ID       string // of the form element, and the name of its fragment
	Action   string
	Post     string     // where it is posted to, if not to Action itself
	Values   url.Values // as typed, by path
	Problems []api.Problem
	// Advice is what somebody should know about a field or a row, though nothing
	// is wrong with it.
	Advice   []api.Problem
	Sections []Section
	// Refused says that somebody tried to submit: the problems are summed up at
	// the top and the first bad field gets the focus.
	Refused bool
	// Focus is the path of the field, or of the row, that gets the focus, if any;
	// after a row was added or removed it is what Edit returns.
	Focus  string
	Hidden []Hidden
	// Guard warns before a form with unsaved changes is left, and lets the
	// language and theme switches take along what was typed: they post to
	// Action+"/edit". Unsaved says that this rendering holds such changes.
	Guard, Unsaved bool
	// Beside are the paths of fields that are sent along with the one that was
	// judged, because its value decides about them, and the sections whose count
	// of problems is.
	Beside []string
	// Upload says that the form's children have an input for a file.
	Upload bool
	// Below stands at the end of the form, after its buttons; nil for nothing.
	Below templ.Component
}

// Section is a group of fields under a heading.
type Section struct {
	ID     string // element id, unique in the form
	Title  string // no heading if empty
	Tag    string // a label beside the heading, may be empty
	Help   string
	Fields []Field
	// Advanced sections are folded away unless they hold a problem or the focus.
	Advanced bool
}

// Field describes one input. Texts are in the reader's language already.
type Field struct {
	Path         string
	Kind         Kind
	Label        string
	Help         string
	Placeholder  string
	Autocomplete string // "off" if empty
	// MaxLen is how many characters the server takes, 0 if that is not said. A
	// short input is drawn short. It is not enforced here: a browser would cut
	// what is pasted without a word. Count shows how many there are.
	MaxLen   int
	Count    bool
	Required bool
	Live     bool     // judged as soon as it is changed
	Half     bool     // half the width, beside its neighbour
	Lines    int      // TextArea: how many there are at once, of code; a few of prose if 0
	Redraw   bool     // other fields depend on it: the form is redrawn when it changes
	Leads    bool     // other fields depend on it, and come along with it; without script there is a button for that
	Choices  []Choice // Select, Cards, Checks; Map: keys to offer, with what they are for; Share: to be set at a click
	Columns  []Column // Rows: the inputs of each row
	Ordered  bool     // Rows: they can be moved up and down
	AddLabel string   // Rows: what their button says; "Add a row" if empty
	Most     int      // Rows: how many there may be, 0 if that is not said
	Joined   bool     // Rows: they are sent as one text, "a:b,c:d", which Count counts
	Unset    string   // label of "no value" in Select and Bool; not offered if empty
	// Stored says that a Password or secret File has a value already, which may be kept.
	Stored bool
	// Held is the sealed form of a secret that was typed into an earlier
	// rendering of this form.
	Held   string
	Secret bool // File: never show the content; Password is always secret
	// Generate offers to make up a Password in the browser, to be copied.
	Generate bool
	// Part and Rest are what a Share is of and what gets the rest of it.
	Part, Rest string
	Below      templ.Component // what stands below the input, nil if nothing does
}

// Kind is how a field is edited.
type Kind string

// The kinds.
const (
	Text     Kind = "text"
	Number   Kind = "number"   // digits, as text
	Password Kind = "password" // never rendered with a value
	Select   Kind = "select"
	Bool     Kind = "bool"   // yes or no: "true", "false" or, where Unset, ""
	Switch   Kind = "switch" // on ("true") or off (absent)
	TextArea Kind = "textarea"
	Date     Kind = "date"   // "2026-11-22"
	Cards    Kind = "cards"  // one of a few choices, all of them in sight
	Checks   Kind = "checks" // any of a few short choices: PATH for each that is chosen
	Rows     Kind = "rows"   // any number of rows: PATH.0.COLUMN, PATH.1.COLUMN …
	Map      Kind = "map"    // rows of key and value: PATH.0.key, PATH.0.value
	File     Kind = "file"   // base64 text in PATH, or a file upload in PATH.file
	Fixed    Kind = "fixed"  // shown and sent, not editable
	Share    Kind = "share"  // a whole number of percent, as number and slider, and what remains
)

// Choice is an option of a Select, Cards or Checks. Note says more about a card,
// and is all that a screen reader hears of one of Checks. Off is
// why it cannot be chosen, empty if it can be.
type Choice struct{ Value, Label, Note, Off string }

// Hidden is a value that travels with the form.
type Hidden struct{ Name, Value string }

// What a stored secret's radio buttons, named PATH.mode, send. Again is sent by
// "replace" where nobody chose it but the server asked for the secret: if
// nothing is typed then, the secret is kept as long as it may be.
const (
	Keep    = "keep"
	Replace = "replace"
	Again   = "again"
)

// ID returns the element id of a path: dots become hyphens.
func ID(path string) string { return strings.ReplaceAll(path, ".", "-") }

// FieldID returns the id of the element around a field, which is also the name
// of its fragment and the HX-Target of its live check.
func FieldID(path string) string { return "field-" + ID(path) }

// IssuesID returns the id of the count of a section's problems, which is also
// the name of its fragment.
func IssuesID(section string) string { return section + "-issues" }

// FieldPath returns the path of the field in the form that FieldID made target
// of, and whether there is one.
func (f *Form) FieldPath(target string) (string, bool) {
	for field := range f.fields {
		if FieldID(field.Path) == target {
			return field.Path, true
		}
	}
	return "", false
}

// Has reports whether the form has a field for an input of that name.
func (f *Form) Has(name string) bool { return f.owner(name) != nil }

// Only keeps the problems of some fields, for a live check.
func (f *Form) Only(paths ...string) {
	f.Problems = slices.DeleteFunc(slices.Clone(f.Problems), func(p api.Problem) bool {
		return !slices.ContainsFunc(paths, func(path string) bool { return within(p.Path, path) })
	})
}

// Value returns what was typed at path.
func (f *Form) Value(path string) string { return f.Values.Get(path) }

// fields visits every field in order.
func (f *Form) fields(yield func(*Field) bool) {
	for s := range f.Sections {
		for i := range f.Sections[s].Fields {
			if !yield(&f.Sections[s].Fields[i]) {
				return
			}
		}
	}
}

// post is where the form is posted to.
func (f *Form) post() string { return cmp.Or(f.Post, f.Action) }

// at returns the problems of exactly that path.
func (f *Form) at(path string) []api.Problem { return at(f.Problems, path) }

func at(all []api.Problem, path string) []api.Problem {
	var found []api.Problem
	for _, p := range all {
		if p.Path == path {
			found = append(found, p)
		}
	}
	return found
}

// bad reports whether the field or one of its rows has a problem.
func (f *Form) bad(path string) bool {
	return slices.ContainsFunc(f.Problems, func(p api.Problem) bool { return within(p.Path, path) })
}

// issues counts the problems in a section.
func (f *Form) issues(s *Section) int {
	n := 0
	for _, p := range f.Problems {
		if slices.ContainsFunc(s.Fields, func(field Field) bool { return within(p.Path, field.Path) }) {
			n++
		}
	}
	return n
}

// unfolded reports whether an advanced section is open: it holds a problem, or
// the field that somebody is working on.
func (f *Form) unfolded(s *Section) bool {
	focus := f.focus()
	return f.issues(s) > 0 || focus != "" && slices.ContainsFunc(s.Fields, func(d Field) bool { return within(focus, d.Path) })
}

// owner returns the field that a problem belongs to, or nil.
func (f *Form) owner(path string) *Field {
	for field := range f.fields {
		if within(path, field.Path) {
			return field
		}
	}
	return nil
}

// pinned returns the problems that belong to a field, and general the others:
// nothing that is wrong goes unsaid, even if the form has no field for it.
func (f *Form) pinned() []api.Problem  { return f.sorted(true) }
func (f *Form) general() []api.Problem { return f.sorted(false) }

func (f *Form) sorted(pinned bool) []api.Problem {
	var found []api.Problem
	for _, p := range f.Problems {
		if (f.owner(p.Path) != nil) == pinned {
			found = append(found, p)
		}
	}
	return found
}

// focus returns the path that gets the focus, or "".
func (f *Form) focus() string {
	if !f.Refused {
		return f.Focus
	}
	for field := range f.fields {
		if i := slices.IndexFunc(f.Problems, func(p api.Problem) bool { return within(p.Path, field.Path) }); i >= 0 {
			return f.Problems[i].Path
		}
	}
	return f.Focus
}

// multipart reports whether the form can carry a file.
func (f *Form) multipart() bool {
	if f.Upload {
		return true
	}
	for field := range f.fields {
		if field.Kind == File {
			return true
		}
	}
	return false
}

// keepsFile reports whether the form has a file that is no secret, which stays in
// its input.
func (f *Form) keepsFile() bool {
	for field := range f.fields {
		if field.Kind == File && !field.Secret {
			return true
		}
	}
	return false
}

// replacing reports whether a stored secret is being replaced: because that was
// chosen, or because there is something wrong with it.
func (f *Form) replacing(field *Field) bool {
	return f.Value(field.Path+".mode") == Replace || field.Held != "" || f.bad(field.Path)
}

// replace is what "replace" sends: Again, if only the server wants it.
func (f *Form) replace(field *Field) string {
	if f.bad(field.Path) && f.Value(field.Path+".mode") != Replace {
		return Again
	}
	return Replace
}

// beside reports whether the field comes along with the one that was asked for.
func (f *Form) beside(path string) bool { return slices.Contains(f.Beside, path) }

// within reports whether path is at or below root.
func within(path, root string) bool {
	return path == root || strings.HasPrefix(path, root+".")
}
