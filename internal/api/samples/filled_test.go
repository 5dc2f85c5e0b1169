package samples_test

import (
	"encoding/json"
	"math/rand/v2"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"switchboard/internal/api/samples"
)

// filled is a call in a language, as somebody fills it in.
func filled(t *testing.T, l samples.Language, f samples.Filled) string {
	t.Helper()
	text, err := samples.WriteFilled(l, &f, here)
	require.NoError(t, err, "%s: %q", l, f.Body)
	return text
}

func TestVariablesOfACallThatIsFilledIn(t *testing.T) {
	t.Parallel()
	link := samples.Filled{
		Operation: "CreateLink", Params: map[string]string{"project": "p1", "cluster": "default"},
		Body: `{"links":[{"name":"${accessKey}","${key}":"a ${text}","connector-name":"${token}","creation-user":"${Token}","update-user":"${token}"}]}`,
	}
	for _, l := range samples.Languages[:5] {
		text := filled(t, l, link)
		for _, name := range []string{"ACCESS_KEY_2", "TOKEN_2", "TOKEN_3"} {
			require.Contains(t, text, name, "%s: the names that samples have already are others'", l)
		}
		require.Contains(t, text, "a ${text}", "%s: only a whole text is a secret", l)
		require.NotContains(t, text, "\ue000", l)
	}
	check := samples.Filled{Operation: "KeystoneValidateToken", Header: map[string]string{"X-Language": "zh-cn"}, Hidden: []string{"X-Subject-Token"}}
	for l, want := range map[samples.Language]string{
		samples.HTTP: "\nX-Subject-Token: $X_SUBJECT_TOKEN\n", samples.Curl: `-H "X-Subject-Token: $X_SUBJECT_TOKEN"`,
		samples.Go: `"X-Subject-Token", os.Getenv("X_SUBJECT_TOKEN")`, samples.Python: `"X-Subject-Token", os.environ["X_SUBJECT_TOKEN"],`,
		samples.Java: `"X-Subject-Token", System.getenv("X_SUBJECT_TOKEN")`,
	} {
		require.Contains(t, filled(t, l, check), want)
	}
}

func TestABodyThatIsNotJSONStandsAsItIs(t *testing.T) {
	t.Parallel()
	for _, body := range []string{
		`{"links": [{"name": "ord`, "{\r\n`\x00\xff\ufeff", `"a text"`, strings.Repeat("[", 40) + strings.Repeat("]", 40), "[" + strings.Repeat("[],", 30<<10) + "[]]",
		strings.Repeat("[", 1<<20),
	} {
		for _, l := range samples.Languages {
			text := filled(t, l, samples.Filled{Operation: "CreateLink", Body: body})
			require.Less(t, len(text), 2000+3*len(body), l)
		}
		require.Contains(t, filled(t, samples.HTTP, samples.Filled{Operation: "CreateLink", Body: body}), "\n\n"+strings.NewReplacer("\r", "", "\x00", "", "\xff", "\ufffd").Replace(body))
	}
}

func TestACallThatIsNoneHasNoCode(t *testing.T) {
	t.Parallel()
	_, err := samples.WriteFilled(samples.HTTP, &samples.Filled{Operation: "Nothing"}, here)
	require.ErrorContains(t, err, "Nothing")
}

func TestWordsThatAreNoneHaveCode(t *testing.T) {
	t.Parallel()
	for _, word := range []string{"1x y", "", "-", "中文", "\u202e"} {
		body := `{"port_id":"a","vpc_id":"b","server_type":` + strconv.Quote(word) + `,"ports":[{"client_port":1,"server_port":2,"protocol":"TCP"}]}`
		for _, l := range samples.Languages {
			filled(t, l, samples.Filled{Operation: "CreateEndpointService", Body: body})
		}
	}
}

// Whatever shape a body has, there is code for it.
func TestABodyOfAnyShapeHasCode(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(8, 23))
	for _, operation := range []string{
		"CreateLink", "CreateDatasourceConnection", "CreateQueue", "CreateEndpointService", "BatchAddEndpointServicePermissions", "CreateEndpoint",
		"AcceptOrRejectEndpoint", "CreateFunction", "CreateVersionAlias", "UpdateVersionAlias", "CreatePolicy", "CreateCheckpoint", "UpdateHook",
	} {
		for range 12 {
			body, err := json.Marshal(anyShape(random, 5))
			require.NoError(t, err)
			for _, l := range samples.Languages {
				filled(t, l, samples.Filled{Operation: operation, Params: map[string]string{"function": "x"}, Query: url.Values{"limit": {"x"}}, Body: string(body)})
			}
		}
	}
}

// shapeKeys are keys that bodies have.
var shapeKeys = []string{
	"links", "name", "connector-name", "link-config-values", "configs", "inputs", "value", "ports", "client_port", "protocol", "server_type", "permissions",
	"permission", "description", "endpoints", "action", "additional_version_weights", "additional_version_strategy", "v2", "rules", "op", "policy", "resources",
	"scheduled_operations", "trigger", "properties", "operation_definition", "tags", "key", "checkpoint", "parameters", "func_code", "file", "cu_count", "version",
}

// anyShape is an object, a list, or something else, of what bodies have.
func anyShape(random *rand.Rand, depth int) any {
	switch n := random.IntN(10); {
	case depth > 0 && (n < 5 || depth == 5):
		object := map[string]any{}
		for range 5 {
			object[shapeKeys[random.IntN(len(shapeKeys))]] = anyShape(random, depth-1)
		}
		return object
	case depth > 0 && n < 7:
		return []any{anyShape(random, depth-1), anyShape(random, depth-1)}
	}
	return []any{nil, true, 0, -1, 1e30, 0.5, "", "receive", "add", "VM", "1x y", "${secret}", "`", "中文", "\ufeff"}[random.IntN(15)]
}
