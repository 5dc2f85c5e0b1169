package embedded_test

import (
	"encoding/json"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"switchboard/internal/api"
	"switchboard/internal/api/apitest"
	"switchboard/internal/api/embedded"
	"switchboard/internal/api/store"
)

func TestEntriesExpireOnceHoweverManyProcessesLook(t *testing.T) {
	t.Parallel()
	apitest.EachDatabase(t, func(t *testing.T, db *store.DB) {
		p := plane(t, db, ring(t))
		svc, _ := mirror(t, p, 0)
		started, err := p.Service.StartAddition(t.Context(), mine, svc.ID, apitest.PermissionDrafts(2600))
		require.NoError(t, err)
		catchUp(t, p, 0)
		require.Equal(t, 2600, addition(t, p, svc.ID, started.ID).Added)
		kept := api.AccountPrefix + apitest.Account(2599)
		exec(t, db, "UPDATE permissions SET expires_at = 1 WHERE permission <> ?", kept)

		stored, err := p.Service.EndpointService(t.Context(), mine, svc.ID)
		require.NoError(t, err)
		require.Equal(t, 1, stored.Permissions, "before the records are gone")
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
		require.Equal(t, 1, count(t, db, "permissions", "service_id = ?", svc.ID))
		stored, err = p.Service.EndpointService(t.Context(), mine, svc.ID)
		require.NoError(t, err)
		require.Equal(t, 1, stored.Permissions)

		seen := map[string]int{}
		for _, text := range audited(t, db, "expire") {
			var entry struct {
				Permissions []struct{ Permission string }
			}
			require.NoError(t, json.Unmarshal([]byte(text), &entry))
			for _, e := range entry.Permissions {
				seen[e.Permission]++
			}
		}
		require.Len(t, seen, 2599)
		for permission, times := range seen {
			require.Equal(t, 1, times, permission)
		}
		due, err := p.Service.(*embedded.Plane).Due(t.Context(), time.Now())
		require.NoError(t, err)
		require.Empty(t, due, "nothing is left to do")
	})
}

// audited are the texts before the change, of all entries of the log with that
// action.
func audited(t *testing.T, db *store.DB, action string) (texts []string) {
	t.Helper()
	require.NoError(t, db.Read.NewSelect().TableExpr("audit").Column("before").Where("action = ?", action).Scan(t.Context(), &texts))
	return texts
}

func TestAFullWhitelistTakesAsManyAsHaveExpired(t *testing.T) {
	t.Parallel()
	apitest.EachDatabase(t, func(t *testing.T, db *store.DB) {
		p := plane(t, db, ring(t))
		svc, added := mirror(t, p, 3)
		exec(t, db, "UPDATE endpoint_services SET entries = ?", api.MaxPermissions)
		add := func(names ...string) error {
			batch := api.PermissionBatch{}
			for _, name := range names {
				batch.Entries = append(batch.Entries, api.PermissionDraft{Permission: api.AccountPrefix + name})
			}
			_, err := p.Service.AddPermissions(t.Context(), mine, svc.ID, batch)
			return err
		}
		require.Equal(t, api.Limit, api.CodeOf(add("a")))
		_, err := p.Service.OpenToEveryone(t.Context(), mine, svc.ID, api.EveryoneDraft{Confirm: svc.Name, Reason: apitest.Reason})
		require.Equal(t, api.Limit, api.CodeOf(err))
		_, err = p.Service.StartAddition(t.Context(), mine, svc.ID, []api.PermissionDraft{{Permission: "iam:domain::a"}})
		require.Equal(t, api.Limit, api.CodeOf(err))

		exec(t, db, "UPDATE permissions SET expires_at = 1 WHERE id IN (?, ?)", added[0].ID, added[1].ID)
		require.Equal(t, api.Limit, api.CodeOf(add("a", "b", "c")))
		require.NoError(t, add("a", "b"))
		require.Equal(t, api.Limit, api.CodeOf(add("c")))
		catchUp(t, p, 0)
		require.Equal(t, api.Limit, api.CodeOf(add("c")), "to take the records away makes no more room")
	})
}

func TestOfTwoProcessesThatAddTheSameOneWins(t *testing.T) {
	t.Parallel()
	apitest.EachDatabase(t, func(t *testing.T, db *store.DB) {
		one, two := plane(t, db, ring(t)), planeOn(t, db, ring(t))
		svc, _ := mirror(t, one, 0)
		for round := range 5 {
			batch := api.PermissionBatch{Entries: apitest.PermissionDrafts(10 * (round + 1))[10*round:]}
			errs := make(chan error, 2)
			for _, p := range []apitest.Plane{one, two} {
				go func() {
					_, err := p.Service.AddPermissions(t.Context(), mine, svc.ID, batch)
					errs <- err
				}()
			}
			first, second := <-errs, <-errs
			if first != nil {
				first, second = second, first
			}
			require.NoError(t, first)
			require.Equal(t, api.Conflict, api.CodeOf(second))
		}
		require.Equal(t, 50, count(t, db, "permissions", "service_id = ?", svc.ID))
	})
}
