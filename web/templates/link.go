package templates

import (
	"context"
	"encoding/json"
	"net/url"
	"strings"
	"time"

	"switchboard/internal/api"
	"switchboard/internal/api/connector"
	"switchboard/internal/locale"
	"switchboard/web/templates/form"
	"switchboard/web/templates/icon"
)

// LinkListView is a page of links and the question it answers. Base is the
// path of the project's links.
type LinkListView struct {
	Base  string
	Query api.LinkQuery
	Page  api.Page[api.Link]
}

// LinkFormView is the form of a new or stored link.
type LinkFormView struct {
	Base      string
	Form      *form.Form
	Connector *connector.Connector
	Tile      *connector.Tile
	Link      *api.Link // edited or cloned, nil for a new one
	Editing   bool
	Check     *api.Check
	Anyway    bool // offer to save although the check failed
	Changed   *LinkChanged
}

// LinkChanged says that somebody else saved the link while it was edited.
type LinkChanged struct {
	By     string
	At     time.Time
	Fields []Difference
}

// Difference is a field that two versions disagree about.
type Difference struct{ Label, Mine, Theirs string }

// LinkView is one stored link.
type LinkView struct {
	Base    string
	Link    api.Link
	Changes []api.Change
	Wire    string // where programs find it
}

// linksTable is the element, and fragment, that the list's controls replace.
const linksTable = "links-table"

// linkCheck is the place of a check's result.
const linkCheck = "link-check"

func (v *LinkView) path() string { return v.Base + "/" + v.Link.ID }

// href is the list's address with another sort, order or cursor. The state of
// a list is all in its URL.
func (v *LinkListView) href(sort string, desc bool, cursor string) string {
	q := url.Values{}
	set := func(name, value string) {
		if value != "" {
			q.Set(name, value)
		}
	}
	set("q", v.Query.Search)
	set("connector", v.Query.Connector)
	set("cursor", cursor)
	if sort != api.LinkSorts[0] || desc {
		set("sort", sort)
	}
	if desc {
		set("order", "desc")
	}
	if len(q) == 0 {
		return v.Base
	}
	return v.Base + "?" + q.Encode()
}

func (v *LinkListView) column(label, sort string) Column {
	c := Column{Label: label, Target: linksTable}
	desc := false
	if v.Query.Sort == sort {
		c.Order, desc = Ascending, !v.Query.Desc
		if v.Query.Desc {
			c.Order = Descending
		}
	}
	c.Href = v.href(sort, desc, "")
	return c
}

func (v *LinkListView) pager() Pager {
	p := Pager{Target: linksTable}
	if v.Page.Prev != "" {
		p.Prev = v.href(v.Query.Sort, v.Query.Desc, v.Page.Prev)
	}
	if v.Page.Next != "" {
		p.Next = v.href(v.Query.Sort, v.Query.Desc, v.Page.Next)
	}
	return p
}

// filtered reports whether the list leaves something out.
func (v *LinkListView) filtered() bool { return v.Query.Search != "" || v.Query.Connector != "" }

// tileOf returns the tile that a link belongs to: what people call its kind.
func tileOf(l *api.Link) *connector.Tile { return connector.Find(l.Connector).TileOf(l.Inputs) }

// tilesIn returns the tiles of a group, in the catalogue's order.
func tilesIn(g connector.Group) []connector.Tile {
	var found []connector.Tile
	for _, c := range connector.All {
		for _, t := range c.Tiles {
			if t.Group == g {
				found = append(found, t)
			}
		}
	}
	return found
}

func groupIcon(g connector.Group) icon.Name { return icon.Name(g) }

// setInputs lists the inputs that a link has a value or a secret for.
func setInputs(l *api.Link) []connector.Input {
	var found []connector.Input
	for _, in := range connector.Find(l.Connector).Inputs {
		if l.Inputs[in.Name] != "" || l.HasSecret[in.Name] {
			found = append(found, in)
		}
	}
	return found
}

// shownValue is an input's value for reading.
func shownValue(ctx context.Context, in *connector.Input, value string) string {
	switch in.Kind {
	case connector.Bool:
		if value == "true" {
			return locale.T(ctx, "form.yes")
		}
		return locale.T(ctx, "form.no")
	case connector.Enum:
		for _, c := range in.Choices {
			if c.Value == value && !c.Label.IsZero() {
				return c.Label.In(locale.Lang(ctx))
			}
		}
	}
	return value
}

// entries reads a map input for reading.
func entries(value string) []form.Row {
	var m map[string]string
	_ = json.Unmarshal([]byte(value), &m) // stored in this form
	v := url.Values{}
	form.SetMap(v, "m", m)
	return form.Rows(v, "m")
}

// deletion is the question before a link is removed.
func (v *LinkView) deletion(ctx context.Context) Confirm {
	consequences := []string{
		locale.T(ctx, "link.delete_programs", "address", strings.TrimPrefix(v.Wire, "http://")),
		locale.T(ctx, "link.delete_no_dependents"),
	}
	if len(v.Link.HasSecret) > 0 {
		consequences = append(consequences, locale.T(ctx, "link.delete_secrets"))
	}
	return Confirm{
		Text:         locale.T(ctx, "link.delete_text", "name", v.Link.Name),
		Consequences: consequences,
		Action:       v.path() + "/delete", Cancel: v.path(), Button: locale.T(ctx, "link.delete_button"),
		Hidden: []form.Hidden{{Name: "version", Value: version(v.Link.Version)}},
	}
}

func (v *LinkFormView) crumbs(ctx context.Context) []Crumb {
	crumbs := []Crumb{{Label: locale.T(ctx, "link.list_title"), Href: v.Base}}
	if v.Link != nil {
		crumbs = append(crumbs, Crumb{Label: v.Link.Name, Href: v.Base + "/" + v.Link.ID})
	}
	return crumbs
}

// cancel is where somebody goes who saves nothing.
func (v *LinkFormView) cancel() string {
	if v.Link != nil {
		return v.Base + "/" + v.Link.ID
	}
	return v.Base
}

func (v *LinkFormView) saveLabel(ctx context.Context) string {
	if v.Editing {
		return locale.T(ctx, "link.save")
	}
	return locale.T(ctx, "link.create")
}

func (v *LinkView) tabs(ctx context.Context, current string) []Tab {
	return []Tab{
		{Label: locale.T(ctx, "link.tab_detail"), Href: v.path(), Current: current == "detail"},
		{Label: locale.T(ctx, "link.tab_json"), Href: v.path() + "/json", Current: current == "json"},
	}
}

func yesNoText(ctx context.Context, yes bool) string {
	if yes {
		return locale.T(ctx, "form.yes")
	}
	return locale.T(ctx, "form.no")
}

// nowhere is for lists of changes to the very thing the page is about.
func nowhere(api.Change) string { return "" }
