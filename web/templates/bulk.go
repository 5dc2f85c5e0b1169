package templates

import (
	"context"
	"strings"

	"github.com/a-h/templ"

	"switchboard/internal/api"
	"switchboard/internal/locale"
	"switchboard/web/templates/form"
)

// bulkView is a bar of actions above a table.
type bulkView struct {
	Collection

	Back     string        // the address to come back to
	TickPage string        // the same page with every row ticked
	Question []form.Hidden // what "all" means: the filter of the list
	More     bool          // the filter finds more than this page shows
}

// all is what the choice beyond the page is called. Lists are not counted, so
// neither is this.
func (v *bulkView) all(ctx context.Context) string {
	if len(v.Question) > 0 {
		return locale.T(ctx, "bulk.all_found")
	}
	return locale.T(ctx, v.Words.All)
}

// ManyCodeView is what can be done with several things, as code.
type ManyCodeView struct {
	Collection

	Back  string
	Count int
}

// OutcomeView is what became of each thing of a bulk action.
type OutcomeView struct {
	Collection

	Back string
	Done string // what a thing is now, in the reader's language: "Enabled"
	Gone bool   // what is done is gone
	Rows []api.Outcome
	// Broken says that something broke inside before all was tried.
	Broken bool
	// Extra is what else the kind has to say or to offer, nil if nothing.
	Extra templ.Component
	// Undo takes back what was done, all of it at once; nil if it cannot be.
	Undo templ.Component
}

func (v *OutcomeView) refused() int {
	n := 0
	for i := range v.Rows {
		if v.Rows[i].Err != nil {
			n++
		}
	}
	return n
}

// waiting is how many became requests.
func (v *OutcomeView) waiting() int {
	n := 0
	for i := range v.Rows {
		if v.requestOf(v.Rows[i]) != "" {
			n++
		}
	}
	return n
}

// requestOf is the page of the request that was made instead of what was meant; empty
// if none was.
func (v *OutcomeView) requestOf(o api.Outcome) string {
	if o.Err == nil || o.Err.Code != api.Approval {
		return ""
	}
	id, _ := o.Err.Message.Args["request"].(string)
	parts := strings.SplitN(v.Base, "/", 4) // "", "p", the project, …
	if id == "" || len(parts) < 4 {
		return ""
	}
	return strings.Join(parts[:3], "/") + "/requests/" + id
}

func (v *OutcomeView) summary(ctx context.Context) string {
	refused := v.refused()
	switch {
	case v.Broken:
		return locale.T(ctx, "bulk.broken", "done", len(v.Rows)-refused)
	case refused == 0:
		return locale.T(ctx, "bulk.all_done", "count", len(v.Rows))
	case v.waiting() > 0:
		return locale.T(ctx, "bulk.some_wait", "done", len(v.Rows)-refused, "waiting", v.waiting(), "refused", refused-v.waiting())
	default:
		return locale.T(ctx, "bulk.some_refused", "done", len(v.Rows)-refused, "refused", refused)
	}
}

// DeleteView is the question before several things are removed. Texts are in the
// reader's language.
type DeleteView struct {
	Collection

	Back         string
	Text, Button string
	Consequences []string
	Items        []DeleteItem
	Extra        templ.Component // below the names, nil if nothing
}

// DeleteItem is one of the things to be removed. A Version that is not 0 is sent
// along, so that only what was seen is removed.
type DeleteItem struct {
	ID, Name, Note string
	Version        int64
}

func (v *DeleteView) question() Confirm {
	c := Confirm{
		Text: v.Text, Consequences: v.Consequences, Button: v.Button,
		Action: v.Base + "/delete/confirmed", Cancel: v.Back,
		Hidden: []form.Hidden{{Name: "back", Value: v.Back}},
	}
	for _, item := range v.Items {
		c.Hidden = append(c.Hidden, form.Hidden{Name: "id", Value: item.ID})
		if item.Version != 0 {
			c.Hidden = append(c.Hidden, form.Hidden{Name: "version." + item.ID, Value: version(item.Version)})
		}
	}
	return c
}
