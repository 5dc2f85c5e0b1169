package form

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/a-h/templ"

	"switchboard/internal/locale"
)

// shortest is the length up to which an input is drawn as long as it may be.
const shortest = 40

// attributes are those of the field's one input.
func (f *Form) attributes(d *Field) templ.Attributes {
	a := f.describe(d)
	a["id"] = ID(d.Path)
	a["name"] = d.Path
	// A share that was set at a click leaves the focus where the click was.
	a["autofocus"] = f.focus() == d.Path && (d.Kind != Share || !offered(d.Choices, f.Value(d.Path)))
	if d.Kind == Select || d.Kind == Switch {
		return a
	}
	a["autocomplete"] = cmp.Or(d.Autocomplete, d.autocomplete())
	a["autocapitalize"] = "none"
	a["spellcheck"] = "false"
	if d.Placeholder != "" {
		a["placeholder"] = d.Placeholder
	}
	if d.Kind == Number || d.Kind == Share {
		a["inputmode"] = "numeric"
	}
	if d.MaxLen > 0 && d.MaxLen <= shortest {
		a["size"] = strconv.Itoa(d.MaxLen)
	}
	return a
}

// describe tells assistive technology what belongs to the field.
func (f *Form) describe(d *Field) templ.Attributes {
	a := templ.Attributes{}
	id := ID(d.Path)
	if d.grouped() {
		a["aria-labelledby"] = id + "-label"
	}
	if d.Required && !d.several() {
		a["aria-required"] = "true"
	}
	var by []string
	if d.Held != "" {
		by = append(by, id+"-held")
	}
	if d.Help != "" {
		by = append(by, id+"-help")
	}
	if d.counted() {
		by = append(by, id+"-count")
	}
	if len(f.at(d.Path)) > 0 {
		by = append(by, id+"-error")
	}
	if len(by) > 0 {
		a["aria-describedby"] = strings.Join(by, " ")
	}
	if f.bad(d.Path) && !d.several() {
		a["aria-invalid"] = "true"
	}
	return a
}

// asYouType makes the element around a field ask the server when it changes.
// Fields are checked side by side; a submit aborts the checks of its form
// (busy.js), and a redraw whatever the form was asking for.
func (f *Form) asYouType(d *Field) templ.Attributes {
	a := templ.Attributes{}
	switch {
	case d.Redraw:
		a["hx-post"] = f.Action + "/edit"
		a["hx-target"] = "#" + f.ID
		a["hx-sync"] = "closest form:replace"
	case d.Live:
		a["hx-post"] = f.Action + "/validate"
		a["hx-target"] = "this"
		a["hx-sync"] = "this:replace"
	default:
		return a
	}
	a["hx-trigger"] = "change"
	a["hx-swap"] = "outerHTML"
	return f.encoded(a)
}

// Button makes a submit button redraw the form with one row more or less, or
// whatever else op says to who draws it.
func (f *Form) Button(op string) templ.Attributes {
	return f.encoded(templ.Attributes{
		"name": "op", "value": op,
		"formaction": f.Action + "/edit",
		"hx-post":    f.Action + "/edit",
		"hx-target":  "#" + f.ID,
		"hx-swap":    "outerHTML",
		"hx-sync":    "closest form:replace",
	})
}

// encoded sends files along, if the form can have any. One that is no secret can
// be big, and stays in its input however often the form is redrawn: only a submit
// takes it along.
func (f *Form) encoded(a templ.Attributes) templ.Attributes {
	switch {
	case f.keepsFile():
		a["hx-encoding"] = "application/x-www-form-urlencoded"
	case f.multipart():
		a["hx-encoding"] = "multipart/form-data"
	}
	return a
}

// cell are the attributes of one input of a row; the first gets the focus of
// its row.
func (f *Form) cell(row string, c *Column, first bool) templ.Attributes {
	path := row + "." + c.Name
	a := templ.Attributes{"id": ID(path), "name": path, "autofocus": f.focus() == path || first && f.focus() == row}
	if c.Kind != Select {
		a["autocomplete"], a["spellcheck"] = "off", "false"
	}
	if c.Kind == Number {
		a["inputmode"] = "numeric"
	}
	if c.Paste {
		a["data-paste"] = true
	}
	if c.Placeholder != "" {
		a["placeholder"] = c.Placeholder
	}
	if len(f.at(path)) > 0 {
		a["aria-invalid"] = "true"
		a["aria-describedby"] = ID(path) + "-error"
	}
	return a
}

// news is what a screen reader hears when the field was judged as it was left.
func (f *Form) news(ctx context.Context, d *Field) string {
	var said []string
	for _, p := range slices.Concat(f.Problems, f.Advice) {
		if within(p.Path, d.Path) {
			said = append(said, locale.Msg(ctx, p.Message))
		}
	}
	if said == nil {
		return ""
	}
	return d.Label + locale.T(ctx, "form.colon") + strings.Join(said, " ")
}

// grouped reports whether the field is a group of inputs and not one that a
// label element can point at.
func (d *Field) grouped() bool {
	return d.Kind == Bool || d.Kind == Cards || d.several() || d.Stored
}

// several reports whether the field is inputs that are not one value, of which
// nothing can be required or wrong for assistive technology.
func (d *Field) several() bool { return d.Kind == Checks || d.repeated() }

// repeated reports whether the field is rows.
func (d *Field) repeated() bool { return d.Kind == Rows || d.Kind == Map }

// counted reports whether the characters are counted.
func (d *Field) counted() bool { return d.Count && d.MaxLen > 0 }

// counted is the text whose characters are counted. Rows that are sent as one
// text are joined; those that do not begin are left out.
func (f *Form) counted(d *Field) string {
	if !d.Joined {
		return f.Value(d.Path)
	}
	var parts []string
	for _, row := range ReadRows(f.Values, d.Path) {
		var cells []string
		for _, c := range d.Columns {
			cells = append(cells, strings.TrimSpace(row[c.Name]))
		}
		if cells[0] != "" {
			parts = append(parts, strings.TrimSuffix(strings.Join(cells, ":"), ":"))
		}
	}
	return strings.Join(parts, ",")
}

// over reports whether there are more characters than the server takes.
func (d *Field) over(text string) bool { return utf8.RuneCountInString(text) > d.MaxLen }

// inputType is the type of the field's one input element.
func (k Kind) inputType() string {
	if k == Date {
		return "date"
	}
	return "text"
}

// autocomplete keeps password managers from filling in the reader's own password.
func (d *Field) autocomplete() string {
	if d.Kind == Password {
		return "new-password"
	}
	return "off"
}

// unset is the label of the empty option.
func (d *Field) unset(ctx context.Context) string {
	if d.Unset != "" {
		return d.Unset
	}
	return locale.T(ctx, "form.choose")
}

// offered reports whether value is one of the choices.
func offered(choices []Choice, value string) bool {
	return slices.ContainsFunc(choices, func(c Choice) bool { return c.Value == value })
}

// off reports whether the choice cannot be chosen. What is chosen already stays:
// a browser would not send it if it were off.
func (c Choice) off(value string) bool { return c.Off != "" && c.Value != value }

// named is the label of an option, with the reason why it is off.
func (c Choice) named(ctx context.Context) string {
	if c.Off == "" {
		return c.Label
	}
	return locale.T(ctx, "form.choice_off", "label", c.Label, "reason", c.Off)
}

// shown is the label of a fixed value.
func (d *Field) shown(value string) string {
	for _, c := range d.Choices {
		if c.Value == value {
			return c.Label
		}
	}
	return value
}
