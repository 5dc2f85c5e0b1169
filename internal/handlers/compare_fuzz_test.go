package handlers_test

import (
	"math/rand/v2"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"switchboard/internal/api"
	"switchboard/internal/api/apitest"
)

const manyCompareAsks = 250

// What an address or a form of a comparison can say, or somebody who makes it up.
var compareValues = []string{
	"", "link", "queue", "connection", "function", "alias", "endpoint_service", "permission", "policy", "region", "all", "here", "there", "different",
	"h", "t", "h{}", "t{\"Service\":\"\\u0000\"}", "hW10", "h" + strings.Repeat("A", 4000), "\x00", "\xff", "<b>", "%", strings.Repeat("x", 5000), "-1",
	"link/default/orders", "link/default/orders ", "link/default/orders x", "permission/mirror/*", "permission/mirror/%00", "alias/a:b/c", "alias/%00/%FF",
	"queue//default", "function//x", "policy//%FF", "endpoint_service//mirror", "connection//%25", "a/b/c/d", "../..", "{{.n}}",
}

// Whatever is asked of a comparison or sent to its plan is never answered by a failure of
// ours.
func TestManyBadComparisons(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	other := s.twin("cn-east-3")
	s.in(s.scope(), apitest.MySQLDraft("orders"))
	for _, scope := range []api.Scope{s.scope(), other.scope} {
		made, err := s.service.CreateEndpointService(t.Context(), scope, apitest.ServiceDraft("mirror"))
		require.NoError(t, err)
		_, err = s.service.AddPermissions(t.Context(), scope, made.ID, api.PermissionBatch{Entries: apitest.PermissionDrafts(2)})
		require.NoError(t, err)
	}
	random := rand.New(rand.NewPCG(postsSeed, 9))
	value := func() string { return compareValues[random.IntN(len(compareValues))] }
	statuses := map[int]int{}
	for range manyCompareAsks {
		q := url.Values{"with": {other.ID}}
		for _, name := range []string{"kind", "kind", "show", "q", "cursor", "tick"} {
			if random.IntN(2) == 0 {
				q.Add(name, value())
			}
		}
		if random.IntN(10) == 0 {
			q.Set("with", value())
		}
		p := s.get(s.compared(q.Encode()))
		require.Less(t, p.status, http.StatusInternalServerError, "%v", q)
		statuses[p.status]++

		form := url.Values{"from": {s.project.ID}}
		for _, name := range []string{"id", "id", "seen", "seen", "back", "secret.link/default/orders.linkConfig.password", "secret.link/default/orders..held"} {
			form.Add(name, value())
		}
		p = s.post("/p/"+other.ID+"/compare"+[]string{"/plan", "/copy"}[random.IntN(2)], form)
		require.Less(t, p.status, http.StatusInternalServerError, "%v", form)
		statuses[p.status]++
	}
	require.Greater(t, statuses[http.StatusOK], manyCompareAsks/2)
	require.NotContains(t, s.log.String(), "level=ERROR")
}
