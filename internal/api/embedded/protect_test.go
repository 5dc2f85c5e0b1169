package embedded_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"switchboard/internal/api"
	"switchboard/internal/api/apitest"
	"switchboard/internal/api/embedded"
	"switchboard/internal/api/objects"
	"switchboard/internal/api/store"
	"switchboard/internal/testserver"
)

// slow lets the region of the project be written to with so many MiB per second.
func slow(t *testing.T, p apitest.Plane, bandwidth string) {
	t.Helper()
	r, err := p.Service.Region(t.Context(), mine, "")
	require.NoError(t, err)
	_, err = p.Service.UpdateRegion(t.Context(), mine, r.Name, api.RegionDraft{Kind: r.Kind, Folder: r.Folder, Bandwidth: bandwidth}, 0)
	require.NoError(t, err)
}

func startCheckpoint(t *testing.T, p apitest.Plane, policy string) api.Checkpoint {
	t.Helper()
	c, err := p.Service.StartCheckpoint(t.Context(), mine, api.CheckpointDraft{Policy: policy})
	require.NoError(t, err)
	return c
}

// being waits until some of a backup of the checkpoint was written.
func being(t *testing.T, p apitest.Plane, checkpoint string) {
	t.Helper()
	require.Eventually(t, func() bool {
		page, err := p.Service.ListBackups(t.Context(), mine, api.BackupQuery{
			Checkpoint: checkpoint, Statuses: []api.BackupStatus{api.BackupProtecting},
		})
		return err == nil && len(page.Items) > 0 && page.Items[0].Bytes > 0
	}, waitLong, waitStep)
}

// tidy makes sure that a region holds the project's backups that are available, and
// nothing else of ours.
func tidy(t *testing.T, p apitest.Plane, db *store.DB) {
	t.Helper()
	r, err := p.Service.Region(t.Context(), mine, "")
	require.NoError(t, err)
	var keys []string
	err = db.Read.NewSelect().Table("backups").Column("object_key").Where("status = 'available' AND NOT adopted").
		OrderExpr("object_key").Scan(t.Context(), &keys)
	require.NoError(t, err)
	var found []string
	require.NoError(t, filepath.WalkDir(filepath.Join(r.Folder, ".switchboard"), func(path string, d os.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			path, err = filepath.Rel(r.Folder, path)
			found = append(found, path)
		}
		return err
	}))
	require.ElementsMatch(t, keys, found)
}

func TestABackupSurvivesThatItsProcessesAreKilled(t *testing.T) {
	t.Parallel()
	apitest.EachURL(t, func(t *testing.T, url string) {
		db := apitest.Open(t, url)
		p := plane(t, db, ring(t))
		contents := map[string]string{"image": strings.Repeat("0123456789abcdef", 2<<16)}
		folder := map[string]string{}
		for i := range 100 {
			name := fmt.Sprintf("%02d", i)
			folder[name] = strings.Repeat(name+"-", 8<<10)
			contents["orders/"+name] = folder[name]
		}
		for i := range 1200 {
			contents["dumps/"+strconv.Itoa(i)] = "x"
		}
		apitest.Files(t, p, contents)
		slow(t, p, "2")
		policy := apitest.Protect(t, p, "nightly", "orders", "image", "dumps*")
		c := startCheckpoint(t, p, policy.ID)
		for range 4 {
			exec(t, db, "UPDATE checkpoints SET driven_until = 0")
			w := worker(t, url)
			require.Eventually(t, func() bool {
				return count(t, db, "backups", "status = 'protecting' AND bytes > 0")+count(t, db, "backups", "adopted")+count(t, db, "checkpoints", "ended_at > 0") > 0
			}, waitLong, waitStep)
			time.AfterFunc(rand.N(1500*time.Millisecond), func() { _ = w.Process.Kill() }) // anywhere in it
			require.ErrorContains(t, w.Wait(), "killed")
			page, err := p.Service.ListBackups(t.Context(), mine, api.BackupQuery{Statuses: []api.BackupStatus{api.BackupAvailable}, Search: "orders"})
			require.NoError(t, err)
			for _, b := range page.Items {
				archive, err := apitest.ReadBackup(t.Context(), p, b.ID)
				require.NoError(t, err)
				require.Equal(t, folder, apitest.Unpack(t, archive), "what is available is whole")
			}
			if ended, err := p.Service.Checkpoint(t.Context(), mine, c.ID); err == nil && !ended.Ended.IsZero() {
				break
			}
		}
		exec(t, db, "UPDATE checkpoints SET driven_until = 0")
		worker(t, url)
		ended, _ := apitest.CheckpointEnds(t, p, c.ID)
		require.Equal(t, api.BackupAvailable, ended.Status())
		require.Equal(t, 1202, ended.Available)
		require.Equal(t, 1202, ended.Backups)
		page, err := p.Service.ListBackups(t.Context(), mine, api.BackupQuery{Search: "orders"})
		require.NoError(t, err)
		archive, err := apitest.ReadBackup(t.Context(), p, page.Items[0].ID)
		require.NoError(t, err)
		require.Equal(t, folder, apitest.Unpack(t, archive))
		tidy(t, p, db)
	})
}

func TestOfTwoProcessesOneMakesABackup(t *testing.T) {
	t.Parallel()
	apitest.EachDatabase(t, func(t *testing.T, db *store.DB) {
		keys := ring(t)
		p := plane(t, db, keys)
		contents, policies := map[string]string{}, []string{}
		for i := range 10 {
			contents["d"+strconv.Itoa(i)+"/x"], contents["taken"+strconv.Itoa(i)+"/x"] = "content", "content"
		}
		apitest.Files(t, p, contents)
		for i := range 10 {
			policies = append(policies, apitest.Protect(t, p, "p"+strconv.Itoa(i), "d"+strconv.Itoa(i), "taken"+strconv.Itoa(i)+"*").ID)
		}
		begin(t, p)
		begin(t, planeOn(t, db, keys))
		for range 3 {
			for _, policy := range policies {
				startCheckpoint(t, p, policy)
			}
			require.Eventually(t, func() bool { return count(t, db, "checkpoints", "ended_at = 0") == 0 }, waitLong, waitStep)
		}
		require.Equal(t, 30, count(t, db, "backups", "NOT adopted AND status = 'available'"))
		require.Equal(t, 10, count(t, db, "backups", "adopted AND status = 'available'"))
		tidy(t, p, db)
	})
}

func TestAProcessThatLostACheckpointWritesNothingOfItAnyMore(t *testing.T) {
	t.Parallel()
	apitest.EachDatabase(t, func(t *testing.T, db *store.DB) {
		p := plane(t, db, ring(t))
		apitest.Files(t, p, map[string]string{"image": strings.Repeat("0123456789abcdef", 4<<16)})
		slow(t, p, "1")
		policy := apitest.Protect(t, p, "nightly", "image")
		begin(t, p)
		c := startCheckpoint(t, p, policy.ID)
		being(t, p, c.ID)
		exec(t, db, "UPDATE checkpoints SET driver = 'somebody else', driven_until = ?", store.Micros(time.Now().Add(20*time.Second)))
		exec(t, db, "UPDATE backups SET bytes = 1")
		require.Eventually(t, func() bool {
			due, err := p.Service.(*embedded.Plane).Due(t.Context(), time.Now().Add(30*time.Second))
			return err == nil && len(due) > 0
		}, waitLong, waitStep)
		require.Never(t, func() bool { return count(t, db, "backups", "bytes <> 1 OR status <> 'protecting'") > 0 }, 5*time.Second/2, 100*time.Millisecond)
		exec(t, db, "UPDATE checkpoints SET driven_until = 0")
		ended, _ := apitest.CheckpointEnds(t, p, c.ID)
		require.Equal(t, api.BackupAvailable, ended.Status())
		tidy(t, p, db)
	})
}

func TestWhatStopsIsTakenUpByTheNextProcessAtOnce(t *testing.T) {
	t.Parallel()
	apitest.EachDatabase(t, func(t *testing.T, db *store.DB) {
		keys := ring(t)
		p := plane(t, db, keys)
		apitest.Files(t, p, map[string]string{"image": strings.Repeat("0123456789abcdef", 4<<16)})
		slow(t, p, "1")
		policy := apitest.Protect(t, p, "nightly", "image")
		work := p.Service.(*embedded.Plane)
		require.NoError(t, work.Start(t.Context(), embedded.Background{Tick: 200 * time.Millisecond}))
		c := startCheckpoint(t, p, policy.ID)
		being(t, p, c.ID)
		require.NoError(t, work.Stop(context.Background()))
		require.Equal(t, 1, count(t, db, "checkpoints", "driver = '' AND driven_until = 0 AND ended_at = 0"))
		slow(t, p, "")
		begin(t, planeOn(t, db, keys))
		ended, _ := apitest.CheckpointEnds(t, p, c.ID)
		require.Equal(t, api.BackupAvailable, ended.Status())
		tidy(t, p, db)
	})
}

func TestWhatChangesWhileItIsReadIsNoBackup(t *testing.T) {
	t.Parallel()
	apitest.EachDatabase(t, func(t *testing.T, db *store.DB) {
		p := plane(t, db, ring(t))
		big := strings.Repeat("0123456789abcdef", 2<<16)
		folder := apitest.Files(t, p, map[string]string{"a/1": big, "a/2": "x", "b/1": big, "b/2": "x", "c": big})
		slow(t, p, "1")
		policy := apitest.Protect(t, p, "nightly", "a", "b", "c")
		begin(t, p)
		c := startCheckpoint(t, p, policy.ID)
		being(t, p, c.ID)
		require.NoError(t, os.WriteFile(filepath.Join(folder, "a", "2"), []byte("longer"), 0o600))
		require.NoError(t, os.Remove(filepath.Join(folder, "b", "2")))
		require.NoError(t, os.WriteFile(filepath.Join(folder, "c"), []byte(big), 0o600))
		ended, backups := apitest.CheckpointEnds(t, p, c.ID)
		require.Equal(t, api.BackupError, ended.Status())
		for i, code := range []api.FaultCode{api.FaultSourceChanged, api.FaultSourceMissing, api.FaultSourceChanged} {
			require.NotNil(t, backups[i].Fault, "%+v", backups[i])
			require.Equal(t, code, backups[i].Fault.Code, "%+v", backups[i])
		}
		tidy(t, p, db)
	})
}

func TestAPolicyIsBackedUpOnceAtATime(t *testing.T) {
	t.Parallel()
	apitest.EachDatabase(t, func(t *testing.T, db *store.DB) {
		p := plane(t, db, ring(t)) // nothing works in the background: it goes on
		apitest.Files(t, p, map[string]string{"a/x": "1", "b/x": "2"})
		policy, alone := apitest.Protect(t, p, "nightly", "a"), apitest.Protect(t, p, "other", "b")
		var started sync.WaitGroup
		errs := make([]error, 8)
		for i := range errs {
			started.Go(func() {
				_, errs[i] = p.Service.StartCheckpoint(t.Context(), mine, api.CheckpointDraft{Policy: policy.ID, Auto: true})
			})
		}
		started.Wait()
		won := 0
		for _, err := range errs {
			if err == nil {
				won++
				continue
			}
			require.Equal(t, api.Conflict, api.CodeOf(err))
			require.ErrorContains(t, err, "backup.under_way_auto")
		}
		require.Equal(t, 1, won)
		for range 2 {
			_, err := p.Service.StartCheckpoint(t.Context(), mine, api.CheckpointDraft{Resources: []string{alone.Resources[0].ID}})
			require.NoError(t, err, "what has no policy is not in the way")
		}
		page, err := p.Service.ListBackups(t.Context(), mine, api.BackupQuery{Policy: policy.ID})
		require.NoError(t, err)
		require.Equal(t, api.BackupWaiting, page.Items[0].Status)
		err = p.Service.DeleteBackups(t.Context(), mine, page.Items[0].Checkpoint, nil)
		require.Equal(t, api.Conflict, api.CodeOf(err), "it is not made yet")
		_, _, err = p.Service.OpenBackup(t.Context(), mine, page.Items[0].ID)
		require.Equal(t, api.Conflict, api.CodeOf(err))
	})
}

func TestABackupThatIsBeingReplicatedIsNotDeleted(t *testing.T) {
	t.Parallel()
	apitest.EachDatabase(t, func(t *testing.T, db *store.DB) {
		p := plane(t, db, ring(t))
		apitest.Files(t, p, map[string]string{"dumps/a": "1", "dumps/b": "2"})
		policy := apitest.Protect(t, p, "taken", "dumps*")
		work := p.Service.(*embedded.Plane)
		require.NoError(t, work.Start(t.Context(), embedded.Background{Tick: 200 * time.Millisecond}))
		c, backups := apitest.BackUp(t, p, policy.ID)
		require.NoError(t, work.Stop(context.Background()))
		to := otherRegion(t, p)
		run, err := p.Service.ReplicateBackup(t.Context(), mine, backups[0].ID, api.BackupReplicationDraft{Region: to.Region, Project: to.Project})
		require.NoError(t, err)
		err = p.Service.DeleteBackups(t.Context(), mine, c.ID, nil)
		require.Equal(t, api.Conflict, api.CodeOf(err))
		require.ErrorContains(t, err, "backup.being_replicated")
		require.Equal(t, 2, count(t, db, "backups", "status = 'available'"))
		_, err = p.Service.CancelReplication(t.Context(), mine, run.ID)
		require.NoError(t, err)
		require.NoError(t, p.Service.DeleteBackups(t.Context(), mine, c.ID, nil))
	})
}

// otherRegion is a project of a region that the project is not in.
func otherRegion(t *testing.T, p apitest.Plane) api.Destination {
	t.Helper()
	regions, err := p.Service.Regions(t.Context(), mine)
	require.NoError(t, err)
	for _, r := range regions {
		if !r.Home && len(r.Projects) > 0 {
			return api.Destination{Region: r.Name, Project: r.Projects[0].ID}
		}
	}
	require.Fail(t, "there is no other region")
	return api.Destination{}
}

func TestManyObjectsAreTakenOver(t *testing.T) {
	t.Parallel()
	apitest.EachDatabase(t, func(t *testing.T, db *store.DB) {
		p := plane(t, db, ring(t))
		contents := map[string]string{}
		for i := range 2000 {
			contents["dumps/"+strconv.Itoa(i%7)+"/"+strconv.Itoa(i)] = "x"
		}
		folder := apitest.Files(t, p, contents)
		policy := apitest.Protect(t, p, "taken", "dumps*")
		begin(t, p)
		c, _ := apitest.BackUp(t, p, policy.ID)
		require.Equal(t, 2000, c.Available)
		require.EqualValues(t, 2000, c.Bytes)
		again, _ := apitest.BackUp(t, p, policy.ID)
		require.Zero(t, again.Backups)
		require.Equal(t, api.BackupAvailable, again.Status())

		for i := range 3 {
			require.NoError(t, os.Remove(filepath.Join(folder, "dumps", strconv.Itoa(i), strconv.Itoa(i))))
		}
		apitest.Files(t, p, map[string]string{"dumps/3/3": "yy", "dumps/new": "z"})
		more, _ := apitest.BackUp(t, p, policy.ID)
		require.Equal(t, 2, more.Backups)
		require.Equal(t, 1998, count(t, db, "backups", "status = 'available'"))
		require.Equal(t, 3, count(t, db, "backups", "fault LIKE '%source_missing%'"))
		require.Equal(t, 1, count(t, db, "backups", "fault LIKE '%source_changed%'"))
		last, err := p.Service.Checkpoints(t.Context(), mine, policy.ID, 9)
		require.NoError(t, err)
		require.Len(t, last, 2, "checkpoints that found nothing do not pile up")
		_, err = p.Service.Checkpoint(t.Context(), mine, again.ID)
		require.Equal(t, api.NotFound, api.CodeOf(err))
	})
}

func TestWhatFailedAndWhatIsTooOldIsRemovedInTime(t *testing.T) {
	t.Parallel()
	apitest.EachDatabase(t, func(t *testing.T, db *store.DB) {
		p := plane(t, db, ring(t))
		apitest.Files(t, p, map[string]string{"a": "1"})
		policy, err := p.Service.CreatePolicy(t.Context(), mine, api.PolicyDraft{
			Name: "nightly", Resources: []api.ResourceDraft{{Path: "a"}, {Path: "gone"}},
			Operations: []api.OperationDraft{{Pattern: "FREQ=DAILY;INTERVAL=1;BYHOUR=3;BYMINUTE=0", Days: "7", Enabled: true}},
		})
		require.NoError(t, err)
		begin(t, p)
		apitest.BackUp(t, p, policy.ID)
		_, backups := apitest.BackUp(t, p, policy.ID)
		week := backups[0].Created.Add(7 * 24 * time.Hour)
		require.Eventually(t, func() bool { // the retention follows the end
			b, err := p.Service.Backup(t.Context(), mine, backups[0].ID)
			return err == nil && b.Expires.Equal(week)
		}, waitLong, waitStep)
		const days = int64(24 * time.Hour / time.Microsecond)
		exec(t, db, "UPDATE backups SET created_at = created_at - ?, expires_at = expires_at - ? WHERE expires_at > 0", 31*days, 31*days)
		require.Eventually(t, func() bool { return count(t, db, "backups", "TRUE") == 1 }, waitLong, waitStep)
		b, err := p.Service.Backup(t.Context(), mine, backups[0].ID)
		require.NoError(t, err, "the last one of a resource stays, however old it is")
		require.Zero(t, b.Expires)
	})
}

func TestBackupsInABucket(t *testing.T) {
	t.Parallel()
	server := testserver.S3(t)
	apitest.EachDatabase(t, func(t *testing.T, db *store.DB) {
		p := plane(t, db, ring(t))
		bucket := "backups-" + strings.ToLower(strings.ReplaceAll(filepath.Base(t.Name()), "_", "-"))
		server.Exec(t, "bucket "+bucket)
		region, err := p.Service.CreateRegion(t.Context(), mine, api.RegionDraft{
			Name: "far", Kind: api.StoreS3, Endpoint: "http://" + server.Addr(), Bucket: bucket, PathStyle: true,
			AccessKey: server.User, Secret: api.NewSecret(server.Password),
		})
		require.NoError(t, err)
		p.Mine.Project = region.Projects[0].ID
		far, err := objects.Open(objects.Place{
			Endpoint: region.Endpoint, Bucket: bucket, PathStyle: true, Signing: region.Signing, AccessKey: server.User, Secret: api.NewSecret(server.Password),
		}, http.DefaultTransport)
		require.NoError(t, err)
		put := func(key, content string) {
			_, _, err := far.Write(t.Context(), key, strings.NewReader(content))
			require.NoError(t, err)
		}
		for i := range 12 {
			put("orders/"+strconv.Itoa(i), "content "+strconv.Itoa(i))
		}
		put("dumps/mon.sql", "monday")
		put("image", "an image")
		policy := apitest.Protect(t, p, "nightly", "orders", "image", "dumps*", "gone")
		begin(t, p)
		c, backups := apitest.BackUp(t, p, policy.ID)
		require.Equal(t, 3, c.Available, "%+v", backups)
		taken, gone, image, orders := backups[0], backups[1], backups[2], backups[3]
		require.Equal(t, api.FaultSourceMissing, gone.Fault.Code)
		archive, err := apitest.ReadBackup(t.Context(), p, orders.ID)
		require.NoError(t, err)
		require.Len(t, apitest.Unpack(t, archive), 12)
		content, err := apitest.ReadBackup(t.Context(), p, image.ID)
		require.NoError(t, err)
		require.Equal(t, "an image", string(content))
		content, err = apitest.ReadBackup(t.Context(), p, taken.ID)
		require.NoError(t, err)
		require.Equal(t, "monday", string(content))
		put("dumps/mon.sql", "changed")
		_, err = apitest.ReadBackup(t.Context(), p, taken.ID)
		require.Error(t, err)
		require.NoError(t, p.Service.DeleteBackups(t.Context(), p.Mine, c.ID, nil))
		require.Eventually(t, func() bool { return count(t, db, "backups", "TRUE") == 0 }, waitLong, waitStep)
		left, err := far.List(t.Context(), ".switchboard/", "", 10)
		require.NoError(t, err)
		require.Empty(t, left)
		_, err = far.Stat(t.Context(), "dumps/mon.sql")
		require.NoError(t, err, "what was taken over stays where it is")
	})
}
