package e2e

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/huaweicloud/huaweicloud-sdk-go-v3/services/functiongraph/v2/model"
	"github.com/stretchr/testify/require"
)

// invocable is a function "orders" with the versions v1 and v2, which have one
// upstream: it answers with the version, which is in its address, and the body.
type invocable struct {
	*caller
	program  *program
	requests chan http.Header // that came to the upstream
}

func startInvocable(t *testing.T, opts ...option) *invocable {
	t.Helper()
	p := start(t, opts...)
	f := &invocable{caller: p.call(t), program: p, requests: make(chan http.Header, 1000)}
	upstream := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		f.requests <- r.Header
		w.Header().Set("Content-Type", "text/html")
		fmt.Fprintf(w, `{"version":%q,"got":%q}`, r.URL.Path[1:], body)
	}))
	t.Cleanup(upstream.Close)
	f.post("", `{"func_name":"orders","package":"default","runtime":"http","timeout":30,"handler":"-","memory_size":128,`+
		`"code_type":"inline","func_code":{"file":""},"upstream":"`+upstream.URL+`/v1"}`)
	f.post("orders/versions", `{"version":"v1"}`)
	f.aim("latest", upstream.URL+"/v2")
	f.post("orders/versions", `{"version":"v2"}`)
	f.aim("latest", upstream.URL+"/latest")
	return f
}

// own is a path of what the dialect lacks of the function.
func (f *invocable) own(rest string) string {
	return "/switchboard/v1/projects/" + f.project + "/functions/orders" + rest
}

// post posts to a path below that of the functions.
func (f *invocable) post(path, body string) {
	f.t.Helper()
	a := f.send(http.MethodPost, strings.TrimSuffix(f.functions(path), "/"), json.RawMessage(body))
	require.Equal(f.t, http.StatusOK, a.status, a.body)
}

// aim says where calls of a version go.
func (f *invocable) aim(version, upstream string) {
	f.t.Helper()
	a := f.send(http.MethodPut, f.own("/versions/"+version+"/upstream"), map[string]string{"upstream": upstream})
	require.Less(f.t, a.status, 300, a.body)
}

// raw calls what a URN names with headers, pairs of a name and a value.
func (f *invocable) raw(urn, body string, headers ...string) answer {
	f.t.Helper()
	r, err := http.NewRequestWithContext(f.t.Context(), http.MethodPost, f.base+f.functions(urn+"/invocations"), strings.NewReader(body))
	require.NoError(f.t, err)
	r.Header.Set("X-Auth-Token", f.token)
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	return do(f.t, f.http, r)
}

// invoke calls a version or an alias and returns the version that answered, and
// why that one.
func (f *invocable) invoke(qualifier string, headers ...string) (version, reason string) {
	f.t.Helper()
	a := f.raw(f.project+":default:orders:"+qualifier, "{}", headers...)
	require.Equal(f.t, http.StatusOK, a.status, a.body)
	var said struct{ Result string }
	require.NoError(f.t, json.Unmarshal([]byte(a.body), &said))
	version = a.header.Get("X-Cff-Function-Version")
	require.JSONEq(f.t, `{"version":"`+version+`","got":"{}"}`, said.Result)
	return version, a.header.Get("X-Cff-Version-Reason")
}

func TestOfficialSDKInvokesFunctions(t *testing.T) {
	t.Parallel()
	f := startInvocable(t)
	f.post("orders/aliases", `{"name":"prod","version":"v1","additional_version_weights":{"v2":100}}`)
	key := f.program.key(t)
	client := functionGraph(t, f.program, key)
	urn := "urn:fss:" + regionName + ":" + f.project + ":function:default:orders"
	for qualifier, version := range map[string]string{"": "latest", ":latest": "latest", ":v1": "v1", ":!prod": "v2"} {
		said, err := client.InvokeFunction(&model.InvokeFunctionRequest{
			FunctionUrn: urn + qualifier, Body: map[string]any{"order": 17}, XCffLogType: new("tail"), XCFFRequestVersion: new("v1"),
		})
		require.NoError(t, err, qualifier)
		require.Equal(t, http.StatusOK, said.HttpStatusCode)
		require.EqualValues(t, http.StatusOK, *said.Status)
		require.Equal(t, *said.RequestId, *said.XCffRequestId)
		require.Contains(t, *said.Log, "version: "+version)
		var result struct{ Version, Got string }
		require.NoError(t, json.Unmarshal([]byte(*said.Result), &result))
		require.Equal(t, version, result.Version)
		require.JSONEq(t, `{"order":17}`, result.Got)
		got := <-f.requests
		for name, values := range got {
			require.NotContains(t, strings.Join(values, ""), key.AccessKey, name)
		}
		require.Empty(t, got["X-Sdk-Date"])
		require.True(t, f.program.lacks(t, "the function is called from there, with another id") || *said.RequestId == got.Get("X-Cff-Request-Id"))
	}
	f.aim("v1", "")
	none := http.StatusNotImplemented
	if f.program.lacks(t, "why a function cannot run is known there") {
		none = http.StatusBadGateway
	}
	for qualifier, want := range map[string]struct {
		status int
		code   string
	}{":v1": {none, "FSS.0500"}, ":v9": {404, "FSS.1052"}, ":!nobody": {404, "FSS.1053"}} {
		_, err := client.InvokeFunction(&model.InvokeFunctionRequest{FunctionUrn: urn + qualifier, Body: map[string]any{}})
		e := refusal(t, err)
		require.Equal(t, want.status, e.StatusCode, qualifier)
		require.Equal(t, want.code, e.ErrorCode, qualifier)
		require.NotEmpty(t, e.RequestId)
	}
}

func TestInvocationsFollowTheAlias(t *testing.T) {
	t.Parallel()
	f := startInvocable(t)
	follow := func(t *testing.T, want, why, qualifier string, headers ...string) {
		t.Helper()
		version, reason := f.invoke(qualifier, headers...)
		require.Equal(t, []string{want, why}, []string{version, reason})
	}
	f.post("orders/aliases", `{"name":"beta","version":"v1","additional_version_strategy":{"v2":{"combine_type":"or","rules":[`+
		`{"rule_type":"Header","param":"X-Tester","op":"=","value":"yes"},{"rule_type":"cookie","param":"team","op":"in","value":"qa,ops"}]}}}`)
	follow(t, "v1", "rules", "!beta")
	follow(t, "v2", "rules", "!beta", "x-tester", "yes")
	follow(t, "v2", "rules", "%21beta", "Cookie", "a=b; team=ops")
	f.post("orders/aliases", `{"name":"prod","version":"v2"}`)
	follow(t, "v2", "main", "!prod")

	weigh := func(t *testing.T, weight string) {
		t.Helper()
		a := f.send(http.MethodPut, f.functions("orders/aliases/prod"), json.RawMessage(`{"version":"v2","additional_version_weights":{"v1":`+weight+`}}`))
		require.Equal(t, http.StatusOK, a.status, a.body)
	}
	for weight, version := range map[string]string{"0": "v2", "100": "v1"} {
		weigh(t, weight)
		for range 20 {
			follow(t, version, "weight", "!prod")
		}
	}
	weigh(t, "50")
	if f.program.lacks(t, "the dialect has no word for whose version stays whose") {
		return
	}
	a := f.send(http.MethodPut, f.own("/aliases/prod/sticky"), json.RawMessage(`{"sticky":{"type":"header","param":"X-User"}}`))
	require.Less(t, a.status, 300, a.body)
	first := map[string]string{}
	for i := range 20 {
		user := fmt.Sprint("user-", i)
		version, reason := f.invoke("!prod", "X-User", user)
		require.Equal(t, "key", reason)
		first[user] = version
	}
	weigh(t, "80")
	for user, version := range first {
		again, _ := f.invoke("!prod", "X-User", user)
		if version == "v1" {
			require.Equal(t, "v1", again, "whose version it was keeps it while the weight grows")
		}
	}
}

func TestInvocationsOfARawClient(t *testing.T) {
	t.Parallel()
	f := startInvocable(t)
	a := f.raw("orders", "hello", "X-CFF-Request-Version", "v0", "X-Cff-Log-Type", "tail", "Authorization", "mine")
	require.JSONEq(t, `{"version":"latest","got":"hello"}`, a.body)
	require.Equal(t, "text/plain; charset=UTF-8", a.header.Get("Content-Type"))
	require.Equal(t, "nosniff", a.header.Get("X-Content-Type-Options"))
	require.Equal(t, "v0", a.header.Get("X-Cff-Response-Version"))
	log, err := base64.StdEncoding.DecodeString(a.header.Get("X-Cff-Function-Log"))
	require.NoError(t, err)
	require.Contains(t, string(log), "version: latest")
	got := <-f.requests
	require.Empty(t, got["X-Auth-Token"])
	require.Empty(t, got["Authorization"])

	a = f.raw("orders", strings.Repeat("x", 6<<20+1))
	require.Equal(t, http.StatusRequestEntityTooLarge, a.status)
	require.Contains(t, a.body, `"error_code":"FSS.0413"`)
	f.aim("latest", f.program.seat().URL+"/healthz")
	a = f.raw("orders", "")
	require.Equal(t, http.StatusBadGateway, a.status, "the console does not call itself")
}
