package samples_test

import (
	"encoding/json"
	"go/parser"
	"go/token"
	"net/url"
	"os/exec"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"switchboard/internal/api"
	"switchboard/internal/api/samples"
	"switchboard/internal/api/wire"
)

var here = samples.Server{URL: "http://127.0.0.1:8080", Project: "p1", Region: "local-1"}

// createLink is a call with a secret and with what languages like to take for their own.
func createLink(t *testing.T) []wire.Call {
	t.Helper()
	body, err := json.Marshal(map[string]any{"links": []any{map[string]any{
		"name": "my 'link' \"${x}\" \\(y) `z` $HOME \u2028", "connector-name": "generic-jdbc-connector",
		"link-config-values": map[string]any{"configs": []any{map[string]any{"name": "linkConfig", "inputs": []any{
			map[string]any{"name": "linkConfig.host", "value": "db"},
			map[string]any{"name": "linkConfig.password", "value": wire.Variable("PASSWORD")},
		}}}},
	}}})
	require.NoError(t, err)
	return []wire.Call{{
		Operation: wire.FindOperation("CreateLink"), Params: map[string]string{"project": "p1", "cluster": "c 1/ä"},
		Query: url.Values{"validate": {"false"}},
		Body:  body, Secrets: map[string]api.Secret{"PASSWORD": api.NewSecret("hunter2")},
	}}
}

// enableLink is a call that no SDK has.
func enableLink() []wire.Call {
	return []wire.Call{{
		Operation: wire.FindOperation("EnableLink"), Params: map[string]string{"project": "p1", "id": "l1"},
		Header: map[string]string{"X-Switchboard-Reason": "it's \"late\""}, Body: json.RawMessage(`{"enabled":true}`),
	}}
}

func TestNoSampleHasASecretInIt(t *testing.T) {
	t.Parallel()
	for _, l := range samples.Languages {
		text, err := samples.Write(l, createLink(t), here)
		require.NoError(t, err, l)
		require.NotContains(t, text, "hunter2", l)
		require.Contains(t, strings.ToUpper(text), "PASSWORD", l)
		require.NotContains(t, text, "\ue000", l)
	}
}

// What an SDK has is written in its types, the rest without it.
func TestGoIsWrittenWithTheSDKWhereItHasTheCall(t *testing.T) {
	t.Parallel()
	typed, err := samples.Write(samples.Go, createLink(t), here)
	require.NoError(t, err)
	require.Contains(t, typed, `ConnectorName: "generic-jdbc-connector"`)
	require.Contains(t, typed, `os.Getenv("PASSWORD")`)

	plain, err := samples.Write(samples.Go, enableLink(), here)
	require.NoError(t, err)
	require.NotContains(t, plain, "huaweicloud")
	for _, text := range []string{typed, plain} {
		_, err := parser.ParseFile(token.NewFileSet(), "main.go", text, parser.AllErrors)
		require.NoError(t, err)
	}
}

// A shell gives curl exactly the body of the call, whatever is in it.
func TestACommandLineSendsWhatTheCallSays(t *testing.T) {
	t.Parallel()
	for _, tool := range []string{"jq", "sh"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skipf("%s is not installed", tool)
		}
	}
	calls := createLink(t)
	text, err := samples.Write(samples.Curl, calls, here)
	require.NoError(t, err)
	script := `curl() { while [ "$1" != --data-binary ]; do shift; done; cat; }` + "\n" + text
	run := exec.CommandContext(t.Context(), "sh", "-c", script)
	const password = `p"a\s'$HOME` + "\n\u00e4"
	run.Env = append(run.Environ(), "PASSWORD="+password, "TOKEN=t")
	sent, err := run.CombinedOutput()
	require.NoError(t, err, string(sent))
	calls[0].Secrets["PASSWORD"] = api.NewSecret(password)
	_, want, err := calls[0].Request(t.Context(), here.URL)
	require.NoError(t, err)
	require.JSONEq(t, string(want), string(sent))
}

func TestTerraformSaysWhatItHasNoResourceFor(t *testing.T) {
	t.Parallel()
	text, err := samples.Write(samples.Terraform, enableLink(), here)
	require.NoError(t, err)
	require.Equal(t, "# Terraform has no resource for EnableLink: use one of the other samples.\n", text)
}
