package wire

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"switchboard/internal/api"
)

// Whatever stands in a path is one segment of it, and arrives as it is.
func TestPathsOfCallsAreEscaped(t *testing.T) {
	t.Parallel()
	w := start(t)
	st := w.stage(t, "paths")
	for _, name := range []string{"a b", "a/b", "100%", "%2F", "..", "空", "a?b#c", "urn:fss:x", "a+b", "!x", "a;b=c"} {
		calls, err := CallsOf(t.Context(), w.server.Service, st.s, st.place(), api.DeleteQueue{Name: name})
		require.NoError(t, err)
		r, _, err := calls[0].Request(t.Context(), "https://example.com/")
		require.NoError(t, err)
		require.Equal(t, 4, strings.Count(r.URL.EscapedPath(), "/"), r.URL.EscapedPath())
		require.Equal(t, "/v1.0/"+st.s.Project+"/queues/"+name, r.URL.Path)
	}
	calls, err := CallsOf(t.Context(), w.server.Service, st.s, st.place(), api.DeleteFunction{ID: st.served(t).ID})
	require.NoError(t, err)
	require.Equal(t, "/v2/"+st.s.Project+"/fgs/functions/urn%3Afss%3A"+region+"%3A"+st.s.Project+"%3Afunction%3Ashop%3Aorders", calls[0].Path())
	calls, err = CallsOf(t.Context(), w.server.Service, st.s, st.place(), api.DeleteBackups{Checkpoint: "c", IDs: []string{"a b", "c"}})
	require.NoError(t, err)
	require.True(t, strings.HasSuffix(calls[0].URL(), "/checkpoints/c?checkpoint_items=a%20b%2Cc"), calls[0].URL())
}

// Ids are those that the server knows; names are the same everywhere.
func TestIDsOfCallsAreThoseOfTheServer(t *testing.T) {
	t.Parallel()
	place := Place{Project: "p", ID: func(kind api.Kind, id string) string { return string(kind) + "-" + id }}
	for want, d := range map[string]api.Deed{
		"/v2.0/p/datasource-connection/connection-1":                               api.DeleteConnection{ID: "1"},
		"/v1/p/vpc-endpoint-services/endpoint_service-1":                           api.DeleteEndpointService{ID: "1"},
		"/v1/p/vpc-endpoints/endpoint-1":                                           api.DeleteEndpoint{ID: "1"},
		"/v1/p/policies/policy-1":                                                  api.DeletePolicy{ID: "1"},
		"/v1/p/providers/" + csbsProvider + "/checkpoint_items/backup-1/replicate": api.ReplicateBackup{Backup: "1"},
		"/switchboard/v1/projects/p/links/link-1/enabled":                          api.EnableLink{ID: "1"},
		"/switchboard/v1/projects/p/replications/replication-1/retry":              api.RetryReplication{Run: "1"},
		"/v1.0/p/queues/1": api.DeleteQueue{Name: "1"},
	} {
		calls, err := CallsOf(t.Context(), nil, api.Scope{}, place, d)
		require.NoError(t, err)
		require.Equal(t, want, calls[0].URL())
	}
	calls, err := CallsOf(t.Context(), nil, api.Scope{Reason: "because\nof\tthat"}, place, api.RejectConnection{Service: "1", Endpoint: "2"})
	require.NoError(t, err)
	require.JSONEq(t, `{"endpoints":["endpoint-2"],"action":"reject"}`, string(calls[0].Body))
	require.Equal(t, map[string]string{"X-Switchboard-Reason": "because of that"}, calls[0].Header)
}

// Every operation that calls are of is one that the server has.
func TestCallsAreOfOperationsThatThereAre(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("calls_*.go")
	require.NoError(t, err)
	ids := 0
	for _, file := range files {
		source, err := os.ReadFile(file)
		require.NoError(t, err)
		for _, found := range regexp.MustCompile(`\.(?:add|endGray)\((?:a, )?"(\w+)"`).FindAllSubmatch(source, -1) {
			ids++
			require.NotNil(t, FindOperation(string(found[1])), "%s", found[1])
		}
	}
	require.Greater(t, ids, 40)
}
