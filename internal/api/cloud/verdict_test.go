package cloud

import (
	"errors"
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"switchboard/internal/api"
	"switchboard/internal/api/wire"
)

// The body is read before the status.
func TestVerdicts(t *testing.T) {
	t.Parallel()
	const (
		create = "CreateLink"
		remove = "DeleteVersionAlias"
	)
	for name, c := range map[string]struct {
		operation string
		status    int
		body      string
		fate      fate
		code      api.Code
		text      string
	}{
		"an object":                        {"ListQueues", 200, `{"queues":[]}`, done, "", ""},
		"a list":                           {"ListVersionAliases", 200, ` [] `, done, "", ""},
		"a success with empty words":       {"ListQueues", 200, `{"is_success":true,"message":"","error_code":""}`, done, "", ""},
		"a service with its own failure":   {"ListServiceDetails", 200, `{"id":"1","error":[{"code":"x","message":"y"}]}`, done, "", ""},
		"a deletion without words":         {remove, 204, "", done, "", ""},
		"a deletion with an empty 200":     {remove, 200, "", done, "", ""},
		"a change without words":           {"UpdatePolicy", 204, "", done, "", ""},
		"a change with an empty 200":       {"UpdatePolicy", 200, "", lost, api.Unavailable, ""},
		"a list without words":             {"ListQueues", 204, "", lost, api.Unavailable, ""},
		"whatever a function says":         {"InvokeFunction", 200, `<p>hello</p>`, done, "", ""},
		"a link with warnings":             {create, 200, `{"name":"a","validation-result":[{"linkConfig":[{"message":"slow","status":"WARNING"}]}]}`, done, "", ""},
		"a link without findings":          {create, 200, `{"name":"a","validation-result":[{}]}`, done, "", ""},
		"500 that is wrong input":          {create, 500, `{"validation-result":[{"linkConfig":[{"message":"linkConfig.host: No such host. (Cdm.0901)","status":"ERROR"}]}]}`, refused, api.Invalid, "linkConfig.host|No such host. (Cdm.0901)"},
		"200 that is wrong input":          {create, 200, `{"validation-result":[{"linkConfig":[{"message":"Can't connect","status":"ERROR"}]}]}`, refused, api.Invalid, "|Can't connect"},
		"500 without what is wrong":        {create, 500, `{"validation-result":[{}]}`, lost, api.Unavailable, ""},
		"CDM's new shape":                  {create, 400, `{"code":"Cdm.0315","errCode":"Cdm.0315","message":"exists","externalMessage":"exists"}`, refused, api.Conflict, "exists"},
		"CDM's old shape":                  {create, 400, `{"errCode":"Cdm.0101","externalMessage":"gone"}`, refused, api.NotFound, "gone"},
		"in use, in a 500":                 {"DeleteLink", 500, `{"errCode":"Cdm.0021","externalMessage":"in use"}`, refused, api.Conflict, "in use"},
		"DLI's not found, in a 400":        {"ShowQueue", 400, `{"error_code":"DLI.0002","error_msg":"no"}`, refused, api.NotFound, "no"},
		"DLI's own fault, in a 400":        {"ShowQueue", 400, `{"error_code":"DLI.0999","error_msg":"no"}`, refused, api.Unavailable, "no"},
		"a failure in 201":                 {"CreateQueue", 201, `{"is_success":false,"message":"frozen"}`, refused, api.Invalid, "frozen"},
		"a failure in 200 with a number":   {"CreateQueue", 200, `{"error_code":"DLI.1028","error_msg":"full"}`, refused, api.Limit, "full"},
		"VPCEP's nested shape":             {"CreateEndpoint", 400, `{"error":{"code":"EndPoint.2003","message":"no"}}`, refused, api.NotFound, "no"},
		"VPCEP's flat shape":               {"CreateEndpoint", 400, `{"error_code":"EndPoint.0002","error_msg":"no"}`, refused, api.Invalid, "no"},
		"an empty body, in a 504":          {"CreateEndpoint", 504, `{"error":{"code":"EndPoint.0011","message":"no"}}`, refused, api.Invalid, "no"},
		"too many aliases, in a 403":       {"CreateVersionAlias", 403, `{"error_code":"FSS.1043","error_msg":"no"}`, refused, api.Limit, "no"},
		"a number nobody knows":            {"ShowPolicy", 409, `{"error_code":"CSBS.4711","error_msg":"no"}`, refused, api.Conflict, "no"},
		"a backup is made, in a 500":       {"CreateCheckpoint", 500, `{"error_code":"CSBS.1001","error_msg":"no"}`, refused, api.Conflict, "no"},
		"CSBS is broken":                   {"ShowPolicy", 500, `{"error_code":"CSBS.9999","error_msg":"no"}`, lost, api.Unavailable, "no"},
		"Keystone's shape":                 {"KeystoneListProjects", 404, `{"error":{"code":404,"message":"no","title":"Not Found"}}`, refused, api.NotFound, "no"},
		"nobody, says Keystone":            {"KeystoneListProjects", 401, `{"error":{"code":401,"message":"no"}}`, signedOut, api.Forbidden, "no"},
		"nobody, says the gateway":         {"ListQueues", 401, `{"error_code":"APIGW.0301","error_msg":"no"}`, signedOut, api.Forbidden, "no"},
		"an access key that has ended":     {"ListQueues", 400, `{"error_code":"IAM.1105","error_msg":"no"}`, signedOut, api.Forbidden, "no"},
		"no such API":                      {"ShowQueue", 404, `{"error_code":"APIGW.0101","error_msg":"no"}`, refused, api.Unavailable, "no"},
		"404 of something before it":       {"ShowQueue", 404, `{"message":"no route matched"}`, lost, api.Unavailable, ""},
		"an error without words":           {"ShowQueue", 400, `{}`, lost, api.Unavailable, ""},
		"words of another type":            {"ShowQueue", 400, `{"error_code":7,"error_msg":["a"]}`, lost, api.Unavailable, ""},
		"an error in a list":               {"ShowQueue", 400, `[{"error_code":"DLI.0002"}]`, lost, api.Unavailable, ""},
		"a page":                           {"ListQueues", 200, "<!doctype html>", lost, api.Unavailable, ""},
		"two answers":                      {"ListQueues", 200, "{}{}", lost, api.Unavailable, ""},
		"throttled":                        {"ListQueues", 429, `{"error_code":"APIGW.0308","error_msg":"no"}`, busy, api.Limit, "no"},
		"away":                             {"ListQueues", 503, `{"error_code":"DLI.0999","error_msg":"no"}`, busy, api.Unavailable, "no"},
		"words that turn, and end nowhere": {"ShowQueue", 400, `{"error_code":"DLI.0001","error_msg":"a\u202eb\u0000c\nd"}`, refused, api.Invalid, "ab c d"},
	} {
		o := wire.FindOperation(c.operation)
		got, err := judge(o, &Answer{Status: c.status, Body: []byte(c.body)}, slices.Values[[]api.Secret](nil))
		require.Equal(t, c.fate, got, name)
		if c.fate == done {
			require.Nil(t, err, name)
			continue
		}
		require.Equal(t, c.code, err.Code, name)
		text, _ := err.Message.Args["text"].(string)
		if len(err.Problems) > 0 {
			text = err.Problems[0].Path + "|" + err.Problems[0].Message.Args["text"].(string)
		}
		require.Equal(t, c.text, text, name)
		require.Equal(t, c.text == "", err.Message.Key == "cloud.no_answer", name)
	}
}

func TestWhatIsSentAgain(t *testing.T) {
	t.Parallel()
	for id, want := range map[string]bool{
		"ListQueues": true, "UpdatePolicy": true, "DeleteQueue": true, "CheckProtectable": true, "KeystoneCreateUserTokenByPassword": true,
		"CreateQueue": false, "CreateCheckpoint": false, "BatchAddEndpointServicePermissions": false, "InvokeFunction": false,
		"AssociateQueueToDatasourceConnection": false,
	} {
		o := wire.FindOperation(id)
		require.Equal(t, want, lost.again(o), id)
		require.True(t, unsent.again(o), id)
		require.Equal(t, id != invocation, busy.again(o), id+": a function that did not answer may have run")
		require.False(t, refused.again(o) || hopeless.again(o), id)
	}
}

func TestHowLongAServiceAsksToBeLeftAlone(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 23, 2, 0, 0, 0, time.UTC)
	for text, want := range map[string]time.Duration{
		"0": 0, "7": 7 * time.Second, "Mon, 23 Nov 2026 02:00:30 GMT": 30 * time.Second, "Mon, 23 Nov 2026 01:00:00 GMT": -time.Hour,
		"99999999999": -1, "soon": -1, "-3": -1, "": -1,
	} {
		got, ok := retryAfter(http.Header{"Retry-After": {text}}, now)
		require.Equal(t, want != -1, ok, text)
		if ok {
			require.Equal(t, want, got, text)
		}
	}
}

func TestWhenATokenIsRenewed(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 23, 2, 0, 0, 0, time.UTC)
	for body, want := range map[string]time.Duration{
		`{"token":{"issued_at":"2026-03-01T08:00:00.000000Z","expires_at":"2026-03-02T08:00:00.000000Z"}}`: 24*time.Hour - renewBefore,
		`{"token":{"issued_at":"2026-03-01T08:00:00.000000Z","expires_at":"2026-03-01T08:04:00.000000Z"}}`: 2 * time.Minute,
		`{"token":{"issued_at":"2026-03-01T08:00:00.000000Z","expires_at":"9999-03-01T08:04:00.000000Z"}}`: 24*time.Hour - renewBefore,
		`{"token":{}}`:                  24*time.Hour - renewBefore,
		`{"token":{"expires_at":"no"}}`: 24*time.Hour - renewBefore,
	} {
		require.Equal(t, now.Add(want), usedUntil([]byte(body), now), body)
	}
}

func TestEndpoints(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		draft    api.BackendDraft
		iam, dli string
	}{
		"Huawei Cloud": {api.BackendDraft{Cloud: api.CloudHuawei, Region: "cn-north-4"},
			"https://iam.myhuaweicloud.com", "https://dli.cn-north-4.myhuaweicloud.com"},
		"Huawei Cloud in Europe": {api.BackendDraft{Cloud: api.CloudHuawei, Region: "eu-west-101"},
			"https://iam.eu-west-101.myhuaweicloud.eu", "https://dli.eu-west-101.myhuaweicloud.eu"},
		"Open Telekom Cloud": {api.BackendDraft{Cloud: api.CloudOTC, Region: "eu-de"},
			"https://iam.eu-de.otc.t-systems.com", "https://dli.eu-de.otc.t-systems.com"},
		"Swiss OTC": {api.BackendDraft{Cloud: api.CloudOTC, Region: "eu-ch2"},
			"https://iam.eu-ch2.sc.otc.t-systems.com", "https://dli.eu-ch2.sc.otc.t-systems.com"},
		"a region of OTC that is new": {api.BackendDraft{Cloud: api.CloudOTC, Region: "eu-xx"},
			"https://iam.eu-xx.otc.t-systems.com", "https://dli.eu-xx.otc.t-systems.com"},
		"any other, one service elsewhere": {
			api.BackendDraft{Cloud: api.CloudCustom, Base: "http://console.test:8080", Endpoints: map[string]string{"dli": "https://dli.test"}},
			"http://console.test:8080", "https://dli.test"},
	} {
		a := AccountOf(&c.draft)
		if c.draft.Cloud == api.CloudCustom {
			require.Equal(t, c.draft.Base, a.Endpoints[wire.Extensions], "which may be another Switchboard")
			delete(a.Endpoints, wire.Extensions)
		}
		require.Equal(t, c.iam, a.Endpoints[wire.IAM], name)
		require.Equal(t, c.dli, a.Endpoints[wire.DLI], name)
		require.Len(t, a.Endpoints, 6, name)
	}
}

func TestNoRegionHasOurExtensions(t *testing.T) {
	t.Parallel()
	c := New(Options{}, Account{})
	_, err := c.Do(t.Context(), wire.Call{Operation: wire.FindOperation("ListRegions")})
	e, ok := errors.AsType[*api.Error](err)
	require.True(t, ok)
	require.Equal(t, "cloud.no_service", e.Message.Key)
}
