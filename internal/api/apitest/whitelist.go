package apitest

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"switchboard/internal/api"
)

// Reason is long enough to open a service to everyone.
const Reason = "public mirror, agreed with the network team"

// Account is an account id as the cloud makes them, a different one for each n.
func Account(n int) string { return fmt.Sprintf("4dbb0ce8766f44a9bfd08ccf%08x", n) }

// PermissionDrafts are n well-formed entries.
func PermissionDrafts(n int) []api.PermissionDraft {
	drafts := make([]api.PermissionDraft, n)
	for i := range drafts {
		drafts[i] = api.PermissionDraft{Permission: api.AccountPrefix + Account(i), Description: fmt.Sprintf("customer %d", i)}
	}
	return drafts
}

// What not every Service does with whitelists and endpoints.
const (
	// AtOnce says that a change takes no time to speak of.
	AtOnce Ability = "at once"
	// StopsAtOnce says that nothing is added any more once an addition is cancelled.
	StopsAtOnce Ability = "stops at once"
	// TellsNetworks says that connections are found by the network that they come from.
	TellsNetworks Ability = "tells networks"
)

// Whitelist says what endpoint services, their whitelists and their connections
// are like in any Service. open returns an empty one that works in the
// background, with a Guest.
func Whitelist(t *testing.T, open func(t *testing.T) Plane) {
	for _, tests := range []map[string]func(*testing.T, Plane){
		serviceTests, permissionTests, entryTests, permissionListTests, additionTests, endpointTests,
	} {
		for name, test := range tests {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				test(t, open(t))
			})
		}
	}
}

var permissionTests = map[string]func(*testing.T, Plane){
	"entries are added in the order of the batch":              batchInOrder,
	"all that is wrong with a batch is said at once":           batchProblems,
	"a batch with an entry that is there already adds nothing": batchPresent,
	"a batch may repeat what is there, if it says so":          batchRepeats,
	"a batch of nothing, or of too much, is refused":           batchSizes,
	"drafts are judged as a batch would be":                    judged,
	"of two batches with the same entries one is added":        batchesRace,
	"to open a service takes its name and a reason":            openToEveryone,
	"a service stays open longer only if that is confirmed":    openLonger,
	"who may connect, and by which entry":                      whoMayConnect,
	"entries of another project are not found":                 foreignWhitelist,
	"a whitelist holds only what a database can":               unstorableWhitelist,
}

// whitelisted makes a service with n entries.
func whitelisted(t *testing.T, p Plane, n int) (api.EndpointService, []api.Permission) {
	t.Helper()
	svc := createService(t, p, ServiceDraft("mirror"))
	if n == 0 {
		return svc, nil
	}
	return svc, addPermissions(t, p, svc.ID, PermissionDrafts(n)...)
}

func addPermissions(t *testing.T, p Plane, service string, drafts ...api.PermissionDraft) []api.Permission {
	t.Helper()
	added, err := p.Service.AddPermissions(t.Context(), p.Mine, service, api.PermissionBatch{Entries: drafts, Everyone: true})
	require.NoError(t, err)
	return added
}

// entries are the permissions of a whitelist as a query lists them.
func entries(t *testing.T, p Plane, service string, q api.PermissionQuery) []string {
	t.Helper()
	page, err := p.Service.ListPermissions(t.Context(), p.Mine, service, q)
	require.NoError(t, err)
	n, err := p.Service.CountPermissions(t.Context(), p.Mine, service, q)
	require.NoError(t, err)
	if page.Next == "" && page.Prev == "" && q.Offset == 0 {
		require.Equal(t, n, len(page.Items), "the count is that of the list")
	}
	return permissionsOf(page.Items)
}

func permissionsOf(items []api.Permission) []string {
	found := make([]string, len(items))
	for i, item := range items {
		found[i] = item.Permission
	}
	return found
}

// whitelistChanges lists what was done to a whitelist, newest first.
func whitelistChanges(t *testing.T, p Plane, service string) []api.Change {
	t.Helper()
	changes, err := p.Service.Changes(t.Context(), p.Mine, api.KindPermission, service, "", 50)
	require.NoError(t, err)
	return changes
}

func batchInOrder(t *testing.T, p Plane) {
	svc := createService(t, p, ServiceDraft("mirror"))
	soon := time.Now().Add(time.Hour).UTC().Truncate(time.Microsecond)
	drafts := []api.PermissionDraft{
		{Permission: "iam:domain::zeta-9", Description: "批量添加"},
		{Permission: api.Everyone, Description: "all"},
		{Permission: "iam:domain::4dbb0ce8766f44a9bfd08ccf8fc023971", Expires: soon},
	}
	added := addPermissions(t, p, svc.ID, drafts...)
	for i, d := range drafts {
		require.Equal(t, d.Permission, added[i].Permission)
		require.Equal(t, d.Description, added[i].Description)
		require.Equal(t, d.Expires, added[i].Expires)
		require.Equal(t, p.Mine.Actor.User, added[i].Created.By)
		if i > 0 {
			require.Greater(t, added[i].ID, added[i-1].ID)
		}
		one, err := p.Service.Permission(t.Context(), p.Mine, svc.ID, added[i].ID)
		require.NoError(t, err)
		require.Equal(t, added[i], one)
	}
	require.Equal(t, permissionsOf(added), entries(t, p, svc.ID, api.PermissionQuery{}))

	stored := getService(t, p, svc.ID)
	require.Equal(t, 3, stored.Permissions)
	require.Equal(t, 1, stored.Expiring)
	require.Equal(t, added[1], *stored.Everyone)
	require.Equal(t, svc.Version, stored.Version, "an edit form that is open meanwhile is not disturbed")

	changes := whitelistChanges(t, p, svc.ID)
	require.Equal(t, []string{"add", "open"}, actions(t, p, api.KindPermission, svc.ID), "that everyone may connect is said apart")
	require.Equal(t, p.Mine.Actor, changes[0].Actor)
	for i, d := range drafts {
		require.Equal(t, i != 1, strings.Contains(string(changes[0].After), `"`+d.Permission+`"`))
		require.Equal(t, i == 1, strings.Contains(string(changes[1].After), `"`+d.Permission+`"`))
	}
}

func batchProblems(t *testing.T, p Plane) {
	svc, _ := whitelisted(t, p, 0)
	long := make([]byte, 257)
	for i := range long {
		long[i] = 'x'
	}
	batch := api.PermissionBatch{Entries: []api.PermissionDraft{
		{Permission: "iam:domain::good"},
		{Permission: "4dbb0ce8766f44a9bfd08ccf8fc02397"},
		{Permission: "iam:domain::*"},
		{Permission: "organizations:orgPath::1234"},
		{Permission: "iam:domain::good", Description: "a <b>"},
		{Permission: api.Everyone, Expires: time.Now().Add(-time.Second)},
		{Permission: "", Description: string(long)},
		{Permission: "iam:domain::later", Expires: time.Now().AddDate(11, 0, 0)},
	}}
	_, err := p.Service.AddPermissions(t.Context(), p.Mine, svc.ID, batch)
	requireCode(t, err, api.Invalid)
	require.Equal(t, []string{
		"permissions.1.permission permission.prefix_missing",
		"permissions.2.permission permission.every_account",
		"permissions.3.permission permission.organization",
		"permissions.4.permission permission.twice",
		"permissions.4.description vpcep.description_brackets",
		"permissions.5.permission permission.everyone_apart",
		"permissions.5.expires permission.expires_past",
		"permissions.6.permission permission.required",
		"permissions.6.description vpcep.description_too_long",
		"permissions.7.expires permission.expires_far",
	}, paths(err))
	require.Equal(t, 1, err.(*api.Error).Problems[3].Message.Args["line"]) //nolint:errorlint // services return it as it is
	require.Empty(t, entries(t, p, svc.ID, api.PermissionQuery{}))
	require.Empty(t, whitelistChanges(t, p, svc.ID))
}

func batchPresent(t *testing.T, p Plane) {
	svc, added := whitelisted(t, p, 3)
	_, err := p.Service.AddPermissions(t.Context(), p.Mine, svc.ID, api.PermissionBatch{Entries: []api.PermissionDraft{
		{Permission: "iam:domain::new"}, {Permission: added[1].Permission},
	}})
	requireCode(t, err, api.Conflict)
	require.Equal(t, []string{"permissions.1.permission permission.present"}, paths(err))
	require.Contains(t, err.(*api.Error).Message.Args, "permission") //nolint:errorlint // services return it as it is
	require.Len(t, entries(t, p, svc.ID, api.PermissionQuery{}), 3)
	require.Equal(t, 3, getService(t, p, svc.ID).Permissions)

	batch := api.PermissionBatch{Entries: []api.PermissionDraft{
		{Permission: added[0].Permission}, {Permission: "nonsense!\x00"}, {Permission: added[1].Permission, Description: "a <b>"},
		{Permission: "iam:domain::new"},
	}}
	_, err = p.Service.AddPermissions(t.Context(), p.Mine, svc.ID, batch)
	requireCode(t, err, api.Invalid)
	require.Equal(t, []string{
		"permissions.0.permission permission.present", "permissions.1.permission permission.form",
		"permissions.2.permission permission.present", "permissions.2.description vpcep.description_brackets",
	}, paths(err), "all that is wrong is said at once")
	batch.Repeat = true
	_, err = p.Service.AddPermissions(t.Context(), p.Mine, svc.ID, batch)
	require.Equal(t, []string{"permissions.1.permission permission.form", "permissions.2.description vpcep.description_brackets"}, paths(err))
}

func batchRepeats(t *testing.T, p Plane) {
	svc, before := whitelisted(t, p, 3)
	added, err := p.Service.AddPermissions(t.Context(), p.Mine, svc.ID, api.PermissionBatch{Repeat: true, Entries: []api.PermissionDraft{
		{Permission: "iam:domain::new"}, {Permission: before[1].Permission, Description: "other"}, {Permission: "iam:domain::new"},
	}})
	require.NoError(t, err)
	require.Equal(t, []string{"iam:domain::new"}, permissionsOf(added))
	left, err := p.Service.Permission(t.Context(), p.Mine, svc.ID, before[1].ID)
	require.NoError(t, err)
	require.Equal(t, before[1], left)
	require.Equal(t, 4, getService(t, p, svc.ID).Permissions)

	_, err = p.Service.AddPermissions(t.Context(), p.Mine, svc.ID, api.PermissionBatch{Repeat: true, Entries: PermissionDrafts(3)})
	require.NoError(t, err)
	require.Len(t, whitelistChanges(t, p, svc.ID), 2, "where nothing changed nothing is written down")
}

func batchSizes(t *testing.T, p Plane) {
	svc, _ := whitelisted(t, p, 0)
	_, err := p.Service.AddPermissions(t.Context(), p.Mine, svc.ID, api.PermissionBatch{})
	requireCode(t, err, api.Invalid)
	_, err = p.Service.AddPermissions(t.Context(), p.Mine, svc.ID, api.PermissionBatch{Entries: PermissionDrafts(api.MaxBatch + 1)})
	requireCode(t, err, api.Limit)
	require.Len(t, addPermissions(t, p, svc.ID, PermissionDrafts(api.MaxBatch)...), api.MaxBatch)
}

func judged(t *testing.T, p Plane) {
	svc, added := whitelisted(t, p, 2)
	verdicts, err := p.Service.JudgePermissions(t.Context(), p.Mine, svc.ID, []api.PermissionDraft{
		{Permission: "iam:domain::new"},
		{Permission: added[0].Permission},
		{Permission: "iam:domain::new"},
		{Permission: api.Everyone},
		{Permission: api.AccountPrefix + svc.Account},
		{Permission: "nonsense!", Description: "a\nb", Expires: time.Now().Add(-time.Hour)},
	})
	require.NoError(t, err)
	keys := make([]string, len(verdicts))
	for i, v := range verdicts {
		keys[i] = v.Permission.Key + v.Note.Key
		require.Equal(t, i == 0 || i == 4, v.Fine())
	}
	require.Equal(t, []string{
		"", "permission.present", "permission.twice", "permission.everyone_apart", "permission.own_account", "permission.form",
	}, keys)
	require.Equal(t, "vpcep.description_control", verdicts[5].Description.Key)
	require.Equal(t, "permission.expires_past", verdicts[5].Expires.Key)
	require.Len(t, entries(t, p, svc.ID, api.PermissionQuery{}), 2)

	_, err = p.Service.JudgePermissions(t.Context(), p.Mine, svc.ID, make([]api.PermissionDraft, api.MaxAddition+1))
	requireCode(t, err, api.Limit)
}

func batchesRace(t *testing.T, p Plane) {
	svc, _ := whitelisted(t, p, 0)
	const racers = 6
	results := make(chan error, racers)
	for range racers {
		go func() {
			_, err := p.Service.AddPermissions(t.Context(), p.Mine, svc.ID, api.PermissionBatch{Entries: PermissionDrafts(20)})
			results <- err
		}()
	}
	won := 0
	for range racers {
		if err := <-results; err == nil {
			won++
		} else {
			requireCode(t, err, api.Conflict)
		}
	}
	require.Equal(t, 1, won)
	require.Len(t, entries(t, p, svc.ID, api.PermissionQuery{}), 20)
	require.Len(t, whitelistChanges(t, p, svc.ID), 1)
}

func openToEveryone(t *testing.T, p Plane) {
	svc, _ := whitelisted(t, p, 1)
	_, err := p.Service.OpenToEveryone(t.Context(), p.Mine, svc.ID, api.EveryoneDraft{
		Confirm: svc.ShortName, Reason: "because", Expires: time.Now().Add(-time.Minute),
	})
	requireCode(t, err, api.Invalid)
	require.Equal(t, []string{"confirm permission.confirm", "reason permission.reason_short", "expires permission.expires_past"}, paths(err))
	require.Nil(t, getService(t, p, svc.ID).Everyone)

	draft := api.EveryoneDraft{Confirm: svc.Name, Reason: Reason, Expires: time.Now().Add(time.Hour)}
	opened, err := p.Service.OpenToEveryone(t.Context(), p.Mine, svc.ID, draft)
	require.NoError(t, err)
	require.Equal(t, api.Everyone, opened.Permission)
	require.Equal(t, Reason, opened.Reason)
	require.Equal(t, opened, *getService(t, p, svc.ID).Everyone)
	change := whitelistChanges(t, p, svc.ID)[0]
	require.Equal(t, "open", change.Action)
	require.Contains(t, string(change.After), Reason)
	removeEntries(t, p, svc.ID, []string{opened.ID})
	require.Nil(t, getService(t, p, svc.ID).Everyone)
}

func openLonger(t *testing.T, p Plane) {
	svc, _ := whitelisted(t, p, 1)
	draft := api.EveryoneDraft{Confirm: svc.Name, Reason: Reason, Expires: time.Now().Add(time.Hour)}
	opened, err := p.Service.OpenToEveryone(t.Context(), p.Mine, svc.ID, draft)
	require.NoError(t, err)
	for _, longer := range []time.Time{{}, opened.Expires.Add(time.Second)} {
		_, err = p.Service.ChangePermission(t.Context(), p.Mine, svc.ID, opened.ID, renew(longer))
		requireCode(t, err, api.Invalid)
		require.Equal(t, []string{"expires permission.everyone_longer"}, paths(err))
	}
	require.Equal(t, opened, *getService(t, p, svc.ID).Everyone)
	sooner, err := p.Service.ChangePermission(t.Context(), p.Mine, svc.ID, opened.ID, renew(opened.Expires.Add(-time.Minute)))
	require.NoError(t, err)
	require.True(t, sooner.Expires.Before(opened.Expires))

	draft.Expires, draft.Reason = time.Time{}, "the mirror is public for good now"
	again, err := p.Service.OpenToEveryone(t.Context(), p.Mine, svc.ID, draft)
	require.NoError(t, err)
	require.Equal(t, opened.ID, again.ID)
	require.Equal(t, draft.Reason, again.Reason)
	require.Zero(t, again.Expires)
	require.Equal(t, again, *getService(t, p, svc.ID).Everyone)
	require.Equal(t, 2, getService(t, p, svc.ID).Permissions)
	change := whitelistChanges(t, p, svc.ID)[0]
	require.Equal(t, "open", change.Action)
	require.Contains(t, string(change.Before), Reason)
	require.Contains(t, string(change.After), draft.Reason)
	draft.Confirm = ""
	_, err = p.Service.OpenToEveryone(t.Context(), p.Mine, svc.ID, draft)
	requireCode(t, err, api.Invalid)

	end := time.Now().Add(time.Hour)
	_, err = p.Service.ChangePermission(t.Context(), p.Mine, svc.ID, opened.ID, renew(end))
	require.NoError(t, err, "what never ended may end")
}

func whoMayConnect(t *testing.T, p Plane) {
	svc, added := whitelisted(t, p, 2)
	ask := func(account string) api.Access {
		access, err := p.Service.WhoMayConnect(t.Context(), p.Mine, svc.ID, account)
		require.NoError(t, err)
		return access
	}
	require.Equal(t, api.Access{Account: svc.Account, Allowed: true, Owner: true, Approval: true}, ask(svc.Account))
	require.Equal(t, api.Access{Account: Account(1), Allowed: true, By: &added[1], Approval: true}, ask(api.AccountPrefix+Account(1)))
	require.Equal(t, api.Access{Account: "stranger", Approval: true}, ask(" stranger "))

	everyone := addPermissions(t, p, svc.ID, api.PermissionDraft{Permission: api.Everyone})[0]
	require.Equal(t, &everyone, ask("stranger").By)
	require.Equal(t, &added[0], ask(Account(0)).By, "its own entry before that of everyone")
	for _, text := range []string{"", "*", "iam:domain::", "a b", "-a", "\x00"} {
		_, err := p.Service.WhoMayConnect(t.Context(), p.Mine, svc.ID, text)
		require.Equal(t, []string{"account permission.account_form"}, paths(err), "%q", text)
	}
}

func foreignWhitelist(t *testing.T, p Plane) {
	svc, added := whitelisted(t, p, 1)
	second := createService(t, p, ServiceDraft("second"))
	id := added[0].ID
	for _, c := range []struct {
		scope   api.Scope
		service string
	}{{p.Other, svc.ID}, {p.Guest, svc.ID}, {p.Mine, second.ID}} {
		_, err := p.Service.Permission(t.Context(), c.scope, c.service, id)
		requireCode(t, err, api.NotFound)
		_, err = p.Service.ChangePermission(t.Context(), c.scope, c.service, id, describe("mine now"))
		requireCode(t, err, api.NotFound)
		_, err = p.Service.ChangePermission(t.Context(), c.scope, c.service, id, renew(time.Time{}))
		requireCode(t, err, api.NotFound)
		for _, repeat := range []bool{false, true} {
			removed, err := p.Service.RemovePermissions(t.Context(), c.scope, c.service, api.PermissionRemoval{IDs: []string{id}, Repeat: repeat})
			require.Empty(t, removed)
			require.Equal(t, repeat && c.service == second.ID, err == nil)
		}
	}
	for _, s := range []api.Scope{p.Other, p.Guest} {
		_, err := p.Service.ListPermissions(t.Context(), s, svc.ID, api.PermissionQuery{})
		requireCode(t, err, api.NotFound)
		_, err = p.Service.CountPermissions(t.Context(), s, svc.ID, api.PermissionQuery{})
		requireCode(t, err, api.NotFound)
		_, err = p.Service.JudgePermissions(t.Context(), s, svc.ID, PermissionDrafts(1))
		requireCode(t, err, api.NotFound)
		_, err = p.Service.AddPermissions(t.Context(), s, svc.ID, api.PermissionBatch{Entries: PermissionDrafts(2)})
		requireCode(t, err, api.NotFound)
		_, err = p.Service.OpenToEveryone(t.Context(), s, svc.ID, api.EveryoneDraft{Confirm: svc.Name, Reason: Reason})
		requireCode(t, err, api.NotFound)
		_, err = p.Service.WhoMayConnect(t.Context(), s, svc.ID, "a")
		requireCode(t, err, api.NotFound)
		_, err = p.Service.StartAddition(t.Context(), s, svc.ID, PermissionDrafts(2))
		requireCode(t, err, api.NotFound)
	}
	require.Equal(t, permissionsOf(added), entries(t, p, svc.ID, api.PermissionQuery{}))
}

func unstorableWhitelist(t *testing.T, p Plane) {
	svc, added := whitelisted(t, p, 1)
	for _, text := range []string{"\x00", "a\x00b", "\xff\xfe"} {
		_, err := p.Service.AddPermissions(t.Context(), p.Mine, svc.ID, api.PermissionBatch{
			Entries: []api.PermissionDraft{{Permission: "iam:domain::" + text, Description: text}},
		})
		requireCode(t, err, api.Invalid)
		_, err = p.Service.OpenToEveryone(t.Context(), p.Mine, svc.ID, api.EveryoneDraft{Confirm: svc.Name, Reason: Reason + text})
		requireCode(t, err, api.Invalid)
		_, err = p.Service.ChangePermission(t.Context(), p.Mine, svc.ID, added[0].ID, describe(text))
		requireCode(t, err, api.Invalid)
		_, err = p.Service.Permission(t.Context(), p.Mine, svc.ID, text)
		requireCode(t, err, api.NotFound)
		refuseRemoval(t, p, svc.ID, []string{text}, api.NotFound)
		require.Empty(t, entries(t, p, svc.ID, api.PermissionQuery{Search: text}))
		require.Empty(t, entries(t, p, svc.ID, api.PermissionQuery{Permission: text}))
		_, err = p.Service.JudgePermissions(t.Context(), p.Mine, text, nil)
		requireCode(t, err, api.NotFound)
		_, err = p.Service.Addition(t.Context(), p.Mine, svc.ID, text)
		requireCode(t, err, api.NotFound)
		_, err = p.Service.EndpointService(t.Context(), p.Mine, text)
		requireCode(t, err, api.NotFound)
		_, err = p.Service.DescribeEndpointService(t.Context(), p.Mine, text, text)
		requireCode(t, err, api.NotFound)
		_, err = p.Service.AcceptConnection(t.Context(), p.Mine, svc.ID, text)
		requireCode(t, err, api.NotFound)
		_, err = p.Service.Endpoint(t.Context(), p.Mine, text)
		requireCode(t, err, api.NotFound)
	}
}
