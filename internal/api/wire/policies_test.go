package wire

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"switchboard/internal/api"
)

// csbs is a path of CSBS.
func (w *world) csbs(rest string) string { return "/v1/" + w.project.ID + rest }

// provided is a path of CSBS that names its backup provider.
func (w *world) provided(rest string) string { return w.csbs("/providers/" + csbsProvider + rest) }

// ownPath is a path of what the dialect lacks.
func (w *world) ownPath(rest string) string { return "/switchboard/v1/projects/" + w.project.ID + rest }

// weekly is the pattern of the documents' examples.
const weekly = `BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nRRULE:FREQ=WEEKLY;BYDAY=TH;BYHOUR=12;BYMINUTE=27\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n`

// policyBodyOf is the body of a policy with differences, pairs of a field and its
// JSON; an empty one takes the field away.
func policyBodyOf(name string, other ...string) string {
	fields := map[string]json.RawMessage{
		"name": json.RawMessage(strconv.Quote(name)), "provider_id": json.RawMessage(`"` + csbsProvider + `"`), "parameters": json.RawMessage(`{"common":{}}`),
		"resources":            json.RawMessage(`[` + resource(name+"-1", `{"path":"`+name+`"}`) + `]`),
		"scheduled_operations": json.RawMessage(`[` + operation("backup", `{"max_backups":20,"retention_duration_days":-1,"permanent":false}`) + `]`),
	}
	for i := 0; i < len(other); i += 2 {
		if fields[other[i]] = json.RawMessage(other[i+1]); other[i+1] == "" {
			delete(fields, other[i])
		}
	}
	text, err := json.Marshal(map[string]any{"policy": fields})
	if err != nil {
		return err.Error()
	}
	return string(text)
}

func resource(id, extra string) string {
	return `{"id":"` + id + `","type":"OS::Nova::Server","name":"` + id + `","extra_info":` + extra + `}`
}

func operation(kind, definition string) string {
	return `{"name":"op","enabled":false,"operation_type":"` + kind + `","operation_definition":` + definition + `,"trigger":{"properties":{"pattern":"` + weekly + `"}}}`
}

type onePolicy struct {
	Policy policyJSON `json:"policy"`
}

// policy creates one and returns its id.
func (w *world) policy(t testing.TB, name string, other ...string) string {
	t.Helper()
	return read[onePolicy](t, w.send("POST", w.csbs("/policies"), policyBodyOf(name, other...)), http.StatusOK).Policy.ID
}

func TestPoliciesFromCreationToDeletion(t *testing.T) {
	t.Parallel()
	w := start(t)
	created := w.send("POST", w.csbs("/policies"), policyBodyOf("nightly", "description", `"All of it"`, "tags", `[{"key":"team","value":""}]`))
	p := read[onePolicy](t, created, http.StatusOK).Policy
	require.Equal(t, "suspended", p.Status)
	require.Regexp(t, `^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}$`, p.Created)
	require.Regexp(t, `^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$`, p.Operations[0].Trigger.Properties.Start)
	require.JSONEq(t, `{"common":{}}`, string(p.Parameters))
	require.NotEmpty(t, p.Operations[0].TriggerID)
	require.Equal(t, created.Body.String(), w.send("GET", w.csbs("/policies/"+p.ID), "").Body.String())

	for body, change := range map[string]func(){
		`{"name":"weekly"}`:             func() { p.Name = "weekly" },
		`{"description":"","tags":[]}`:  func() { p.Description, p.Tags = "", []api.Tag{} },
		`{"resources":[]}`:              func() { p.Resources = []resourceJSON{} },
		`{"parameters":{"common":{}}}`:  func() {},
		`{"provider_id":null}`:          func() {},
		`{"scheduled_operations":null}`: func() {},
	} {
		rec := w.send("PUT", w.csbs("/policies/"+p.ID), `{"policy":`+body+`}`)
		change()
		require.Equal(t, encoded(t, onePolicy{p}), encoded(t, read[onePolicy](t, rec, http.StatusOK)), body)
	}

	deleted := w.send("DELETE", w.csbs("/policies/"+p.ID), "")
	require.Equal(t, http.StatusOK, deleted.Code, "200, and no other")
	require.Empty(t, deleted.Body.String())
	for _, method := range []string{"GET", "DELETE"} {
		flatFault(t, w.send(method, w.csbs("/policies/"+p.ID), ""), 404, "CSBS.3000")
	}
	flatFault(t, w.send("PUT", w.csbs("/policies/"+p.ID), `{"policy":{}}`), 404, "CSBS.3000")
}

func TestListsOfPolicies(t *testing.T) {
	t.Parallel()
	w := start(t)
	for _, name := range []string{"b", "c", "a"} {
		w.policy(t, name)
	}
	names := func(query string) string {
		listed := read[struct{ Policies []policyJSON }](t, w.send("GET", w.csbs("/policies"+query), ""), http.StatusOK)
		return strings.Join(each(listed.Policies, func(p policyJSON) string { return p.Name }), "")
	}
	for query, want := range map[string]string{
		"": "acb", "?sort=created_at:asc": "bca", "?sort=name:asc": "abc", "?sort=name": "cba", "?name=a": "a", "?name=A": "", "?name=x": "",
		"?limit=2": "ac", "?limit=2&offset=1": "cb", "?sort=name:asc&limit=1&offset=2": "c", "?all_tenants=true": "acb",
	} {
		require.Equal(t, want, names(query), query)
	}
	first := read[struct {
		Policies []policyJSON
		Links    []linkRef `json:"policies_links"`
	}](t, w.send("GET", w.csbs("/policies?limit=1&sort=name:asc"), ""), http.StatusOK)
	require.Equal(t, "next", first.Links[0].Rel)
	require.Equal(t, "b", names(strings.TrimPrefix(first.Links[0].Href, "http://example.com"+w.csbs("/policies"))))
	for _, query := range []string{"limit=0", "offset=x", "sort=size", "all_tenants=maybe"} {
		flatFault(t, w.send("GET", w.csbs("/policies?"+query), ""), 400, "CSBS.9001")
	}
}

func TestBadPolicies(t *testing.T) {
	t.Parallel()
	w := start(t)
	w.policy(t, "taken")
	op := func(definition string) string { return policyBodyOf("p", "scheduled_operations", `[`+definition+`]`) }
	for _, c := range []struct {
		name, body, code, field string
	}{
		{"no body", "", "CSBS.9001", ""},
		{"no JSON", `{"policy"`, "CSBS.9001", ""},
		{"a list", `[]`, "CSBS.9001", ""},
		{"no policy", `{}`, "CSBS.9001", "policy"},
		{"a policy that is a text", `{"policy":"x"}`, "CSBS.9001", "policy"},
		{"no provider", policyBodyOf("p", "provider_id", ""), "CSBS.9001", "provider_id: "},
		{"another provider", policyBodyOf("p", "provider_id", `"c714180d-ca59-4d2a-a1f1-5bd2b7e1e2d5"`), "CSBS.9001", "provider_id: "},
		{"no parameters", policyBodyOf("p", "parameters", ""), "CSBS.9001", "policy.parameters"},
		{"no resources", policyBodyOf("p", "resources", ""), "CSBS.9001", "policy.resources"},
		{"no operations", policyBodyOf("p", "scheduled_operations", "null"), "CSBS.9001", "policy.scheduled_operations"},
		{"no name", policyBodyOf("p", "name", `""`), "CSBS.9001", "name: "},
		{"a name with a space", policyBodyOf("a b"), "CSBS.9001", "name: "},
		{"a name of 256 characters", policyBodyOf(strings.Repeat("a", 256)), "CSBS.9001", "name: "},
		{"a name that is taken", policyBodyOf("taken", "resources", `[]`), "CSBS.9007", "name: "},
		{"a description with brackets", policyBodyOf("p", "description", `"<b>"`), "CSBS.9001", "description: "},
		{"a resource of another policy", policyBodyOf("p", "resources", `[`+resource("taken-1", `{"path":"x"}`)+`]`), "CSBS.6004", "resources.0"},
		{"a resource of another type", policyBodyOf("p", "resources", strings.Replace(`[`+resource("r", `{}`)+`]`, "Nova", "Cinder", 1)), "CSBS.9001", "resources.0.type: "},
		{"a path that leads out", policyBodyOf("p", "resources", `[`+resource("r", `{"path":"../x"}`)+`]`), "CSBS.9001", "resources.0.extra_info.path: "},
		{"an unknown operation", op(operation("restore", `{}`)), "CSBS.9001", "scheduled_operations.0.operation_type: "},
		{"a number that is none", op(operation("backup", `{"max_backups":"many"}`)), "CSBS.9001", "scheduled_operations.0.operation_definition.max_backups: "},
		{"too many to keep", op(operation("backup", `{"max_backups":100000}`)), "CSBS.9001", "scheduled_operations.0.operation_definition.max_backups: "},
		{"a pattern every minute", op(strings.Replace(operation("backup", `{}`), "WEEKLY", "MINUTELY", 1)), "CSBS.9001", "scheduled_operations.0.trigger.properties.pattern: "},
		{"a copy to nowhere", op(operation("replication", `{"destination_region":"mars","destination_project_id":"x"}`)), "BackupService.1005", "operation_definition.destination_region: "},
		{"two tags of a key", policyBodyOf("p", "tags", `[{"key":"a","value":"1"},{"key":"a","value":"2"}]`), "CSBS.7000", "tags.1.key: "},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			rec := w.send("POST", w.csbs("/policies"), c.body)
			require.Contains(t, flatFault(t, rec, 400, c.code), c.field)
			require.Regexp(t, `\p{Han}`, flatFault(t, w.send("POST", w.csbs("/policies"), c.body, header{"X-Language", "zh-cn"}), 400, c.code))
		})
	}
	t.Cleanup(func() { require.NotContains(t, w.log.String(), "level=ERROR") })
}

func TestMorePoliciesThanTheLimit(t *testing.T) {
	t.Parallel()
	w := start(t)
	for i := range api.MaxPolicies {
		w.policy(t, fmt.Sprint("p", i))
	}
	flatFault(t, w.send("POST", w.csbs("/policies"), policyBodyOf("more")), 400, "CSBS.0001")
}

func TestWhoMayUseCSBS(t *testing.T) {
	t.Parallel()
	w := start(t)
	for _, path := range []string{"/policies", "/checkpoint_items", "/replication_records", "/replication_capabilities"} {
		rec := w.send("GET", w.csbs(path), "", header{"X-Auth-Token", ""})
		require.Equal(t, http.StatusUnauthorized, rec.Code)
		require.Contains(t, rec.Body.String(), `"error_code":"APIGW.0301"`)
		require.Contains(t, rec.Body.String(), `"request_id"`)
		flatFault(t, w.send("GET", "/v1/"+w.other.ID+path, ""), 403, "APIGW.0302")
		require.Equal(t, http.StatusOK, w.signed("GET", w.csbs(path), "").Code)
	}
	require.Contains(t, flatFault(t, w.send("POST", w.csbs("/providers/x/checkpoints/replicate"), `{}`), 400, "CSBS.9001"), csbsProvider)
	flatFault(t, w.send("POST", "/v1/"+w.other.ID+"/providers/x/checkpoints/replicate", `{}`), 403, "APIGW.0302")
	require.Equal(t, http.StatusRequestEntityTooLarge, w.send("POST", w.csbs("/policies"), strings.Repeat(" ", maxBody+1)).Code)
}
