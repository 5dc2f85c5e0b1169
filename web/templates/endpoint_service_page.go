package templates

import (
	"context"
	"strings"

	"switchboard/internal/api"
	"switchboard/internal/locale"
	"switchboard/web/templates/form"
)

// EndpointServiceView is one stored endpoint service. Base is the path of the
// project's services.
type EndpointServiceView struct {
	Base    string
	Service api.EndpointService
}

// Path is the page of the service.
func (v *EndpointServiceView) Path() string { return v.Base + "/" + v.Service.ID }

func (v *EndpointServiceView) entries() string { return v.Path() + "/entries" }

func (v *EndpointServiceView) crumbs(ctx context.Context) []Crumb {
	return []Crumb{{Label: locale.T(ctx, "whitelist.services"), Href: v.Base}}
}

// below is the way to a page under the service's.
func (v *EndpointServiceView) below(ctx context.Context) []Crumb {
	return append(v.crumbs(ctx), Crumb{Label: serviceTitle(&v.Service), Href: v.Path()})
}

// The tabs of a service.
const (
	tabWhitelist   = "entries"
	tabConnections = "connections"
	tabSettings    = "settings"
	tabHistory     = "history"
)

func (v *EndpointServiceView) tabs(ctx context.Context, current string) []Tab {
	tab := func(name, key string) Tab {
		return Tab{Label: locale.T(ctx, key), Href: v.Path() + "/" + name, Current: name == current}
	}
	tabs := []Tab{
		tab(tabWhitelist, "whitelist.tab_entries"), tab(tabConnections, "whitelist.connections"),
		tab(tabSettings, "whitelist.tab_settings"), tab(tabHistory, "change.history"),
	}
	tabs[0].Href = v.Path()
	return tabs
}

// deletion is the question before a service is removed.
func (v *EndpointServiceView) deletion(ctx context.Context) Confirm {
	s := &v.Service
	consequences := []string{locale.T(ctx, "whitelist.delete_programs", "name", s.Name)}
	if s.Permissions > 0 {
		consequences = append(consequences, locale.T(ctx, "whitelist.delete_entries", "count", s.Permissions))
	}
	if s.Connections > 0 {
		consequences = append(consequences, locale.T(ctx, "whitelist.delete_connections", "count", s.Connections))
	}
	return Confirm{
		Text:         locale.T(ctx, "whitelist.delete_text", "name", serviceTitle(s)),
		Consequences: append(consequences, locale.T(ctx, "whitelist.delete_backend")),
		Action:       v.Path() + "/delete", Cancel: v.Path(), Button: locale.T(ctx, "whitelist.delete_button"),
		Hidden: []form.Hidden{{Name: "version", Value: version(s.Version)}},
	}
}

// EndpointServiceDeleteView is the question before a service is removed, with
// what still depends on it.
type EndpointServiceDeleteView struct {
	EndpointServiceView

	Dependents []api.Endpoint // connections in the way
}

// EndpointServiceHistoryView is a service with its changes.
type EndpointServiceHistoryView struct {
	EndpointServiceView

	History History
}

// ServiceConnectionsView is a page of what connects to a service.
type ServiceConnectionsView struct {
	EndpointServiceView

	Search string // an account or the id of a connection
	Query  api.EndpointQuery
	Page   api.Page[api.Endpoint]
}

func (v *ServiceConnectionsView) list(ctx context.Context) List {
	return List{
		Collection: Collection{
			Base: v.Path() + "/connections", ID: "endpoints", Above: v.below(ctx), Plain: true,
			Words: Words{List: "whitelist.connections", Name: "whitelist.connection", Search: "whitelist.search_connections"},
		},
		Search: v.Search, Filters: []form.Hidden{{Name: "state", Value: v.state()}},
		Sort: v.Query.Sort, First: api.EndpointSorts[0], Desc: v.Query.Desc,
		Cursor: v.Query.Cursor, Next: v.Page.Next, Prev: v.Page.Prev, Shown: len(v.Page.Items),
		Columns: []ListColumn{
			{Label: locale.T(ctx, "whitelist.account")},
			{Label: locale.T(ctx, "whitelist.state")},
			{Label: locale.T(ctx, "whitelist.created"), Sort: "created"},
			{Label: locale.T(ctx, "whitelist.updated"), Sort: "updated"},
			{Label: locale.T(ctx, "whitelist.actions"), Silent: true},
		},
		Blank: noServiceConnections(v),
	}
}

// Uncovered stands in the address for accepted connections of accounts that
// could not connect any more.
const Uncovered = "uncovered"

// state is what the list is filtered by, as in the address.
func (v *ServiceConnectionsView) state() string {
	if v.Query.Uncovered {
		return Uncovered
	}
	return string(v.Query.State)
}

// endpointStates are the states that connections can be filtered by.
var endpointStates = api.EndpointStates

func endpointStateBadge(state api.EndpointState) string {
	switch state {
	case api.EndpointAccepted:
		return "badge-passed"
	case api.EndpointPending:
		return "badge-warned"
	case api.EndpointRejected, api.EndpointFailed:
		return "badge-failed"
	}
	return ""
}

// openedBy says who opened a service to everyone, when and until when.
func openedBy(ctx context.Context, everyone *api.Permission) string {
	user, at := everyone.Created.By, locale.Time(everyone.Created.At)
	if everyone.Expires.IsZero() {
		return locale.T(ctx, "whitelist.opened_for_good", "user", user, "at", at)
	}
	return locale.T(ctx, "whitelist.opened_until", "user", user, "at", at, "until", locale.Time(everyone.Expires))
}

// portText is a mapping in one line.
func portText(p api.PortMapping) string {
	return p.Protocol + " " + count(p.Client) + " → " + count(p.Server)
}

// tagText is a tag in one line.
func tagText(t api.Tag) string { return strings.TrimSuffix(t.Key+" = "+t.Value, " = ") }
