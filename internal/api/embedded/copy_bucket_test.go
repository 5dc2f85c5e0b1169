package embedded_test

import (
	"crypto/rand"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"switchboard/internal/api"
	"switchboard/internal/api/apitest"
	"switchboard/internal/api/store"
	"switchboard/internal/testserver"
)

// bucketRegion makes a region in a bucket, with a project.
func bucketRegion(t *testing.T, p apitest.Plane, addr, key, secret, bucket string) api.Destination {
	t.Helper()
	name := "s3-" + strings.ToLower(rand.Text()[:6])
	r, err := p.Service.CreateRegion(t.Context(), mine, api.RegionDraft{
		Name: name, Kind: api.StoreS3, Endpoint: "http://" + addr, Bucket: bucket, Prefix: name, PathStyle: true,
		AccessKey: key, Secret: api.NewSecret(secret),
	})
	require.NoError(t, err)
	return api.Destination{Region: r.Name, Project: r.Projects[0].ID}
}

func newBucket(t *testing.T) (server *testserver.Server, name string) {
	t.Helper()
	server, name = testserver.S3(t), "b"+strings.ToLower(rand.Text()[:12])
	server.Exec(t, "bucket "+name)
	return server, name
}

func TestANetworkThatIsCutAndBackLosesNothing(t *testing.T) {
	t.Parallel()
	apitest.EachDatabase(t, func(t *testing.T, db *store.DB) {
		const objects = 60
		sizes := mixed(objects)
		sizes[10], sizes[20] = 24<<20, 17<<20
		p, policy, _ := prepared(t, db, sizes)
		server, bucket := newBucket(t)
		way := testserver.NewLine(t, server.Addr())
		to := bucketRegion(t, p, way.Addr, server.User, server.Password, bucket)
		unchanged := watchFinals(t, db)
		run := apitest.Replicate(t, p, policy.ID, to)
		defer working(t, p)()
		for _, after := range []int{1, 12, 30} {
			require.Eventually(t, func() bool { return apitestRun(t, p, run.ID).Succeeded >= after }, time.Minute, time.Millisecond)
			way.SetDown(true)
			time.Sleep(1500 * time.Millisecond)
			way.SetDown(false)
		}
		ended := apitest.ReplicationEnds(t, p, run.ID)
		unchanged()
		require.Equal(t, []int{objects, 0}, []int{ended.Succeeded, ended.Failed})
		tries, again := 0, 0
		for _, r := range apitest.RequireTrue(t, p, ended) {
			tries += r.Attempts
			record, err := p.Service.ReplicationRecord(t.Context(), mine, r.ID)
			require.NoError(t, err)
			for _, line := range record.Log {
				if line.Message.Key == "fault.destination_unreachable" {
					again++
				}
			}
		}
		require.Positive(t, again, "the log tells what was in the way")
		require.Greater(t, tries, objects)
		require.Equal(t, objects, count(t, db, "backups", "project_id = ?", to.Project))
		t.Logf("%d tries for %d objects", tries, objects)
	})
}

func TestACopyBetweenBucketsIsAsGood(t *testing.T) {
	t.Parallel()
	db := apitest.Open(t, t.TempDir()+"/switchboard.db")
	p, policy, _ := prepared(t, db, mixed(30))
	defer working(t, p)()
	server, bucket := newBucket(t)
	to := bucketRegion(t, p, server.Addr(), server.User, server.Password, bucket)
	run := apitest.ReplicationEnds(t, p, apitest.Replicate(t, p, policy.ID, to).ID)
	require.Equal(t, 30, run.Succeeded)
	apitest.RequireTrue(t, p, run)
	// And from there on, in parts.
	there := p
	there.Mine.Project = to.Project
	exec(t, db, "UPDATE backups SET kind = 'backup', source_id = '' WHERE project_id = ?", to.Project)
	other, second := newBucket(t)
	beyond := bucketRegion(t, p, other.Addr(), other.User, other.Password, second)
	page, err := p.Service.ListBackups(t.Context(), there.Mine, api.BackupQuery{Sort: "size", Desc: true, Limit: 1})
	require.NoError(t, err)
	began, err := p.Service.ReplicateBackup(t.Context(), there.Mine, page.Items[0].ID, api.BackupReplicationDraft{
		Region: beyond.Region, Project: beyond.Project, Accelerate: true,
	})
	require.NoError(t, err)
	apitest.RequireTrue(t, there, apitest.ReplicationEnds(t, there, began.ID))
}

func TestABucketThatRefusesIsSaidSo(t *testing.T) {
	t.Parallel()
	apitest.EachDatabase(t, func(t *testing.T, db *store.DB) {
		p, policy, _ := prepared(t, db, mixed(12))
		server, bucket := newBucket(t)
		key, secret := "AK"+rand.Text(), rand.Text()
		server.Exec(t, "user "+key+" "+secret)
		defer working(t, p)()
		for _, c := range []struct {
			secret, bucket string
			want           api.FaultCode
		}{
			{secret, bucket, api.FaultDestinationRefused}, {"wrong" + secret, bucket, api.FaultDestinationRefused},
			{secret, bucket + "-gone", api.FaultDestinationGone},
		} {
			user := key
			if c.want == api.FaultDestinationGone {
				user, c.secret = server.User, server.Password
			}
			to := bucketRegion(t, p, server.Addr(), user, c.secret, c.bucket)
			run := apitest.ReplicationEnds(t, p, apitest.Replicate(t, p, policy.ID, to).ID)
			require.Equal(t, map[api.FaultCode]int{c.want: 12}, faults(apitest.RequireTrue(t, p, run)))
			require.Equal(t, 12, run.Failed)
		}
		require.Zero(t, count(t, db, "backups", "kind = 'replication'"))
	})
}
