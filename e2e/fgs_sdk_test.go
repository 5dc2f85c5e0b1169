package e2e

import (
	"encoding/base64"
	"net/http"
	"strings"
	"testing"

	"github.com/huaweicloud/huaweicloud-sdk-go-v3/core/auth/basic"
	"github.com/huaweicloud/huaweicloud-sdk-go-v3/core/region"
	functiongraph "github.com/huaweicloud/huaweicloud-sdk-go-v3/services/functiongraph/v2"
	"github.com/huaweicloud/huaweicloud-sdk-go-v3/services/functiongraph/v2/model"
	"github.com/stretchr/testify/require"
)

func TestOfficialSDKManagesFunctions(t *testing.T) {
	t.Parallel()
	p := start(t)
	key := p.key(t)
	client := functionGraph(t, p, key)

	created, err := client.CreateFunction(&model.CreateFunctionRequest{Body: describedFunction("hello")})
	require.NoError(t, err)
	require.Equal(t, http.StatusOK, created.HttpStatusCode)
	urn := *created.FuncUrn
	require.Equal(t, "urn:fss:"+regionName+":"+key.ProjectID+":function:default:hello:latest", urn)
	require.Equal(t, key.DomainID, *created.DomainId)
	require.Equal(t, regionName, *created.ProjectName)
	require.EqualValues(t, 400, *created.Cpu)
	require.Equal(t, "Node.js18.15", created.Runtime.Value())
	require.NotNil(t, created.LastModified)

	listed, err := client.ListFunctions(&model.ListFunctionsRequest{FuncName: new("ell"), PackageName: new("default"), Maxitems: new("10"), Marker: new("0")})
	require.NoError(t, err)
	require.EqualValues(t, 1, *listed.Count)
	require.EqualValues(t, 1, *listed.NextMarker)
	require.Equal(t, urn, (*listed.Functions)[0].FuncUrn)

	configured, err := client.UpdateFunctionConfig(&model.UpdateFunctionConfigRequest{FunctionUrn: urn, Body: &model.UpdateFunctionConfigRequestBody{
		FuncName: "hello", Runtime: model.GetUpdateFunctionConfigRequestBodyRuntimeEnum().PYTHON3_9, Timeout: 60, Handler: "index.main", MemorySize: 512,
	}})
	require.NoError(t, err)
	require.EqualValues(t, 512, *configured.MemorySize)
	shown, err := client.ShowFunctionConfig(&model.ShowFunctionConfigRequest{FunctionUrn: urn})
	require.NoError(t, err)
	require.Equal(t, urn, *shown.FuncUrn)
	require.Equal(t, "Python3.9", shown.Runtime.Value())
	require.EqualValues(t, 60, *shown.Timeout)
	require.Equal(t, "Says hello", *shown.Description, "what is not sent stays")

	first := publish(t, client, urn, "v1")
	require.Equal(t, strings.TrimSuffix(urn, "latest")+"v1", *first.FuncUrn)
	require.Equal(t, "About v1", *first.VersionDescription)
	publish(t, client, urn, "v2")
	_, err = client.CreateFunctionVersion(&model.CreateFunctionVersionRequest{FunctionUrn: urn, Body: &model.CreateFunctionVersionRequestBody{}})
	require.Equal(t, "FSS.1016", refusal(t, err).ErrorCode, "nothing changed since")
	require.Equal(t, []string{"latest", "v2", "v1"}, functionVersions(t, client, urn))

	deleted, err := client.DeleteFunction(&model.DeleteFunctionRequest{FunctionUrn: *first.FuncUrn})
	require.NoError(t, err)
	require.Equal(t, http.StatusNoContent, deleted.HttpStatusCode)
	require.Equal(t, []string{"latest", "v2"}, functionVersions(t, client, urn))
	_, err = client.DeleteFunction(&model.DeleteFunctionRequest{FunctionUrn: urn})
	require.Equal(t, "FSS.0403", refusal(t, err).ErrorCode, "a URN with latest names a version")
	_, err = client.DeleteFunction(&model.DeleteFunctionRequest{FunctionUrn: strings.TrimSuffix(urn, ":latest")})
	require.NoError(t, err)
	_, err = client.ShowFunctionConfig(&model.ShowFunctionConfigRequest{FunctionUrn: urn})
	e := refusal(t, err)
	require.Equal(t, http.StatusNotFound, e.StatusCode)
	require.Equal(t, "FSS.1051", e.ErrorCode)
	require.NotEmpty(t, e.RequestId)
}

func TestOfficialSDKManagesAliases(t *testing.T) {
	t.Parallel()
	p := start(t)
	client := functionGraph(t, p, p.key(t))
	urn := publishedFunction(t, client, "v1", "v2", "v3")
	base := strings.TrimSuffix(urn, "latest")

	created, err := client.CreateVersionAlias(&model.CreateVersionAliasRequest{FunctionUrn: urn, Body: &model.CreateVersionAliasRequestBody{
		Name: "gray", Version: "v1", Description: new("For the tills"), AdditionalVersionWeights: map[string]int32{"v2": 50},
	}})
	require.NoError(t, err)
	require.Equal(t, http.StatusOK, created.HttpStatusCode)
	require.Equal(t, base+"!gray", *created.AliasUrn)
	require.Equal(t, map[string]int32{"v2": 50}, created.AdditionalVersionWeights)
	require.Nil(t, created.AdditionalVersionStrategy)
	require.NotNil(t, created.LastModified)

	ruled := map[string]model.VersionStrategy{"v1": headerRule("and")}
	_, err = client.CreateVersionAlias(&model.CreateVersionAliasRequest{FunctionUrn: base + "v1", Body: &model.CreateVersionAliasRequestBody{
		Name: "beta", Version: "v2", AdditionalVersionStrategy: ruled,
	}})
	require.NoError(t, err)

	// The URN of an alias names the function, too; it goes out as %21.
	listed, err := client.ListVersionAliases(&model.ListVersionAliasesRequest{FunctionUrn: *created.AliasUrn})
	require.NoError(t, err)
	require.Len(t, *listed.Body, 2)
	require.Equal(t, "beta", (*listed.Body)[0].Name)
	require.Equal(t, map[string]int64{"v2": 50}, (*listed.Body)[1].AdditionalVersionWeights)

	shown, err := client.ShowVersionAlias(&model.ShowVersionAliasRequest{FunctionUrn: urn, AliasName: "beta"})
	require.NoError(t, err)
	require.Equal(t, ruled, shown.AdditionalVersionStrategy)

	updated, err := client.UpdateVersionAlias(&model.UpdateVersionAliasRequest{FunctionUrn: urn, AliasName: "gray", Body: &model.UpdateVersionAliasRequestBody{
		Version: "latest", AdditionalVersionStrategy: map[string]model.VersionStrategy{"v3": headerRule("or")},
	}})
	require.NoError(t, err)
	require.Equal(t, "latest", *updated.Version)
	require.Equal(t, "For the tills", *updated.Description)
	require.Empty(t, updated.AdditionalVersionWeights)
	shown, err = client.ShowVersionAlias(&model.ShowVersionAliasRequest{FunctionUrn: urn, AliasName: "gray"})
	require.NoError(t, err)
	require.Equal(t, "or", shown.AdditionalVersionStrategy["v3"].CombineType.Value())

	deleted, err := client.DeleteVersionAlias(&model.DeleteVersionAliasRequest{FunctionUrn: urn, AliasName: "gray"})
	require.NoError(t, err)
	require.Equal(t, http.StatusNoContent, deleted.HttpStatusCode)
	listed, err = client.ListVersionAliases(&model.ListVersionAliasesRequest{FunctionUrn: urn})
	require.NoError(t, err)
	require.Len(t, *listed.Body, 1)

	// Deleting by the URN of an alias deletes the version behind it.
	_, err = client.DeleteFunction(&model.DeleteFunctionRequest{FunctionUrn: base + "!beta"})
	require.NoError(t, err)
	require.Equal(t, []string{"latest", "v3", "v1"}, functionVersions(t, client, urn))
	listed, err = client.ListVersionAliases(&model.ListVersionAliasesRequest{FunctionUrn: urn})
	require.NoError(t, err)
	require.Empty(t, *listed.Body)
}

func TestOfficialSDKReadsErrorsOfAliases(t *testing.T) {
	t.Parallel()
	p := start(t)
	client := functionGraph(t, p, p.key(t))
	urn := publishedFunction(t, client, "v1", "v2")
	create := func(name, version string, weights map[string]int32) error {
		_, err := client.CreateVersionAlias(&model.CreateVersionAliasRequest{FunctionUrn: urn, Body: &model.CreateVersionAliasRequestBody{
			Name: name, Version: version, AdditionalVersionWeights: weights,
		}})
		return err
	}
	require.NoError(t, create("a1", "v1", nil))
	_, unknown := client.ShowVersionAlias(&model.ShowVersionAliasRequest{FunctionUrn: urn, AliasName: "none"})
	_, malformed := client.ListVersionAliases(&model.ListVersionAliasesRequest{FunctionUrn: "a:b:c:d:e"})
	for name, c := range map[string]struct {
		err    error
		status int
		code   string
	}{
		"a name that is taken":     {create("a1", "v2", nil), 409, "FSS.1063"},
		"a version that is taken":  {create("a2", "v1", nil), 409, "FSS.1066"},
		"an unknown version":       {create("a2", "v9", nil), 404, "FSS.1052"},
		"too much":                 {create("a2", "v2", map[string]int32{"v1": 101}), 400, "FSS.1092"},
		"the main version twice":   {create("a2", "v2", map[string]int32{"v2": 1}), 400, "FSS.1093"},
		"latest as the additional": {create("a2", "v2", map[string]int32{"latest": 1}), 400, "FSS.1091"},
		"an unknown alias":         {unknown, 404, "FSS.1053"},
		"no URN":                   {malformed, 400, "FSS.1309"},
	} {
		e := refusal(t, c.err)
		require.Equal(t, c.status, e.StatusCode, name)
		require.Equal(t, c.code, e.ErrorCode, name)
		require.NotEmpty(t, e.ErrorMessage, name)
		require.NotEmpty(t, e.RequestId, name)
	}
}

func functionGraph(t *testing.T, p *program, key accessKey) *functiongraph.FunctionGraphClient {
	t.Helper()
	credentials, err := basic.NewCredentialsBuilder().
		WithAk(key.AccessKey).WithSk(key.SecretKey).WithProjectId(key.ProjectID).SafeBuild()
	require.NoError(t, err)
	client, err := functiongraph.FunctionGraphClientBuilder().WithRegion(region.NewRegion(regionName, p.URL)).WithCredential(credentials).SafeBuild()
	require.NoError(t, err)
	return functiongraph.NewFunctionGraphClient(client)
}

// describedFunction describes a function.
func describedFunction(name string) *model.CreateFunctionRequestBody {
	return &model.CreateFunctionRequestBody{
		FuncName: name, Package: "default", Runtime: model.GetCreateFunctionRequestBodyRuntimeEnum().NODE_JS18_15,
		Timeout: 30, Handler: "index.handler", MemorySize: 256, Description: new("Says hello"),
		CodeType: new(model.GetCreateFunctionRequestBodyCodeTypeEnum().INLINE), FuncCode: &model.FuncCode{File: new("ZXhwb3J0cw==")},
	}
}

// publishedFunction makes a function with versions and returns its URN.
func publishedFunction(t *testing.T, client *functiongraph.FunctionGraphClient, versions ...string) string {
	t.Helper()
	created, err := client.CreateFunction(&model.CreateFunctionRequest{Body: describedFunction("hello")})
	require.NoError(t, err)
	for _, version := range versions {
		publish(t, client, *created.FuncUrn, version)
	}
	return *created.FuncUrn
}

// publish gives a function code of its own for a version, and publishes it.
func publish(t *testing.T, client *functiongraph.FunctionGraphClient, urn, version string) *model.CreateFunctionVersionResponse {
	t.Helper()
	file := base64.StdEncoding.EncodeToString([]byte("// " + version))
	coded, err := client.UpdateFunctionCode(&model.UpdateFunctionCodeRequest{FunctionUrn: urn, Body: &model.UpdateFunctionCodeRequestBody{
		CodeType: model.GetUpdateFunctionCodeRequestBodyCodeTypeEnum().INLINE, FuncCode: &model.FuncCode{File: &file},
	}})
	require.NoError(t, err)
	published, err := client.CreateFunctionVersion(&model.CreateFunctionVersionRequest{FunctionUrn: urn, Body: &model.CreateFunctionVersionRequestBody{
		Version: &version, Description: new("About " + version), Digest: coded.Digest,
	}})
	require.NoError(t, err)
	require.Equal(t, http.StatusOK, published.HttpStatusCode)
	require.Equal(t, version, *published.Version)
	return published
}

func functionVersions(t *testing.T, client *functiongraph.FunctionGraphClient, urn string) []string {
	t.Helper()
	listed, err := client.ListFunctionVersions(&model.ListFunctionVersionsRequest{FunctionUrn: urn})
	require.NoError(t, err)
	require.EqualValues(t, len(*listed.Versions), *listed.Count)
	var found []string
	for _, version := range *listed.Versions {
		found = append(found, version.Version)
	}
	return found
}

// headerRule is a strategy of one rule; combined is "and" or "or".
func headerRule(combined string) model.VersionStrategy {
	combine := model.GetVersionStrategyCombineTypeEnum().AND
	if combined == "or" {
		combine = model.GetVersionStrategyCombineTypeEnum().OR
	}
	return model.VersionStrategy{CombineType: &combine, Rules: &[]model.VersionStrategyRules{{
		RuleType: new(model.GetVersionStrategyRulesRuleTypeEnum().HEADER), Param: new("version"),
		Op: new(model.GetVersionStrategyRulesOpEnum().EQUAL), Value: new("v1"),
	}}}
}
