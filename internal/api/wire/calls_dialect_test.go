package wire

import (
	"fmt"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"switchboard/internal/api"
	"switchboard/internal/api/apitest"
)

// In the dialect alone, what ends a gray release and what lets things work are
// ordinary updates with the same end.
func TestTheDialectAlone(t *testing.T) {
	t.Parallel()
	w := start(t)
	for i, find := range []func(*testing.T, *stage) api.Deed{
		func(t *testing.T, st *stage) api.Deed { return api.PromoteAlias{ID: st.aliased(t).ID} },
		func(t *testing.T, st *stage) api.Deed { return api.AbortAlias{ID: st.aliased(t).ID} },
		func(t *testing.T, st *stage) api.Deed { return api.EnableLink{ID: st.link(t, orders()).ID} },
		func(t *testing.T, st *stage) api.Deed { return api.EnablePolicy{ID: st.protected(t).ID} },
		func(t *testing.T, st *stage) api.Deed {
			service, _ := st.offered(t, 2)
			return api.StartAddition{Service: service.ID, Drafts: apitest.PermissionDrafts(60)[2:]}
		},
	} {
		done, asked := w.stage(t, fmt.Sprintf("done%dx", i)), w.stage(t, fmt.Sprintf("sent%dx", i))
		deed, place := find(t, done), asked.place()
		place.Dialect = true
		calls, err := CallsOf(t.Context(), w.server.Service, asked.s, place, find(t, asked))
		require.NoError(t, err)
		for _, c := range calls {
			require.NotEqual(t, Extensions, c.Operation.API)
			_, body, err := c.Request(t.Context(), "")
			require.NoError(t, err)
			rec := w.signed(c.Operation.Method, c.URL(), string(body))
			require.Equal(t, http.StatusOK, rec.Code, rec.Body.String())
		}
		require.NoError(t, deed.Do(t.Context(), w.server.Service, done.s))
		done.work(t, func() bool { return done.added(t) })
		requireSame(t, done.holds(t, "additions"), asked.holds(t, "additions"))
	}
}

// added reports whether no addition is under way.
func (st *stage) added(t *testing.T) bool {
	t.Helper()
	services, err := st.Service.ListEndpointServices(t.Context(), st.s, api.EndpointServiceQuery{})
	require.NoError(t, err)
	for _, service := range services.Items {
		additions, err := st.Service.Additions(t.Context(), st.s, service.ID, 1)
		require.NoError(t, err)
		if len(additions) > 0 && additions[0].Ended.IsZero() {
			return false
		}
	}
	return true
}
