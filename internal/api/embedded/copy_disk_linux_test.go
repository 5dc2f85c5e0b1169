package embedded_test

import (
	"errors"
	"os"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"

	"switchboard/internal/api"
	"switchboard/internal/api/apitest"
	"switchboard/internal/api/store"
)

// disk makes the folder of a region a file system of its own, of so many bytes. Who
// is not root cannot: the test is skipped, or fails when the environment has CI set.
func disk(t *testing.T, p apitest.Plane, region, size string) (folder string) {
	t.Helper()
	r, err := p.Service.Region(t.Context(), mine, region)
	require.NoError(t, err)
	err = unix.Mount("none", r.Folder, "tmpfs", 0, "size="+size)
	if errors.Is(err, unix.EPERM) && os.Getenv("CI") == "" {
		t.Skip("a file system can be mounted by root alone")
	}
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, unix.Unmount(r.Folder, unix.MNT_DETACH)) })
	return r.Folder
}

func TestADestinationThatIsFull(t *testing.T) {
	t.Parallel()
	apitest.EachDatabase(t, func(t *testing.T, db *store.DB) {
		sizes := []int{100, 5 << 20, 200, 6 << 20, 0, 300_000}
		p, policy, to := prepared(t, db, sizes)
		folder := disk(t, p, to.Region, "4m")
		stop := working(t, p)
		defer stop()
		run := apitest.ReplicationEnds(t, p, apitest.Replicate(t, p, policy.ID, to).ID)
		require.Equal(t, []int{4, 2}, []int{run.Succeeded, run.Failed})
		require.Equal(t, map[api.FaultCode]int{api.FaultDestinationFull: 2}, faults(apitest.RequireTrue(t, p, run)))
		requireConsistent(t, db, p, to, run)
		requireTidy(t, p, to.Region)

		require.NoError(t, unix.Mount("none", folder, "tmpfs", unix.MS_REMOUNT, "size=64m"))
		retry, err := p.Service.RetryReplication(t.Context(), mine, run.ID)
		require.NoError(t, err)
		retried := apitest.ReplicationEnds(t, p, retry.ID)
		require.Equal(t, 2, retried.Succeeded)
		requireConsistent(t, db, p, to, run, retried)
	})
}

func TestADestinationThatRefuses(t *testing.T) {
	t.Parallel()
	apitest.EachDatabase(t, func(t *testing.T, db *store.DB) {
		p, policy, to := prepared(t, db, mixed(20))
		folder := disk(t, p, to.Region, "64m")
		require.NoError(t, unix.Mount("none", folder, "tmpfs", unix.MS_REMOUNT|unix.MS_RDONLY, "size=64m"))
		stop := working(t, p)
		defer stop()
		run := apitest.ReplicationEnds(t, p, apitest.Replicate(t, p, policy.ID, to).ID)
		require.Equal(t, []int{0, 20}, []int{run.Succeeded, run.Failed})
		records := apitest.RequireTrue(t, p, run)
		require.Equal(t, map[api.FaultCode]int{api.FaultDestinationRefused: 20}, faults(records))
		require.Equal(t, 1, records[0].Attempts, "another try would not help")
		requireConsistent(t, db, p, to, run)
	})
}
