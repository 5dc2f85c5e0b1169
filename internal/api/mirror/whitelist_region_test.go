package mirror_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"switchboard/internal/api"
	"switchboard/internal/api/apitest"
	"switchboard/internal/api/store"
)

// eachTown runs a test in a town on each database.
func eachTown(t *testing.T, test func(t *testing.T, h *here)) {
	t.Helper()
	t.Parallel()
	apitest.EachFresh(t, func(t *testing.T, open func(t *testing.T) *store.DB) {
		test(t, guestTown(t, open(t)))
	})
}

// offer makes a service here that lives in the region.
func (h *here) offer(t *testing.T) api.EndpointService {
	t.Helper()
	svc, err := h.mirror.CreateEndpointService(t.Context(), mine, apitest.ServiceDraft("mirror"))
	require.NoError(t, err)
	return svc
}

// let puts entries on a whitelist here.
func (h *here) let(t *testing.T, service string, drafts ...api.PermissionDraft) []api.Permission {
	t.Helper()
	added, err := h.mirror.AddPermissions(t.Context(), mine, service, api.PermissionBatch{Entries: drafts, Everyone: true})
	require.NoError(t, err)
	return added
}

// entriesThere are those of a whitelist as the region has it.
func (h *here) entriesThere(t *testing.T, service string) map[string]string {
	t.Helper()
	page, err := h.there.plane.ListPermissions(t.Context(), h.there.mine, service, api.PermissionQuery{Limit: api.MaxWirePage})
	require.NoError(t, err)
	found := map[string]string{}
	for _, e := range page.Items {
		found[e.Permission] = e.Description
	}
	return found
}

// changesHere are the actions that the log has of something, newest first, and their ways.
func (h *here) changesHere(t *testing.T, kind api.Kind, id string) (all []string) {
	t.Helper()
	changes, err := h.mirror.Changes(t.Context(), mine, kind, id, "", 50)
	require.NoError(t, err)
	for _, c := range changes {
		all = append(all, c.Action+" "+string(c.Actor.Way))
	}
	return all
}

func TestServicesOfARegionAreTakenOver(t *testing.T) {
	eachTown(t, func(t *testing.T, h *here) {
		there := h.there
		svc, err := there.plane.CreateEndpointService(t.Context(), there.mine, apitest.ServiceDraft("outside"))
		require.NoError(t, err)
		found, err := h.mirror.EndpointService(t.Context(), mine, svc.ID)
		require.NoError(t, err)
		require.Equal(t, svc.Name, found.Name)
		require.Equal(t, svc.Account, found.Account, "its account is the one that it has in the region")
		require.Equal(t, svc.Tags, found.Tags)

		d := apitest.ServiceDraft("renamed")
		d.ID, d.Approval = svc.ID, false
		renamed, err := there.plane.UpdateEndpointService(t.Context(), there.mine, d)
		require.NoError(t, err)
		found, err = h.mirror.EndpointService(t.Context(), mine, svc.ID)
		require.NoError(t, err)
		require.Equal(t, renamed.Name, found.Name)
		require.False(t, found.Approval)
		require.EqualValues(t, 2, found.Version)

		require.NoError(t, there.plane.DeleteEndpointService(t.Context(), there.mine, svc.ID, 0))
		_, err = h.mirror.EndpointService(t.Context(), mine, svc.ID)
		require.Equal(t, api.NotFound, api.CodeOf(err))
		require.Equal(t, []string{"delete region", "update region", "create region"}, h.changesHere(t, api.KindEndpointService, svc.ID))
	})
}

func TestAWhitelistOfARegionIsTakenOver(t *testing.T) {
	eachTown(t, func(t *testing.T, h *here) {
		svc := h.offer(t)
		end := time.Now().Add(time.Hour).UTC().Truncate(time.Microsecond)
		kept := h.let(t, svc.ID, api.PermissionDraft{Permission: "iam:domain::kept", Description: "ours", Expires: end},
			api.PermissionDraft{Permission: "iam:domain::goes"})
		there := h.there
		require.Equal(t, map[string]string{"iam:domain::kept": "ours", "iam:domain::goes": ""}, h.entriesThere(t, svc.ID))
		_, err := there.plane.AddPermissions(t.Context(), there.mine, svc.ID, api.PermissionBatch{
			Entries: []api.PermissionDraft{{Permission: "iam:domain::new", Description: "theirs"}, {Permission: api.Everyone}}, Everyone: true,
		})
		require.NoError(t, err)
		_, err = there.plane.RemovePermissions(t.Context(), there.mine, svc.ID, api.PermissionRemoval{IDs: []string{kept[1].ID}})
		require.NoError(t, err)
		_, err = there.plane.ChangePermission(t.Context(), there.mine, svc.ID, kept[0].ID, api.PermissionChange{Description: new("changed")})
		require.NoError(t, err)

		page, err := h.mirror.ListPermissions(t.Context(), mine, svc.ID, api.PermissionQuery{Sort: "permission"})
		require.NoError(t, err)
		require.Len(t, page.Items, 3)
		require.Equal(t, api.Everyone, page.Items[0].Permission)
		require.Equal(t, "changed", page.Items[1].Description)
		require.Equal(t, end, page.Items[1].Expires, "when an entry ends is known here alone")
		require.Equal(t, "theirs", page.Items[2].Description)
		require.Equal(t, []string{"add region", "open region", "describe region", "remove region", "add page"},
			h.changesHere(t, api.KindPermission, svc.ID))
		found, err := h.mirror.EndpointService(t.Context(), mine, svc.ID)
		require.NoError(t, err)
		require.Equal(t, 3, found.Permissions)
		require.NotNil(t, found.Everyone)
	})
}

func TestALongWhitelistOfARegionIsReadWhole(t *testing.T) {
	eachTown(t, func(t *testing.T, h *here) {
		svc := h.offer(t)
		exec(t, h.there.db, "UPDATE endpoint_services SET entries = 1100 WHERE id = ?", svc.ID)
		for _, d := range apitest.PermissionDrafts(1100) {
			exec(t, h.there.db, "INSERT INTO permissions VALUES (?, ?, ?, '', '', '', 9223372036854775807, 1, '', 1, '')",
				store.NewID(), svc.ID, d.Permission)
		}
		n, err := h.mirror.CountPermissions(t.Context(), mine, svc.ID, api.PermissionQuery{})
		require.NoError(t, err)
		require.Equal(t, 1100, n)
		changes := h.changesHere(t, api.KindPermission, svc.ID)
		require.Equal(t, []string{"add region", "add region"}, changes, "in parts that can be shown and taken back")
	})
}

// A change that is allowed to be made twice is made where it is not, whatever was changed
// over there meanwhile.
func TestEntriesAreAddedAndRemovedTwiceInARegion(t *testing.T) {
	eachTown(t, func(t *testing.T, h *here) {
		svc := h.offer(t)
		added := h.let(t, svc.ID, apitest.PermissionDrafts(3)...)
		there := h.there
		_, err := there.plane.AddPermissions(t.Context(), there.mine, svc.ID, api.PermissionBatch{Entries: []api.PermissionDraft{{Permission: "iam:domain::theirs"}}})
		require.NoError(t, err)
		both := api.PermissionBatch{Entries: []api.PermissionDraft{{Permission: "iam:domain::theirs"}, {Permission: "iam:domain::ours"}}, Repeat: true}
		made, err := h.mirror.AddPermissions(t.Context(), mine, svc.ID, both)
		require.NoError(t, err)
		require.Len(t, made, 1)
		require.Equal(t, "iam:domain::ours", made[0].Permission)

		_, err = there.plane.RemovePermissions(t.Context(), there.mine, svc.ID, api.PermissionRemoval{IDs: []string{added[0].ID}})
		require.NoError(t, err)
		removed, err := h.mirror.RemovePermissions(t.Context(), mine, svc.ID, api.PermissionRemoval{IDs: []string{added[0].ID, added[1].ID}, Repeat: true})
		require.NoError(t, err)
		require.Len(t, removed, 1)
		require.Len(t, h.entriesThere(t, svc.ID), 3)
	})
}

func TestWhatExpiresIsRemovedFromItsRegion(t *testing.T) {
	eachTown(t, func(t *testing.T, h *here) {
		svc := h.offer(t)
		end := time.Now().Add(6 * time.Second)
		gone := h.let(t, svc.ID, api.PermissionDraft{Permission: "iam:domain::stays"}, api.PermissionDraft{Permission: "iam:domain::goes", Expires: end},
			api.PermissionDraft{Permission: "iam:domain::gone", Expires: end})
		_, err := h.there.plane.RemovePermissions(t.Context(), h.there.mine, svc.ID, api.PermissionRemoval{IDs: []string{gone[2].ID}})
		require.NoError(t, err)
		require.Eventually(t, func() bool { return len(h.entriesThere(t, svc.ID)) == 1 }, time.Minute, 50*time.Millisecond)
		require.Eventually(t, func() bool { return h.changesHere(t, api.KindPermission, svc.ID)[0] == "expire job" }, time.Minute, 50*time.Millisecond)
		access, err := h.mirror.WhoMayConnect(t.Context(), mine, svc.ID, "goes")
		require.NoError(t, err)
		require.False(t, access.Allowed)
	})
}

func TestAnAdditionSaysWhatItsRegionRefused(t *testing.T) {
	eachTown(t, func(t *testing.T, h *here) {
		svc := h.offer(t)
		drafts := apitest.PermissionDrafts(120)
		_, err := h.mirror.CountPermissions(t.Context(), mine, svc.ID, api.PermissionQuery{})
		require.NoError(t, err)
		there := h.there
		_, err = there.plane.AddPermissions(t.Context(), there.mine, svc.ID, api.PermissionBatch{Entries: drafts[60:61]})
		require.NoError(t, err)
		addition, err := h.plane.StartAddition(t.Context(), mine, svc.ID, drafts)
		require.NoError(t, err, "that it is there already nobody here knows yet")
		ended := apitest.AdditionEnds(t, h.Plane, svc.ID, addition.ID)
		require.Equal(t, 119, ended.Added)
		require.Len(t, ended.Refused, 1)
		require.Equal(t, drafts[60].Permission, ended.Refused[0].Draft.Permission)
		require.Len(t, h.entriesThere(t, svc.ID), 120)
	})
}

// An endpoint leads to whatever its region has, also if nobody here knows that.
func TestAnEndpointLeadsToAServiceOfNobodyHere(t *testing.T) {
	eachTown(t, func(t *testing.T, h *here) {
		there := h.there
		stranger := strings.Repeat("8", 32)
		exec(t, there.db, "INSERT INTO projects (id, account_id, name, region, created_at) VALUES (?, 'b', 'strangers', ?, 0)", stranger, regionName)
		theirs := api.Scope{Project: stranger, Actor: there.mine.Actor}
		svc, err := there.plane.CreateEndpointService(t.Context(), theirs, apitest.ServiceDraft("strange"))
		require.NoError(t, err)
		_, err = h.mirror.DescribeEndpointService(t.Context(), mine, svc.ID, "")
		require.Equal(t, api.NotFound, api.CodeOf(err), "who may not connect does not learn of it")
		_, err = there.plane.OpenToEveryone(t.Context(), theirs, svc.ID, api.EveryoneDraft{Confirm: svc.Name, Reason: apitest.Reason})
		require.NoError(t, err)
		offered, err := h.mirror.DescribeEndpointService(t.Context(), mine, "", svc.Name)
		require.NoError(t, err)
		require.Equal(t, svc.ID, offered.ID)

		endpoint, err := h.mirror.CreateEndpoint(t.Context(), mine, apitest.EndpointDraft(svc.ID))
		require.NoError(t, err)
		require.Equal(t, api.EndpointPending, endpoint.State)
		_, err = there.plane.AcceptConnection(t.Context(), theirs, svc.ID, endpoint.ID)
		require.NoError(t, err)
		found, err := h.mirror.Endpoint(t.Context(), mine, endpoint.ID)
		require.NoError(t, err)
		require.Equal(t, api.EndpointAccepted, found.State)
		require.Equal(t, svc.Name, found.ServiceName)
		require.Equal(t, []string{"accept region", "create page"}, h.changesHere(t, api.KindEndpoint, svc.ID))
		require.NoError(t, there.plane.DeleteEndpoint(t.Context(), there.mine, endpoint.ID))
		_, err = h.mirror.Endpoint(t.Context(), mine, endpoint.ID)
		require.Equal(t, api.NotFound, api.CodeOf(err))
	})
}

func TestAWhitelistIsShownWhileItsRegionIsSilent(t *testing.T) {
	eachTown(t, func(t *testing.T, h *here) {
		svc := h.offer(t)
		added := h.let(t, svc.ID, apitest.PermissionDrafts(2)...)
		endpoint, err := h.mirror.CreateEndpoint(t.Context(), mine, apitest.EndpointDraft(svc.ID))
		require.NoError(t, err)
		before := h.entriesThere(t, svc.ID)
		h.there.server.Close()

		page, err := h.mirror.ListPermissions(t.Context(), mine, svc.ID, api.PermissionQuery{})
		require.NoError(t, err)
		require.Len(t, page.Items, 2)
		for _, p := range []struct {
			kind api.Kind
			of   string
		}{{api.KindEndpointService, ""}, {api.KindPermission, svc.ID}} {
			fresh, err := h.mirror.Freshness(t.Context(), mine, p.kind, p.of)
			require.NoError(t, err)
			require.NotZero(t, fresh.Trouble, p)
		}
		d := apitest.ServiceDraft("another")
		changes := len(h.changesHere(t, api.KindPermission, svc.ID))
		for name, change := range map[string]func() error{
			"create": func() error { _, err := h.mirror.CreateEndpointService(t.Context(), mine, d); return err },
			"update": func() error {
				d := d
				d.ID = svc.ID
				_, err := h.mirror.UpdateEndpointService(t.Context(), mine, d)
				return err
			},
			"delete": func() error { return h.mirror.DeleteEndpointService(t.Context(), mine, svc.ID, 0) },
			"add": func() error {
				_, err := h.mirror.AddPermissions(t.Context(), mine, svc.ID, api.PermissionBatch{Entries: []api.PermissionDraft{{Permission: "iam:domain::new"}}})
				return err
			},
			"open": func() error {
				_, err := h.mirror.OpenToEveryone(t.Context(), mine, svc.ID, api.EveryoneDraft{Confirm: svc.Name, Reason: apitest.Reason})
				return err
			},
			"describe": func() error {
				_, err := h.mirror.ChangePermission(t.Context(), mine, svc.ID, added[0].ID, api.PermissionChange{Description: new("x")})
				return err
			},
			"remove": func() error {
				_, err := h.mirror.RemovePermissions(t.Context(), mine, svc.ID, api.PermissionRemoval{IDs: []string{added[0].ID}})
				return err
			},
			"accept": func() error {
				_, err := h.mirror.AcceptConnection(t.Context(), mine, svc.ID, endpoint.ID)
				return err
			},
			"leave": func() error { return h.mirror.DeleteEndpoint(t.Context(), mine, endpoint.ID) },
			"look":  func() error { _, err := h.mirror.DescribeEndpointService(t.Context(), mine, svc.ID, ""); return err },
			"connect": func() error {
				_, err := h.mirror.CreateEndpoint(t.Context(), mine, apitest.EndpointDraft(svc.ID))
				return err
			},
		} {
			require.Equal(t, api.Unavailable, api.CodeOf(change()), name)
		}
		require.Len(t, h.changesHere(t, api.KindPermission, svc.ID), changes, "nothing is written down that was not made")
		require.Equal(t, before, h.entriesThere(t, svc.ID))
		_, err = h.mirror.ChangePermission(t.Context(), mine, svc.ID, added[0].ID, api.PermissionChange{Expires: new(time.Now().Add(time.Hour))})
		require.NoError(t, err, "when an entry ends the region does not know anyway")
	})
}

// A service that was made over there is found by whoever changes it first.
func TestWhatIsNotKnownYetIsLookedForBeforeItIsRefused(t *testing.T) {
	eachTown(t, func(t *testing.T, h *here) {
		svc, err := h.there.plane.CreateEndpointService(t.Context(), h.there.mine, apitest.ServiceDraft("outside"))
		require.NoError(t, err)
		h.let(t, svc.ID, apitest.PermissionDrafts(1)...)
		require.Len(t, h.entriesThere(t, svc.ID), 1)
	})
}
