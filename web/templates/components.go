package templates

import (
	"github.com/a-h/templ"

	"switchboard/web/templates/form"
)

// Tab is one of Tabs.
type Tab struct {
	Label, Href string
	Current     bool
}

// Column is the head of a sortable column. Following Href sorts by it, or turns
// the order around; Target is the id of the element that is replaced.
type Column struct {
	ID                  string // of the link, so that it keeps the focus; may be empty
	Label, Href, Target string
	Order               Order
}

// Order is how a column is sorted now, in the words of aria-sort.
type Order string

// The orders.
const (
	Unsorted   Order = ""
	Ascending  Order = "ascending"
	Descending Order = "descending"
)

// Pager is the links to the neighbouring pages of a list, empty where there is
// none; Target is the id of the element that is replaced.
type Pager struct{ Prev, Next, Target string }

// Confirm is a question before a deed. Texts are in the reader's language.
type Confirm struct {
	Text         string
	Consequences []string
	Action       string // where the yes is posted
	Button       string // what the yes is called: "Delete the link"
	Cancel       string // where the no leads
	Hidden       []form.Hidden
}

// turn is Refresh that shows the new part from its top.
func turn(href, target string) templ.Attributes {
	a := Refresh(href, target)
	a["hx-swap"] = "outerHTML show:#" + target + ":top"
	return a
}
