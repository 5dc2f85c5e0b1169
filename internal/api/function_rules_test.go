package api_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"switchboard/internal/api"
)

func functionDraft() api.FunctionDraft {
	return api.FunctionDraft{
		Package: "default", Name: "hello",
		Config: api.FunctionConfig{Runtime: "Go1.x", Handler: "main.handler", Timeout: 3 * time.Second, MemoryMB: 128, Type: "v2"},
		Code:   api.FunctionCode{Type: "zip"},
	}
}

func variables(n int) string {
	pairs := make([]string, n)
	for i := range pairs {
		pairs[i] = fmt.Sprintf(`"V%d":"x"`, i)
	}
	return "{" + strings.Join(pairs, ",") + "}"
}

func TestTheseFunctionsAreWellFormed(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(d *api.FunctionDraft){
		"the least there can be":              func(*api.FunctionDraft) {},
		"one letter":                          func(d *api.FunctionDraft) { d.Name = "h" },
		"a long name":                         func(d *api.FunctionDraft) { d.Name = strings.Repeat("h", 60) },
		"a name with everything":              func(d *api.FunctionDraft) { d.Name = "He_l-l0" },
		"the longest timeout":                 func(d *api.FunctionDraft) { d.Config.Timeout = 259_200 * time.Second },
		"the most memory":                     func(d *api.FunctionDraft) { d.Config.MemoryMB = 4096 },
		"the shortest handler":                func(d *api.FunctionDraft) { d.Config.Handler = "a.b" },
		"the longest handler":                 func(d *api.FunctionDraft) { d.Config.Handler = strings.Repeat("h", 127) + "." },
		"an HTTP function":                    func(d *api.FunctionDraft) { d.Config.Runtime, d.Config.Handler = "http", "-" },
		"an image":                            func(d *api.FunctionDraft) { d.Config.Runtime, d.Config.Handler, d.Code.Type = "Custom Image", "", "" },
		"an old one":                          func(d *api.FunctionDraft) { d.Config.Type = "v1" },
		"in another package":                  func(d *api.FunctionDraft) { d.Package = "1_tools-" },
		"a description of several lines":      func(d *api.FunctionDraft) { d.Config.Description = strings.Repeat("说", 510) + "\r\n" },
		"no environment variables":            func(d *api.FunctionDraft) { d.Config.UserData = "{}" },
		"as many environment variables":       func(d *api.FunctionDraft) { d.Config.UserData = variables(20) },
		"as large environment variables":      func(d *api.FunctionDraft) { d.Config.UserData = `{"V":"` + strings.Repeat("x", 4<<10-8) + `"}` },
		"as much inline code":                 func(d *api.FunctionDraft) { d.Code.Type, d.File = "inline", make([]byte, 10<<10) },
		"as much packed code":                 func(d *api.FunctionDraft) { d.Code.Type, d.File = "jar", make([]byte, 50<<20) },
		"code in object storage":              func(d *api.FunctionDraft) { d.Code.Type, d.Code.URL = "obs", "https://obs.example.com/a.zip" },
		"an upstream":                         func(d *api.FunctionDraft) { d.Upstream = "http://[2001:db8::1]:8080/run?a=b" },
		"an upstream by https, in upper case": func(d *api.FunctionDraft) { d.Upstream = "HTTPS://APP.example.com" },
	} {
		d := functionDraft()
		change(&d)
		d = d.Complete()
		require.Empty(t, d.Problems(nil), name)
	}
}

func TestEveryRuleOfFunctionsSaysWhatIsWrong(t *testing.T) {
	t.Parallel()
	for want, change := range map[string]func(d *api.FunctionDraft){
		"func_name function.name_required":                       func(d *api.FunctionDraft) { d.Name = "" },
		"func_name function.name_too_long":                       func(d *api.FunctionDraft) { d.Name = strings.Repeat("h", 61) },
		"func_name function.name_form":                           func(d *api.FunctionDraft) { d.Name = "hello-" },
		"package function.package_form":                          func(d *api.FunctionDraft) { d.Package = strings.Repeat("p", 61) },
		"description function.description_too_long":              func(d *api.FunctionDraft) { d.Config.Description = strings.Repeat("说", 513) },
		"description function.description_control":               func(d *api.FunctionDraft) { d.Config.Description = "a\x1bb" },
		"runtime function.runtime_required":                      func(d *api.FunctionDraft) { d.Config.Runtime = "" },
		"runtime function.runtime_unknown":                       func(d *api.FunctionDraft) { d.Config.Runtime = "go1.x" },
		"handler function.handler_required":                      func(d *api.FunctionDraft) { d.Config.Handler = "" },
		"handler function.handler_length":                        func(d *api.FunctionDraft) { d.Config.Handler = "-" },
		"handler function.handler_form":                          func(d *api.FunctionDraft) { d.Config.Handler = "index. handler" },
		"handler function.handler_dot":                           func(d *api.FunctionDraft) { d.Config.Handler = "handler" },
		"timeout function.timeout_range":                         func(d *api.FunctionDraft) { d.Config.Timeout = 259_201 * time.Second },
		"timeout function.timeout_whole":                         func(d *api.FunctionDraft) { d.Config.Timeout = 3500 * time.Millisecond },
		"memory_size function.memory_unknown":                    func(d *api.FunctionDraft) { d.Config.MemoryMB = 129 },
		"user_data function.user_data_form":                      func(d *api.FunctionDraft) { d.Config.UserData = "null" },
		"user_data function.user_data_too_many":                  func(d *api.FunctionDraft) { d.Config.UserData = variables(21) },
		"user_data function.user_data_too_big":                   func(d *api.FunctionDraft) { d.Config.UserData = `{"V":"` + strings.Repeat("x", 4<<10-7) + `"}` },
		"xrole function.xrole_form":                              func(d *api.FunctionDraft) { d.Config.XRole = "a\r\nb" },
		"app_xrole function.xrole_form":                          func(d *api.FunctionDraft) { d.Config.AppXRole = strings.Repeat("x", 129) },
		"type function.type_unknown":                             func(d *api.FunctionDraft) { d.Config.Type = "V2" },
		"enterprise_project_id function.enterprise_project_form": func(d *api.FunctionDraft) { d.Config.EnterpriseProject = "\n" },
		"code_type function.code_type_required":                  func(d *api.FunctionDraft) { d.Code.Type = "" },
		"code_type function.code_type_unknown":                   func(d *api.FunctionDraft) { d.Code.Type = "Zip" },
		"code_type function.code_type_image":                     func(d *api.FunctionDraft) { d.Code.Type = api.CodeImage },
		"func_code function.code_too_long":                       func(d *api.FunctionDraft) { d.Code.Type, d.File = "inline", make([]byte, 10<<10+1) },
		"func_code function.code_too_big":                        func(d *api.FunctionDraft) { d.File = make([]byte, 50<<20+1) },
		"code_url function.code_url_required":                    func(d *api.FunctionDraft) { d.Code.Type = "obs" },
		"code_url function.code_url_form":                        func(d *api.FunctionDraft) { d.Code.URL = "a\nb" },
		"code_filename function.filename_form":                   func(d *api.FunctionDraft) { d.Code.Filename = strings.Repeat("f", 256) },
		"upstream function.upstream_too_long":                    func(d *api.FunctionDraft) { d.Upstream = "http://app/" + strings.Repeat("x", 2048) },
		"upstream function.upstream_user":                        func(d *api.FunctionDraft) { d.Upstream = "http://u:p@app/" },
		"upstream function.upstream_fragment":                    func(d *api.FunctionDraft) { d.Upstream = "http://app/#" },
		"func_code function.code_elsewhere": func(d *api.FunctionDraft) {
			d.Code.Type, d.Code.URL, d.File = "obs", "https://obs.example.com/a.zip", []byte("x")
		},
	} {
		d := functionDraft()
		change(&d)
		found := d.Problems(nil)
		require.Len(t, found, 1, want)
		require.Equal(t, want, found[0].Path+" "+found[0].Message.Key)
	}
}

func TestAnUpstreamIsAWholeAddress(t *testing.T) {
	t.Parallel()
	for text, key := range map[string]string{
		"app": "function.upstream_form", "/run": "function.upstream_form", "http://": "function.upstream_form", "http://:80": "function.upstream_form",
		"http:app": "function.upstream_form", "http://app:port": "function.upstream_form", "http://a b": "function.upstream_form",
		"http://app/\r\nX: y": "function.upstream_form", "http://app/%zz": "function.upstream_form",
		"//app": "function.upstream_scheme", "file://app/etc/passwd": "function.upstream_scheme", "javascript://app": "function.upstream_scheme",
		"http://@app": "function.upstream_user", "http://app:0": "endpoint_service.port_range", "https://[::1]:65536": "endpoint_service.port_range",
	} {
		problems := api.UpstreamProblems(text)
		require.Len(t, problems, 1, text)
		require.Equal(t, key, problems[0].Message.Key, text)
		require.Equal(t, "upstream", problems[0].Path)
	}
}

func TestAnUpdateWithoutCodeIsJudgedByTheCodeThatIsThere(t *testing.T) {
	t.Parallel()
	d := functionDraft()
	d.Code.Type = "inline"
	problems := d.Problems(&api.FunctionCode{Type: "zip", Size: 10<<10 + 1})
	require.Len(t, problems, 1)
	require.Equal(t, "function.code_too_long", problems[0].Message.Key)
	d.File = []byte("short")
	require.Empty(t, d.Problems(&api.FunctionCode{Type: "zip", Size: 10<<10 + 1}))
}
