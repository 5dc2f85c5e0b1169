package telemetry_test

import (
	"context"
	"testing"

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
