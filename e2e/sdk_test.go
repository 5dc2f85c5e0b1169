package e2e

import (
	"errors"
	"net/http"
	"slices"
	"testing"

	"github.com/huaweicloud/huaweicloud-sdk-go-v3/core/auth"
	"github.com/huaweicloud/huaweicloud-sdk-go-v3/core/auth/basic"
	"github.com/huaweicloud/huaweicloud-sdk-go-v3/core/region"
	"github.com/huaweicloud/huaweicloud-sdk-go-v3/core/sdkerr"
	cdm "github.com/huaweicloud/huaweicloud-sdk-go-v3/services/cdm/v1"
	"github.com/huaweicloud/huaweicloud-sdk-go-v3/services/cdm/v1/model"
	"github.com/stretchr/testify/require"

	"switchboard/internal/testserver"
)

func TestOfficialSDKManagesLinks(t *testing.T) {
	t.Parallel()
	p := start(t, checkingForm)
	key := p.key(t)

	t.Run("with the project id given", func(t *testing.T) {
		t.Parallel()
		manageLinks(t, sdkInProject(t, p, key), "given_project")
	})
	t.Run("with the project looked up by the region's name", func(t *testing.T) {
		t.Parallel()
		manageLinks(t, sdkInRegion(t, p, key), "looked_up_project")
	})
}

// manageLinks takes a link through its life.
func manageLinks(t *testing.T, client *cdm.CdmClient, name string) {
	inputs := somewhere(nil)

	validated, err := client.CreateLink(createRequest(name, inputs, new("true")))
	require.NoError(t, err)
	require.Equal(t, passedCheck, *validated.ValidationResult)
	_, err = client.ShowLink(&model.ShowLinkRequest{ClusterId: cluster, LinkName: name})
	require.Equal(t, "Cdm.0101", refusal(t, err).ErrorCode, "validating stores nothing")

	created, err := client.CreateLink(createRequest(name, inputs, nil))
	require.NoError(t, err)
	require.Equal(t, http.StatusOK, created.HttpStatusCode)
	require.Equal(t, name, *created.Name)
	require.Equal(t, passedCheck, *created.ValidationResult)

	link := showLink(t, client, name)
	require.Equal(t, name, link.Name)
	require.Equal(t, "generic-jdbc-connector", link.ConnectorName)
	require.True(t, *link.Enabled)
	require.Equal(t, adminName, *link.CreationUser)
	require.Positive(t, *link.CreationDate)
	require.Equal(t, "db.example.com", inputOf(link, "linkConfig.host"))
	require.Nil(t, inputOf(link, "linkConfig.password"), "a secret never comes back")

	all, err := client.ShowLink(&model.ShowLinkRequest{ClusterId: cluster, LinkName: "all"})
	require.NoError(t, err)
	require.Contains(t, names(*all.Links), name)
	clusters, err := client.ListClusters(&model.ListClustersRequest{})
	require.NoError(t, err)
	require.True(t, slices.ContainsFunc(*clusters.Clusters, func(c model.Clusters) bool { return c.Id == cluster && c.Status == "200" }))

	inputs["host"] = "other.example.com"
	updated, err := client.UpdateLink(&model.UpdateLinkRequest{
		ClusterId: cluster, LinkName: name, Body: sdkBody(name, inputs),
	})
	require.NoError(t, err)
	require.Equal(t, passedCheck, *updated.ValidationResult)
	require.Equal(t, "other.example.com", inputOf(showLink(t, client, name), "linkConfig.host"))

	deleted, err := client.DeleteLink(&model.DeleteLinkRequest{ClusterId: cluster, LinkName: name})
	require.NoError(t, err)
	require.Equal(t, http.StatusOK, deleted.HttpStatusCode)
	all, err = client.ShowLink(&model.ShowLinkRequest{ClusterId: cluster, LinkName: "all"})
	require.NoError(t, err)
	require.NotContains(t, names(*all.Links), name)
}

func TestOfficialSDKReadsErrors(t *testing.T) {
	t.Parallel()
	p := start(t, checkingForm)
	key := p.key(t)
	client := sdkInProject(t, p, key)
	_, err := client.CreateLink(createRequest("taken", somewhere(nil), nil))
	require.NoError(t, err)

	t.Run("a name that is taken", func(t *testing.T) {
		_, err := client.CreateLink(createRequest("taken", somewhere(nil), nil))
		e := refusal(t, err)
		require.Equal(t, http.StatusBadRequest, e.StatusCode)
		require.Equal(t, "Cdm.0315", e.ErrorCode)
		require.NotEmpty(t, e.ErrorMessage)
		require.NotEmpty(t, e.RequestId)
	})
	t.Run("an input that the connector does not have", func(t *testing.T) {
		_, err := client.CreateLink(createRequest("odd", somewhere(map[string]string{"colour": "red"}), nil))
		e := refusal(t, err)
		require.Equal(t, "Cdm.0089", e.ErrorCode)
		require.Contains(t, e.ErrorMessage, "linkConfig.colour")
	})
	t.Run("a link that does not exist", func(t *testing.T) {
		_, err := client.DeleteLink(&model.DeleteLinkRequest{ClusterId: cluster, LinkName: "nowhere"})
		e := refusal(t, err)
		require.Equal(t, "Cdm.0101", e.ErrorCode)
		require.Contains(t, e.ErrorMessage, "nowhere")
	})
	t.Run("a wrong secret key", func(t *testing.T) {
		forged := key
		forged.SecretKey = "not-" + key.SecretKey
		_, err := sdkInProject(t, p, forged).ShowLink(&model.ShowLinkRequest{ClusterId: cluster, LinkName: "all"})
		e := refusal(t, err)
		require.Equal(t, http.StatusUnauthorized, e.StatusCode)
		require.Equal(t, "APIGW.0301", e.ErrorCode)
	})
}

func TestOfficialSDKChecksConnections(t *testing.T) {
	t.Parallel()
	server := testserver.MariaDB(t)
	account := server.Account(t)
	p := start(t)
	client := sdkInProject(t, p, p.key(t))
	inputs := accountInputs(server, account)
	inputs["password"] = "wrong"

	_, err := client.CreateLink(createRequest("checked", inputs, nil))
	e := refusal(t, err)
	require.Equal(t, http.StatusInternalServerError, e.StatusCode)
	require.Contains(t, e.ErrorMessage, "validation-result")
	require.Contains(t, e.ErrorMessage, "linkConfig.password")
	require.Contains(t, e.ErrorMessage, `"status":"ERROR"`)
	_, err = client.ShowLink(&model.ShowLinkRequest{ClusterId: cluster, LinkName: "checked"})
	require.Equal(t, "Cdm.0101", refusal(t, err).ErrorCode, "what failed the check is not stored")

	inputs["password"] = account.Password
	created, err := client.CreateLink(createRequest("checked", inputs, nil))
	require.NoError(t, err)
	require.Equal(t, "checked", *created.Name)
}

// A property that no link may have is refused by its name, and like any other
// bad input: as a validation result.
func TestOfficialSDKIsToldOfRefusedProperties(t *testing.T) {
	t.Parallel()
	p := start(t, checkingForm)
	client := sdkInProject(t, p, p.key(t))
	inputs := somewhere(map[string]string{"jdbcProperties": `{"socketTimeout": "300000", "allowLoadLocalInfile": "true"}`})
	for _, validate := range []*string{nil, new("true")} {
		_, err := client.CreateLink(createRequest("propertied", inputs, validate))
		e := refusal(t, err)
		require.Equal(t, http.StatusInternalServerError, e.StatusCode)
		require.Contains(t, e.ErrorMessage, `{"validation-result":[{"linkConfig":[{"message":"linkConfig.jdbcProperties: `)
		require.Contains(t, e.ErrorMessage, "Remove “allowLoadLocalInfile”, which is not allowed")
	}
	inputs["jdbcProperties"] = `{"socketTimeout": "300000"}`
	_, err := client.CreateLink(createRequest("propertied", inputs, nil))
	require.NoError(t, err)

	inputs["jdbcProperties"] = `{"autoDeserialize": "true"}`
	_, err = client.UpdateLink(&model.UpdateLinkRequest{ClusterId: cluster, LinkName: "propertied", Body: sdkBody("propertied", inputs)})
	require.Contains(t, refusal(t, err).ErrorMessage, "autoDeserialize")
}

// passedCheck is the validation result of a link with nothing to complain
// about.
var passedCheck = []model.ValidationResult{{}}

func sdkInProject(t *testing.T, p *program, key accessKey) *cdm.CdmClient {
	t.Helper()
	credentials, err := basic.NewCredentialsBuilder().
		WithAk(key.AccessKey).WithSk(key.SecretKey).WithProjectId(key.ProjectID).SafeBuild()
	require.NoError(t, err)
	return sdk(t, credentials, region.NewRegion(regionName, p.URL))
}

// sdkInRegion lets the SDK ask for the project that is named like the region.
func sdkInRegion(t *testing.T, p *program, key accessKey) *cdm.CdmClient {
	t.Helper()
	credentials, err := basic.NewCredentialsBuilder().
		WithAk(key.AccessKey).WithSk(key.SecretKey).WithIamEndpointOverride(p.URL).SafeBuild()
	require.NoError(t, err)
	return sdk(t, credentials, region.NewRegion(regionName, p.URL))
}

func sdk(t *testing.T, credentials auth.ICredential, at *region.Region) *cdm.CdmClient {
	t.Helper()
	client, err := cdm.CdmClientBuilder().WithRegion(at).WithCredential(credentials).SafeBuild()
	require.NoError(t, err)
	return cdm.NewCdmClient(client)
}

func createRequest(name string, inputs map[string]string, validate *string) *model.CreateLinkRequest {
	return &model.CreateLinkRequest{ClusterId: cluster, Validate: validate, Body: sdkBody(name, inputs)}
}

func sdkBody(name string, inputs map[string]string) *model.CdmCreateAndUpdateLinkReq {
	var list []model.Input
	for input, value := range inputs {
		list = append(list, model.Input{Name: "linkConfig." + input, Value: new(any(value))})
	}
	return &model.CdmCreateAndUpdateLinkReq{Links: []model.Links{{
		Name: name, ConnectorName: "generic-jdbc-connector", Enabled: new(true),
		LinkConfigValues: &model.LinksLinkconfigvalues{Configs: []model.Configs{{Name: "linkConfig", Inputs: list}}},
	}}}
}

func showLink(t *testing.T, client *cdm.CdmClient, name string) model.Links {
	t.Helper()
	shown, err := client.ShowLink(&model.ShowLinkRequest{ClusterId: cluster, LinkName: name})
	require.NoError(t, err)
	require.Len(t, *shown.Links, 1)
	return (*shown.Links)[0]
}

// inputOf is the value of a link's input; nil if it has none.
func inputOf(link model.Links, name string) any {
	for _, config := range link.LinkConfigValues.Configs {
		for _, input := range config.Inputs {
			if input.Name == name && input.Value != nil {
				return *input.Value
			}
		}
	}
	return nil
}

func names(links []model.Links) []string {
	var found []string
	for _, link := range links {
		found = append(found, link.Name)
	}
	return found
}

// refusal is the service's answer that an error stands for.
func refusal(t *testing.T, err error) *sdkerr.ServiceResponseError {
	t.Helper()
	e, ok := errors.AsType[*sdkerr.ServiceResponseError](err)
	require.True(t, ok, "not an answer of the service: %v", err)
	return e
}
