package wire

import (
	"encoding/json"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

// answerReaders read answers of every kind.
var answerReaders = map[string]func(body []byte) error{
	"clusters":    func(body []byte) error { _, err := ClustersIn(body); return err },
	"created":     func(body []byte) error { _, err := CreatedConnectionIn(body); return err },
	"task":        func(body []byte) error { _, err := ConnectivityTaskIn(body); return err },
	"reachable":   func(body []byte) error { _, _, err := ConnectivityIn(body); return err },
	"links":       func(body []byte) error { _, err := LinksIn(body); return err },
	"connection":  func(body []byte) error { _, err := ConnectionIn(body); return err },
	"connections": func(body []byte) error { _, err := ConnectionsIn(body); return err },
	"queues":      func(body []byte) error { _, err := QueuesIn(body); return err },
	"service":     func(body []byte) error { _, err := EndpointServiceIn(body); return err },
	"services":    func(body []byte) error { _, _, err := EndpointServicesIn(body); return err },
	"permissions": func(body []byte) error { _, err := PermissionsIn(body); return err },
	"offers":      func(body []byte) error { _, _, err := ServiceConnectionsIn(body); return err },
	"endpoint":    func(body []byte) error { _, err := EndpointIn(body); return err },
	"endpoints":   func(body []byte) error { _, _, err := EndpointsIn(body); return err },
	"function":    func(body []byte) error { _, err := FunctionIn(body); return err },
	"functions":   func(body []byte) error { _, _, err := FunctionsIn(body); return err },
	"version":     func(body []byte) error { _, err := VersionIn(body); return err },
	"versions":    func(body []byte) error { _, _, err := VersionsIn(body); return err },
	"alias":       func(body []byte) error { _, err := AliasIn(body); return err },
	"aliases":     func(body []byte) error { _, err := AliasesIn(body); return err },
	"policy":      func(body []byte) error { _, err := PolicyIn(body); return err },
	"policies":    func(body []byte) error { _, err := PoliciesIn(body); return err },
	"backup":      func(body []byte) error { _, err := BackupIn(body); return err },
	"backups":     func(body []byte) error { _, err := BackupsIn(body); return err },
	"records":     func(body []byte) error { _, _, err := RecordsIn(body); return err },
	"checkpoint":  func(body []byte) error { _, err := CheckpointIn(body); return err },
}

// What is no answer is told from one that says nothing.
func TestWhatIsNoAnswerIsRefused(t *testing.T) {
	t.Parallel()
	for name, read := range answerReaders {
		for _, body := range []string{
			"", " ", "null", "<html>", `"text"`, "{", "{}", `{"links":[{`, `[{}]`, `{"links":[{}]}`, `{"checkpoint_items":[{}]}`,
			`{"endpoint_services":[{}]}`, `{"permissions":[{}]}`, `{"policies":[{"id":5}]}`, `{"error_code":"APIGW.0301"}`, "{}\n<html>",
		} {
			require.Error(t, read([]byte(body)), "%s of %s", name, body)
		}
	}
	_, err := LinksIn([]byte("<html>502 Bad Gateway</html>"))
	require.ErrorIs(t, err, ErrNoAnswer)
	links, err := LinksIn([]byte(`{"links":[]}`))
	require.NoError(t, err)
	require.Empty(t, links)
}

// Whatever stands in the place of something, an answer is read or refused.
func TestOddAnswersAreReadOrRefused(t *testing.T) {
	t.Parallel()
	w := start(t)
	st := w.stage(t, "odd")
	link, service, alias, p := st.link(t, orders()), st.endpoint(t).Service, st.aliased(t), &program{at: st.place()}
	st.backedUp(t)
	st.connected(t)
	random := rand.New(rand.NewPCG(3, 14))
	for _, text := range [][]byte{
		st.answer(t, "ShowLink", namedLink(&link), ""), st.answer(t, "ListClusters", nil, ""), st.answer(t, "ListDatasourceConnections", nil, ""), st.answer(t, "ListQueues", nil, ""),
		st.answer(t, "ListEndpointService", nil, ""), st.answer(t, "ListServiceConnections", pathParams{"service": service}, ""),
		st.answer(t, "ListEndpoints", nil, ""), st.answer(t, "ListFunctions", nil, ""), st.answer(t, "ListVersionAliases", p.alias(&alias), ""),
		st.answer(t, "ListPolicies", nil, ""), st.answer(t, "ListCheckpointItems", nil, ""),
	} {
		for range 200 {
			var body any
			require.NoError(t, json.Unmarshal(text, &body))
			odd, err := json.Marshal(oddly(random, body))
			require.NoError(t, err)
			for _, read := range answerReaders {
				if err := read(odd); err != nil {
					require.ErrorIs(t, err, ErrNoAnswer)
				}
			}
		}
	}
}

// oddly puts something else in the place of some of what is there.
func oddly(random *rand.Rand, body any) any {
	odd := []any{nil, "", "x", 5, -1.5, true, []any{}, map[string]any{}, []any{nil}, "%zz", 1e300, "null", "{"}
	if random.IntN(12) == 0 {
		return odd[random.IntN(len(odd))]
	}
	switch body := body.(type) {
	case []any:
		for i := range body {
			body[i] = oddly(random, body[i])
		}
	case map[string]any:
		for _, name := range slices.Sorted(maps.Keys(body)) {
			body[name] = oddly(random, body[name])
		}
	}
	return body
}
