package e2e

import (
	"net/http"
	"testing"

	"github.com/gophercloud/gophercloud/v2"
	"github.com/gophercloud/gophercloud/v2/openstack"
	"github.com/gophercloud/gophercloud/v2/openstack/identity/v3/projects"
	"github.com/gophercloud/gophercloud/v2/openstack/identity/v3/tokens"
	"github.com/stretchr/testify/require"
)

// Clients of the OpenStack family find the version document, sign in by
// password and again when their token is refused.
func TestOpenStackClient(t *testing.T) {
	t.Parallel()
	p := start(t, checkingForm)
	other := p.key(t).ProjectID
	provider, err := openstack.AuthenticatedClient(t.Context(), loginOptions(p))
	require.NoError(t, err)
	identity, err := openstack.NewIdentityV3(provider, gophercloud.EndpointOpts{})
	require.NoError(t, err)
	var project *tokens.Project

	t.Run("its token says who it is and where", func(t *testing.T) {
		result := tokens.Get(t.Context(), identity, provider.Token())
		user, err := result.ExtractUser()
		require.NoError(t, err)
		require.Equal(t, adminName, user.Name)
		project, err = result.ExtractProject()
		require.NoError(t, err)
		require.Equal(t, regionName, project.Name)
		require.Equal(t, other, project.ID, "the same project as that of an access key")
	})
	t.Run("it lists the projects", func(t *testing.T) {
		pages, err := projects.List(identity, projects.ListOpts{Name: regionName}).AllPages(t.Context())
		require.NoError(t, err)
		found, err := projects.ExtractProjects(pages)
		require.NoError(t, err)
		require.Len(t, found, 1)
		require.Equal(t, project.ID, found[0].ID)
	})
	t.Run("its token opens the link API", func(t *testing.T) {
		links := p.URL + "/v1.1/" + project.ID + "/clusters/" + cluster + "/cdm/link"
		var created struct{ Name string }
		_, err := provider.Request(t.Context(), http.MethodPost, links, &gophercloud.RequestOpts{
			JSONBody: linkBody("by_token", somewhere(nil)), JSONResponse: &created, OkCodes: []int{http.StatusOK},
		})
		require.NoError(t, err)
		require.Equal(t, "by_token", created.Name)
	})
	t.Run("its catalogue says where DLI is", func(t *testing.T) {
		base, err := provider.EndpointLocator(gophercloud.EndpointOpts{
			Type: "dli", Region: regionName, Availability: gophercloud.AvailabilityPublic,
		})
		require.NoError(t, err)
		var listed struct {
			Queues []struct {
				Name string `json:"queue_name"`
			}
		}
		_, err = provider.Request(t.Context(), http.MethodGet, base+"queues", &gophercloud.RequestOpts{JSONResponse: &listed})
		require.NoError(t, err)
		require.Equal(t, "default", listed.Queues[0].Name)
	})
	t.Run("it signs in again when its token is refused", func(t *testing.T) {
		before := provider.Token()
		require.NoError(t, tokens.Revoke(t.Context(), identity, before).Err)
		var listed struct{ Links []struct{ Name string } }
		_, err := provider.Request(t.Context(), http.MethodGet,
			p.URL+"/v1.1/"+project.ID+"/clusters/"+cluster+"/cdm/link/all",
			&gophercloud.RequestOpts{JSONResponse: &listed})
		require.NoError(t, err)
		require.Len(t, listed.Links, 1)
		require.NotEqual(t, before, provider.Token())
	})
	t.Run("a wrong password is refused", func(t *testing.T) {
		options := loginOptions(p)
		options.Password = "wrong"
		_, err := openstack.AuthenticatedClient(t.Context(), options)
		require.True(t, gophercloud.ResponseCodeIs(err, http.StatusUnauthorized), "%v", err)
	})
}

// loginOptions are an administrator's, for the region's project. The address
// has no version: the client asks for the version document.
func loginOptions(p *program) gophercloud.AuthOptions {
	return gophercloud.AuthOptions{
		IdentityEndpoint: p.URL, Username: adminName, Password: adminPassword, DomainName: "default",
		AllowReauth: true, Scope: &gophercloud.AuthScope{ProjectName: regionName, DomainName: "default"},
	}
}
