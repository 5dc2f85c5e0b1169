package templates

import (
	"context"
	"net/url"

	"switchboard/internal/api"
	"switchboard/internal/api/connector"
	"switchboard/internal/locale"
)

// LinkListView is a page of links and the question it answers. Base is the
// path of the project's links.
type LinkListView struct {
	Base    string
	Query   api.LinkQuery
	Page    api.Page[api.Link]
	Ticked  bool   // all on the page: the way to tick them without JavaScript
	Checked string // id of the link that was checked just now, or ""
}

// linksTable is the element, and fragment, that the list's controls replace.
const linksTable = "links-table"

// linkRowID names the row of a link, which is a fragment.
func linkRowID(id string) string { return "row-" + id }

// LinkOfRow returns the id of the link whose row linkRowID made target of, or
// "" if it is something else.
func LinkOfRow(target string) string {
	prefix := linkRowID("")
	if len(target) > len(prefix) && target[:len(prefix)] == prefix {
		return target[len(prefix):]
	}
	return ""
}

// query is the list's state in its address, with another sort, order or cursor.
func (v *LinkListView) query(sort string, desc bool, cursor string) url.Values {
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
	return q
}

func (v *LinkListView) href(sort string, desc bool, cursor string) string {
	return address(v.Base, v.query(sort, desc, cursor))
}

func address(path string, query url.Values) string {
	if len(query) == 0 {
		return path
	}
	return path + "?" + query.Encode()
}

func (v *LinkListView) column(label, sort string) Column {
	c := Column{ID: "sort-" + sort, Label: label, Target: linksTable}
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

// bulk is what can be done with several links of the list.
func (v *LinkListView) bulk() bulkView {
	here := v.query(v.Query.Sort, v.Query.Desc, v.Query.Cursor)
	tick := v.query(v.Query.Sort, v.Query.Desc, v.Query.Cursor)
	tick.Set("tick", "page")
	return bulkView{
		Base: v.Base, Back: address(v.Base, here), TickPage: address(v.Base, tick),
		Query: &v.Query, Filtered: v.filtered(), More: v.Page.Next != "" || v.Page.Prev != "",
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

// checkNews is what a screen reader hears when a row's check has ended.
func checkNews(ctx context.Context, l *api.Link) string {
	if l.Check == nil {
		return ""
	}
	return l.Name + locale.T(ctx, "form.colon") + checkVerdict(ctx, l.Check)
}
