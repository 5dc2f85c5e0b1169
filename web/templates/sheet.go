package templates

import (
	"github.com/a-h/templ"

	"switchboard/web/templates/form"
)

// SheetView is a page that is one form. Texts are in the reader's language.
type SheetView struct {
	Lead   string
	Crumbs []Crumb
	Above  templ.Component // between heading and form, nil if nothing
	Form   form.Form
	Save   string // what the button is called
	Busy   string // and while the server works
	Back   string // where somebody goes who saves nothing
}

// QuestionView is a page that asks before a deed.
type QuestionView struct {
	Confirm

	Crumbs []Crumb
}

// OnceView is a page with secrets that are shown this once.
type OnceView struct {
	Lead   string
	Items  []OnceItem
	Notes  []string // what to do with them
	Button string   // what the way on is called
	Back   string   // where it leads
}

// OnceItem is one of them, to be copied; ID is its element's.
type OnceItem struct{ ID, Label, Text string }
