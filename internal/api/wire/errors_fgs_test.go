package wire

import (
	"errors"
	"maps"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"switchboard/internal/api"
)

// What may be refused about functions, versions and aliases has a number of its
// own or is known to need none, so that a new message does not get one by
// accident.
func TestEveryRefusalOfFunctionGraphHasANumber(t *testing.T) {
	t.Parallel()
	said := map[string]bool{}
	for _, folder := range []string{"..", "../embedded", "../mirror"} {
		files, err := os.ReadDir(folder)
		require.NoError(t, err)
		for _, file := range files {
			if !strings.HasSuffix(file.Name(), ".go") || strings.HasSuffix(file.Name(), "_test.go") {
				continue
			}
			text, err := os.ReadFile(folder + "/" + file.Name())
			require.NoError(t, err)
			for _, m := range fgsMessage.FindAllStringSubmatch(string(text), -1) {
				said[m[1]] = true
			}
		}
	}
	require.Greater(t, len(said), 60, "the messages are looked for where they are")
	for key := range said {
		require.NotZero(t, fgsNumbers[key], key)
	}
	for key := range maps.Keys(fgsNumbers) {
		require.True(t, said[key] || strings.HasPrefix(key, "wire."), "%s is numbered, but nobody says it", key)
	}
}

// fgsMessage is a message about functions, versions, aliases or invocations.
var fgsMessage = regexp.MustCompile(`"((?:function|version|alias|invoke)\.[a-z_]+)"`)

func TestTheShapeOfFunctionGraphErrors(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		err    error
		status int
		code   string
		text   string
	}{
		{"something broke", errors.New("disk full"), 500, "FSS.0500", "Something broke on the server. Tell the administrator this request id: "},
		{"a bug", api.Errorf(api.Internal, "wire.one_link"), 500, "FSS.0500", "Something broke on the server. Tell the administrator this request id: "},
		{"a code alone", api.Errorf(api.NotFound, "wire.one_endpoint"), 404, "FSS.0404", "Name exactly one endpoint."},
		{"a message that has a number", api.Errorf(api.NotFound, "alias.not_found"), 404, "FSS.1053", ""},
		{"fields: the number is the first's", api.Refuse([]api.Problem{
			{Path: "weight", Message: api.M("alias.weight_whole")}, {Path: "rules.3.type", Message: api.M("alias.rule_type")}, {Path: "gray", Message: api.M("alias.gray_both")},
		}), 400, "FSS.1092", ""},
		{"a parameter of a list", wrong("marker", api.M("wire.number", "min", 0, "max", 9)), 400, "FSS.1001", "marker: Use a whole number from 0 to 9."},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			r := fgsError((&server{}).context("GET", "/"), c.err)
			body := r.body.(flatBody)
			require.Equal(t, c.status, r.status)
			require.Equal(t, c.code, body.Code)
			require.Contains(t, body.Message, c.text)
			require.NotContains(t, body.Message, "disk full")
		})
	}
}

func TestFieldsHaveTheNamesOfTheDialect(t *testing.T) {
	t.Parallel()
	for path, want := range map[string]string{
		"name": "name", "gray": "", "additional": "additional_version", "weight": "additional_version_weights", "combine": "combine_type",
		"rules": "rules", "rules.12.type": "rules.12.rule_type", "rules.0.param": "rules.0.param", "type": "type", "code_type": "code_type",
	} {
		require.Equal(t, want, fgsField(path))
	}
}
