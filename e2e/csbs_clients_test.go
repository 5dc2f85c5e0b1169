package e2e

import (
	"net/http"
	"strings"
	"testing"

	"github.com/gophercloud/gophercloud/v2"
	"github.com/gophercloud/gophercloud/v2/openstack"
	"github.com/gophercloud/gophercloud/v2/pagination"
	"github.com/stretchr/testify/require"
)

// Libraries of the OpenStack family find the service in the catalogue and follow
// the links of a list that goes on.
func TestOpenStackClientReplicates(t *testing.T) {
	t.Parallel()
	p := start(t)
	provider, err := openstack.AuthenticatedClient(t.Context(), loginOptions(p))
	require.NoError(t, err)
	base, err := provider.EndpointLocator(gophercloud.EndpointOpts{Type: "data-protect", Region: regionName, Availability: gophercloud.AvailabilityPublic})
	require.NoError(t, err)
	client := &gophercloud.ServiceClient{ProviderClient: provider, Endpoint: base, Type: "data-protect"}
	caller := p.call(t)
	policy, first := caller.backedUp(p, regionName)
	all := append(first, caller.backUp(policy)...)

	var found []string
	pager := pagination.NewPager(client, client.ServiceURL("checkpoint_items")+"?limit=1&sort=id:asc", func(r pagination.PageResult) pagination.Page {
		return itemPage{pagination.LinkedPageBase{PageResult: r}}
	})
	pages, err := pager.AllPages(t.Context())
	require.NoError(t, err)
	for _, item := range pages.GetBody().(map[string][]any)["checkpoint_items"] {
		found = append(found, item.(map[string]any)["id"].(string))
	}
	require.ElementsMatch(t, all, found)

	target := p.seat().call(t, secondRegion)
	var answer struct {
		Replication struct {
			Items []struct {
				Item string `json:"checkpoint_item_id"`
			} `json:"checkpoint_items"`
		}
	}
	_, err = client.Post(t.Context(), client.ServiceURL("providers", csbsProvider, "checkpoints", "replicate"), map[string]any{"replication": map[string]any{
		"policy_id": policy, "destination_region": secondRegion, "destination_project_id": target.project,
	}}, &answer, &gophercloud.RequestOpts{OkCodes: []int{http.StatusOK}})
	require.NoError(t, err)
	require.Len(t, answer.Replication.Items, 4)
	caller.replicated(policy, 4)
	var count struct{ Count int }
	_, err = client.Get(t.Context(), client.ServiceURL("checkpoint_items", "count")+"?policy_id="+policy, &count, nil)
	require.NoError(t, err)
	require.Equal(t, 4, count.Count)

	_, err = client.Get(t.Context(), client.ServiceURL("policies", "nothing"), nil, nil)
	require.True(t, gophercloud.ResponseCodeIs(err, http.StatusNotFound), "%v", err)
	require.True(t, strings.Contains(err.Error(), "CSBS.3000"), "%v", err)
}

// itemPage is a page of backups, as those libraries read it.
type itemPage struct{ pagination.LinkedPageBase }

func (p itemPage) NextPageURL() (string, error) {
	var s struct {
		Links []gophercloud.Link `json:"checkpoint_items_links"`
	}
	if err := p.ExtractInto(&s); err != nil {
		return "", err
	}
	return gophercloud.ExtractNextURL(s.Links)
}

func (p itemPage) IsEmpty() (bool, error) {
	var s struct {
		Items []struct{ ID string } `json:"checkpoint_items"`
	}
	err := p.ExtractInto(&s)
	return len(s.Items) == 0, err
}
