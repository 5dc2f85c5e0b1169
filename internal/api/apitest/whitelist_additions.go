package apitest

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"switchboard/internal/api"
)

var additionTests = map[string]func(*testing.T, Plane){
	"many entries are added in the background, in their order":   additionAdds,
	"an addition keeps what could not be added any more":         additionRefuses,
	"an addition of what cannot be added does not begin":         additionRefused,
	"a cancelled addition ends, and what was added stays":        additionCancelled,
	"the latest additions of a service are listed, newest first": additionsListed,
	"additions of another project, or service, are not found":    additionForeign,
	"an addition and its service are deleted together":           additionDeleted,
	"entries that expire before their turn are refused by then":  additionExpired,
}

func startAddition(t *testing.T, p Plane, service string, drafts []api.PermissionDraft) api.Addition {
	t.Helper()
	addition, err := p.Service.StartAddition(t.Context(), p.Mine, service, drafts)
	require.NoError(t, err)
	require.Equal(t, len(drafts), addition.Total)
	require.Equal(t, p.Mine.Actor.User, addition.Started.By)
	return addition
}

// AdditionEnds waits for the end of an addition.
func AdditionEnds(t *testing.T, p Plane, service, id string) api.Addition {
	t.Helper()
	var addition api.Addition
	require.Eventually(t, func() bool {
		var err error
		addition, err = p.Service.Addition(t.Context(), p.Mine, service, id)
		return err == nil && !addition.Ended.IsZero()
	}, 3*time.Minute, 20*time.Millisecond)
	return addition
}

func additionAdds(t *testing.T, p Plane) {
	svc, _ := whitelisted(t, p, 0)
	const n = 2500 // more than two batches
	drafts := PermissionDrafts(n)
	drafts[n-1].Expires = time.Now().Add(time.Hour).UTC().Truncate(time.Microsecond)
	ended := AdditionEnds(t, p, svc.ID, startAddition(t, p, svc.ID, drafts).ID)
	require.Equal(t, n, ended.Done)
	require.Equal(t, n, ended.Added)
	require.Empty(t, ended.Refused)
	require.False(t, ended.Stopped)

	stored := getService(t, p, svc.ID)
	require.Equal(t, n, stored.Permissions)
	require.Equal(t, 1, stored.Expiring)
	page, err := p.Service.ListPermissions(t.Context(), p.Mine, svc.ID, api.PermissionQuery{Limit: api.MaxWirePage, Offset: n - 3})
	require.NoError(t, err)
	require.Len(t, page.Items, 3)
	for i, item := range page.Items {
		d := drafts[n-3+i]
		require.Equal(t, d, api.PermissionDraft{Permission: item.Permission, Description: item.Description, Expires: item.Expires})
		require.Equal(t, p.Mine.Actor.User, item.Created.By)
	}
	for _, c := range whitelistChanges(t, p, svc.ID) {
		require.Equal(t, p.Mine.Actor, c.Actor)
	}
	changes, err := p.Service.Changes(t.Context(), p.Mine, api.KindPermission, svc.ID, "", 1+n/api.MaxBatch)
	require.NoError(t, err)
	require.GreaterOrEqual(t, len(changes), 4, "batch after batch")
	for i, c := range changes {
		require.Equal(t, i == len(changes)-1, c.Action == "begin")
		require.Equal(t, i < len(changes)-1, c.Action == "add")
	}
}

func additionRefuses(t *testing.T, p Plane) {
	svc, _ := whitelisted(t, p, 0)
	first, second := startAddition(t, p, svc.ID, PermissionDrafts(1500)), api.Addition{}
	again, err := p.Service.StartAddition(t.Context(), p.Mine, svc.ID, append(PermissionDrafts(1500), api.PermissionDraft{Permission: "iam:domain::new"}))
	if err == nil { // else the first was quicker
		second = AdditionEnds(t, p, svc.ID, again.ID)
	}
	added := AdditionEnds(t, p, svc.ID, first.ID).Added + second.Added
	require.Equal(t, added, getService(t, p, svc.ID).Permissions, "each is added once")
	for _, r := range second.Refused {
		require.Equal(t, "permission.present", r.Message.Key)
		require.Equal(t, r.Draft.Permission, r.Message.Args["permission"])
		require.NotEmpty(t, r.Draft.Description)
	}
}

func additionsListed(t *testing.T, p Plane) {
	svc, _ := whitelisted(t, p, 0)
	other, _ := whitelisted(t, p, 0)
	var ended []api.Addition
	for _, d := range PermissionDrafts(3) {
		ended = append(ended, AdditionEnds(t, p, svc.ID, startAddition(t, p, svc.ID, []api.PermissionDraft{d}).ID))
	}
	found, err := p.Service.Additions(t.Context(), p.Mine, svc.ID, 2)
	require.NoError(t, err)
	require.Equal(t, []api.Addition{ended[2], ended[1]}, found)
	for service, scope := range map[string]api.Scope{svc.ID: p.Other, other.ID: p.Mine, "\x00": p.Mine} {
		found, err := p.Service.Additions(t.Context(), scope, service, 2)
		require.NoError(t, err)
		require.Empty(t, found)
	}
}

func additionRefused(t *testing.T, p Plane) {
	svc, added := whitelisted(t, p, 1)
	_, err := p.Service.StartAddition(t.Context(), p.Mine, svc.ID, []api.PermissionDraft{
		{Permission: "iam:domain::a"}, {Permission: added[0].Permission}, {Permission: "iam:domain::a"}, {Permission: api.Everyone}, {Permission: "b"},
	})
	requireCode(t, err, api.Invalid)
	require.Equal(t, []string{
		"permissions.1.permission permission.present", "permissions.2.permission permission.twice",
		"permissions.3.permission permission.everyone_apart", "permissions.4.permission permission.prefix_missing",
	}, paths(err))
	_, err = p.Service.StartAddition(t.Context(), p.Mine, svc.ID, nil)
	requireCode(t, err, api.Invalid)
	_, err = p.Service.StartAddition(t.Context(), p.Mine, svc.ID, PermissionDrafts(api.MaxAddition+1))
	requireCode(t, err, api.Limit)
	require.Equal(t, 1, getService(t, p, svc.ID).Permissions)
}

func additionCancelled(t *testing.T, p Plane) {
	svc, _ := whitelisted(t, p, 0)
	addition := startAddition(t, p, svc.ID, PermissionDrafts(api.MaxAddition))
	require.NoError(t, p.Service.CancelAddition(t.Context(), p.Mine, svc.ID, addition.ID))
	ended := AdditionEnds(t, p, svc.ID, addition.ID)
	require.True(t, ended.Stopped)
	require.Less(t, ended.Done, ended.Total)
	require.Equal(t, ended.Added, getService(t, p, svc.ID).Permissions)
	if p.has(StopsAtOnce) {
		require.Equal(t, "cancel", whitelistChanges(t, p, svc.ID)[0].Action)
	}
	require.Contains(t, actions(t, p, api.KindPermission, svc.ID), "cancel")
	require.NoError(t, p.Service.CancelAddition(t.Context(), p.Mine, svc.ID, addition.ID))
	require.Equal(t, ended, AdditionEnds(t, p, svc.ID, addition.ID), "nothing comes after it")

	whole := startAddition(t, p, svc.ID, []api.PermissionDraft{{Permission: "iam:domain::new"}})
	AdditionEnds(t, p, svc.ID, whole.ID)
	require.NoError(t, p.Service.CancelAddition(t.Context(), p.Mine, svc.ID, whole.ID))
	require.False(t, AdditionEnds(t, p, svc.ID, whole.ID).Stopped)
}

func additionForeign(t *testing.T, p Plane) {
	svc, _ := whitelisted(t, p, 0)
	second := createService(t, p, ServiceDraft("second"))
	addition := startAddition(t, p, svc.ID, PermissionDrafts(1))
	for _, c := range []struct {
		scope   api.Scope
		service string
	}{{p.Other, svc.ID}, {p.Guest, svc.ID}, {p.Mine, second.ID}} {
		_, err := p.Service.Addition(t.Context(), c.scope, c.service, addition.ID)
		requireCode(t, err, api.NotFound)
		requireCode(t, p.Service.CancelAddition(t.Context(), c.scope, c.service, addition.ID), api.NotFound)
	}
	require.False(t, AdditionEnds(t, p, svc.ID, addition.ID).Stopped)
}

func additionDeleted(t *testing.T, p Plane) {
	svc, _ := whitelisted(t, p, 0)
	addition := startAddition(t, p, svc.ID, PermissionDrafts(5000))
	require.NoError(t, p.Service.DeleteEndpointService(t.Context(), p.Mine, svc.ID, 0))
	_, err := p.Service.Addition(t.Context(), p.Mine, svc.ID, addition.ID)
	requireCode(t, err, api.NotFound)
}

func additionExpired(t *testing.T, p Plane) {
	svc, _ := whitelisted(t, p, 0)
	drafts := PermissionDrafts(4000)
	for i := 1000; i < len(drafts); i++ {
		drafts[i].Expires = time.Now().Add(p.short())
	}
	ended := AdditionEnds(t, p, svc.ID, startAddition(t, p, svc.ID, drafts).ID)
	require.Equal(t, len(drafts), ended.Added+len(ended.Refused))
	for _, r := range ended.Refused {
		require.Equal(t, "permission.expires_past", r.Message.Key)
	}
	require.Eventually(t, func() bool { return getService(t, p, svc.ID).Permissions == 1000 }, 30*time.Second, 20*time.Millisecond)
}
