package templates

import (
	"context"

	"switchboard/internal/api"
	"switchboard/internal/api/connector"
	"switchboard/internal/locale"
	"switchboard/web/templates/form"
)

// LinkCollection is the links of the project whose links are at base.
func LinkCollection(base string) Collection {
	return Collection{
		Base: base, ID: "links", Actions: linkActions(base), Enter: base + "/runs", Fields: "/edit",
		Words: Words{List: "link.list_title", Name: "link.name", Search: "link.search", All: "link.all"},
	}
}

// LinkListView is a page of links and the question it answers. Base is the
// path of the project's links.
type LinkListView struct {
	Base    string
	Query   api.LinkQuery
	Page    api.Page[api.Link]
	Ticked  bool   // all on the page: the way to tick them without JavaScript
	Checked string // id of the link that was checked just now, or ""
}

func (v *LinkListView) list(ctx context.Context) List {
	return List{
		Collection: LinkCollection(v.Base),
		Search:     v.Query.Search, Filters: []form.Hidden{{Name: "connector", Value: v.Query.Connector}},
		Sort: v.Query.Sort, First: api.LinkSorts[0], Desc: v.Query.Desc,
		Cursor: v.Query.Cursor, Next: v.Page.Next, Prev: v.Page.Prev, Shown: len(v.Page.Items), Ticked: v.Ticked,
		Columns: []ListColumn{
			{Label: locale.T(ctx, "link.name"), Sort: "name"},
			{Label: locale.T(ctx, "link.connector"), Sort: "connector"},
			{Label: locale.T(ctx, "link.status")},
			{Label: locale.T(ctx, "watch.health")},
			{Label: locale.T(ctx, "watch.schedule")},
			{Label: locale.T(ctx, "link.updated_column"), Sort: "updated"},
			{Label: locale.T(ctx, "link.actions"), Silent: true},
		},
		Blank: noLinks(v.Base),
	}
}

// tileOf returns the tile that a link belongs to: what people call its kind.
func tileOf(l *api.Link) *connector.Tile { return connector.Find(l.Connector).TileOf(l.Inputs) }

// connectorsIn returns the connectors whose first tile is in a group.
func connectorsIn(g connector.Group) []*connector.Connector {
	var found []*connector.Connector
	for _, c := range connector.All {
		if c.Tiles[0].Group == g {
			found = append(found, c)
		}
	}
	return found
}

// LinkNote says of a link in one line what and where it is.
func LinkNote(ctx context.Context, l *api.Link) string {
	return tileOf(l).Label.In(locale.Lang(ctx)) + " · " + l.Endpoint
}
