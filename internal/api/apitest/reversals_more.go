package apitest

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"switchboard/internal/api"
)

// entryTexts are a whitelist without what every change of it changes.
func entryTexts(t *testing.T, p Plane, service string) map[string]string {
	t.Helper()
	texts := map[string]string{}
	for cursor := ""; ; {
		page, err := p.Service.ListPermissions(t.Context(), p.Mine, service, api.PermissionQuery{Limit: api.MaxPage, Cursor: cursor})
		require.NoError(t, err)
		for _, e := range page.Items {
			texts[e.Permission] = e.Description + " " + e.Reason + " " + e.Expires.UTC().Format(time.RFC3339Nano)
		}
		if cursor = page.Next; cursor == "" {
			return texts
		}
	}
}

func serviceTakenBack(t *testing.T, p Plane) {
	plain := func(s api.EndpointService) api.EndpointService {
		s.ID, s.Name, s.Created, s.Updated, s.Version, s.Permissions = "", "", api.Stamp{}, api.Stamp{}, 0, 0
		return s
	}
	svc := createService(t, p, ServiceDraft("orders"))
	d := api.EndpointServiceDraft{
		ID: svc.ID, ShortName: "renamed", PortID: svc.PortID, ServerType: svc.ServerType, VPCID: svc.VPCID,
		Ports: svc.Ports, Approval: !svc.Approval, Description: "other",
	}
	_, err := p.Service.UpdateEndpointService(t.Context(), p.Mine, d)
	require.NoError(t, err)
	takeBack(t, p, api.KindEndpointService)
	back := getService(t, p, svc.ID)
	require.Equal(t, svc.Name, back.Name)
	require.Equal(t, plain(svc), plain(back))

	_, err = p.Service.AddPermissions(t.Context(), p.Mine, svc.ID, api.PermissionBatch{Entries: PermissionDrafts(2)})
	require.NoError(t, err)
	require.NoError(t, p.Service.DeleteEndpointService(t.Context(), p.Mine, svc.ID, 0))
	r := reversalOf(t, p, api.KindEndpointService, nil)
	require.Len(t, r.Notes, 1, "its whitelist is not brought back")
	require.NoError(t, r.Do(t.Context(), p.Service, p.Mine))
	page, err := p.Service.ListEndpointServices(t.Context(), p.Mine, api.EndpointServiceQuery{})
	require.NoError(t, err)
	require.Len(t, page.Items, 1)
	require.Equal(t, plain(svc), plain(page.Items[0]))
	takeBack(t, p, api.KindEndpointService)
}

func entriesTakenBack(t *testing.T, p Plane) {
	svc := createService(t, p, ServiceDraft("orders"))
	added, err := p.Service.AddPermissions(t.Context(), p.Mine, svc.ID, api.PermissionBatch{Entries: PermissionDrafts(3)})
	require.NoError(t, err)
	before := entryTexts(t, p, svc.ID)
	text, until := "other", time.Now().Add(time.Hour).Truncate(time.Millisecond)
	_, err = p.Service.ChangePermission(t.Context(), p.Mine, svc.ID, added[0].ID, api.PermissionChange{Description: &text, Expires: &until})
	require.NoError(t, err)
	takeBack(t, p, api.KindPermission)
	require.Equal(t, before, entryTexts(t, p, svc.ID))

	_, err = p.Service.RemovePermissions(t.Context(), p.Mine, svc.ID, api.PermissionRemoval{IDs: []string{added[0].ID, added[2].ID}})
	require.NoError(t, err)
	takeBack(t, p, api.KindPermission)
	require.Equal(t, before, entryTexts(t, p, svc.ID))
	takeBack(t, p, api.KindPermission) // the two that were added again
	require.Len(t, entryTexts(t, p, svc.ID), 1)
}

func manyEntriesTakenBack(t *testing.T, p Plane) {
	const many = api.MaxBatch + 20
	svc := createService(t, p, ServiceDraft("orders"))
	drafts := PermissionDrafts(many)
	var ids []string
	for _, part := range [][]api.PermissionDraft{drafts[:api.MaxBatch], drafts[api.MaxBatch:]} {
		added, err := p.Service.AddPermissions(t.Context(), p.Mine, svc.ID, api.PermissionBatch{Entries: part})
		require.NoError(t, err)
		for _, e := range added {
			ids = append(ids, e.ID)
		}
	}
	before := entryTexts(t, p, svc.ID)
	_, err := p.Service.RemovePermissions(t.Context(), p.Mine, svc.ID, api.PermissionRemoval{IDs: ids})
	require.NoError(t, err)
	r := reversalOf(t, p, api.KindPermission, nil)
	require.IsType(t, api.StartAddition{}, r.Deed, "so many are added in the background")
	require.NoError(t, r.Do(t.Context(), p.Service, p.Mine))
	require.Eventually(t, func() bool { return len(entryTexts(t, p, svc.ID)) == many }, 30*time.Second, 20*time.Millisecond)
	require.Equal(t, before, entryTexts(t, p, svc.ID))
	takeBack(t, p, api.KindPermission) // the batch that was added, of which the log has the names
	require.Empty(t, entryTexts(t, p, svc.ID))
}

func everyoneTakenBack(t *testing.T, p Plane) {
	svc := createService(t, p, ServiceDraft("orders"))
	open := func(reason string) {
		_, err := p.Service.OpenToEveryone(t.Context(), p.Mine, svc.ID, api.EveryoneDraft{Confirm: svc.Name, Reason: reason})
		require.NoError(t, err)
	}
	open("a fair, where everybody looks in")
	before := entryTexts(t, p, svc.ID)
	open("another reason to let all of them in")
	takeBack(t, p, api.KindPermission)
	require.Equal(t, before, entryTexts(t, p, svc.ID))

	page, err := p.Service.ListPermissions(t.Context(), p.Mine, svc.ID, api.PermissionQuery{})
	require.NoError(t, err)
	_, err = p.Service.RemovePermissions(t.Context(), p.Mine, svc.ID, api.PermissionRemoval{IDs: []string{page.Items[0].ID}})
	require.NoError(t, err)
	require.Equal(t, api.ActionEveryone, reversalOf(t, p, api.KindPermission, nil).Deed.About().Action, "rules of approval see what it is")
	takeBack(t, p, api.KindPermission)
	require.Equal(t, before, entryTexts(t, p, svc.ID))
	takeBack(t, p, api.KindPermission)
	require.Empty(t, entryTexts(t, p, svc.ID))
}

func functionTakenBack(t *testing.T, p Plane) {
	f := createFunction(t, p, FunctionDraft("resize"))
	config := f.Latest.Config
	_, err := p.Service.PatchFunction(t.Context(), p.Mine, f.ID, func(d *api.FunctionDraft) error {
		d.Config.MemoryMB, d.Config.Description = 512, "other"
		return nil
	})
	require.NoError(t, err)
	takeBack(t, p, api.KindFunction)
	require.Equal(t, config, getFunction(t, p, f.ID).Latest.Config)

	_, err = p.Service.SetUpstream(t.Context(), p.Mine, f.ID, api.LatestVersion, "http://other.example.com/")
	require.NoError(t, err)
	takeBack(t, p, api.KindFunction)
	require.Equal(t, f.Latest.Upstream, getFunction(t, p, f.ID).Latest.Upstream)

	_, err = p.Service.PatchFunction(t.Context(), p.Mine, f.ID, func(d *api.FunctionDraft) error {
		d.File = []byte("another code")
		return nil
	})
	require.NoError(t, err)
	requireFinal(t, p, api.KindFunction, "reverse.code")

	require.NoError(t, p.Service.DeleteFunction(t.Context(), p.Mine, f.ID, 0, api.Confirmation{}))
	requireFinal(t, p, api.KindFunction, "reverse.code")
	createFunction(t, p, FunctionDraft("second"))
	takeBack(t, p, api.KindFunction)
	require.Empty(t, listFunctions(t, p, api.FunctionQuery{}).Items)
}

func versionsTakenBack(t *testing.T, p Plane) {
	f := createFunction(t, p, FunctionDraft("resize"))
	v := publish(t, p, f.ID, "v1")
	require.NoError(t, p.Service.DeleteVersion(t.Context(), p.Mine, f.ID, "v1", api.Confirmation{}))
	takeBack(t, p, api.KindFunction)
	again := getVersion(t, p, f.ID, "v1")
	require.Equal(t, v.Config, again.Config)
	require.Equal(t, v.Code, again.Code)
	takeBack(t, p, api.KindFunction)
	require.Equal(t, []string{api.LatestVersion}, versionNamesOf(t, p, f.ID))

	publish(t, p, f.ID, "v2")
	_, err := p.Service.PatchFunction(t.Context(), p.Mine, f.ID, func(d *api.FunctionDraft) error {
		d.Config.MemoryMB = 512
		return nil
	})
	require.NoError(t, err)
	require.NoError(t, p.Service.DeleteVersion(t.Context(), p.Mine, f.ID, "v2", api.Confirmation{}))
	requireFinal(t, p, api.KindFunction, "reverse.version")
}

func policyTakenBack(t *testing.T, p Plane) {
	plain := func(policy api.Policy) api.PolicyDraft {
		d := policy.Draft()
		for i := range d.Operations {
			d.Operations[i].ID = ""
		}
		return d
	}
	draft := PolicyDraft("nightly", "databases/orders", "files")
	draft.Parameters, draft.Resources[0].Extra, draft.Operations[0].Description = `{"a":1}`, `{"b":2}`, "at night"
	policy := createPolicy(t, p, draft)
	d := policy.Draft()
	d.Name, d.Resources, d.Parameters, d.Operations[0].Max = "renamed", d.Resources[1:], "{}", "3"
	_, err := p.Service.UpdatePolicy(t.Context(), p.Mine, policy.ID, d, 0)
	require.NoError(t, err)
	takeBack(t, p, api.KindPolicy)
	require.Equal(t, policy.Draft(), new(getPolicy(t, p, policy.ID)).Draft())

	require.NoError(t, p.Service.EnablePolicy(t.Context(), p.Mine, policy.ID, false))
	require.IsType(t, api.EnablePolicy{}, reversalOf(t, p, api.KindPolicy, nil).Deed)
	takeBack(t, p, api.KindPolicy)
	require.Equal(t, policy.Draft(), new(getPolicy(t, p, policy.ID)).Draft())

	require.NoError(t, p.Service.DeletePolicy(t.Context(), p.Mine, policy.ID, 0))
	takeBack(t, p, api.KindPolicy)
	page := listPolicies(t, p, api.PolicyQuery{})
	require.Len(t, page.Items, 1)
	require.Equal(t, plain(policy), plain(page.Items[0]))
	takeBack(t, p, api.KindPolicy)
	require.Empty(t, listPolicies(t, p, api.PolicyQuery{}).Items)
}

func regionTakenBack(t *testing.T, p Plane) {
	region := createRegion(t, p, FolderRegion("north"))
	d := api.RegionDraft{Kind: region.Kind, Folder: region.Folder, Bandwidth: "7"}
	_, err := p.Service.UpdateRegion(t.Context(), p.Mine, "north", d, 0)
	require.NoError(t, err)
	takeBack(t, p, api.KindRegion)
	require.Zero(t, getRegion(t, p, "north").Bandwidth)
	require.NoError(t, p.Service.DeleteRegion(t.Context(), p.Mine, "north", 0))
	takeBack(t, p, api.KindRegion)
	require.Equal(t, region.Folder, getRegion(t, p, "north").Folder)

	createRegion(t, p, BucketRegion("south"))
	require.NoError(t, p.Service.DeleteRegion(t.Context(), p.Mine, "south", 0))
	require.Equal(t, []string{"secret"}, reversalOf(t, p, api.KindRegion, nil).Asks)
	r := reversalOf(t, p, api.KindRegion, map[string]api.Secret{"secret": BucketRegion("south").Secret})
	require.NoError(t, r.Do(t.Context(), p.Service, p.Mine))
	require.Equal(t, BucketRegion("south").Bucket, getRegion(t, p, "south").Bucket)
}
