package apitest

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"switchboard/internal/api"
)

var entryTests = map[string]func(*testing.T, Plane){
	"an entry says something else of itself":                  entryDescribed,
	"an entry ends at another time, or never":                 entryRenewed,
	"an entry changes all in one or not at all":               entryChanged,
	"entries are removed all or none":                         entriesRemoved,
	"many entries are removed at once":                        manyRemoved,
	"what has expired is not there for anything, at once":     entryExpires,
	"what has expired is added again as if it had never been": expiredAddedAgain,
}

var permissionListTests = map[string]func(*testing.T, Plane){
	"a whitelist is filtered, searched and counted":                 whitelistFiltered,
	"a whitelist is sorted, and paged on and back through all":      whitelistPages,
	"an offset skips, and one past the end finds nothing":           whitelistOffset,
	"a search finds what is rare, what is common and what is short": whitelistSearched,
}

func describe(text string) api.PermissionChange { return api.PermissionChange{Description: &text} }

func renew(expires time.Time) api.PermissionChange { return api.PermissionChange{Expires: &expires} }

func entryDescribed(t *testing.T, p Plane) {
	svc, added := whitelisted(t, p, 2)
	changed, err := p.Service.ChangePermission(t.Context(), p.Mine, svc.ID, added[0].ID, describe("用于测试"))
	require.NoError(t, err)
	require.Equal(t, "用于测试", changed.Description)
	require.True(t, changed.Updated.At.After(added[0].Updated.At))
	require.Equal(t, added[0].Created, changed.Created)
	require.Equal(t, []string{changed.Permission}, entries(t, p, svc.ID, api.PermissionQuery{Search: "用于"}))
	require.Empty(t, entries(t, p, svc.ID, api.PermissionQuery{Search: "customer 0"}))

	_, err = p.Service.ChangePermission(t.Context(), p.Mine, svc.ID, added[0].ID, describe("a > b"))
	require.Equal(t, []string{"description vpcep.description_brackets"}, paths(err))
	emptied, err := p.Service.ChangePermission(t.Context(), p.Mine, svc.ID, added[0].ID, describe(""))
	require.NoError(t, err)
	require.Empty(t, emptied.Description)
	change := whitelistChanges(t, p, svc.ID)[0]
	require.Equal(t, "describe", change.Action)
	require.Contains(t, string(change.Before), "用于测试")
	require.NotContains(t, string(change.After), "用于测试")
}

func entryRenewed(t *testing.T, p Plane) {
	svc, added := whitelisted(t, p, 1)
	soon := time.Now().Add(time.Hour).UTC().Truncate(time.Microsecond)
	renewed, err := p.Service.ChangePermission(t.Context(), p.Mine, svc.ID, added[0].ID, renew(soon))
	require.NoError(t, err)
	require.Equal(t, soon, renewed.Expires)
	require.Equal(t, 1, getService(t, p, svc.ID).Expiring)
	_, err = p.Service.ChangePermission(t.Context(), p.Mine, svc.ID, added[0].ID, renew(time.Now().Add(-time.Second)))
	require.Equal(t, []string{"expires permission.expires_past"}, paths(err))
	renewed, err = p.Service.ChangePermission(t.Context(), p.Mine, svc.ID, added[0].ID, renew(time.Time{}))
	require.NoError(t, err)
	require.Zero(t, renewed.Expires)
	require.Zero(t, getService(t, p, svc.ID).Expiring)
	require.Equal(t, "renew", whitelistChanges(t, p, svc.ID)[0].Action)
}

func entryChanged(t *testing.T, p Plane) {
	svc, added := whitelisted(t, p, 1)
	both, soon := describe("a > b"), time.Now().Add(time.Hour).UTC().Truncate(time.Microsecond)
	both.Expires = new(time.Now().Add(-time.Hour))
	_, err := p.Service.ChangePermission(t.Context(), p.Mine, svc.ID, added[0].ID, both)
	require.Equal(t, []string{"description vpcep.description_brackets", "expires permission.expires_past"}, paths(err))
	both.Expires = &soon
	_, err = p.Service.ChangePermission(t.Context(), p.Mine, svc.ID, added[0].ID, both)
	requireCode(t, err, api.Invalid)
	same, err := p.Service.ChangePermission(t.Context(), p.Mine, svc.ID, added[0].ID, api.PermissionChange{})
	require.NoError(t, err)
	require.Equal(t, added[0], same)
	require.Len(t, whitelistChanges(t, p, svc.ID), 1)

	both.Description = new("for a while")
	changed, err := p.Service.ChangePermission(t.Context(), p.Mine, svc.ID, added[0].ID, both)
	require.NoError(t, err)
	require.Equal(t, "for a while", changed.Description)
	require.Equal(t, soon, changed.Expires)
	stored, err := p.Service.Permission(t.Context(), p.Mine, svc.ID, added[0].ID)
	require.NoError(t, err)
	require.Equal(t, changed, stored)
	require.Equal(t, []string{"update", "add"}, actions(t, p, api.KindPermission, svc.ID))
}

func entriesRemoved(t *testing.T, p Plane) {
	svc, added := whitelisted(t, p, 4)
	second, foreign := createService(t, p, ServiceDraft("second")), added[0].ID
	for _, ids := range [][]string{{added[0].ID, "unknown"}, {added[0].ID, ""}} {
		refuseRemoval(t, p, svc.ID, ids, api.NotFound)
	}
	refuseRemoval(t, p, second.ID, []string{foreign}, api.NotFound)
	refuseRemoval(t, p, svc.ID, nil, api.Invalid)
	many := make([]string, api.MaxSelection+1)
	for i := range many {
		many[i] = fmt.Sprint(i)
	}
	refuseRemoval(t, p, svc.ID, many, api.Limit)
	require.Len(t, entries(t, p, svc.ID, api.PermissionQuery{}), 4)

	removed := removeEntries(t, p, svc.ID, []string{added[2].ID, added[0].ID, added[2].ID})
	require.Equal(t, permissionsOf([]api.Permission{added[0], added[2]}), permissionsOf(removed))
	require.Equal(t, permissionsOf([]api.Permission{added[1], added[3]}), entries(t, p, svc.ID, api.PermissionQuery{}))
	require.Equal(t, 2, getService(t, p, svc.ID).Permissions)
	change := whitelistChanges(t, p, svc.ID)[0]
	require.Equal(t, "remove", change.Action)
	require.Contains(t, string(change.Before), added[0].Permission)
	require.Contains(t, string(change.Before), "customer 2")
	require.NotContains(t, string(change.Before), added[1].Permission)

	again := api.PermissionRemoval{IDs: []string{added[0].ID, added[1].ID, "unknown"}, Repeat: true}
	removed, err := p.Service.RemovePermissions(t.Context(), p.Mine, svc.ID, again)
	require.NoError(t, err)
	require.Equal(t, permissionsOf([]api.Permission{added[1]}), permissionsOf(removed), "what is gone is left out")
	changes := len(whitelistChanges(t, p, svc.ID))
	removed, err = p.Service.RemovePermissions(t.Context(), p.Mine, svc.ID, again)
	require.NoError(t, err)
	require.Empty(t, removed)
	require.Len(t, whitelistChanges(t, p, svc.ID), changes, "nothing is written down where nothing was removed")
}

func removeEntries(t *testing.T, p Plane, service string, ids []string) []api.Permission {
	t.Helper()
	removed, err := p.Service.RemovePermissions(t.Context(), p.Mine, service, api.PermissionRemoval{IDs: ids})
	require.NoError(t, err)
	return removed
}

func refuseRemoval(t *testing.T, p Plane, service string, ids []string, code api.Code) {
	t.Helper()
	_, err := p.Service.RemovePermissions(t.Context(), p.Mine, service, api.PermissionRemoval{IDs: ids})
	requireCode(t, err, code)
}

func manyRemoved(t *testing.T, p Plane) {
	svc, _ := whitelisted(t, p, 0)
	AdditionEnds(t, p, svc.ID, startAddition(t, p, svc.ID, PermissionDrafts(api.MaxSelection)).ID)
	everyone := addPermissions(t, p, svc.ID, api.PermissionDraft{Permission: api.Everyone, Description: "for now"})[0]
	page, err := p.Service.ListPermissions(t.Context(), p.Mine, svc.ID, api.PermissionQuery{Limit: api.MaxWirePage})
	require.NoError(t, err)
	ids := []string{everyone.ID}
	for _, entry := range page.Items[:api.MaxSelection-1] {
		ids = append(ids, entry.ID)
	}
	removeEntries(t, p, svc.ID, ids)

	require.Equal(t, 1, getService(t, p, svc.ID).Permissions)
	change := whitelistChanges(t, p, svc.ID)[0]
	require.Equal(t, "remove", change.Action)
	var audited struct {
		Count       int
		Permissions []struct{ Permission, Description string }
	}
	require.NoError(t, json.Unmarshal(change.Before, &audited))
	require.Equal(t, api.MaxSelection, audited.Count)
	require.Len(t, audited.Permissions, api.MaxSelection, "who was removed is known for ever")
	require.Equal(t, api.Everyone, audited.Permissions[0].Permission, "what matters most comes first")
	require.Equal(t, "for now", audited.Permissions[0].Description)
	require.Equal(t, PermissionDrafts(1)[0].Permission, audited.Permissions[1].Permission)
	require.Equal(t, PermissionDrafts(1)[0].Description, audited.Permissions[1].Description, "all of it, so that it can be taken back")
}

// short is how long entries of these tests live: long enough to be seen.
func (p *Plane) short() time.Duration {
	if p.has(AtOnce) {
		return time.Second
	}
	return 6 * time.Second
}

// expired makes a service with one entry that stays and one that has just
// expired.
func expired(t *testing.T, p Plane) (svc api.EndpointService, stays, gone api.Permission) {
	t.Helper()
	svc = createService(t, p, ServiceDraft("mirror"))
	end := time.Now().Add(p.short())
	added := addPermissions(t, p, svc.ID, api.PermissionDraft{Permission: "iam:domain::stays"},
		api.PermissionDraft{Permission: "iam:domain::goes", Expires: end})
	require.Len(t, entries(t, p, svc.ID, api.PermissionQuery{}), 2)
	time.Sleep(time.Until(end))
	return svc, added[0], added[1]
}

func entryExpires(t *testing.T, p Plane) {
	svc, stays, gone := expired(t, p)
	require.Equal(t, []string{stays.Permission}, entries(t, p, svc.ID, api.PermissionQuery{}))
	for _, q := range []api.PermissionQuery{{Search: "goes"}, {Permission: "goes"}, {Expiring: true}, {Search: "goes", Sort: "expires"}} {
		require.Empty(t, entries(t, p, svc.ID, q))
	}
	stored := getService(t, p, svc.ID)
	require.Equal(t, 1, stored.Permissions)
	require.Zero(t, stored.Expiring)
	_, err := p.Service.Permission(t.Context(), p.Mine, svc.ID, gone.ID)
	requireCode(t, err, api.NotFound)
	_, err = p.Service.ChangePermission(t.Context(), p.Mine, svc.ID, gone.ID, describe(""))
	requireCode(t, err, api.NotFound)
	_, err = p.Service.ChangePermission(t.Context(), p.Mine, svc.ID, gone.ID, renew(time.Time{}))
	requireCode(t, err, api.NotFound)
	refuseRemoval(t, p, svc.ID, []string{stays.ID, gone.ID}, api.NotFound)
	access, err := p.Service.WhoMayConnect(t.Context(), p.Mine, svc.ID, "goes")
	require.NoError(t, err)
	require.False(t, access.Allowed)
	verdicts, err := p.Service.JudgePermissions(t.Context(), p.Mine, svc.ID, []api.PermissionDraft{{Permission: gone.Permission}})
	require.NoError(t, err)
	require.True(t, verdicts[0].Fine())

	require.Eventually(t, func() bool { return whitelistChanges(t, p, svc.ID)[0].Action == "expire" }, 30*time.Second, 20*time.Millisecond,
		"the record is taken away in the background")
	changes := whitelistChanges(t, p, svc.ID)
	require.Len(t, changes, 2)
	require.Equal(t, api.WayJob, changes[0].Actor.Way)
	require.Contains(t, string(changes[0].Before), gone.ID)
	require.NotContains(t, string(changes[0].Before), stays.ID)
	require.Equal(t, 1, getService(t, p, svc.ID).Permissions)
}

func expiredAddedAgain(t *testing.T, p Plane) {
	svc, _, gone := expired(t, p)
	again := addPermissions(t, p, svc.ID, api.PermissionDraft{Permission: gone.Permission})[0]
	require.NotEqual(t, gone.ID, again.ID)
	require.Len(t, entries(t, p, svc.ID, api.PermissionQuery{}), 2)
	require.Equal(t, 2, getService(t, p, svc.ID).Permissions)
	require.Contains(t, actions(t, p, api.KindPermission, svc.ID), "expire")
}

func whitelistFiltered(t *testing.T, p Plane) {
	svc := createService(t, p, ServiceDraft("mirror"))
	all := permissionsOf(addPermissions(t, p, svc.ID,
		api.PermissionDraft{Permission: "iam:domain::6e9dAB", Description: "Build Farm"},
		api.PermissionDraft{Permission: "iam:domain::6e9dcd", Description: "50% of_it", Expires: time.Now().Add(time.Hour)},
		api.PermissionDraft{Permission: api.Everyone, Description: "Ärger 构建", Expires: time.Now().Add(30 * 24 * time.Hour)}))
	for _, c := range []struct {
		query api.PermissionQuery
		want  []string
	}{
		{api.PermissionQuery{}, all},
		{api.PermissionQuery{Permission: "iam:domain::6e9d"}, all[:2]},
		{api.PermissionQuery{Permission: "6e9dAB"}, all[:1]},
		{api.PermissionQuery{Permission: "6e9dab"}, []string{}},
		{api.PermissionQuery{Permission: "*"}, all[2:]},
		{api.PermissionQuery{Permission: "Build"}, []string{}},
		{api.PermissionQuery{Permission: "6e9d%"}, []string{}},
		{api.PermissionQuery{Search: "6E9DaB"}, all[:1]},
		{api.PermissionQuery{Search: "build"}, all[:1]},
		{api.PermissionQuery{Search: "ÄRGER"}, all[2:]},
		{api.PermissionQuery{Search: "构"}, all[2:]},
		{api.PermissionQuery{Search: "% OF_"}, all[1:2]},
		{api.PermissionQuery{Search: "50_"}, []string{}},
		{api.PermissionQuery{Search: `"build" OR farm`}, []string{}},
		{api.PermissionQuery{Expiring: true}, all[1:2]},
		{api.PermissionQuery{Only: []string{all[0], all[2], "iam:domain::6e9d", "\x00", ""}}, []string{all[0], all[2]}},
		{api.PermissionQuery{Only: []string{"\xff"}}, []string{}},
		{api.PermissionQuery{Search: "6e9d", Permission: "cd", Expiring: true}, all[1:2]},
	} {
		require.Equal(t, c.want, entries(t, p, svc.ID, c.query), "%+v", c.query)
	}
}

func whitelistPages(t *testing.T, p Plane) {
	svc := createService(t, p, ServiceDraft("mirror"))
	drafts := PermissionDrafts(7)
	for i := range drafts {
		drafts[i].Expires = time.Now().Add(time.Duration(len(drafts)-i) * time.Hour)
	}
	drafts[0].Expires = time.Time{}
	added := permissionsOf(addPermissions(t, p, svc.ID, drafts...))
	byExpiry := slices.Clone(added)
	slices.Reverse(byExpiry)
	for sort, want := range map[string][]string{
		"": added, "created": added, "updated": added, "permission": added, "nonsense": added, "expires": byExpiry,
	} {
		require.Equal(t, want, walkWhitelist(t, p, svc.ID, api.PermissionQuery{Sort: sort, Limit: 3}), sort)
		back := slices.Clone(want)
		slices.Reverse(back)
		require.Equal(t, back, walkWhitelist(t, p, svc.ID, api.PermissionQuery{Sort: sort, Desc: true, Limit: 3}), sort)
	}
	require.Equal(t, added, entries(t, p, svc.ID, api.PermissionQuery{Cursor: "nonsense"}))
}

func walkWhitelist(t *testing.T, p Plane, service string, q api.PermissionQuery) []string {
	t.Helper()
	return walkPages(t, q.Limit, func(cursor string) (api.Page[api.Permission], error) {
		q.Cursor = cursor
		return p.Service.ListPermissions(t.Context(), p.Mine, service, q)
	}, func(item *api.Permission) string { return item.Permission })
}

func whitelistOffset(t *testing.T, p Plane) {
	svc, added := whitelisted(t, p, 5)
	all := permissionsOf(added)
	for offset, want := range map[int][]string{0: all[:2], 2: all[2:4], 4: all[4:], 5: {}, 500: {}} {
		require.Equal(t, want, entries(t, p, svc.ID, api.PermissionQuery{Offset: offset, Limit: 2}), offset)
	}
}

func whitelistSearched(t *testing.T, p Plane) {
	svc := createService(t, p, ServiceDraft("mirror"))
	other := createService(t, p, ServiceDraft("other"))
	var all []string
	for batch := range slices.Chunk(PermissionDrafts(1200), api.MaxBatch) {
		all = append(all, permissionsOf(addPermissions(t, p, svc.ID, batch...))...)
		addPermissions(t, p, other.ID, batch...)
	}
	require.Equal(t, all[:50], entries(t, p, svc.ID, api.PermissionQuery{Search: "Customer", Limit: 50}))
	require.Equal(t, all[1199:], entries(t, p, svc.ID, api.PermissionQuery{Search: "customer 1199"}))
	require.Equal(t, all[1199:], entries(t, p, svc.ID, api.PermissionQuery{Search: strings.ToUpper(Account(1199)[20:])}))
	require.Equal(t, all[1199:], entries(t, p, svc.ID, api.PermissionQuery{Permission: Account(1199)[20:]}))
	require.Equal(t, all[17:18], entries(t, p, svc.ID, api.PermissionQuery{Search: " 17", Limit: 1}))
	var short []string
	for _, d := range PermissionDrafts(1200) {
		if strings.Contains(d.Permission+d.Description, "99") {
			short = append(short, d.Permission)
		}
	}
	require.Equal(t, short, entries(t, p, svc.ID, api.PermissionQuery{Search: "99", Limit: 200}))
	require.Empty(t, entries(t, p, svc.ID, api.PermissionQuery{Search: "customer 1200"}))
	for n := 100; n <= 100_000; n *= 10 {
		for _, letter := range []string{"a", "%", "构"} {
			require.Empty(t, entries(t, p, svc.ID, api.PermissionQuery{Search: strings.Repeat(letter, n)}))
			require.Empty(t, entries(t, p, svc.ID, api.PermissionQuery{Permission: strings.Repeat(letter, n)}))
		}
	}
	long := PermissionDrafts(1201)[1200]
	long.Description = strings.Repeat("构建 %_Ä", api.MaxPermissionText/6)
	addPermissions(t, p, svc.ID, long)
	whole := strings.ToUpper(long.Permission + "\n" + long.Description)
	require.Equal(t, []string{long.Permission}, entries(t, p, svc.ID, api.PermissionQuery{Search: whole}))
	require.Empty(t, entries(t, p, svc.ID, api.PermissionQuery{Search: whole + "x"}))
	n, err := p.Service.CountPermissions(t.Context(), p.Mine, svc.ID, api.PermissionQuery{Search: "customer"})
	require.NoError(t, err)
	require.Equal(t, 1200, n)
	last := walkWhitelist(t, p, svc.ID, api.PermissionQuery{Search: "customer 119", Limit: 4})
	require.Equal(t, append(slices.Clone(all[119:120]), all[1190:]...), last)
}
