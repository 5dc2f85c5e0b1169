package embedded_test

import (
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"switchboard/internal/api"
	"switchboard/internal/api/apitest"
	"switchboard/internal/api/embedded"
	"switchboard/internal/api/store"
)

func TestADeletedServiceIsGoneAtOnceAndItsRecordsSoon(t *testing.T) {
	t.Parallel()
	apitest.EachDatabase(t, func(t *testing.T, db *store.DB) {
		p := plane(t, db, ring(t)) // nothing works in the background
		svc := bigService(t, p, 2600)
		waiting, err := p.Service.StartAddition(t.Context(), mine, svc.ID, apitest.PermissionDrafts(2601)[2600:])
		require.NoError(t, err)
		endpoint, err := p.Service.CreateEndpoint(t.Context(), mine, apitest.EndpointDraft(svc.ID))
		require.NoError(t, err)
		exec(t, db, "UPDATE permissions SET expires_at = 1 WHERE permission = ?", api.AccountPrefix+apitest.Account(7))
		require.NoError(t, p.Service.DeleteEndpointService(t.Context(), mine, svc.ID, 0))
		require.Equal(t, 2600, count(t, db, "permissions", "service_id = ?", svc.ID), "it is not the click that waits for them")
		notFoundByAnything(t, p, svc, waiting.ID, endpoint.ID)

		var all sync.WaitGroup
		errs := make(chan error, 3)
		for range cap(errs) {
			other := planeOn(t, db, ring(t)).Service.(*embedded.Plane)
			all.Go(func() { errs <- other.CatchUp(t.Context(), time.Now()) })
		}
		all.Wait()
		for range cap(errs) {
			require.NoError(t, <-errs)
		}
		noRecords(t, db)
		due, err := p.Service.(*embedded.Plane).Due(t.Context(), time.Now())
		require.NoError(t, err)
		require.Empty(t, due, "nothing is left to do")
		require.Len(t, audited(t, db, "delete"), 2, "of the service and of its endpoint")
		require.Empty(t, audited(t, db, "expire"), "what ended with the service did not expire")
	})
}

// bigService makes a service with n entries.
func bigService(t *testing.T, p apitest.Plane, n int) api.EndpointService {
	t.Helper()
	svc, _ := mirror(t, p, 0)
	started, err := p.Service.StartAddition(t.Context(), mine, svc.ID, apitest.PermissionDrafts(n))
	require.NoError(t, err)
	catchUp(t, p, 0)
	require.Equal(t, n, addition(t, p, svc.ID, started.ID).Added)
	return svc
}

func noRecords(t *testing.T, db *store.DB) {
	t.Helper()
	for _, table := range []string{"endpoint_services", "permissions", "permission_additions", "endpoints"} {
		require.Zero(t, count(t, db, table, "1 = 1"), table)
	}
	found, few, err := db.PermissionsByPart(t.Context(), "customer", 10)
	require.NoError(t, err)
	require.True(t, few)
	require.Empty(t, found, "searches look at nothing of it")
}

// notFoundByAnything asks for a service that was deleted in every way there is.
func notFoundByAnything(t *testing.T, p apitest.Plane, svc api.EndpointService, addition, endpoint string) {
	t.Helper()
	draft, ctx := apitest.ServiceDraft("mirror"), t.Context()
	draft.ID = svc.ID
	for name, ask := range map[string]func() error{
		"it":       func() error { _, err := p.Service.EndpointService(ctx, mine, svc.ID); return err },
		"describe": func() error { _, err := p.Service.DescribeEndpointService(ctx, mine, "", svc.Name); return err },
		"validate": func() error { return p.Service.ValidateEndpointService(ctx, mine, draft) },
		"update":   func() error { _, err := p.Service.UpdateEndpointService(ctx, mine, draft); return err },
		"delete":   func() error { return p.Service.DeleteEndpointService(ctx, mine, svc.ID, 0) },
		"entries": func() error {
			_, err := p.Service.ListPermissions(ctx, mine, svc.ID, api.PermissionQuery{})
			return err
		},
		"count": func() error {
			_, err := p.Service.CountPermissions(ctx, mine, svc.ID, api.PermissionQuery{})
			return err
		},
		"count of some": func() error {
			_, err := p.Service.CountPermissions(ctx, mine, svc.ID, api.PermissionQuery{Search: "customer"})
			return err
		},
		"access":   func() error { _, err := p.Service.WhoMayConnect(ctx, mine, svc.ID, apitest.Account(1)); return err },
		"addition": func() error { _, err := p.Service.Addition(ctx, mine, svc.ID, addition); return err },
		"add": func() error {
			_, err := p.Service.StartAddition(ctx, mine, svc.ID, apitest.PermissionDrafts(1))
			return err
		},
		"endpoint": func() error { _, err := p.Service.Endpoint(ctx, mine, endpoint); return err },
		"connect":  func() error { _, err := p.Service.CreateEndpoint(ctx, mine, apitest.EndpointDraft(svc.ID)); return err },
		"connections": func() error {
			_, err := p.Service.ListServiceConnections(ctx, mine, svc.ID, api.EndpointQuery{})
			return err
		},
		"no connections": func() error {
			_, err := p.Service.CountServiceConnections(ctx, mine, svc.ID, api.EndpointQuery{})
			return err
		},
	} {
		require.Equal(t, api.NotFound, api.CodeOf(ask()), name)
	}
	for _, q := range []api.EndpointServiceQuery{{}, {Search: svc.ID}, {State: api.EndpointServiceDeleting}} {
		page, err := p.Service.ListEndpointServices(ctx, mine, q)
		require.NoError(t, err)
		require.Empty(t, page.Items)
		n, err := p.Service.CountEndpointServices(ctx, mine, q)
		require.NoError(t, err)
		require.Zero(t, n)
	}
}

func TestADeletedServiceDoesNotCount(t *testing.T) {
	t.Parallel()
	apitest.EachDatabase(t, func(t *testing.T, db *store.DB) {
		p := plane(t, db, ring(t))
		svc, _ := mirror(t, p, 1)
		for range api.MaxEndpointServices - 1 {
			mirror(t, p, 0)
		}
		_, err := p.Service.CreateEndpointService(t.Context(), mine, apitest.ServiceDraft("mirror"))
		require.Equal(t, api.Limit, api.CodeOf(err))
		require.NoError(t, p.Service.DeleteEndpointService(t.Context(), mine, svc.ID, 0))
		mirror(t, p, 0)
	})
}

func TestADeletionSurvivesThatItsWorkersAreKilled(t *testing.T) {
	t.Parallel()
	apitest.EachURL(t, func(t *testing.T, url string) {
		db := apitest.Open(t, url)
		p := plane(t, db, ring(t))
		const all = 8000
		svc := bigService(t, p, all)
		require.NoError(t, p.Service.DeleteEndpointService(t.Context(), mine, svc.ID, 0))
		left := func() int { return count(t, db, "permissions", "service_id = ?", svc.ID) }
		for kills := range 3 {
			c := worker(t, url)
			require.Eventually(t, func() bool { return left() < all-1000*kills }, time.Minute, time.Millisecond)
			time.AfterFunc(rand.N(30*time.Millisecond), func() { _ = c.Process.Kill() }) // anywhere in a batch
			require.ErrorContains(t, c.Wait(), "killed")
			_, err := p.Service.EndpointService(t.Context(), mine, svc.ID)
			require.Equal(t, api.NotFound, api.CodeOf(err))
		}
		worker(t, url)
		require.Eventually(t, func() bool { return count(t, db, "endpoint_services", "1 = 1") == 0 }, time.Minute, 5*time.Millisecond)
		noRecords(t, db)
	})
}
