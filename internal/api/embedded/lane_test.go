package embedded_test

import (
	"fmt"
	"net"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"switchboard/internal/api"
	"switchboard/internal/api/apitest"
	"switchboard/internal/api/store"
)

// atOnce is sooner than a check or a delivery that nobody answers ends.
const atOnce = 5 * time.Second

// silentLinks makes links of the other project to a server that says nothing.
func silentLinks(t *testing.T, p apitest.Plane, n int) (ids []string, conns chan net.Conn) {
	t.Helper()
	address, conns := silent(t)
	for i := range n {
		link, err := p.Service.CreateLink(t.Context(), other, apitest.DraftAt(t, fmt.Sprintf("silent_%d", i), address), api.Shape)
		require.NoError(t, err)
		ids = append(ids, link.ID)
	}
	return ids, conns
}

// hold takes n connections and keeps them open until the test ends: one that is
// collected is closed.
func hold(t *testing.T, conns chan net.Conn, n int) {
	t.Helper()
	for range n {
		conn := <-conns
		t.Cleanup(func() { _ = conn.Close() })
	}
}

func TestAProjectsScheduleDoesNotWaitForAnothersSilentSystems(t *testing.T) {
	t.Parallel()
	apitest.EachDatabase(t, func(t *testing.T, db *store.DB) {
		p := plane(t, db, ring(t))
		_, conns := silentLinks(t, p, 30)
		link, err := p.Service.CreateLink(t.Context(), mine, apitest.ClosedDraft(t, "orders"), api.Shape)
		require.NoError(t, err)
		now := store.Micros(time.Now())
		exec(t, db, "UPDATE links SET next_check_at = ?", now-1)
		exec(t, db, "UPDATE links SET next_check_at = ? WHERE id = ?", now, link.ID)
		begin(t, p)
		require.Eventually(t, func() bool { return len(history(t, p, link.ID)) == 1 }, atOnce, 10*time.Millisecond)
		hold(t, conns, 3)
		require.Empty(t, conns, "its share of its slots")

		exec(t, db, "UPDATE links SET next_check_at = ? WHERE id = ?", now, link.ID)
		require.Eventually(t, func() bool { return len(history(t, p, link.ID)) == 2 }, atOnce, 10*time.Millisecond,
			"nor does it once the other has its share")
	})
}

func TestASilentProjectGoesOnWithItsOwnSchedule(t *testing.T) {
	t.Parallel()
	apitest.EachDatabase(t, func(t *testing.T, db *store.DB) {
		p := plane(t, db, ring(t))
		const links = 30
		_, conns := silentLinks(t, p, links)
		exec(t, db, "UPDATE links SET next_check_at = ?", store.Micros(time.Now()))
		begin(t, p)
		began := time.Now()
		for range links {
			require.NoError(t, (<-conns).Close(), "which ends the check")
		}
		require.Less(t, time.Since(began), atOnce, "each is followed by the next")
	})
}

func TestARunDoesNotWaitForAnotherProjects(t *testing.T) {
	t.Parallel()
	apitest.EachDatabase(t, func(t *testing.T, db *store.DB) {
		p := plane(t, db, ring(t))
		ids, conns := silentLinks(t, p, 30)
		begin(t, p)
		_, err := p.Service.StartRun(t.Context(), other, api.KindLink, ids)
		require.NoError(t, err)
		hold(t, conns, 3)
		began := time.Now()
		for range 3 { // again and again
			run := startRun(t, p, closedLinksNamed(t, p, 5))
			eventually(t, p, run.ID, hasEnded)
		}
		require.Less(t, time.Since(began), atOnce)
		require.Empty(t, conns, "what is left of its slots, less one")
	})
}

// closedLinksNamed makes links with names of their own that nobody answers.
func closedLinksNamed(t *testing.T, p apitest.Plane, n int) (ids []string) {
	t.Helper()
	for range n {
		link, err := p.Service.CreateLink(t.Context(), mine, apitest.ClosedDraft(t, "l_"+store.NewID()), api.Shape)
		require.NoError(t, err)
		ids = append(ids, link.ID)
	}
	return ids
}

func TestADeliveryDoesNotWaitForAnotherProjects(t *testing.T) {
	t.Parallel()
	apitest.EachDatabase(t, func(t *testing.T, db *store.DB) {
		p := plane(t, db, ring(t))
		address, asked := silent(t)
		draft := api.HookDraft{URL: "http://" + address, Enabled: true, Secret: api.NewSecret(apitest.HookSecret)}
		require.NoError(t, p.Service.SetHook(t.Context(), other, draft))
		for range 20 {
			_, err := p.Service.CreateLink(t.Context(), other, apitest.ClosedDraft(t, "l_"+store.NewID()), api.Anyway)
			require.NoError(t, err)
		}
		url, all := receiver(t, always(http.StatusOK), []byte(apitest.HookSecret))
		setHook(t, p, url, apitest.HookSecret)
		begin(t, p)
		hold(t, asked, 1)
		for range 3 {
			_, err := p.Service.CreateLink(t.Context(), mine, apitest.ClosedDraft(t, "l_"+store.NewID()), api.Anyway)
			require.NoError(t, err)
			select {
			case <-all:
			case <-time.After(atOnce):
				require.Fail(t, "nothing was told")
			}
		}
		require.Empty(t, asked, "who does not answer is asked one thing at a time")
	})
}

func TestEventsAreToldInTheirOrderAndWaitTogether(t *testing.T) {
	t.Parallel()
	apitest.EachDatabase(t, func(t *testing.T, db *store.DB) {
		p := plane(t, db, ring(t))
		status := make(chan int, 10)
		url, all := receiver(t, func() int { return <-status }, []byte(apitest.HookSecret))
		setHook(t, p, url, apitest.HookSecret)
		var links []string
		fail := func() {
			link, err := p.Service.CreateLink(t.Context(), mine, apitest.ClosedDraft(t, "l_"+store.NewID()), api.Anyway)
			require.NoError(t, err)
			require.NoError(t, p.Service.Schedule(t.Context(), mine, api.KindLink, link.ID, 0))
			links = append(links, link.ID)
		}
		fail()
		fail()
		status <- http.StatusBadGateway
		catchUp(t, p, 0)
		fail()
		catchUp(t, p, 0)
		require.Len(t, all, 1, "a later event does not overtake")
		require.Equal(t, links[0], (<-all).Body.Link.ID)
		for range links {
			status <- http.StatusOK
			catchUp(t, p, 20*time.Second)
		}
		catchUp(t, p, time.Hour)
		require.Len(t, all, len(links))
		for _, id := range links {
			require.Equal(t, id, (<-all).Body.Link.ID)
		}
	})
}

func TestAChangedHookIsTriedAtOnce(t *testing.T) {
	t.Parallel()
	apitest.EachDatabase(t, func(t *testing.T, db *store.DB) {
		p := plane(t, db, ring(t))
		wrong, _ := receiver(t, always(http.StatusNotFound), []byte(apitest.HookSecret))
		setHook(t, p, wrong, apitest.HookSecret)
		_, err := p.Service.CreateLink(t.Context(), mine, apitest.ClosedDraft(t, "orders"), api.Anyway)
		require.NoError(t, err)
		for range 4 {
			catchUp(t, p, 40*time.Minute)
		}
		right, all := receiver(t, always(http.StatusOK), []byte(apitest.HookSecret))
		setHook(t, p, right, apitest.HookSecret)
		catchUp(t, p, 0)
		require.Len(t, all, 1)
	})
}
