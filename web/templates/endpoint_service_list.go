package templates

import (
	"cmp"
	"context"

	"switchboard/internal/api"
	"switchboard/internal/locale"
	"switchboard/web/templates/form"
)

// EndpointServiceCollection is the endpoint services of the project whose
// whitelists are at base.
func EndpointServiceCollection(base string) Collection {
	return Collection{
		Base: base, ID: "services",
		Words: Words{List: "whitelist.services", Name: "whitelist.service", Search: "whitelist.search_services"},
	}
}

// EndpointServiceListView is a page of endpoint services and the question it
// answers.
type EndpointServiceListView struct {
	Base  string
	Query api.EndpointServiceQuery
	Page  api.Page[api.EndpointService]
}

func (v *EndpointServiceListView) list(ctx context.Context) List {
	return List{
		Collection: EndpointServiceCollection(v.Base),
		Search:     v.Query.Search, Filters: []form.Hidden{{Name: "state", Value: string(v.Query.State)}},
		Sort: v.Query.Sort, First: api.EndpointServiceSorts[0], Desc: v.Query.Desc,
		Cursor: v.Query.Cursor, Next: v.Page.Next, Prev: v.Page.Prev, Shown: len(v.Page.Items),
		Columns: []ListColumn{
			{Label: locale.T(ctx, "whitelist.service"), Sort: "name"},
			{Label: locale.T(ctx, "whitelist.state")},
			{Label: locale.T(ctx, "whitelist.backend")},
			{Label: locale.T(ctx, "whitelist.entries")},
			{Label: locale.T(ctx, "whitelist.connections")},
			{Label: locale.T(ctx, "whitelist.updated"), Sort: "updated"},
		},
		Blank: noEndpointServices(v.Base),
	}
}

// serviceTitle is what people call a service.
func serviceTitle(s *api.EndpointService) string { return cmp.Or(s.ShortName, s.Name) }

// serviceStates are the states that a list can be filtered by.
var serviceStates = []api.EndpointServiceState{
	api.EndpointServiceAvailable, api.EndpointServiceCreating, api.EndpointServiceFailed, api.EndpointServiceDeleting,
}

func serviceStateBadge(state api.EndpointServiceState) string {
	switch state {
	case api.EndpointServiceAvailable:
		return "badge-passed"
	case api.EndpointServiceFailed:
		return "badge-failed"
	}
	return ""
}
