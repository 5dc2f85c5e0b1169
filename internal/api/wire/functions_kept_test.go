package wire

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"switchboard/internal/api"
)

// inert is what nothing here uses, with values as clients send them.
var inert = []string{
	"custom_image", `{"enabled":true,"image":"swr.example.com/a:1"}`,
	"initializer_handler", `"index.init"`, "initializer_timeout", `30`,
	"pre_stop_handler", `"index.stop"`, "pre_stop_timeout", `10`,
	"func_vpc", `{"vpc_id":"v","subnet_id":"s","security_groups":["g"]}`,
	"mount_config", `{"mount_user":{"user_id":-1},"func_mounts":[]}`,
	"dependencies", `[{"id":"d"}]`, "depend_version_list", `["1","2"]`,
}

// fields reads an answer.
func (w *world) fields(t testing.TB, method, target, body string) map[string]json.RawMessage {
	t.Helper()
	return read[map[string]json.RawMessage](t, w.send(method, target, body), http.StatusOK)
}

func requireInert(t testing.TB, got map[string]json.RawMessage) {
	t.Helper()
	for i := 0; i < len(inert); i += 2 {
		require.Equal(t, inert[i+1], string(got[inert[i]]), inert[i])
	}
}

func TestWhatNothingHereUsesIsKept(t *testing.T) {
	t.Parallel()
	w := start(t)
	requireInert(t, w.fields(t, "POST", w.functions(""), functionOf("hello", inert...)))
	config := w.functions("/hello/config")
	requireInert(t, w.fields(t, "GET", config, ""))
	requireInert(t, w.fields(t, "PUT", config, `{"timeout":60,"func_vpc":null}`))
	requireInert(t, w.fields(t, "PUT", w.functions("/hello/code"), `{"code_type":"zip"}`))
	requireInert(t, read[struct {
		Functions []map[string]json.RawMessage `json:"functions"`
	}](t, w.send("GET", w.functions(""), ""), http.StatusOK).Functions[0])

	requireInert(t, w.fields(t, "POST", w.functions("/hello/versions"), `{"version":"v1"}`))
	flatFault(t, w.send("POST", w.functions("/hello/versions"), `{"version":"v2"}`), 400, "FSS.1016")
	changed := w.fields(t, "PUT", config, `{"func_vpc": {"vpc_id" : "w"},"mount_config":{},"initializer_timeout":0,"depend_version_list":[ ]}`)
	require.Equal(t, `{"vpc_id":"w"}`, string(changed["func_vpc"]))
	require.Equal(t, `{}`, string(changed["mount_config"]))
	require.Equal(t, `0`, string(changed["initializer_timeout"]))
	require.Equal(t, `[]`, string(changed["depend_version_list"]))
	require.Equal(t, `"index.stop"`, string(changed["pre_stop_handler"]))
	require.Equal(t, `["3"]`, string(w.fields(t, "PUT", w.functions("/hello/code"), `{"depend_version_list":["3"]}`)["depend_version_list"]))
	requireInert(t, w.fields(t, "GET", w.functions("/urn:fss:local-1:"+w.project.ID+":function:default:hello:v1/config"), ""))
	w.fields(t, "POST", w.functions("/hello/versions"), `{"version":"v2"}`)
}

func TestTheLinkOfCodeIsKept(t *testing.T) {
	t.Parallel()
	w := start(t)
	created := w.fields(t, "POST", w.functions(""), functionOf("hello", "func_code", `{"file":"","link":"https://obs.example.com/a.zip"}`))
	require.Equal(t, `{"link":"https://obs.example.com/a.zip"}`, string(created["func_code"]))
	changed := w.fields(t, "PUT", w.functions("/hello/config"), `{"timeout":60}`)
	require.Equal(t, created["func_code"], changed["func_code"])
	require.NotContains(t, w.fields(t, "PUT", w.functions("/hello/code"), `{"func_code":{"link":""}}`), "func_code")
}

func TestBadSettingsThatAreOnlyKept(t *testing.T) {
	t.Parallel()
	w := start(t)
	w.function(t, "hello")
	long := `"` + strings.Repeat("v", api.MaxKept/2) + `"`
	for _, c := range [][3]string{
		{"func_vpc", `"v"`, "func_vpc in"},
		{"initializer_timeout", `"30"`, "initializer_timeout in"},
		{"initializer_timeout", `1.5`, "initializer_timeout in"},
		{"pre_stop_handler", `[]`, "pre_stop_handler in"},
		{"depend_version_list", `{}`, "depend_version_list in"},
		{"encrypted_user_data", `"{\"PASSWORD\":\"x\"}"`, "encrypted_user_data: "},
		{"strategy_config", `{"concurrency":-2}`, "strategy_config.concurrency: "},
		{"strategy_config", `{"concurrency":1001}`, "strategy_config.concurrency: "},
		{"strategy_config", `{"concurrent_num":0}`, "strategy_config.concurrent_num: "},
		{"strategy_config", `{"concurrency":"0"}`, "strategy_config.concurrency in"},
		{"custom_image", `{"a":` + long + `,"b":` + long + `}`, "custom_image: "},
	} {
		require.Contains(t, flatFault(t, w.send("POST", w.functions(""), functionOf("a", c[0], c[1])), 400, "FSS.0400"), c[2], c)
		require.Contains(t, flatFault(t, w.send("PUT", w.functions("/hello/config"), `{"`+c[0]+`":`+c[1]+`}`), 400, "FSS.0400"), c[2], c)
	}
	read[functionJSON](t, w.send("PUT", w.functions("/hello/config"), `{"func_vpc":{"a":`+long+`},"encrypted_user_data":""}`), http.StatusOK)
	text := flatFault(t, w.send("PUT", w.functions("/hello/config"), `{"custom_image":{"a":`+long+`}}`), 400, "FSS.0400")
	require.Contains(t, text, "in all", "with what is there already")

	// As deep as can be read, and what is not UTF-8.
	deep := strings.Repeat(`[`, 9_990) + strings.Repeat(`]`, 9_990)
	urn := w.function(t, "deep", "dependencies", deep, "custom_image", "{\"image\":\"\xff\\u0000\"}")
	require.Equal(t, deep, string(w.fields(t, "GET", w.functions("/"+urn+"/config"), "")["dependencies"]))
}

func TestADisabledFunctionIsNotCalled(t *testing.T) {
	t.Parallel()
	w := start(t)
	w.called(t, echoes)
	config, base := w.functions("/hello/config"), "urn:fss:local-1:"+w.project.ID+":function:default:hello"
	strategy := func(sent string) strategyJSON {
		return read[functionJSON](t, w.send("PUT", config, sent), http.StatusOK).Strategy
	}
	require.Equal(t, strategyJSON{0, 5}, strategy(`{"strategy_config":{"concurrency":0,"concurrent_num":5}}`))
	require.Equal(t, strategyJSON{0, 5}, strategy(`{"timeout":9,"strategy_config":null}`), "what is left out stays")
	require.Contains(t, flatFault(t, w.invoke("hello", `{}`), 429, "FSS.0429"), "Function disabled")
	require.Equal(t, http.StatusOK, w.invoke(base+":v1", `{}`).Code, "a version is as it was published")

	w.fields(t, "POST", w.functions("/hello/versions"), `{"version":"v3"}`)
	w.aim(t, "v3", "")
	flatFault(t, w.invoke(base+":v3", `{}`), 429, "FSS.0429")
	require.Equal(t, strategyJSON{1000, 5}, strategy(`{"strategy_config":{"concurrency":1000}}`))
	require.Equal(t, http.StatusOK, w.invoke("hello", `{}`).Code)
	require.Equal(t, strategyJSON{-1, 1}, strategy(`{"strategy_config":{"concurrency":-1,"concurrent_num":1}}`))
	require.Equal(t, http.StatusOK, w.invoke("hello", `{}`).Code)
}

// The dialect has no way to say what one has seen, so nobody is told that
// somebody was faster: each changes what he says, and no more.
func TestChangesOfAFunctionAtOnce(t *testing.T) {
	t.Parallel()
	w := start(t)
	w.function(t, "hello")
	bodies := []string{
		`/config {"timeout":61}`, `/config {"memory_size":512}`, `/config {"description":"d"}`, `/config {"handler":"a.handler"}`,
		`/config {"xrole":"x"}`, `/config {"app_xrole":"y"}`, `/config {"func_vpc":{}}`, `/config {"initializer_timeout":5}`,
		`/code {"code_filename":"a.js"}`, `/code {"func_code":{"file":"YQ=="}}`,
	}
	statuses := make([]string, len(bodies))
	var work sync.WaitGroup
	for i := range bodies {
		work.Go(func() {
			path, body, _ := strings.Cut(bodies[i], " ")
			rec := w.send("PUT", w.functions("/hello"+path), body)
			statuses[i] = fmt.Sprint(rec.Code, " ", rec.Body.String())
		})
	}
	work.Wait()
	for _, status := range statuses {
		require.True(t, strings.HasPrefix(status, "200 "), status)
	}
	got := read[functionJSON](t, w.send("GET", w.functions("/hello/config"), ""), http.StatusOK)
	require.Equal(t, []any{61, 512, "d", "a.handler", "x", "y", "{}", "5", "a.js", int64(1)}, []any{
		got.Timeout, got.MemoryMB, got.Description, got.Handler, got.XRole, got.AppXRole, string(got.VPC), string(got.InitializerTimeout),
		got.CodeFilename, got.CodeSize,
	})
}
