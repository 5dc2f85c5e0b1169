package mirror_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"switchboard/internal/api"
	"switchboard/internal/api/apitest"
	"switchboard/internal/api/store"
)

// run is what a project in a region does not do with its functions by itself.
var run = map[apitest.Ability]string{
	apitest.Forwards: "a region runs the code of functions itself",
	apitest.Empties:  "in the dialect, a file that is empty leaves the code as it is",
	apitest.Sticks:   "the dialect has no word for what keeps callers at their version",
}

func TestFunctionsInARegionAreFunctions(t *testing.T) {
	t.Parallel()
	eachSuite(t, func(t *testing.T, open func(t *testing.T) *store.DB) {
		p := func(t *testing.T) apitest.Plane {
			p := town(t, open(t)).Plane
			p.Without = run
			return p
		}
		apitest.Functions(t, p)
		apitest.Aliases(t, p)
		apitest.Ramps(t, p)
	})
}

func TestFunctionsOfARegionAreCalledThere(t *testing.T) {
	t.Parallel()
	eachSuite(t, func(t *testing.T, open func(t *testing.T) *store.DB) {
		apitest.Invocations(t, func(t *testing.T) apitest.Plane {
			h := town(t, open(t))
			h.Without = run
			h.Aim = func(t *testing.T, f api.Function, version, upstream string) {
				t.Helper()
				over := h.over(t, f)
				_, err := h.there.plane.SetUpstream(t.Context(), h.there.mine, over.ID, version, upstream)
				require.NoError(t, err)
				v, err := h.mirror.Version(t.Context(), mine, f.ID, version)
				require.NoError(t, err)
				require.Equal(t, upstream, v.Upstream, "it is read")
			}
			return h.Plane
		})
	})
}

// over is a function as it is over there.
func (h *here) over(t *testing.T, f api.Function) api.Function {
	t.Helper()
	over, err := h.there.plane.FindFunction(t.Context(), h.there.mine, f.Package, f.Name)
	require.NoError(t, err)
	return over
}
