package wire

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"switchboard/internal/api"
	"switchboard/internal/api/apitest"
)

// offered is an endpoint service of the stage with some entries.
func (st *stage) offered(t *testing.T, entries int) (api.EndpointService, []api.Permission) {
	t.Helper()
	service, err := st.Service.CreateEndpointService(t.Context(), st.s, apitest.ServiceDraft("mirror"))
	require.NoError(t, err)
	if entries == 0 {
		return service, nil
	}
	added, err := st.Service.AddPermissions(t.Context(), st.s, service.ID, api.PermissionBatch{Entries: apitest.PermissionDrafts(entries)})
	require.NoError(t, err)
	return service, added
}

func (st *stage) endpoint(t *testing.T) api.Endpoint {
	t.Helper()
	service, _ := st.offered(t, 0)
	endpoint, err := st.Service.CreateEndpoint(t.Context(), st.s, apitest.EndpointDraft(service.ID))
	require.NoError(t, err)
	return endpoint
}

var endpointExamples = []example{
	{"an endpoint service is created", func(*testing.T, *stage) api.Deed {
		return api.CreateEndpointService{Draft: apitest.ServiceDraft("mirror")}
	}},
	{"an endpoint service is created that has no name and accepts everybody", func(*testing.T, *stage) api.Deed {
		d := apitest.ServiceDraft("")
		d.Approval, d.Description, d.Tags, d.TCPProxy = false, "", nil, "proxy_open"
		return api.CreateEndpointService{Draft: d}
	}},
	{"an endpoint service is changed", func(t *testing.T, st *stage) api.Deed {
		service, _ := st.offered(t, 0)
		d := apitest.ServiceDraft("other")
		d.ID, d.Approval, d.Description, d.Tags, d.TCPProxy = service.ID, false, "", nil, "toa_open"
		d.Ports = []api.PortMapping{{Client: 443, Server: 8443, Protocol: "TCP"}}
		return api.UpdateEndpointService{Draft: d}
	}},
	{"an endpoint service is deleted", func(t *testing.T, st *stage) api.Deed {
		service, _ := st.offered(t, 2)
		return api.DeleteEndpointService{ID: service.ID}
	}},
	{"an endpoint is created", func(t *testing.T, st *stage) api.Deed {
		service, _ := st.offered(t, 0)
		return api.CreateEndpoint{Draft: apitest.EndpointDraft(service.ID)}
	}},
	{"an endpoint is deleted", func(t *testing.T, st *stage) api.Deed {
		return api.DeleteEndpoint{ID: st.endpoint(t).ID}
	}},
	{"an endpoint is accepted", func(t *testing.T, st *stage) api.Deed {
		endpoint := st.endpoint(t)
		return api.AcceptConnection{Service: endpoint.Service, Endpoint: endpoint.ID}
	}},
	{"an endpoint is rejected", func(t *testing.T, st *stage) api.Deed {
		endpoint := st.endpoint(t)
		return api.RejectConnection{Service: endpoint.Service, Endpoint: endpoint.ID}
	}},
}

var nextYear = time.Now().AddDate(1, 0, 0).UTC().Truncate(time.Second)

var whitelistExamples = []example{
	{"entries are added, one of them for everyone", func(t *testing.T, st *stage) api.Deed {
		service, _ := st.offered(t, 0)
		entries := append(apitest.PermissionDrafts(3), api.PermissionDraft{Permission: api.Everyone, Description: "all & sundry"})
		return api.AddPermissions{Service: service.ID, Batch: api.PermissionBatch{Entries: entries, Everyone: true}}
	}},
	{"entries are added, some of which are there", func(t *testing.T, st *stage) api.Deed {
		service, _ := st.offered(t, 2)
		return api.AddPermissions{Service: service.ID, Batch: api.PermissionBatch{Entries: apitest.PermissionDrafts(4), Repeat: true}}
	}},
	{"a service is opened to everyone", func(t *testing.T, st *stage) api.Deed {
		service, _ := st.offered(t, 1)
		return api.OpenToEveryone{Service: service.ID, Draft: api.EveryoneDraft{Confirm: service.Name, Reason: apitest.Reason, Expires: nextYear}}
	}},
	{"an entry is described and ends", func(t *testing.T, st *stage) api.Deed {
		service, entries := st.offered(t, 2)
		return api.ChangePermission{Service: service.ID, ID: entries[1].ID, Change: api.PermissionChange{Description: new("told anew"), Expires: &nextYear}}
	}},
	{"entries are removed", func(t *testing.T, st *stage) api.Deed {
		service, entries := st.offered(t, 3)
		return api.RemovePermissions{Service: service.ID, Removal: api.PermissionRemoval{IDs: []string{entries[0].ID, entries[2].ID}}}
	}},
	{"entries are removed, some of which are gone", func(t *testing.T, st *stage) api.Deed {
		service, entries := st.offered(t, 3)
		return api.RemovePermissions{Service: service.ID, Removal: api.PermissionRemoval{IDs: []string{"gone", entries[2].ID}, Repeat: true}}
	}},
	{"many entries are added", func(t *testing.T, st *stage) api.Deed {
		service, _ := st.offered(t, 0)
		drafts := apitest.PermissionDrafts(60)
		drafts[7].Expires = nextYear
		return api.StartAddition{Service: service.ID, Drafts: drafts}
	}},
}

// The dialect takes so many entries at once.
func TestManyEntriesAreSeveralCalls(t *testing.T) {
	t.Parallel()
	ids := make([]string, 120)
	for i := range ids {
		ids[i] = fmt.Sprint(i)
	}
	for _, d := range []api.Deed{
		api.AddPermissions{Service: "s", Batch: api.PermissionBatch{Entries: apitest.PermissionDrafts(120)}},
		api.RemovePermissions{Service: "s", Removal: api.PermissionRemoval{IDs: ids}},
		api.StartAddition{Service: "s", Drafts: apitest.PermissionDrafts(120)},
	} {
		calls, err := CallsOf(t.Context(), nil, api.Scope{}, Place{Project: "p", Dialect: true}, d)
		require.NoError(t, err)
		require.Len(t, calls, 3)
		var last struct{ Permissions []any }
		require.NoError(t, decode(calls[2].Body, &last, ""))
		require.Len(t, last.Permissions, 20)
	}
}
