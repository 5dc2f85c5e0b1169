package routing_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"switchboard/internal/api/routing"
)

func TestSimulate(t *testing.T) {
	t.Parallel()
	const n = 100_000
	split := func(weight int, sticky routing.Source) routing.Tally {
		route := routing.Route{Main: "v3", Additional: "v4", Weight: weight, Sticky: sticky, Salt: "an alias"}
		return routing.Simulate(&route, request("X-User: ada", "Cookie: user=ada"), n)
	}
	for name, sticky := range map[string]routing.Source{
		"by chance": {}, "by header": {Type: routing.Header, Param: "x-user"}, "by cookie": {Type: routing.Cookie, Param: "user"}, "by nothing that is known": {Type: "query", Param: "user"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, routing.Tally{Total: n, Main: n}, split(0, sticky))
			require.Equal(t, routing.Tally{Total: n, Additional: n}, split(100, sticky))
			got := split(20, sticky)
			require.Equal(t, n, got.Main+got.Additional)
			require.InDelta(t, 0.2*n, got.Additional, 8*math.Sqrt(n*0.2*0.8), "8 deviations: chance is real here, one in 10¹⁵ is beyond")
		})
	}
	t.Run("with rules all requests are the one", func(t *testing.T) {
		t.Parallel()
		route := routing.Route{Main: "v3", Additional: "v4", Weight: 50, Rules: rules("header X-User = ada")}
		require.Equal(t, routing.Tally{Total: n, Additional: n}, routing.Simulate(&route, request("X-User: ada"), n))
		require.Equal(t, routing.Tally{Total: n, Main: n}, routing.Simulate(&route, request(), n))
	})
	t.Run("without an additional version all stay", func(t *testing.T) {
		t.Parallel()
		require.Equal(t, routing.Tally{Total: n, Main: n}, routing.Simulate(&routing.Route{Main: "v3", Weight: 100}, request(), n))
	})
	t.Run("none or fewer are none", func(t *testing.T) {
		t.Parallel()
		require.Zero(t, routing.Simulate(&routing.Route{Main: "v3", Additional: "v4", Weight: 50}, request(), -1))
	})
	t.Run("the request stays as it was", func(t *testing.T) {
		t.Parallel()
		in := request("X-User: ada")
		routing.Simulate(&routing.Route{Main: "v3", Additional: "v4", Weight: 50, Sticky: routing.Source{Type: routing.Header, Param: "X-User"}}, in, 10)
		require.Equal(t, request("X-User: ada"), in)
	})
}

func TestRandomDrawsEachNumber(t *testing.T) {
	t.Parallel()
	var drawn [100]bool
	for range 100_000 {
		drawn[routing.Random()-1] = true
	}
	for draw, seen := range drawn {
		require.True(t, seen, draw)
	}
}
