package wire

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"switchboard/internal/api"
)

// aliases is the path of the aliases of a function.
func (w *world) aliases(urn, rest string) string { return w.functions("/" + urn + "/aliases" + rest) }

// gray creates an alias; more is the rest of the body, if any.
func (w *world) gray(t testing.TB, urn, name, version, more string) aliasJSON {
	t.Helper()
	return read[aliasJSON](t, w.send("POST", w.aliases(urn, ""), aliasTo(name, version, more)), http.StatusOK)
}

func aliasTo(name, version, more string) string {
	if more != "" {
		more = "," + more
	}
	return `{"name":"` + name + `","version":"` + version + `"` + more + `}`
}

// aliasNames reads the names of a function's aliases.
func (w *world) aliasNames(t testing.TB, urn string) []string {
	t.Helper()
	listed := read[[]aliasJSON](t, w.send("GET", w.aliases(urn, ""), ""), http.StatusOK)
	return each(listed, func(a aliasJSON) string { return a.Name })
}

// versioned makes a function with versions v1 to v4 and returns its URN.
func (w *world) versioned(t testing.TB) string {
	t.Helper()
	urn := w.function(t, "hello")
	w.release(t, urn, "v1", "v2", "v3", "v4")
	return urn
}

// The documented bodies, and what is answered to them.
func TestCreateAliases(t *testing.T) {
	t.Parallel()
	rules := `"additional_version_strategy":{"v4":{"combine_type":"or","rules":[` +
		`{"rule_type":"Header","param":"X-Tester","op":"=","value":"yes"},{"rule_type":"Header","param":"X-Team","op":"in","value":"qa,ops"}]}}`
	for name, c := range map[string]struct{ sent, answered string }{
		"prod": {"", ""},
		"gray": {`"additional_version_weights":{"v4":20}`, `,"additional_version_weights":{"v4":20}`},
		"beta": {rules, "," + rules},
		// The seed's, with the version and header that it has.
		"seed_rules": {
			`"additional_version_strategy":{"v2":{"combine_type":"and","rules":[{"rule_type":"Header","param":"version","op":"=","value":"v1"}]}}`,
			`,"additional_version_strategy":{"v2":{"combine_type":"and","rules":[{"rule_type":"Header","param":"version","op":"=","value":"v1"}]}}`,
		},
		"none":     {`"additional_version_weights":{},"additional_version_strategy":{}`, ""},
		"nulls":    {`"description":null,"additional_version_weights":null,"additional_version_strategy":null`, ""},
		"zero":     {`"additional_version_weights":{"v4":0}`, `,"additional_version_weights":{"v4":0}`},
		"all":      {`"additional_version_weights":{"v4":100}`, `,"additional_version_weights":{"v4":100}`},
		"text":     {`"additional_version_weights":"{\"v4\":20}","additional_version_strategy":""`, `,"additional_version_weights":{"v4":20}`},
		"no-blank": {`"additional_version_weights":""`, ""},
		"one-rule": {
			`"additional_version_strategy":{"v4":{"rules":{"rule_type":"cookie","param":"team","op":"=","value":"qa"}}}`,
			`,"additional_version_strategy":{"v4":{"rules":[{"rule_type":"cookie","param":"team","op":"=","value":"qa"}]}}`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := start(t)
			urn := w.versioned(t)
			rec := w.send("POST", w.aliases(urn, ""), aliasTo(name, "v3", c.sent))
			require.Equal(t, http.StatusOK, rec.Code, "200, not 201: "+rec.Body.String())
			created := read[aliasJSON](t, rec, http.StatusOK)
			require.Regexp(t, `^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$`, created.Modified)
			want := fmt.Sprintf(`{"name":%q,"version":"v3","description":"","last_modified":%q,"alias_urn":"urn:fss:local-1:%s:function:default:hello:!%s"%s}`,
				name, created.Modified, w.project.ID, name, c.answered)
			require.Equal(t, want, rec.Body.String())
			require.Equal(t, want, w.send("GET", w.aliases(urn, "/"+name), "").Body.String())
			require.Equal(t, "["+want+"]", w.send("GET", w.aliases(urn, ""), "").Body.String(), "a bare array")
		})
	}
}

func TestAFunctionWithoutAliasesHasAnEmptyList(t *testing.T) {
	t.Parallel()
	w := start(t)
	rec := w.send("GET", w.aliases(w.function(t, "hello"), ""), "")
	require.Equal(t, http.StatusOK, rec.Code)
	require.Equal(t, "[]", rec.Body.String())
}

func TestUpdateAliases(t *testing.T) {
	t.Parallel()
	w := start(t)
	urn := w.versioned(t)
	w.gray(t, urn, "gray", "v3", `"description":"For the tills","additional_version_weights":{"v4":20}`)
	put := func(body string) aliasJSON {
		return read[aliasJSON](t, w.send("PUT", w.aliases(urn, "/gray"), body), http.StatusOK)
	}

	changed := put(`{"version":"latest","additional_version_weights":{"v4":35}}`)
	require.Equal(t, "latest", changed.Version)
	require.Equal(t, map[string]int{"v4": 35}, changed.Weights)
	require.Equal(t, "For the tills", changed.Description, "absent keeps it")

	changed = put(`{"version":"v3","additional_version_strategy":{"v4":{"rules":[{"rule_type":"HEADER","param":"x","op":"in","value":"a,b"}]}}}`)
	require.Empty(t, changed.Weights, "one takes the place of the other")
	require.Equal(t, "HEADER", string(changed.Strategies["v4"].Rules[0].Type), "as it was sent")

	changed = put(`{"version":"v3","description":"","name":"other"}`)
	require.Empty(t, changed.Strategies, "a PUT without a gray release ends it")
	require.Empty(t, changed.Description, "empty clears it")
	require.Equal(t, "gray", changed.Name, "an alias is not renamed")
	changed = put(`{"version":"v3","name":5}`)
	require.Equal(t, "gray", changed.Name, "whatever the name is")

	require.Equal(t, changed, read[aliasJSON](t, w.send("GET", w.aliases(urn, "/!gray"), ""), http.StatusOK), "with the mark of a URN, too")
	require.Equal(t, changed, read[aliasJSON](t, w.send("GET", w.aliases(urn, "/%21gray"), ""), http.StatusOK))

	w.gray(t, urn, "other", "v1", "")
	flatFault(t, w.send("PUT", w.aliases(urn, "/gray"), `{"version":"v1"}`), 409, "FSS.1066")
	flatFault(t, w.send("PUT", w.aliases(urn, "/gray"), `{"version":"v9"}`), 404, "FSS.1052")
	flatFault(t, w.send("PUT", w.aliases(urn, "/none"), `{"version":"v1"}`), 404, "FSS.1053")
	flatFault(t, w.send("PUT", w.aliases(urn, "/gray"), ``), 400, "FSS.0400")
}

func TestDeleteAliases(t *testing.T) {
	t.Parallel()
	w := start(t)
	urn := w.versioned(t)
	w.gray(t, urn, "gray", "v3", "")
	rec := w.send("DELETE", w.aliases(urn, "/gray"), "")
	require.Equal(t, http.StatusNoContent, rec.Code)
	require.Empty(t, rec.Body.String())
	for _, method := range []string{"GET", "DELETE"} {
		flatFault(t, w.send(method, w.aliases(urn, "/gray"), ""), 404, "FSS.1053")
	}
	w.gray(t, urn, "gray", "v3", "")
}

func TestBadAliases(t *testing.T) {
	t.Parallel()
	w := start(t)
	urn := w.versioned(t)
	w.gray(t, urn, "taken", "v1", "")
	gray := func(more string) string { return aliasTo("gray", "v3", more) }
	rules := func(rule string) string {
		return gray(`"additional_version_strategy":{"v4":{"rules":[` + rule + `]}}`)
	}
	const rule = `{"rule_type":"Header","param":"x","op":"=","value":"1"}`
	weighed := func(weight string) string { return gray(`"additional_version_weights":{"v4":` + weight + `}`) }
	for _, c := range []struct {
		name, body, code, field string
		status                  int
	}{
		{"a weight of 101", weighed("101"), "FSS.1092", "additional_version_weights: ", 400},
		{"a weight below nothing", weighed("-1"), "FSS.1092", "additional_version_weights: ", 400},
		{"half a percent", weighed("12.5"), "FSS.1092", "additional_version_weights: ", 400},
		{"a whole number with a point", weighed("50.0"), "FSS.1092", "additional_version_weights: ", 400},
		{"an exponent", weighed("1e1"), "FSS.1092", "additional_version_weights: ", 400},
		{"a number that no machine holds", weighed(strings.Repeat("9", 400)), "FSS.1092", "additional_version_weights: ", 400},
		{"a weight in quotes", weighed(`"50"`), "FSS.1092", "additional_version_weights: ", 400},
		{"a weight that is true", weighed(`true`), "FSS.1092", "additional_version_weights: ", 400},
		{"a weight that is null", weighed(`null`), "FSS.1092", "additional_version_weights: ", 400},
		{"a weight that is a list", weighed(`[50]`), "FSS.1092", "additional_version_weights: ", 400},
		{"two additional versions", gray(`"additional_version_weights":{"v4":10,"v2":20}`), "FSS.1091", "additional_version: ", 400},
		{"two strategies", gray(`"additional_version_strategy":{"v4":{"rules":[` + rule + `]},"v2":{"rules":[` + rule + `]}}`), "FSS.1091", "additional_version: ", 400},
		{"the main version twice", gray(`"additional_version_weights":{"v3":10}`), "FSS.1093", "additional_version: ", 400},
		{"latest as the additional version", gray(`"additional_version_weights":{"latest":10}`), "FSS.1091", "additional_version: ", 400},
		{"an unknown additional version", gray(`"additional_version_weights":{"v9":10}`), "FSS.1091", "additional_version: ", 400},
		{"an additional version without a name", gray(`"additional_version_weights":{"":10}`), "FSS.1091", "additional_version: ", 400},
		{"an unknown main version", aliasTo("gray", "v9", ""), "FSS.1052", "version: ", 404},
		{"no version", `{"name":"gray"}`, "FSS.1015", "version: ", 400},
		{"a main version that is none", aliasTo("gray", `v 3`, ""), "FSS.1015", "version: ", 400},
		{"both ways at once", gray(`"additional_version_weights":{"v4":10},"additional_version_strategy":{"v4":{"rules":[` + rule + `]}}`), "FSS.0400", "", 400},
		{"no rules", rules(""), "FSS.0400", "rules: ", 400},
		{"rules that are null", gray(`"additional_version_strategy":{"v4":{"rules":null}}`), "FSS.0400", "rules: ", 400},
		{"a strategy that is null", gray(`"additional_version_strategy":{"v4":null}`), "FSS.0400", "rules: ", 400},
		{"21 rules", rules(strings.Repeat(rule+",", 20) + rule), "FSS.0400", "rules: ", 400},
		{"a value of half a MB", rules(strings.Replace(rule, `"1"`, `"`+strings.Repeat("v", 1<<19)+`"`, 1)), "FSS.0400", "rules.0.value: ", 400},
		{"a value with a line break", rules(strings.Replace(rule, `"1"`, `"a\r\nb"`, 1)), "FSS.0400", "rules.0.value: ", 400},
		{"no value", rules(rule + "," + strings.Replace(rule, `"1"`, `""`, 1)), "FSS.0400", "rules.1.value: ", 400},
		{"a value that is a number", rules(strings.Replace(rule, `"1"`, `1`, 1)), "FSS.0400", "value", 400},
		{"a header with a line break", rules(strings.Replace(rule, `"x"`, `"x\r\ny"`, 1)), "FSS.0400", "rules.0.param: ", 400},
		{"an unknown type", rules(strings.Replace(rule, `Header`, `query`, 1)), "FSS.0400", "rules.0.rule_type: ", 400},
		{"an unknown comparison", rules(strings.Replace(rule, `"="`, `"~"`, 1)), "FSS.0400", "rules.0.op: ", 400},
		{"an unknown combination", gray(`"additional_version_strategy":{"v4":{"combine_type":"xor","rules":[` + rule + `]}}`), "FSS.0400", "combine_type: ", 400},
		{"a list of strategies", gray(`"additional_version_strategy":[]`), "FSS.0400", "additional_version_strategy", 400},
		{"a list of weights", gray(`"additional_version_weights":[50]`), "FSS.0400", "additional_version_weights", 400},
		{"weights that are a number", gray(`"additional_version_weights":50`), "FSS.0400", "additional_version_weights", 400},
		{"a text that holds no weights", gray(`"additional_version_weights":"v4=20"`), "FSS.0400", "", 400},
		{"a name with a line break", aliasTo(`a\r\nb`, "v3", ""), "FSS.1014", "name: ", 400},
		{"a name with the mark of a URN", aliasTo(`!a`, "v3", ""), "FSS.1014", "name: ", 400},
		{"no name", `{"version":"v3"}`, "FSS.1014", "name: ", 400},
		{"a name of 65 characters", aliasTo(strings.Repeat("a", 65), "v3", ""), "FSS.1014", "name: ", 400},
		{"a name that is a number", `{"name":5,"version":"v3"}`, "FSS.0400", "name", 400},
		{"a long description", gray(`"description":"` + strings.Repeat("d", 513) + `"`), "FSS.1019", "description: ", 400},
		{"a name that is taken", aliasTo("taken", "v3", ""), "FSS.1063", "name: ", 409},
		{"a main version that is taken", aliasTo("gray", "v1", ""), "FSS.1066", "version: ", 409},
		{"a name and a version that are taken: the name's number", aliasTo("taken", "v1", ""), "FSS.1063", "version: ", 409},
		{"a bad weight and a name that is taken: the weight's number", aliasTo("taken", "v3", `"additional_version_weights":{"v4":101}`), "FSS.1092", "name: ", 400},
		{"an unknown main version and a bad weight: the version's number", aliasTo("gray", "v9", `"additional_version_weights":{"v4":101}`), "FSS.1052", "additional_version_weights: ", 404},
		{"no JSON", `{"name"`, "FSS.0400", "", 400},
		{"no body", ``, "FSS.0400", "", 400},
		{"a list", `[]`, "FSS.0400", "", 400},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			require.Contains(t, flatFault(t, w.send("POST", w.aliases(urn, ""), c.body), c.status, c.code), c.field)
			require.Regexp(t, `\p{Han}`, flatFault(t, w.send("POST", w.aliases(urn, ""), c.body, header{"X-Language", "zh-cn"}), c.status, c.code))
		})
	}
	t.Cleanup(func() { require.NotContains(t, w.log.String(), "level=ERROR") })
}

func TestAFunctionHasTenAliases(t *testing.T) {
	t.Parallel()
	w := start(t)
	urn := w.function(t, "hello")
	for i := range api.MaxAliases {
		version := fmt.Sprint("v", i)
		w.release(t, urn, version)
		w.gray(t, urn, fmt.Sprint("a", i), version, "")
	}
	flatFault(t, w.send("POST", w.aliases(urn, ""), aliasTo("more", "latest", "")), 403, "FSS.1043")
	flatFault(t, w.send("POST", w.aliases(urn, ""), aliasTo("a1", "latest", "")), 409, "FSS.1063")
	require.Len(t, w.aliasNames(t, urn), api.MaxAliases)
}
