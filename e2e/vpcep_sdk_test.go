package e2e

import (
	"fmt"
	"net/http"
	"testing"

	"github.com/huaweicloud/huaweicloud-sdk-go-v3/core/auth/basic"
	"github.com/huaweicloud/huaweicloud-sdk-go-v3/core/region"
	vpcep "github.com/huaweicloud/huaweicloud-sdk-go-v3/services/vpcep/v1"
	"github.com/huaweicloud/huaweicloud-sdk-go-v3/services/vpcep/v1/model"
	"github.com/stretchr/testify/require"
)

func TestOfficialSDKManagesEndpointServices(t *testing.T) {
	t.Parallel()
	p := start(t)
	key := p.key(t)
	client := vpcepClient(t, p, key)

	created, err := client.CreateEndpointService(&model.CreateEndpointServiceRequest{Body: offeredService("shop")})
	require.NoError(t, err)
	require.Equal(t, http.StatusOK, created.HttpStatusCode)
	id := *created.Id
	require.Equal(t, regionName+".shop."+id, *created.ServiceName)
	require.Equal(t, "available", *created.Status)
	require.Equal(t, "interface", *created.ServiceType)
	require.Equal(t, key.ProjectID, *created.ProjectId)
	require.True(t, *created.ApprovalEnabled, "the dialect's default")
	require.EqualValues(t, 8080, *(*created.Ports)[0].ClientPort)
	require.Equal(t, "team", *(*created.Tags)[0].Key)

	shown, err := client.ListServiceDetails(&model.ListServiceDetailsRequest{VpcEndpointServiceId: id})
	require.NoError(t, err)
	require.Equal(t, *created.ServiceName, *shown.ServiceName)
	require.Equal(t, *created.CreatedAt, *shown.CreatedAt)
	require.Nil(t, shown.Error)

	listed, err := client.ListEndpointService(&model.ListEndpointServiceRequest{EndpointServiceName: new("SHOP"), Limit: new(int32(1))})
	require.NoError(t, err)
	require.EqualValues(t, 1, *listed.TotalCount)
	require.Equal(t, id, *(*listed.EndpointServices)[0].Id)
	require.Equal(t, p.seat().key(t).DomainID, *(*listed.EndpointServices)[0].DomainId)
	require.Zero(t, *(*listed.EndpointServices)[0].ConnectionCount)

	described, err := client.ListServiceDescribeDetails(&model.ListServiceDescribeDetailsRequest{EndpointServiceName: created.ServiceName})
	require.NoError(t, err)
	require.Equal(t, id, *described.Id)

	updated, err := client.UpdateEndpointService(&model.UpdateEndpointServiceRequest{VpcEndpointServiceId: id, Body: &model.UpdateEndpointServiceRequestBody{
		ApprovalEnabled: new(false), Description: new("For the tills"),
	}})
	require.NoError(t, err)
	require.False(t, *updated.ApprovalEnabled)
	require.Equal(t, "For the tills", *updated.Description)
	require.Equal(t, *created.ServiceName, *updated.ServiceName, "what is not sent stays")

	quotas, err := client.ListQuotaDetails(&model.ListQuotaDetailsRequest{})
	require.NoError(t, err)
	require.Len(t, *quotas.Quotas.Resources, 4, "CSBS has its own on the same path")
	require.EqualValues(t, 1, *(*quotas.Quotas.Resources)[0].Used)

	deleted, err := client.DeleteEndpointService(&model.DeleteEndpointServiceRequest{VpcEndpointServiceId: id})
	require.NoError(t, err)
	require.Equal(t, http.StatusNoContent, deleted.HttpStatusCode)
	_, err = client.ListServiceDetails(&model.ListServiceDetailsRequest{VpcEndpointServiceId: id})
	require.Equal(t, http.StatusNotFound, refusal(t, err).StatusCode, "which is what Terraform waits for")
}

func TestOfficialSDKManagesAWhitelist(t *testing.T) {
	t.Parallel()
	p := start(t)
	p.call(t).approveNothing()
	client := vpcepClient(t, p, p.key(t))
	id := offer(t, client)

	seed := []model.EpsAddPermissionRequest{
		{Permission: "*", Description: "批量添加终端节点服务白名单接口"},
		{Permission: "iam:domain::6e9dfd51d1124e8d8498dce894923a0dd", Description: "test"}, // 33 characters, as documented
	}
	added, err := client.BatchAddEndpointServicePermissions(&model.BatchAddEndpointServicePermissionsRequest{
		VpcEndpointServiceId: id, Body: &model.BatchAddEndpointServicePermissionsRequestBody{Permissions: seed},
	})
	require.NoError(t, err)
	require.Equal(t, http.StatusOK, added.HttpStatusCode)
	for i, want := range seed {
		got := (*added.Permissions)[i]
		require.Equal(t, want.Permission, *got.Permission)
		require.Equal(t, want.Description, *got.Description)
		require.Equal(t, "domainId", got.PermissionType.Value())
		require.NotNil(t, got.CreatedAt)
	}

	filter := &model.ListServicePermissionsDetailsRequest{VpcEndpointServiceId: id, Permission: new("iam:domain::6e9d")}
	found, err := client.ListServicePermissionsDetails(filter)
	require.NoError(t, err)
	require.EqualValues(t, 1, *found.TotalCount)
	entry := (*found.Permissions)[0]
	require.Equal(t, "domainId", *entry.PermissionType, "or Terraform leaves it out")

	changed, err := client.UpdateEndpointServicePermissionDesc(&model.UpdateEndpointServicePermissionDescRequest{
		VpcEndpointServiceId: id, PermissionId: *entry.Id,
		Body: &model.UpdateEndpointServicePermissionDescRequestBody{Permission: &model.EpsUpdatePermissionDesc{Description: "二部"}},
	})
	require.NoError(t, err)
	require.Equal(t, "二部", *(*changed.Permissions)[0].Description)

	removed, err := client.BatchRemoveEndpointServicePermissions(removal(id, *entry.Id))
	require.NoError(t, err)
	require.Empty(t, *removed.Permissions)
	require.Equal(t, []string{"*"}, whitelist(t, client, id))

	// Terraform changes a set by this call alone: add, then remove. It may repeat both.
	for range 2 {
		require.Equal(t, []string{"*", "iam:domain::new"}, act(t, client, id, "add", "iam:domain::new"))
	}
	for range 2 {
		require.Equal(t, []string{"iam:domain::new"}, act(t, client, id, "remove", "*"))
	}
}

// Clients page by what they get: from a growing offset, until there is nothing.
func TestPagesOfAWhitelist(t *testing.T) {
	t.Parallel()
	p := start(t)
	client := vpcepClient(t, p, p.key(t))
	id := offer(t, client)
	for batch := range 3 {
		entries := make([]model.EpsAddPermissionRequest, 50)
		for i := range entries {
			entries[i].Permission = fmt.Sprintf("iam:domain::%032x", batch*50+i)
		}
		_, err := client.BatchAddEndpointServicePermissions(&model.BatchAddEndpointServicePermissionsRequest{
			VpcEndpointServiceId: id, Body: &model.BatchAddEndpointServicePermissionsRequestBody{Permissions: entries},
		})
		require.NoError(t, err)
	}
	require.Len(t, whitelist(t, client, id), 150)
}

func TestOfficialSDKReadsErrorsOfEndpointServices(t *testing.T) {
	t.Parallel()
	p := start(t)
	client := vpcepClient(t, p, p.key(t))
	id := offer(t, client)
	add := func(permissions ...string) error {
		entries := make([]model.EpsAddPermissionRequest, len(permissions))
		for i := range entries {
			entries[i].Permission = permissions[i]
		}
		_, err := client.BatchAddEndpointServicePermissions(&model.BatchAddEndpointServicePermissionsRequest{
			VpcEndpointServiceId: id, Body: &model.BatchAddEndpointServicePermissionsRequestBody{Permissions: entries},
		})
		return err
	}
	require.NoError(t, add("iam:domain::there"))
	noPorts := offeredService("web")
	noPorts.Ports = []model.PortList{}
	_, ports := client.CreateEndpointService(&model.CreateEndpointServiceRequest{Body: noPorts})
	_, limit := client.ListServicePermissionsDetails(&model.ListServicePermissionsDetailsRequest{VpcEndpointServiceId: id, Limit: new(int32(501))})
	_, unknown := client.BatchRemoveEndpointServicePermissions(removal(id, "68233202-63bf-4f27-a99b-fa5f5a2dbae1"))
	for name, c := range map[string]struct {
		err    error
		status int
		code   string
		text   string
	}{
		"there already":        {add("iam:domain::there"), 409, "EndPoint.3002", "Invalid permission. permissions.0.permission: "},
		"a bad form":           {add("iam:domain::a", "iam:domain::*"), 400, "EndPoint.3002", "Invalid permission. permissions.1.permission: "},
		"twice":                {add("iam:domain::a", "iam:domain::a"), 400, "EndPoint.0002", "Parameter error. permissions.1.permission: "},
		"no permissions":       {add(), 400, "EndPoint.3036", "Invalid permissions. "},
		"too many":             {add(make([]string, 51)...), 400, "EndPoint.0016", "The number of batch operated resources exceeded the limit. "},
		"an unknown entry":     {unknown, 404, "EndPoint.0005", "The requested resource is unavailable. "},
		"a limit of 501":       {limit, 400, "EndPoint.0006", "Invalid limit. limit: "},
		"a service of nothing": {ports, 400, "EndPoint.3043", "The service port is invalid. ports: "},
	} {
		e := refusal(t, c.err)
		require.Equal(t, c.status, e.StatusCode, name)
		require.Equal(t, c.code, e.ErrorCode, name)
		require.Contains(t, e.ErrorMessage, c.text, name)
		require.NotEmpty(t, e.RequestId, name)
	}
}

// Another account connects when it is on the whitelist, and when the owner has
// accepted it.
func TestAnotherAccountConnects(t *testing.T) {
	t.Parallel()
	p := start(t)
	p.without(t, "an account there is not one that is here")
	owner := vpcepClient(t, p, p.key(t))
	key := p.foreignKey(t)
	consumer := vpcepClient(t, p, key)
	id := offer(t, owner)
	try := func() (*model.CreateEndpointResponse, error) {
		return consumer.CreateEndpoint(&model.CreateEndpointRequest{Body: &model.CreateEndpointRequestBody{
			EndpointServiceId: id, VpcId: "4189d3c2-8882-4871-a3c2-d380272eed80", SubnetId: new("4189d3c2-8882-4871-a3c2-d380272eed81"),
		}})
	}
	_, err := try()
	e := refusal(t, err)
	require.Equal(t, http.StatusBadRequest, e.StatusCode)
	require.Equal(t, "EndPoint.2012", e.ErrorCode)
	_, err = consumer.ListServiceDescribeDetails(&model.ListServiceDescribeDetailsRequest{Id: &id})
	require.Equal(t, http.StatusNotFound, refusal(t, err).StatusCode)

	act(t, owner, id, "add", "iam:domain::"+key.DomainID)
	described, err := consumer.ListServiceDescribeDetails(&model.ListServiceDescribeDetailsRequest{Id: &id})
	require.NoError(t, err)
	created, err := try()
	require.NoError(t, err)
	require.Equal(t, "pendingAcceptance", *created.Status)
	require.Equal(t, *described.ServiceName, *created.EndpointServiceName)
	require.Equal(t, key.ProjectID, *created.ProjectId)

	waiting, err := owner.ListServiceConnections(&model.ListServiceConnectionsRequest{
		VpcEndpointServiceId: id, Status: new(model.GetListServiceConnectionsRequestStatusEnum().PENDING_ACCEPTANCE), MarkerId: new(fmt.Sprint(*created.MarkerId)),
	})
	require.NoError(t, err)
	require.EqualValues(t, 1, *waiting.TotalCount)
	require.Equal(t, key.DomainID, *(*waiting.Connections)[0].DomainId)

	actions := model.GetAcceptOrRejectEndpointRequestBodyActionEnum()
	for _, step := range []struct {
		action model.AcceptOrRejectEndpointRequestBodyAction
		state  string
	}{{actions.RECEIVE, "accepted"}, {actions.REJECT, "rejected"}, {actions.RECEIVE, "accepted"}} {
		decided, err := owner.AcceptOrRejectEndpoint(&model.AcceptOrRejectEndpointRequest{
			VpcEndpointServiceId: id, Body: &model.AcceptOrRejectEndpointRequestBody{Action: step.action, Endpoints: []string{*created.Id}},
		})
		require.NoError(t, err)
		require.Equal(t, step.state, *(*decided.Connections)[0].Status)
		shown, err := consumer.ListEndpointInfoDetails(&model.ListEndpointInfoDetailsRequest{VpcEndpointId: *created.Id})
		require.NoError(t, err)
		require.Equal(t, step.state, *shown.Status)
	}

	_, err = owner.DeleteEndpointService(&model.DeleteEndpointServiceRequest{VpcEndpointServiceId: id})
	require.Equal(t, "EndPoint.3006", refusal(t, err).ErrorCode, "while somebody is connected")
	_, err = consumer.ListServiceDetails(&model.ListServiceDetailsRequest{VpcEndpointServiceId: id})
	require.Equal(t, http.StatusNotFound, refusal(t, err).StatusCode, "the details are the owner's")
	endpoints, err := consumer.ListEndpoints(&model.ListEndpointsRequest{VpcId: new("4189d3c2-8882-4871-a3c2-d380272eed80")})
	require.NoError(t, err)
	require.EqualValues(t, 1, *endpoints.TotalCount)
	require.Equal(t, *created.Id, *(*endpoints.Endpoints)[0].Id)
	gone, err := consumer.DeleteEndpoint(&model.DeleteEndpointRequest{VpcEndpointId: *created.Id})
	require.NoError(t, err)
	require.Equal(t, http.StatusNoContent, gone.HttpStatusCode)
	_, err = owner.DeleteEndpointService(&model.DeleteEndpointServiceRequest{VpcEndpointServiceId: id})
	require.NoError(t, err)
}

func vpcepClient(t *testing.T, p *program, key accessKey) *vpcep.VpcepClient {
	t.Helper()
	credentials, err := basic.NewCredentialsBuilder().
		WithAk(key.AccessKey).WithSk(key.SecretKey).WithProjectId(key.ProjectID).SafeBuild()
	require.NoError(t, err)
	client, err := vpcep.VpcepClientBuilder().WithRegion(region.NewRegion(regionName, p.URL)).WithCredential(credentials).SafeBuild()
	require.NoError(t, err)
	return vpcep.NewVpcepClient(client)
}

// offeredService describes a service with one port.
func offeredService(name string) *model.CreateEndpointServiceRequestBody {
	return &model.CreateEndpointServiceRequestBody{
		ServiceName: &name, PortId: "4189d3c2-8882-4871-a3c2-d380272eed88", VpcId: "4189d3c2-8882-4871-a3c2-d380272eed80",
		ServerType: model.GetCreateEndpointServiceRequestBodyServerTypeEnum().LB,
		Tags:       &[]model.TagList{{Key: new("team"), Value: new("shop")}},
		Ports: []model.PortList{{
			ClientPort: new(int32(8080)), ServerPort: new(int32(90)), Protocol: new(model.GetPortListProtocolEnum().TCP),
		}},
	}
}

// offer makes a service and returns its id.
func offer(t *testing.T, client *vpcep.VpcepClient) string {
	t.Helper()
	created, err := client.CreateEndpointService(&model.CreateEndpointServiceRequest{Body: offeredService("")})
	require.NoError(t, err)
	return *created.Id
}

// whitelist reads all pages of a whitelist, oldest first.
func whitelist(t *testing.T, client *vpcep.VpcepClient, service string) []string {
	t.Helper()
	var all []string
	for {
		page, err := client.ListServicePermissionsDetails(&model.ListServicePermissionsDetailsRequest{
			VpcEndpointServiceId: service, Offset: new(int32(len(all))),
			SortDir: new(model.GetListServicePermissionsDetailsRequestSortDirEnum().ASC),
		})
		require.NoError(t, err)
		if len(*page.Permissions) == 0 {
			require.EqualValues(t, len(all), *page.TotalCount)
			return all
		}
		for _, entry := range *page.Permissions {
			require.NotContains(t, all, *entry.Permission)
			all = append(all, *entry.Permission)
		}
	}
}

// act adds or removes by the older call and returns the whitelist that it
// answers.
func act(t *testing.T, client *vpcep.VpcepClient, service, action string, permissions ...string) []string {
	t.Helper()
	actions := model.GetAddOrRemoveServicePermissionsRequestBodyActionEnum()
	answer, err := client.AddOrRemoveServicePermissions(&model.AddOrRemoveServicePermissionsRequest{
		VpcEndpointServiceId: service,
		Body: &model.AddOrRemoveServicePermissionsRequestBody{
			Permissions: permissions,
			Action:      map[string]model.AddOrRemoveServicePermissionsRequestBodyAction{"add": actions.ADD, "remove": actions.REMOVE}[action],
		},
	})
	require.NoError(t, err)
	require.Equal(t, http.StatusOK, answer.HttpStatusCode)
	return *answer.Permissions
}

func removal(service, entry string) *model.BatchRemoveEndpointServicePermissionsRequest {
	return &model.BatchRemoveEndpointServicePermissionsRequest{VpcEndpointServiceId: service, Body: &model.BatchRemoveEndpointServicePermissionsRequestBody{
		Permissions: []model.EpsRemovePermissionRequest{{Id: entry}},
	}}
}
