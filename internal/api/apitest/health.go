package apitest

import (
	"net"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"switchboard/internal/api"
	"switchboard/internal/testserver"
)

// ClosedDraft is a well-formed draft of a link to a port of this machine where
// nothing listens.
func ClosedDraft(t testing.TB, name string) api.LinkDraft {
	t.Helper()
	return DraftAt(t, name, testserver.ClosedAddr(t).String())
}

// DraftAt is MySQLDraft with another address.
func DraftAt(t testing.TB, name, address string) api.LinkDraft {
	t.Helper()
	host, port, err := net.SplitHostPort(address)
	require.NoError(t, err)
	d := MySQLDraft(name)
	d.Inputs["linkConfig.host"], d.Inputs["linkConfig.port"] = host, port
	return d
}

// Health says how any Service watches its links, and tells of them. open returns
// an empty one that works in the background.
func Health(t *testing.T, open func(t *testing.T) Plane) {
	Watched(t, watchedLinks, open)
	for name, test := range map[string]func(*testing.T, Plane){
		"a link of which only the form was looked at is not checked again": formNotScheduled,
		"a schedule is kept by an update":                                  scheduleKept,
		"a link that is not enabled is not due, whatever its schedule":     disabledNotDue,
		"a check of a draft is not kept":                                   draftLeavesNoTrace,
		"a look at the form alone leaves no trace":                         formLeavesNoTrace,
		"a link that leads elsewhere leaves its episode behind":            leavesEpisode,
		"another project's link is not enabled":                            foreignEnable,
		"what is not watched is not found":                                 notWatched,
		"a run takes what a query finds":                                   runQuery,
		"a hook is stored without showing its secret":                      hookStored,
		"another project's hook is not found":                              hookForeign,
		"what is wrong with a hook is said at its field":                   hookProblems,
		"a hook's secret stays with its destination":                       hookSecretIsBound,
		"of two changes of a hook, the second is told of the first":        hookVersions,
		"a test of a hook that nobody answers is a problem of its address": hookTested,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, open(t))
		})
	}
}

func createAnyway(t *testing.T, p Plane, d api.LinkDraft) api.Link {
	t.Helper()
	link, err := p.Service.CreateLink(t.Context(), p.Mine, d, api.Anyway)
	require.NoError(t, err)
	return link
}

func get(t *testing.T, p Plane, id string) api.Link {
	t.Helper()
	link, err := p.Service.Link(t.Context(), p.Mine, id)
	require.NoError(t, err)
	return link
}

func formNotScheduled(t *testing.T, p Plane) {
	require.Equal(t, api.Pulse{}, get(t, p, create(t, p, ClosedDraft(t, "orders")).ID).Health)
}

func scheduleKept(t *testing.T, p Plane) {
	link := create(t, p, ClosedDraft(t, "orders"))
	require.NoError(t, p.Service.Schedule(t.Context(), p.Mine, api.KindLink, link.ID, 15*time.Minute))
	scheduled := get(t, p, link.ID)
	d := edit(scheduled)
	d.Name = "renamed"
	updated, err := p.Service.UpdateLink(t.Context(), p.Mine, d, api.Shape)
	require.NoError(t, err)
	require.Equal(t, scheduled.Health, updated.Health)
	require.Equal(t, []string{"update", "schedule", "create"}, actions(t, p, api.KindLink, link.ID))
}

func draftLeavesNoTrace(t *testing.T, p Plane) {
	link := create(t, p, ClosedDraft(t, "orders"))
	_, err := p.Service.TestLink(t.Context(), p.Mine, edit(link))
	require.NoError(t, err)
	require.Empty(t, checks(t, p, api.KindLink, link.ID))
	require.Equal(t, []string{"test", "create"}, actions(t, p, api.KindLink, link.ID))
}

func foreignEnable(t *testing.T, p Plane) {
	link := create(t, p, ClosedDraft(t, "orders"))
	for _, id := range []string{link.ID, "", "\x00", "\xff"} {
		requireCode(t, p.Service.EnableLink(t.Context(), p.Other, id, false), api.NotFound)
	}
}

func notWatched(t *testing.T, p Plane) {
	id := create(t, p, ClosedDraft(t, "orders")).ID
	for _, kind := range []api.Kind{"", api.KindRun, api.KindQueue, "\x00"} {
		p.Other = p.Mine
		notFound(t, p, kind, id)
		_, err := p.Service.StartRun(t.Context(), p.Mine, kind, []string{id})
		requireCode(t, err, api.NotFound)
	}
}

func disabledNotDue(t *testing.T, p Plane) {
	link := createAnyway(t, p, ClosedDraft(t, "orders"))
	require.NoError(t, p.Service.EnableLink(t.Context(), p.Mine, link.ID, false))
	disabled := get(t, p, link.ID)
	require.False(t, disabled.Enabled)
	require.Equal(t, api.DefaultInterval, disabled.Health.Every)
	require.Zero(t, disabled.Health.Next)
	require.Greater(t, disabled.Version, link.Version, "an edit form that was open meanwhile must not enable it again")
	require.NoError(t, p.Service.Schedule(t.Context(), p.Mine, api.KindLink, link.ID, time.Hour))
	require.Zero(t, get(t, p, link.ID).Health.Next)

	require.NoError(t, p.Service.EnableLink(t.Context(), p.Mine, link.ID, true))
	require.NoError(t, p.Service.EnableLink(t.Context(), p.Mine, link.ID, true), "nothing to do is no error")
	require.NotZero(t, get(t, p, link.ID).Health.Next)
	require.Equal(t, []string{"enable", "schedule", "disable", "create"}, actions(t, p, api.KindLink, link.ID))

	d := edit(get(t, p, link.ID))
	d.Enabled = false
	_, err := p.Service.UpdateLink(t.Context(), p.Mine, d, api.Shape)
	require.NoError(t, err)
	require.Zero(t, get(t, p, link.ID).Health.Next, "an update disables, too")
}

func formLeavesNoTrace(t *testing.T, p Plane) {
	link := createAnyway(t, p, ClosedDraft(t, "orders"))
	d := edit(link)
	d.Name = "renamed"
	updated, err := p.Service.UpdateLink(t.Context(), p.Mine, d, api.Shape)
	require.NoError(t, err)
	require.Equal(t, link.Health, updated.Health)
	require.Equal(t, api.Failed, updated.Check.Status, "the same system, asked in the same way")
	d = edit(updated)
	d.Secrets = map[string]api.Secret{"linkConfig.password": api.NewSecret("another-9")}
	updated, err = p.Service.UpdateLink(t.Context(), p.Mine, d, api.Shape)
	require.NoError(t, err)
	require.Equal(t, api.FormOnly, updated.Check.Status, "asked otherwise, it has not answered yet")
	require.Len(t, checks(t, p, api.KindLink, link.ID), 1)
}

func leavesEpisode(t *testing.T, p Plane) {
	link := createAnyway(t, p, ClosedDraft(t, "orders"))
	d := edit(link)
	d.Inputs = ClosedDraft(t, "").Inputs
	d.Secrets = ClosedDraft(t, "").Secrets
	_, err := p.Service.UpdateLink(t.Context(), p.Mine, d, api.Shape)
	require.NoError(t, err)
	found := episodes(t, p, api.KindLink, link.ID)
	require.Len(t, found, 1)
	require.NotZero(t, found[0].Ended)
	_, err = p.Service.Recheck(t.Context(), p.Mine, api.KindLink, link.ID)
	require.NoError(t, err)
	found = episodes(t, p, api.KindLink, link.ID)
	require.Len(t, found, 2, "another place is another story")
	require.Zero(t, found[0].Ended, "newest first")
}

func runQuery(t *testing.T, p Plane) {
	for _, name := range []string{"orders_a", "orders_b", "stock"} {
		create(t, p, ClosedDraft(t, name))
	}
	ids, err := api.SelectedIDs(t.Context(), api.LinkShelf(p.Service), p.Mine,
		api.Selection[api.LinkQuery]{Query: &api.LinkQuery{Search: "orders", Limit: 1, Sort: "name"}})
	require.NoError(t, err)
	started, err := p.Service.StartRun(t.Context(), p.Mine, api.KindLink, ids)
	require.NoError(t, err)
	require.Len(t, ended(t, p, started.ID).Rows, 2)
}
