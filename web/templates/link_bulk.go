package templates

import (
	"context"

	"switchboard/internal/api"
	"switchboard/internal/locale"
	"switchboard/web/templates/form"
)

// bulkView is a bar of actions above a table of links.
type bulkView struct {
	Base     string
	Back     string         // the address to come back to
	TickPage string         // the same page with every row ticked
	Query    *api.LinkQuery // what "all" finds, nil if there is no such choice
	Filtered bool
	More     bool // the query finds more than this page shows
}

// all is what the choice beyond the page is called. Lists are not counted, so
// neither is this.
func (v *bulkView) all(ctx context.Context) string {
	if v.Filtered {
		return locale.T(ctx, "bulk.all_found")
	}
	return locale.T(ctx, "bulk.all")
}

// LinkOutcomeView is what became of each link of a bulk action.
type LinkOutcomeView struct {
	Base, Back string
	Done       string // what a link is now, in the reader's language: "Enabled"
	Deleted    bool   // what is done is gone
	Rows       []api.Outcome
}

func (v *LinkOutcomeView) refused() int {
	n := 0
	for i := range v.Rows {
		if v.Rows[i].Err != nil {
			n++
		}
	}
	return n
}

func (v *LinkOutcomeView) summary(ctx context.Context) string {
	refused := v.refused()
	if refused == 0 {
		return locale.T(ctx, "bulk.all_done", "count", len(v.Rows))
	}
	return locale.T(ctx, "bulk.some_refused", "done", len(v.Rows)-refused, "refused", refused)
}

// LinksDeleteView is the question before several links are removed.
type LinksDeleteView struct {
	Base, Back string
	Links      []api.Link
}

func (v *LinksDeleteView) question(ctx context.Context) Confirm {
	c := Confirm{
		Text:         locale.T(ctx, "bulk.delete_text", "count", len(v.Links)),
		Consequences: []string{locale.T(ctx, "bulk.delete_programs"), locale.T(ctx, "bulk.delete_secrets")},
		Action:       v.Base + "/delete/confirmed", Cancel: v.Back, Button: locale.T(ctx, "bulk.delete_button", "count", len(v.Links)),
		Hidden: []form.Hidden{{Name: "back", Value: v.Back}},
	}
	for i := range v.Links {
		l := &v.Links[i]
		c.Hidden = append(c.Hidden,
			form.Hidden{Name: "id", Value: l.ID}, form.Hidden{Name: "version." + l.ID, Value: version(l.Version)})
	}
	return c
}
