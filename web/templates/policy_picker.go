package templates

import (
	"context"
	"strings"

	"switchboard/internal/api"
	"switchboard/internal/locale"
	"switchboard/web/templates/form"
)

// What the buttons of the picker say to who draws the form: show what is below a
// folder, show what comes after a cursor, close, and take a path.
const (
	PickerOpen  = "browse:"
	PickerNext  = "browse-next:"
	PickerClose = "browse-close"
	PickerTake  = "take:"
)

// PickerFolder and PickerCursor are the inputs that say what the picker shows.
const (
	PickerFolder = "browse"
	PickerCursor = "browse_cursor"
)

// PickerID is the picker as an element.
const PickerID = "picker"

// PickerView is what there is to choose from in a folder of the region. It stands
// in a form and works by its redraw verb.
type PickerView struct {
	Form    *form.Form
	Region  string
	Open    bool
	Focus   bool   // it gets the focus
	Folder  string // "" is the root; others end in a slash
	Cursor  string // of this page
	Page    api.Page[api.Entry]
	Refused api.Message // why it cannot be shown
}

// steps are the folders above the one that is shown, the root first.
func (v *PickerView) steps() []Crumb {
	steps := []Crumb{{Label: v.Region, Href: PickerOpen}}
	path := ""
	for _, part := range strings.Split(strings.TrimSuffix(v.Folder, "/"), "/") {
		if part != "" {
			path += part + "/"
			steps = append(steps, Crumb{Label: part, Href: PickerOpen + path})
		}
	}
	return steps
}

// name is what an entry is called in its folder.
func (v *PickerView) name(e api.Entry) string { return strings.TrimPrefix(e.Path, v.Folder) }

// isFolder reports whether an entry is a folder.
func isFolder(e api.Entry) bool { return strings.HasSuffix(e.Path, "/") }

// takeLabel is what a screen reader hears of a button.
func takeLabel(ctx context.Context, path string) string {
	return locale.T(ctx, "policies.take_this", "path", strings.TrimSuffix(path, "/"))
}
