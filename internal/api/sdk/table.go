package sdk

import (
	"github.com/huaweicloud/huaweicloud-sdk-go-v3/core/def"
	cdm "github.com/huaweicloud/huaweicloud-sdk-go-v3/services/cdm/v1"
	cdmmodel "github.com/huaweicloud/huaweicloud-sdk-go-v3/services/cdm/v1/model"
	dli "github.com/huaweicloud/huaweicloud-sdk-go-v3/services/dli/v1"
	dlimodel "github.com/huaweicloud/huaweicloud-sdk-go-v3/services/dli/v1/model"
	functiongraph "github.com/huaweicloud/huaweicloud-sdk-go-v3/services/functiongraph/v2"
	functionmodel "github.com/huaweicloud/huaweicloud-sdk-go-v3/services/functiongraph/v2/model"
	vpcep "github.com/huaweicloud/huaweicloud-sdk-go-v3/services/vpcep/v1"
	vpcepmodel "github.com/huaweicloud/huaweicloud-sdk-go-v3/services/vpcep/v1/model"
)

// service is one of the SDK's, and what we use of it.
type service struct {
	pkg, client string
	methods     []method
}

type method struct {
	name       string
	request    any
	definition func() *def.HttpRequestDef
}

// services are what the SDK has of the dialect. It has no CSBS.
var services = []service{
	{"cdm/v1", "Cdm", []method{
		{"ListClusters", cdmmodel.ListClustersRequest{}, cdm.GenReqDefForListClusters},
		{"CreateLink", cdmmodel.CreateLinkRequest{}, cdm.GenReqDefForCreateLink},
		{"ShowLink", cdmmodel.ShowLinkRequest{}, cdm.GenReqDefForShowLink},
		{"UpdateLink", cdmmodel.UpdateLinkRequest{}, cdm.GenReqDefForUpdateLink},
		{"DeleteLink", cdmmodel.DeleteLinkRequest{}, cdm.GenReqDefForDeleteLink},
	}},
	{"dli/v1", "Dli", []method{
		{"CreateDatasourceConnection", dlimodel.CreateDatasourceConnectionRequest{}, dli.GenReqDefForCreateDatasourceConnection},
		{"ListDatasourceConnections", dlimodel.ListDatasourceConnectionsRequest{}, dli.GenReqDefForListDatasourceConnections},
		{"ShowDatasourceConnection", dlimodel.ShowDatasourceConnectionRequest{}, dli.GenReqDefForShowDatasourceConnection},
		{"DeleteDatasourceConnection", dlimodel.DeleteDatasourceConnectionRequest{}, dli.GenReqDefForDeleteDatasourceConnection},
		{"CreateQueue", dlimodel.CreateQueueRequest{}, dli.GenReqDefForCreateQueue},
		{"ListQueues", dlimodel.ListQueuesRequest{}, dli.GenReqDefForListQueues},
		{"ShowQueue", dlimodel.ShowQueueRequest{}, dli.GenReqDefForShowQueue},
		{"DeleteQueue", dlimodel.DeleteQueueRequest{}, dli.GenReqDefForDeleteQueue},
		{"CreateConnectivityTask", dlimodel.CreateConnectivityTaskRequest{}, dli.GenReqDefForCreateConnectivityTask},
		{"ShowConnectivityTask", dlimodel.ShowConnectivityTaskRequest{}, dli.GenReqDefForShowConnectivityTask},
	}},
	{"functiongraph/v2", "FunctionGraph", []method{
		{"CreateFunction", functionmodel.CreateFunctionRequest{}, functiongraph.GenReqDefForCreateFunction},
		{"ListFunctions", functionmodel.ListFunctionsRequest{}, functiongraph.GenReqDefForListFunctions},
		{"ShowFunctionConfig", functionmodel.ShowFunctionConfigRequest{}, functiongraph.GenReqDefForShowFunctionConfig},
		{"UpdateFunctionConfig", functionmodel.UpdateFunctionConfigRequest{}, functiongraph.GenReqDefForUpdateFunctionConfig},
		{"UpdateFunctionCode", functionmodel.UpdateFunctionCodeRequest{}, functiongraph.GenReqDefForUpdateFunctionCode},
		{"DeleteFunction", functionmodel.DeleteFunctionRequest{}, functiongraph.GenReqDefForDeleteFunction},
		{"CreateFunctionVersion", functionmodel.CreateFunctionVersionRequest{}, functiongraph.GenReqDefForCreateFunctionVersion},
		{"ListFunctionVersions", functionmodel.ListFunctionVersionsRequest{}, functiongraph.GenReqDefForListFunctionVersions},
		{"CreateVersionAlias", functionmodel.CreateVersionAliasRequest{}, functiongraph.GenReqDefForCreateVersionAlias},
		{"ListVersionAliases", functionmodel.ListVersionAliasesRequest{}, functiongraph.GenReqDefForListVersionAliases},
		{"ShowVersionAlias", functionmodel.ShowVersionAliasRequest{}, functiongraph.GenReqDefForShowVersionAlias},
		{"UpdateVersionAlias", functionmodel.UpdateVersionAliasRequest{}, functiongraph.GenReqDefForUpdateVersionAlias},
		{"DeleteVersionAlias", functionmodel.DeleteVersionAliasRequest{}, functiongraph.GenReqDefForDeleteVersionAlias},
		{"InvokeFunction", functionmodel.InvokeFunctionRequest{}, functiongraph.GenReqDefForInvokeFunction},
	}},
	{"vpcep/v1", "Vpcep", []method{
		{"CreateEndpointService", vpcepmodel.CreateEndpointServiceRequest{}, vpcep.GenReqDefForCreateEndpointService},
		{"ListEndpointService", vpcepmodel.ListEndpointServiceRequest{}, vpcep.GenReqDefForListEndpointService},
		{"ListServiceDetails", vpcepmodel.ListServiceDetailsRequest{}, vpcep.GenReqDefForListServiceDetails},
		{"ListServiceDescribeDetails", vpcepmodel.ListServiceDescribeDetailsRequest{}, vpcep.GenReqDefForListServiceDescribeDetails},
		{"UpdateEndpointService", vpcepmodel.UpdateEndpointServiceRequest{}, vpcep.GenReqDefForUpdateEndpointService},
		{"DeleteEndpointService", vpcepmodel.DeleteEndpointServiceRequest{}, vpcep.GenReqDefForDeleteEndpointService},
		{"ListServicePermissionsDetails", vpcepmodel.ListServicePermissionsDetailsRequest{}, vpcep.GenReqDefForListServicePermissionsDetails},
		{"AddOrRemoveServicePermissions", vpcepmodel.AddOrRemoveServicePermissionsRequest{}, vpcep.GenReqDefForAddOrRemoveServicePermissions},
		{"BatchAddEndpointServicePermissions", vpcepmodel.BatchAddEndpointServicePermissionsRequest{}, vpcep.GenReqDefForBatchAddEndpointServicePermissions},
		{"BatchRemoveEndpointServicePermissions", vpcepmodel.BatchRemoveEndpointServicePermissionsRequest{}, vpcep.GenReqDefForBatchRemoveEndpointServicePermissions},
		{"UpdateEndpointServicePermissionDesc", vpcepmodel.UpdateEndpointServicePermissionDescRequest{}, vpcep.GenReqDefForUpdateEndpointServicePermissionDesc},
		{"ListServiceConnections", vpcepmodel.ListServiceConnectionsRequest{}, vpcep.GenReqDefForListServiceConnections},
		{"AcceptOrRejectEndpoint", vpcepmodel.AcceptOrRejectEndpointRequest{}, vpcep.GenReqDefForAcceptOrRejectEndpoint},
		{"CreateEndpoint", vpcepmodel.CreateEndpointRequest{}, vpcep.GenReqDefForCreateEndpoint},
		{"ListEndpoints", vpcepmodel.ListEndpointsRequest{}, vpcep.GenReqDefForListEndpoints},
		{"ListEndpointInfoDetails", vpcepmodel.ListEndpointInfoDetailsRequest{}, vpcep.GenReqDefForListEndpointInfoDetails},
		{"DeleteEndpoint", vpcepmodel.DeleteEndpointRequest{}, vpcep.GenReqDefForDeleteEndpoint},
		{"ListQuotaDetails", vpcepmodel.ListQuotaDetailsRequest{}, vpcep.GenReqDefForListQuotaDetails},
	}},
}
