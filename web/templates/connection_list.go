package templates

import (
	"context"
	"slices"

	"switchboard/internal/api"
	"switchboard/internal/locale"
	"switchboard/web/templates/form"
)

// ConnectionCollection is the connections of the project whose connections are
// at base.
func ConnectionCollection(base string) Collection {
	return Collection{
		Base: base, ID: "connections", Actions: connectionBulk(base), Enter: base + "/runs", Fields: "/again",
		Words: Words{List: "nav.connections", Name: "connections.name", Search: "connections.search", All: "connections.all"},
	}
}

// EveryState is the filter that shows deleted connections beside the others.
const EveryState = "all"

// ConnectionListView is a page of connections and the question it answers. Base
// is the path of the project's connections.
type ConnectionListView struct {
	Base    string
	Query   api.ConnectionQuery
	State   string // as in the address: a state, EveryState, or "" for what is not deleted
	Page    api.Page[api.Connection]
	Ticked  bool   // all on the page: the way to tick them without JavaScript
	Checked string // id of the connection that was checked just now, or ""
}

func (v *ConnectionListView) list(ctx context.Context) List {
	return List{
		Collection: ConnectionCollection(v.Base),
		Search:     v.Query.Search, Filters: v.filters(v.Query.Tags),
		Sort: v.Query.Sort, First: api.ConnectionSorts[0], Desc: v.Query.Desc,
		Cursor: v.Query.Cursor, Next: v.Page.Next, Prev: v.Page.Prev, Shown: len(v.Page.Items), Ticked: v.Ticked,
		Columns: []ListColumn{
			{Label: locale.T(ctx, "connections.name"), Sort: "name"},
			{Label: locale.T(ctx, "connections.service"), Sort: "service"},
			{Label: locale.T(ctx, "connections.state"), Sort: "state"},
			{Label: locale.T(ctx, "watch.health")},
			{Label: locale.T(ctx, "connections.queues")},
			{Label: locale.T(ctx, "connections.created"), Sort: "created"},
			{Label: locale.T(ctx, "connections.actions"), Silent: true},
		},
		Chosen: chosenFilters(*v),
		Blank:  noConnections(v.Base),
	}
}

// filters are what the list is filtered by beside the search, with those tags.
func (v *ConnectionListView) filters(tags []api.Tag) []form.Hidden {
	found := []form.Hidden{
		{Name: "service", Value: v.Query.Service}, {Name: "state", Value: v.State}, {Name: "queue", Value: v.Query.Queue},
	}
	for _, tag := range tags {
		found = append(found, form.Hidden{Name: "tag", Value: TagText(tag)})
	}
	return found
}

// tagged is the address of the list with one tag more.
func (v *ConnectionListView) tagged(tag api.Tag) string {
	if slices.Contains(v.Query.Tags, tag) {
		return v.with(v.filters(v.Query.Tags))
	}
	return v.with(v.filters(append(slices.Clone(v.Query.Tags), tag)))
}

// untagged is the address of the list with one tag less.
func (v *ConnectionListView) untagged(tag api.Tag) string {
	return v.with(v.filters(slices.DeleteFunc(slices.Clone(v.Query.Tags), func(t api.Tag) bool { return t == tag })))
}

// unqueued is the address of the list for every queue.
func (v *ConnectionListView) unqueued() string {
	return v.with(slices.DeleteFunc(v.filters(v.Query.Tags), func(h form.Hidden) bool { return h.Name == "queue" }))
}

// with is the address of the list with other filters.
func (v *ConnectionListView) with(filters []form.Hidden) string {
	l := List{Collection: Collection{Base: v.Base}, Search: v.Query.Search, Filters: filters, First: api.ConnectionSorts[0]}
	return l.href(v.Query.Sort, v.Query.Desc, "")
}

// TagText is a tag as people write it: "key=value", or "key" for any value.
func TagText(t api.Tag) string {
	if t.Value == "" {
		return t.Key
	}
	return t.Key + "=" + t.Value
}

// shownQueues is how many queues a row names.
const shownQueues = 3

// ConnectionNote says of a connection in one line what and where it is, and
// which queues use it.
func ConnectionNote(ctx context.Context, c *api.Connection) string {
	note := c.Service + " · " + c.URL
	if len(c.Queues) > 0 {
		note += " · " + locale.T(ctx, "connections.used_by", "queues", queueNames(ctx, c.Queues))
	}
	return note
}
