package wire

import (
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"switchboard/internal/api"
	"switchboard/internal/api/apitest"
	"switchboard/internal/api/connector"
)

// answer asks for something of the stage's project.
func (st *stage) answer(t *testing.T, operation string, params pathParams, query string) []byte {
	t.Helper()
	c := Call{Operation: FindOperation(operation), Params: pathParams{"project": st.s.Project, "provider": csbsProvider}}
	maps.Copy(c.Params, params)
	rec := st.signed(c.Operation.Method, c.Path()+query, "")
	require.Equal(t, http.StatusOK, rec.Code, rec.Body.String())
	return rec.Body.Bytes()
}

// to is a moment as far as an answer tells it.
func to(precision time.Duration, at time.Time) api.Stamp {
	return api.Stamp{At: at.UTC().Truncate(precision)}
}

// Of a link answers lack: id, cluster, which secrets there are, and what was checked.
func TestLinksComeBackFromAnswers(t *testing.T) {
	t.Parallel()
	w := start(t)
	st := w.stage(t, "links")
	for i := range connector.All {
		c := connector.All[i]
		for _, tile := range c.Tiles {
			t.Run(tile.Slug, func(t *testing.T) {
				d := apitest.ExampleDraft(tile.Slug, "l_"+strings.ReplaceAll(tile.Slug, "-", "_"))
				d.Extended = &api.Extended{Name: "linkConfig.extendedFields", Value: "e30="}
				stored := st.link(t, d)
				read, err := LinksIn(st.answer(t, "ShowLink", namedLink(&stored), ""))
				require.NoError(t, err)
				require.Len(t, read, 1)
				want := api.Link{
					ID: read[0].ID, Name: stored.Name, Connector: stored.Connector, Endpoint: stored.Endpoint, Enabled: stored.Enabled,
					Inputs: stored.Inputs, Extended: stored.Extended,
					Created: to(time.Millisecond, stored.Created.At), Updated: to(time.Millisecond, stored.Updated.At),
				}
				want.Created.By, want.Updated.By = stored.Created.By, stored.Updated.By
				require.Equal(t, want, read[0])
			})
		}
	}
	listed, err := LinksIn(st.answer(t, "ListLinks", pathParams{"cluster": api.DefaultCluster}, ""))
	require.NoError(t, err)
	require.Greater(t, len(listed), 10)
}

// Of a connection answers lack: tags, security group, network, and who made it.
func TestConnectionsComeBackFromAnswers(t *testing.T) {
	t.Parallel()
	w := start(t)
	st := w.stage(t, "connections")
	ctx, of := t.Context(), st.Service
	id := st.connected(t, "q1", "q2")
	_, err := of.BindQueues(ctx, st.s, id, []string{"q1", "q2"})
	require.NoError(t, err)
	stored, err := of.Connection(ctx, st.s, id)
	require.NoError(t, err)
	require.Equal(t, api.ConnectionFailed, stored.State, "nobody answers there")
	want := api.Connection{
		ID: id, Name: stored.Name, Service: stored.Service, URL: stored.URL, Cluster: stored.Cluster, State: stored.State,
		Progress: stored.Progress, Address: stored.Address, Queues: slices.Clone(stored.Queues), Created: to(time.Millisecond, stored.Created.At),
	}
	for i := range want.Queues {
		want.Queues[i].Updated = to(time.Millisecond, want.Queues[i].Updated.At)
	}
	read, err := ConnectionIn(st.answer(t, "ShowDatasourceConnection", pathParams{"id": id}, ""))
	require.NoError(t, err)
	require.Equal(t, "wire.it_said", read.Message.Key)
	require.NotEmpty(t, read.Message.Args["text"])
	want.Message = read.Message
	require.Equal(t, want, read)
	listed, err := ConnectionsIn(st.answer(t, "ListDatasourceConnections", nil, ""))
	require.NoError(t, err)
	require.Equal(t, []api.Connection{want}, listed)

	queues, err := QueuesIn(st.answer(t, "ListQueues", nil, "?queue_type=all"))
	require.NoError(t, err)
	there, err := of.ListQueues(ctx, st.s)
	require.NoError(t, err)
	require.Len(t, queues, len(there))
	for i, q := range there {
		created := to(time.Millisecond, q.Created.At)
		created.By = q.Created.By
		require.Equal(t, api.Queue{ID: q.ID, Name: q.Name, Description: q.Description, Type: q.Type, CUs: q.CUs, CIDR: q.CIDR, Created: created}, queues[i])
	}
}

// Of services, entries and endpoints answers lack who made them; of services the
// version; of entries the end, the reason and the service.
func TestEndpointsComeBackFromAnswers(t *testing.T) {
	t.Parallel()
	w := start(t)
	st := w.stage(t, "endpoints")
	ctx, of := t.Context(), st.Service
	service, entries := st.offered(t, 3)
	endpoint, err := of.CreateEndpoint(ctx, st.s, apitest.EndpointDraft(service.ID))
	require.NoError(t, err)
	service, err = of.EndpointService(ctx, st.s, service.ID)
	require.NoError(t, err)
	want := service
	want.Account, want.Version, want.Permissions, want.Connections = "", 0, 0, 0
	want.Created, want.Updated = to(time.Second, service.Created.At), to(time.Second, service.Updated.At)
	at := pathParams{"service": service.ID}
	read, err := EndpointServiceIn(st.answer(t, "ListServiceDetails", at, ""))
	require.NoError(t, err)
	require.Equal(t, want, read)
	want.Account = service.Account
	listed, total, err := EndpointServicesIn(st.answer(t, "ListEndpointService", nil, ""))
	require.NoError(t, err)
	require.Equal(t, 1, total)
	require.Equal(t, []api.EndpointService{want}, listed)

	permissions, err := PermissionsIn(st.answer(t, "ListServicePermissionsDetails", at, "?limit=2&sort_dir=asc"))
	require.NoError(t, err)
	require.Equal(t, 3, permissions.Total)
	require.True(t, permissions.Described)
	require.Len(t, permissions.Items, 2)
	for _, p := range permissions.Items {
		i := slices.IndexFunc(entries, func(e api.Permission) bool { return e.ID == p.ID })
		require.Equal(t, api.Permission{
			ID: p.ID, Permission: entries[i].Permission, Description: entries[i].Description, Created: to(time.Second, entries[i].Created.At),
		}, p)
	}

	ends := endpoint
	ends.Account = ""
	ends.Created, ends.Updated = to(time.Second, endpoint.Created.At), to(time.Second, endpoint.Updated.At)
	one, err := EndpointIn(st.answer(t, "ListEndpointInfoDetails", pathParams{"endpoint": endpoint.ID}, ""))
	require.NoError(t, err)
	require.Equal(t, ends, one)
	some, total, err := EndpointsIn(st.answer(t, "ListEndpoints", nil, ""))
	require.NoError(t, err)
	require.Equal(t, 1, total)
	require.Equal(t, []api.Endpoint{ends}, some)
	connected, total, err := ServiceConnectionsIn(st.answer(t, "ListServiceConnections", at, ""))
	require.NoError(t, err)
	require.Equal(t, 1, total)
	require.Equal(t, []api.Endpoint{{
		ID: endpoint.ID, Marker: endpoint.Marker, Account: endpoint.Account, State: endpoint.State, Description: endpoint.Description,
		Created: ends.Created, Updated: ends.Updated,
	}}, connected)
}
