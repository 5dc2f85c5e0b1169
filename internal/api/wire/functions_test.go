package wire

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"switchboard/internal/api"
)

// functions is the path of the functions of the project.
func (w *world) functions(rest string) string {
	return "/v2/" + w.project.ID + "/fgs/functions" + rest
}

// functionOf is the body of a create, as documented, with some keys changed:
// pairs of a key and a JSON value, nothing to leave the key out.
func functionOf(name string, changes ...string) string {
	body := map[string]json.RawMessage{
		"func_name": json.RawMessage(`"` + name + `"`), "package": json.RawMessage(`"default"`), "runtime": json.RawMessage(`"Node.js18.15"`),
		"timeout": json.RawMessage(`30`), "handler": json.RawMessage(`"index.handler"`), "memory_size": json.RawMessage(`256`),
		"code_type": json.RawMessage(`"inline"`), "func_code": json.RawMessage(`{"file":"ZXhwb3J0cw==","link":""}`),
	}
	for i := 0; i < len(changes); i += 2 {
		if body[changes[i]] = json.RawMessage(changes[i+1]); changes[i+1] == "" {
			delete(body, changes[i])
		}
	}
	text, err := json.Marshal(body)
	if err != nil {
		panic(err) // a test's own mistake
	}
	return string(text)
}

// function creates a function and returns its URN as it was answered.
func (w *world) function(t testing.TB, name string, changes ...string) string {
	t.Helper()
	created := read[functionJSON](t, w.send("POST", w.functions(""), functionOf(name, changes...)), http.StatusOK)
	return created.URN
}

// release publishes versions of a function, each with code of its own.
func (w *world) release(t testing.TB, urn string, versions ...string) {
	t.Helper()
	for _, version := range versions {
		code := base64.StdEncoding.EncodeToString([]byte("code of " + version))
		rec := w.send("PUT", w.functions("/"+urn+"/code"), `{"code_type":"inline","func_code":{"file":"`+code+`"}}`)
		require.Equal(t, http.StatusOK, rec.Code, rec.Body.String())
		rec = w.send("POST", w.functions("/"+urn+"/versions"), `{"version":"`+version+`"}`)
		require.Equal(t, http.StatusOK, rec.Code, rec.Body.String())
	}
}

func TestCreateAFunction(t *testing.T) {
	t.Parallel()
	w := start(t)
	rec := w.send("POST", w.functions(""), functionOf("hello", "description", `"Says hello"`, "user_data", `"{\"STAGE\":\"test\"}"`,
		"xrole", `"agency"`, "type", "null", "unknown", "[1]"))
	require.Equal(t, http.StatusOK, rec.Code, "200, not 201")
	created := read[map[string]any](t, rec, http.StatusOK)
	id, _ := created["func_id"].(string)
	require.NotEmpty(t, id)
	require.Regexp(t, `^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$`, created["last_modified"])
	require.Regexp(t, `^latest-\d{12}@[0-9a-f]{5}$`, created["image_name"])
	require.Regexp(t, `^[0-9a-f]{128}$`, created["digest"])
	for _, key := range []string{"func_id", "last_modified", "image_name", "digest"} {
		delete(created, key)
	}
	require.Equal(t, map[string]any{
		"func_urn": "urn:fss:local-1:" + w.project.ID + ":function:default:hello:latest", "func_name": "hello", "resource_id": id,
		"domain_id": w.user.Account.ID, "namespace": w.project.ID, "project_name": "local-1", "package": "default",
		"runtime": "Node.js18.15", "timeout": 30.0, "handler": "index.handler", "memory_size": 256.0, "cpu": 400.0,
		"code_type": "inline", "code_url": "", "code_filename": "", "code_size": 7.0, "user_data": `{"STAGE":"test"}`,
		"version": "latest", "xrole": "agency", "app_xrole": "", "description": "Says hello", "version_description": "",
		"strategy_config": map[string]any{"concurrency": -1.0, "concurrent_num": 1.0}, "type": "v2", "enterprise_project_id": "",
		"long_time": false, "dependencies": []any{}, "depend_version_list": []any{}, "custom_image": nil, "func_vpc": nil, "mount_config": nil,
		"initializer_handler": "", "initializer_timeout": 0.0, "pre_stop_handler": "", "pre_stop_timeout": 0.0,
	}, created)

	shown := w.send("GET", w.functions("/hello/config"), "")
	require.Equal(t, rec.Body.String(), shown.Body.String(), "what was created is what is shown")
	listed := w.send("GET", w.functions(""), "")
	require.JSONEq(t, `{"functions":[`+rec.Body.String()+`],"next_marker":1,"count":1}`, listed.Body.String())
	signed := w.signed("GET", w.functions("/hello/config"), "")
	require.Equal(t, shown.Body.String(), signed.Body.String(), "whichever credential asks")
}

func TestBadFunctions(t *testing.T) {
	t.Parallel()
	w := start(t)
	w.function(t, "taken")
	long := strings.Repeat("a", 61)
	inline := base64.StdEncoding.EncodeToString(make([]byte, api.MaxInlineCode+1))
	for _, c := range []struct {
		name, body, code, field string
		status                  int
	}{
		{"no JSON", `{"func_name"`, "FSS.0400", "", 400},
		{"no body", ``, "FSS.0400", "", 400},
		{"not an object", `["a"]`, "FSS.0400", "", 400},
		{"a number for a name", functionOf("a", "func_name", "5"), "FSS.0400", "func_name", 400},
		{"a name that is too long", functionOf(long), "FSS.1002", "func_name: ", 400},
		{"no name", functionOf("a", "func_name", ""), "FSS.1002", "func_name: ", 400},
		{"a name with a line break", functionOf(`a\r\nb`), "FSS.1002", "func_name: ", 400},
		{"a package with a space", functionOf("a", "package", `"my tools"`), "FSS.1004", "package: ", 400},
		{"an unknown runtime", functionOf("a", "runtime", `"COBOL"`), "FSS.1005", "runtime: ", 400},
		{"an unknown code type", functionOf("a", "code_type", `"git"`), "FSS.1006", "code_type: ", 400},
		{"no code type", functionOf("a", "code_type", ""), "FSS.1006", "code_type: ", 400},
		{"a handler without a dot", functionOf("a", "handler", `"index"`), "FSS.1003", "handler: ", 400},
		{"a size of memory that is none", functionOf("a", "memory_size", "100"), "FSS.1007", "memory_size: ", 400},
		{"half a MB", functionOf("a", "memory_size", "128.5"), "FSS.0400", "memory_size", 400},
		{"a timeout of two seconds", functionOf("a", "timeout", "2"), "FSS.1008", "timeout: ", 400},
		{"a timeout for ever", functionOf("a", "timeout", "9223372036854775807"), "FSS.1008", "timeout: ", 400},
		{"a timeout before now", functionOf("a", "timeout", "-9223372036854775808"), "FSS.1008", "timeout: ", 400},
		{"code that is not base64", functionOf("a", "func_code", `{"file":"~~~"}`), "FSS.1011", "func_code: ", 400},
		{"code elsewhere that is nowhere", functionOf("a", "code_type", `"obs"`, "func_code", ""), "FSS.1012", "code_url: ", 400},
		{"long inline code", functionOf("a", "func_code", `{"file":"`+inline+`"}`), "FSS.1072", "func_code: ", 413},
		{"a long description", functionOf("a", "description", `"`+strings.Repeat("d", 513)+`"`), "FSS.1019", "description: ", 400},
		{"environment variables that are none", functionOf("a", "user_data", `"x"`), "FSS.0400", "user_data: ", 400},
		{"two mistakes: the first one's number", functionOf("a", "memory_size", "1", "runtime", `""`), "FSS.1005", "memory_size: ", 400},
		{"a name that is taken", functionOf("taken"), "FSS.1061", "func_name", 409},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			require.Contains(t, flatFault(t, w.send("POST", w.functions(""), c.body), c.status, c.code), c.field)
			require.Regexp(t, `\p{Han}`, flatFault(t, w.send("POST", w.functions(""), c.body, header{"X-Language", "zh-cn"}), c.status, c.code))
		})
	}
}

func TestCodeComesInLongBodies(t *testing.T) {
	t.Parallel()
	w := start(t)
	zip := base64.StdEncoding.EncodeToString(make([]byte, 2<<20))
	created := read[functionJSON](t, w.send("POST", w.functions(""), functionOf("a", "code_type", `"zip"`, "func_code", `{"file":"`+zip+`"}`)), http.StatusOK)
	require.EqualValues(t, 2<<20, created.CodeSize)
	rec := w.send("POST", w.functions(""), strings.Repeat(" ", maxFunction+1))
	require.Equal(t, http.StatusRequestEntityTooLarge, rec.Code)
	require.Contains(t, rec.Body.String(), `"error_code":"APIGW.0201"`)
}

func TestListFunctions(t *testing.T) {
	t.Parallel()
	w := start(t)
	for i := range 5 {
		w.function(t, fmt.Sprint("hello", i))
	}
	w.function(t, "Other", "package", `"tools"`)
	names := func(query string) (names []string, next, count int) {
		page := read[functionsJSON](t, w.send("GET", w.functions(query), ""), http.StatusOK)
		for _, f := range page.Functions {
			names = append(names, f.Name)
		}
		return names, page.Next, page.Count
	}
	all, next, count := names("")
	require.Len(t, all, 6)
	require.Equal(t, 6, next)
	require.Equal(t, 6, count)
	for _, items := range []string{"maxitems", "max_items"} {
		var paged []string
		for marker := 0; ; {
			page, next, count := names(fmt.Sprintf("?marker=%d&%s=4", marker, items))
			require.Equal(t, 6, count)
			require.Equal(t, marker+len(page), next)
			if len(page) == 0 {
				break
			}
			paged, marker = append(paged, page...), next
		}
		require.Equal(t, all, paged)
	}
	found, _, count := names("?func_name=ello&maxitems=2")
	require.Len(t, found, 2)
	require.Equal(t, 5, count)
	found, _, _ = names("?package_name=tools")
	require.Equal(t, []string{"Other"}, found)
	found, _, _ = names("?func_name=other")
	require.Empty(t, found, "upper and lower case matter")
	require.JSONEq(t, `{"functions":[],"next_marker":7,"count":6}`, w.send("GET", w.functions("?marker=7"), "").Body.String())

	for _, query := range []string{"marker=-1", "marker=x", "maxitems=0", "maxitems=401", "maxitems=-1", "max_items=0", "maxitems=", "marker=99999999999"} {
		field, _, _ := strings.Cut(query, "=")
		require.Contains(t, flatFault(t, w.send("GET", w.functions("?"+query), ""), 400, "FSS.1001"), field+": ")
	}
}

func TestChangeAFunction(t *testing.T) {
	t.Parallel()
	w := start(t)
	urn := w.function(t, "hello", "description", `"Says hello"`, "upstream", `"http://127.0.0.1:9/run"`)
	config, code := w.functions("/"+urn+"/config"), w.functions("/"+urn+"/code")
	before := read[functionJSON](t, w.send("GET", config, ""), http.StatusOK)
	require.Equal(t, "http://127.0.0.1:9/run", before.Upstream)

	changed := read[functionJSON](t, w.send("PUT", code, `{"code_type":"zip","func_code":{"file":"UEsDBA=="},"depend_version_list":[]}`), http.StatusOK)
	require.NotEqual(t, before.Digest, changed.Digest)
	require.Equal(t, "zip", changed.CodeType)
	require.EqualValues(t, 4, changed.CodeSize)
	changed.CodeType, changed.CodeSize, changed.Digest = before.CodeType, before.CodeSize, before.Digest
	changed.Image, changed.Modified = before.Image, before.Modified
	require.Equal(t, before, changed, "all else stays")

	changed = read[functionJSON](t, w.send("PUT", config, `{"func_name":"hello","runtime":"Node.js18.15","timeout":60,"handler":"index.handler","memory_size":512,"description":""}`), http.StatusOK)
	require.Equal(t, 60, changed.Timeout)
	require.Equal(t, 600, changed.CPU)
	require.Empty(t, changed.Description, "what is sent empty is emptied")
	require.Equal(t, "http://127.0.0.1:9/run", changed.Upstream)
	flatFault(t, w.send("PUT", config, `{"memory_size":1}`), 400, "FSS.1007")
	flatFault(t, w.send("PUT", config, ``), 400, "FSS.0400")
	flatFault(t, w.send("PUT", code, `{"code_type":"git"}`), 400, "FSS.1006")

	w.release(t, urn, "v1")
	w.gray(t, urn, "prod", "v1", "")
	for _, qualifier := range []string{"v1", "!prod"} {
		at := strings.Replace(urn, "latest", qualifier, 1)
		flatFault(t, w.send("PUT", w.functions("/"+at+"/config"), `{"timeout":60}`), 403, "FSS.0403")
		flatFault(t, w.send("PUT", w.functions("/"+at+"/code"), `{"code_type":"zip"}`), 403, "FSS.0403")
		shown := read[functionJSON](t, w.send("GET", w.functions("/"+at+"/config"), ""), http.StatusOK)
		require.Equal(t, "v1", shown.Version)
		require.True(t, strings.HasSuffix(shown.URN, ":hello:v1"), shown.URN)
	}
}

func TestDeleteFunctionsAndVersions(t *testing.T) {
	t.Parallel()
	w := start(t)
	urn := w.function(t, "hello")
	w.release(t, urn, "v1", "v2", "v3", "v4")
	base := strings.TrimSuffix(urn, ":latest")
	w.gray(t, urn, "one", "v1", "")
	w.gray(t, urn, "two", "v2", `"additional_version_weights":{"v3":5}`)

	for _, c := range []struct {
		qualifier, code string
		status          int
	}{
		{":latest", "FSS.0403", 403},
		{":v9", "FSS.1052", 404},
		{":!none", "FSS.1053", 404},
		{":v3", "FSS.1094", 403},
	} {
		flatFault(t, w.send("DELETE", w.functions("/"+base+c.qualifier), ""), c.status, c.code)
	}
	for _, qualifier := range []string{":v4", ":!one"} {
		rec := w.send("DELETE", w.functions("/"+base+qualifier), "")
		require.Equal(t, http.StatusNoContent, rec.Code, rec.Body.String())
		require.Empty(t, rec.Body.String())
	}
	require.Equal(t, []string{"latest", "v3", "v2"}, w.versions(t, base), "of an alias, the version behind it")
	require.Equal(t, []string{"two"}, w.aliasNames(t, base), "and with it the alias")

	require.Equal(t, http.StatusNoContent, w.send("DELETE", w.functions("/"+base), "").Code)
	for _, call := range []string{"", "/config", "/versions", "/aliases", "/aliases/two"} {
		method := "GET"
		if call == "" {
			method = "DELETE"
		}
		flatFault(t, w.send(method, w.functions("/"+base+call), ""), 404, "FSS.1051")
	}
}

func TestFunctionsOfAnotherProject(t *testing.T) {
	t.Parallel()
	w := start(t)
	w.function(t, "hello")
	theirs := "/v2/" + w.other.ID + "/fgs/functions"
	for _, call := range []string{"", "/hello/config", "/hello/aliases"} {
		flatFault(t, w.send("GET", theirs+call, ""), 403, "FSS.0403")
		token, _, err := w.ids.IssueToken(t.Context(), api.Actor{}, w.user, &w.other)
		require.NoError(t, err)
		rec := w.send("GET", theirs+call, "", header{"X-Auth-Token", token})
		if call == "" {
			require.JSONEq(t, `{"functions":[],"next_marker":0,"count":0}`, rec.Body.String())
			continue
		}
		flatFault(t, rec, 404, "FSS.1051")
	}
}

// What the service does not have here is answered by the gateway, and nothing
// is redirected.
func TestPathsOfFunctionsAreExact(t *testing.T) {
	t.Parallel()
	w := start(t)
	w.function(t, "hello")
	for _, call := range []string{
		"GET /hello", "GET /hello/", "GET /hello/config/", "GET /hello/aliases/", "POST /hello/versions/", "PATCH /hello/config",
		"GET /hello%2Fconfig", "GET /hello/triggers", "POST /hello/invocations-async",
	} {
		method, path, _ := strings.Cut(call, " ")
		rec := w.send(method, w.functions(path), "")
		require.GreaterOrEqual(t, rec.Code, 400, call)
		require.Less(t, rec.Code, 500, call)
		require.Regexp(t, regexp.MustCompile(`"error_code":"(APIGW\.0101|FSS\.\d{4})"`), rec.Body.String(), call)
	}
}
