package mirror_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"switchboard/internal/api"
	"switchboard/internal/api/apitest"
	"switchboard/internal/api/store"
)

// A project that comes back from a region has nothing here, and everything is there yet.
func TestAProjectThatComesBackHasNothing(t *testing.T) {
	t.Parallel()
	apitest.EachDatabase(t, func(t *testing.T, db *store.DB) {
		h := town(t, db)
		ctx := t.Context()
		_, err := h.Service.CreateLink(ctx, mine, apitest.MySQLDraft("orders"), api.Shape)
		require.NoError(t, err)
		_, err = h.Service.CreateConnection(ctx, mine, apitest.ConnectionDraft(t, "conn"))
		require.NoError(t, err)
		function, err := h.Service.CreateFunction(ctx, mine, apitest.FunctionDraft("hello"))
		require.NoError(t, err)
		_, err = h.Service.CreateAlias(ctx, mine, function.ID, api.AliasDraft{Name: "live", Version: api.LatestVersion})
		require.NoError(t, err)
		service, err := h.Service.CreateEndpointService(ctx, mine, apitest.ServiceDraft("svc"))
		require.NoError(t, err)
		_, err = h.Service.AddPermissions(ctx, mine, service.ID, api.PermissionBatch{Entries: apitest.PermissionDrafts(3)})
		require.NoError(t, err)
		requireHolds(t, h.plane, mine, 1)

		was, err := h.mirror.Backend(ctx, mine)
		require.NoError(t, err)
		home := api.BackendDraft{Kind: api.BackendEmbedded, Version: was.Version, Confirm: api.Confirm("other")}
		_, err = h.mirror.SetBackend(ctx, mine, home, api.Shape)
		require.Equal(t, api.Invalid, api.CodeOf(err), "somebody has to say that he means it: %v", err)
		requireHolds(t, h.plane, mine, 1)

		home.Confirm = api.Confirm(mine.Project) // which is its name, too
		_, err = h.mirror.SetBackend(ctx, mine, home, api.Shape)
		require.NoError(t, err)
		requireHolds(t, h.plane, mine, 0)
		requireHolds(t, h.there.plane, h.there.mine, 1)
		_, err = h.Service.CreateLink(ctx, mine, apitest.MySQLDraft("orders"), api.Shape)
		require.NoError(t, err, "it is a project like others")
	})
}

// requireHolds requires that a project has so many of what the test made.
func requireHolds(t *testing.T, p api.Service, s api.Scope, n int) {
	t.Helper()
	ctx := t.Context()
	links, err := p.ListLinks(ctx, s, api.LinkQuery{})
	require.NoError(t, err)
	connections, err := p.ListConnections(ctx, s, api.ConnectionQuery{})
	require.NoError(t, err)
	functions, err := p.CountFunctions(ctx, s, api.FunctionQuery{})
	require.NoError(t, err)
	services, err := p.CountEndpointServices(ctx, s, api.EndpointServiceQuery{})
	require.NoError(t, err)
	require.Equal(t, []int{n, n, n, n}, []int{len(links.Items), len(connections.Items), functions, services})
}
