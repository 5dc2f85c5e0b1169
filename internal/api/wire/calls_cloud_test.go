package wire_test

import (
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"switchboard/internal/api"
	"switchboard/internal/api/cloud"
	"switchboard/internal/api/probe"
	"switchboard/internal/api/wire"
)

// What a region is sent does there what the deed does here, whether the official SDK has
// the call or only its signer is used.
func TestCallsToARegionDoWhatTheySay(t *testing.T) {
	t.Parallel()
	transport := probe.New(probe.Options{Timeout: 5 * time.Second}).Transport()
	sent := 0
	for _, s := range wire.Sendings(t) {
		if slices.ContainsFunc(s.Calls, func(c wire.Call) bool { return c.Operation.API == wire.Extensions }) {
			continue // no region has them
		}
		sent += len(s.Calls)
		t.Run(s.Name, func(t *testing.T) {
			d := api.BackendDraft{
				Kind: api.BackendCloud, Cloud: api.CloudCustom, Base: s.Server, Region: "local-1", Project: s.Project,
				Access: s.Access, Secret: api.NewSecret(s.Secret),
			}
			client := cloud.New(cloud.Options{Transport: transport, PerSecond: 1e6, Burst: 1e6}, cloud.AccountOf(&d))
			for _, c := range s.Calls {
				_, err := client.Do(t.Context(), c)
				require.NoError(t, err)
			}
			s.RequireDone(t)
		})
	}
	require.Greater(t, sent, 40)
}
