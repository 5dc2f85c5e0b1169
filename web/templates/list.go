package templates

import (
	"net/url"

	"github.com/a-h/templ"

	"switchboard/web/templates/form"
)

// List is a page of a collection and the question it answers.
type List struct {
	Collection

	Search  string
	Filters []form.Hidden // the others, as in the address; empty ones do not count
	Sort    string        // name of the column it is sorted by
	First   string        // name of the one it is sorted by unless told otherwise
	Newest  bool          // and that one begins at its end: the newest first
	Desc    bool
	Cursor  string // of this page; Next and Prev are its neighbours'
	Next    string
	Prev    string
	Shown   int  // rows on this page
	Ticked  bool // all on the page: the way to tick them without JavaScript
	Columns []ListColumn
	// Chosen is what stands beside the filters and depends on what is chosen, such
	// as the filters that were added one by one; nil if there is nothing.
	Chosen templ.Component
	Blank  templ.Component // what stands there before the first thing is made
}

// ListColumn is a column of a list; its label is in the reader's language.
type ListColumn struct {
	Label  string
	Sort   string // its name in the address, empty if it cannot be sorted by
	Silent bool   // the label is for screen readers only
}

// question is what the list is filtered by, as name and value.
func (l *List) question() []form.Hidden {
	var found []form.Hidden
	for _, pair := range append([]form.Hidden{{Name: "q", Value: l.Search}}, l.Filters...) {
		if pair.Value != "" {
			found = append(found, pair)
		}
	}
	return found
}

// query is the list's state in its address, with another sort, order or cursor.
func (l *List) query(sort string, desc bool, cursor string) url.Values {
	q := url.Values{}
	for _, pair := range l.question() {
		q.Add(pair.Name, pair.Value)
	}
	if cursor != "" {
		q.Set("cursor", cursor)
	}
	if !l.usual(sort, desc) {
		q.Set("sort", sort)
		if desc {
			q.Set("order", "desc")
		}
	}
	return q
}

// usual reports whether that is how the list is sorted unless told otherwise.
func (l *List) usual(sort string, desc bool) bool { return sort == l.First && desc == l.Newest }

func (l *List) href(sort string, desc bool, cursor string) string {
	return address(l.Base, l.query(sort, desc, cursor))
}

func address(path string, query url.Values) string {
	if len(query) == 0 {
		return path
	}
	return path + "?" + query.Encode()
}

// column is the head of a column that can be sorted by.
func (l *List) column(c ListColumn) Column {
	head := Column{ID: "sort-" + c.Sort, Label: c.Label, Target: l.table()}
	desc := false
	if l.Sort == c.Sort {
		head.Order, desc = Ascending, !l.Desc
		if l.Desc {
			head.Order = Descending
		}
	}
	head.Href = l.href(c.Sort, desc, "")
	return head
}

func (l *List) pager() Pager {
	p := Pager{Target: l.table()}
	if l.Prev != "" {
		p.Prev = l.href(l.Sort, l.Desc, l.Prev)
	}
	if l.Next != "" {
		p.Next = l.href(l.Sort, l.Desc, l.Next)
	}
	return p
}

// filtered reports whether the list leaves something out.
func (l *List) filtered() bool { return len(l.question()) > 0 }

// bulk is what can be done with several things of the list.
func (l *List) bulk() bulkView {
	here := l.query(l.Sort, l.Desc, l.Cursor)
	tick := l.query(l.Sort, l.Desc, l.Cursor)
	tick.Set("tick", "page")
	return bulkView{
		Collection: l.Collection, Back: address(l.Base, here), TickPage: address(l.Base, tick),
		Question: l.question(), More: l.Next != "" || l.Prev != "",
	}
}
