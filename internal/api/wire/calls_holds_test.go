package wire

import (
	"encoding/json"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"switchboard/internal/api"
	"switchboard/internal/api/apitest"
)

// What is scrubbed off what projects hold: ids, moments, and numbers of their own.
var scrubbed = []struct {
	found *regexp.Regexp
	by    string
}{
	{regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}`), "ID"},
	{regexp.MustCompile(`\d{4}-\d\d-\d\dT[0-9:.]+(Z|[+-]\d\d:\d\d)`), "MOMENT"},
	{regexp.MustCompile(`"(Version|Marker)": \d+`), `"$1": N`},
	{regexp.MustCompile(`"(Version|Marker|version)":\d+`), `"$1":N`},
	{regexp.MustCompile(`(manualbk|autobk)_[0-9a-z]{6}`), "$1_N"},
	{regexp.MustCompile(`"[0-9a-f]{32}"`), `"PROJECT"`},
	{regexp.MustCompile(`: (\[\]|\{\})`), ": null"}, // it is the same
}

// holds is all that the stage's project has, in words; left out is what has such a name.
func (st *stage) holds(t *testing.T, without ...string) string {
	t.Helper()
	everything := st.everything(t)
	maps.DeleteFunc(everything, func(name string, _ any) bool { return slices.Contains(without, name) })
	text, err := json.MarshalIndent(everything, "", " ")
	require.NoError(t, err)
	all := strings.NewReplacer(st.s.Project, "PROJECT", st.word, "WORD").Replace(string(text))
	for _, s := range scrubbed {
		all = s.found.ReplaceAllString(all, s.by)
	}
	return all
}

// requireSame compares what two projects hold, and shows what one of them has alone.
func requireSame(t *testing.T, expected, actual string) {
	t.Helper()
	alone := apitest.Changed(map[string]string{"": expected}, map[string]string{"": actual})
	require.True(t, expected == actual, "%s", strings.Join(alone, "\n"))
}

func (st *stage) everything(t *testing.T) map[string]any {
	t.Helper()
	ctx, of, s := t.Context(), st.Service, st.s
	all := map[string]any{}
	keep := func(name string, what any, err error) {
		t.Helper()
		require.NoError(t, err)
		all[name] = what
	}
	links, err := of.ListLinks(ctx, s, api.LinkQuery{})
	keep("links", links.Items, err)
	connections, err := of.ListConnections(ctx, s, api.ConnectionQuery{States: api.ConnectionStates})
	keep("connections", connections.Items, err)
	queues, err := of.ListQueues(ctx, s)
	keep("queues", queues, err)
	services, err := of.ListEndpointServices(ctx, s, api.EndpointServiceQuery{})
	keep("services", services.Items, err)
	for _, service := range services.Items {
		entries, err := of.ListPermissions(ctx, s, service.ID, api.PermissionQuery{Sort: "permission", Limit: api.MaxWirePage})
		keep("entries", entries.Items, err)
		additions, err := of.Additions(ctx, s, service.ID, 10)
		keep("additions", additions, err)
	}
	endpoints, err := of.ListEndpoints(ctx, s, api.EndpointQuery{})
	keep("endpoints", endpoints.Items, err)
	hook, err := of.Hook(ctx, s)
	keep("hook", hook, err)
	st.functions(t, keep)
	st.backups(t, keep)
	return all
}

func (st *stage) functions(t *testing.T, keep func(string, any, error)) {
	t.Helper()
	ctx, of, s := t.Context(), st.Service, st.s
	functions, err := of.ListFunctions(ctx, s, api.FunctionQuery{})
	keep("functions", functions.Items, err)
	for _, f := range functions.Items {
		versions, err := of.Versions(ctx, s, f.ID)
		keep("versions", versions, err)
	}
	aliases, err := of.ListAliases(ctx, s, api.AliasQuery{})
	keep("aliases", aliases.Items, err)
	for _, a := range aliases.Items {
		ramps, err := of.Ramps(ctx, s, a.ID, 10)
		keep("ramps of "+a.Name, ramps, err)
	}
}

func (st *stage) backups(t *testing.T, keep func(string, any, error)) {
	t.Helper()
	ctx, of, s := t.Context(), st.Service, st.s
	policies, err := of.ListPolicies(ctx, s, api.PolicyQuery{})
	keep("policies", policies.Items, err)
	for _, p := range policies.Items {
		checkpoints, err := of.Checkpoints(ctx, s, p.ID, 10)
		keep("checkpoints of "+p.Name, checkpoints, err)
	}
	backups, err := of.ListBackups(ctx, s, api.BackupQuery{Sort: "created"})
	keep("backups", backups.Items, err)
	runs, err := of.ReplicationRuns(ctx, s, api.RunQuery{})
	keep("runs", runs.Items, err)
	regions, err := of.Regions(ctx, s)
	keep("regions", slices.DeleteFunc(regions, func(r api.Region) bool { return !strings.Contains(r.Name, st.word) }), err)
}
