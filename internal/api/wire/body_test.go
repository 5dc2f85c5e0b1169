package wire

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"switchboard/internal/api/routing"
)

// A program's author has to find the place in what he sent: no names of ours.
func TestAWrongTypeIsNamedByItsPlaceInTheBody(t *testing.T) {
	t.Parallel()
	w := start(t)
	urn := w.versioned(t)
	w.gray(t, urn, "gray", "v1", "")
	aliases, own := w.aliases(urn, ""), w.ownFunction(urn, "/aliases/gray")
	strategy := func(rules string) string {
		return aliasTo("a", "v3", `"additional_version_strategy":{"v4":{"rules":`+rules+`}}`)
	}
	for _, c := range [][4]string{
		{"POST", w.functions(""), functionOf("a", "timeout", `"3"`), "timeout in the request body has the wrong type. Send a JSON number."},
		{"POST", w.functions(""), functionOf("a", "timeout", `1e999`), "timeout in "},
		{"POST", w.functions(""), functionOf("a", "func_code", `{"link":"","file":[1]}`), "func_code.file in "},
		{"PUT", w.functions("/hello/config"), `{"timeout":3,"strategy_config":{"concurrency":true}}`, "strategy_config.concurrency in "},
		{"PUT", w.functions("/hello/code"), `[{"func_code":{}}]`, "Send one JSON object as the request body."},
		{"POST", aliases, `{"version":5}`, "version in "},
		{"POST", aliases, aliasTo("a", "v3", `"additional_version_weights":[1]`), "additional_version_weights in the request body has the wrong type. Send a JSON object."},
		{"POST", aliases, aliasTo("a", "v3", `"additional_version_weights":"[1]"`), "additional_version_weights in "},
		{"POST", aliases, aliasTo("a", "v3", `"additional_version_strategy":{"v4":7}`), "additional_version_strategy.v4 in "},
		{"POST", aliases, strategy(`"x"`), "additional_version_strategy.v4.rules in the request body has the wrong type. Send a JSON array."},
		{"POST", aliases, strategy(`[{},{"op":"=","value":1}]`), "additional_version_strategy.v4.rules.1.value in "},
		{"POST", aliases, strategy(`{"value":1}`), "additional_version_strategy.v4.rules.value in "},
		{"POST", own + "/ramps", `{"steps":[{"percent":1,"hold":5}]}`, "steps.0.hold in "},
		{"POST", own + "/decide", `{"headers":{"A":"a","B":["b",{"c":[]}]}}`, "headers.B.1 in "},
	} {
		rec := w.send(c[0], c[1], c[2])
		require.Equal(t, http.StatusBadRequest, rec.Code, c)
		var said map[string]string
		require.NoError(t, json.Unmarshal(rec.Body.Bytes(), &said))
		require.Contains(t, said["error_msg"]+said["message"], c[3], c)
		require.True(t, strings.HasPrefix(said["error_msg"]+said["message"], c[3]), said)
	}
}

func TestAVersionThatIsThereTwiceCountsTwice(t *testing.T) {
	t.Parallel()
	w := start(t)
	urn := w.versioned(t)
	rule := `{"rules":[{"rule_type":"header","param":"x","op":"=","value":"1"}]}`
	for _, more := range []string{
		`"additional_version_weights":{"v4":1,"v4":2}`,
		`"additional_version_weights":"{\"v4\":1,\"v4\":2}"`,
		`"additional_version_strategy":{"v4":` + rule + `,"v4":` + rule + `}`,
	} {
		flatFault(t, w.send("POST", w.aliases(urn, ""), aliasTo("a", "v3", more)), 400, "FSS.1091")
	}
}

// Memory is not lent to strangers: code alone may be long, and of a list no more
// is read than shows that it is too long.
func TestLongBodiesOfAliases(t *testing.T) {
	t.Parallel()
	w := start(t)
	urn := w.versioned(t)
	w.gray(t, urn, "gray", "v1", "")
	long := strings.Repeat(" ", maxBody) + "{}"
	for _, call := range []string{"POST /aliases", "PUT /aliases/gray", "POST /versions", "PUT /config"} {
		method, path, _ := strings.Cut(call, " ")
		require.Equal(t, http.StatusRequestEntityTooLarge, w.send(method, w.functions("/hello"+path), long).Code, call)
	}
	read[functionJSON](t, w.send("PUT", w.functions("/hello/code"), long), http.StatusOK)

	body := aliasBody{
		Weights:    json.RawMessage(`{"a":1` + strings.Repeat(`,"a":1`, 1000) + `}`),
		Strategies: json.RawMessage(`{"a":{"rules":[{}` + strings.Repeat(`,{}`, 1000) + `]}` + strings.Repeat(`,"a":{}`, 1000) + `}`),
	}
	draft, err := body.draft()
	require.NoError(t, err)
	require.Len(t, draft.Weights, 2)
	require.Len(t, draft.Strategies, 2)
	require.Len(t, draft.Strategies[0].Rules, routing.MaxRules+1)
}

func TestAReleaseThatIsNoLongerThereIsNotEnded(t *testing.T) {
	t.Parallel()
	w := start(t)
	urn := w.versioned(t)
	w.gray(t, urn, "gray", "v1", `"additional_version_weights":{"v4":30}`)
	for _, deed := range []string{"/promote", "/abort"} {
		at := w.ownFunction(urn, "/aliases/gray"+deed)
		require.Equal(t, http.StatusConflict, w.send("POST", at, `{"additional":"v3"}`).Code)
		require.Equal(t, http.StatusBadRequest, w.send("POST", at, `{"additional":3}`).Code)
	}
	shown := read[ownAliasJSON](t, w.send("POST", w.ownFunction(urn, "/aliases/gray/promote"), `{"additional":"v4"}`), http.StatusOK)
	require.Equal(t, routing.Route{Main: "v4"}, shown.Route)
}
