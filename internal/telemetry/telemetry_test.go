package telemetry_test

import (
	"context"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"switchboard/internal/telemetry"
)

func TestARequestIsKnownToWhoWatchesIt(t *testing.T) {
	t.Parallel()
	ctx, seen := telemetry.Watch(t.Context())
	inner, cancel := context.WithCancel(ctx)
	defer cancel()
	telemetry.Of(inner).Route = "/p/:project"
	require.Equal(t, "/p/:project", seen.Route)
	telemetry.Of(t.Context()).Route = "nobody watches"
	require.Equal(t, "/p/:project", seen.Route)
}

func TestExposition(t *testing.T) {
	t.Parallel()
	h := telemetry.Histogram{Name: "took_seconds", Help: "How long.", Labels: []string{"route", "status"}, Bounds: []float64{.1, 1}}
	h.Observe(50*time.Millisecond, "/b", "200")
	h.Observe(100*time.Millisecond, "/b", "200")
	h.Observe(2*time.Second, "/b", "200")
	h.Observe(time.Second, "/a\"\\\n", "404")
	var text strings.Builder
	e := telemetry.NewExposition(&text)
	e.Gauge("open", "What is open.", 3)
	e.Counter("waits_total", "Waits.", 1.5, "pool", "main", "kind", "x")
	e.Histogram(&h)
	require.NoError(t, e.Flush())
	require.Equal(t, `# HELP open What is open.
# TYPE open gauge
open 3
# HELP waits_total Waits.
# TYPE waits_total counter
waits_total{pool="main",kind="x"} 1.5
# HELP took_seconds How long.
# TYPE took_seconds histogram
took_seconds_bucket{route="/a\"\\\n",status="404",le="0.1"} 0
took_seconds_bucket{route="/a\"\\\n",status="404",le="1"} 1
took_seconds_bucket{route="/a\"\\\n",status="404",le="+Inf"} 1
took_seconds_sum{route="/a\"\\\n",status="404"} 1
took_seconds_count{route="/a\"\\\n",status="404"} 1
took_seconds_bucket{route="/b",status="200",le="0.1"} 2
took_seconds_bucket{route="/b",status="200",le="1"} 2
took_seconds_bucket{route="/b",status="200",le="+Inf"} 3
took_seconds_sum{route="/b",status="200"} 2.15
took_seconds_count{route="/b",status="200"} 3
`, text.String())
}

func TestNothingIsLostWhenManyCount(t *testing.T) {
	t.Parallel()
	h := telemetry.Histogram{Name: "n", Labels: []string{"k"}, Bounds: []float64{1}}
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for range 500 {
				h.Observe(time.Millisecond, "v")
			}
		})
	}
	all.Wait()
	var text strings.Builder
	e := telemetry.NewExposition(&text)
	e.Histogram(&h)
	require.NoError(t, e.Flush())
	require.Contains(t, text.String(), "n_count{k=\"v\"} 4000\n")
}
