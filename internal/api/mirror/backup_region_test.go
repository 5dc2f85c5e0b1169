package mirror_test

import (
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"switchboard/internal/api"
	"switchboard/internal/api/apitest"
	"switchboard/internal/api/mirror"
)

func TestWhatIsUnderWayInARegionEndsHereAlsoIfNobodyLooks(t *testing.T) {
	t.Parallel()
	eachProtected(t, func(t *testing.T, h *here, p, _ apitest.Plane) {
		ctx := t.Context()
		quiet := p
		quiet.Service = h.plane // which asks no region
		apitest.Files(t, p, map[string]string{"a": "one"})
		policy := apitest.Protect(t, p, "nightly", "a")
		c, err := p.Service.StartCheckpoint(ctx, p.Mine, api.CheckpointDraft{Policy: policy.ID})
		require.NoError(t, err)
		_, backups := apitest.CheckpointEnds(t, quiet, c.ID)
		require.Equal(t, api.BackupAvailable, backups[0].Status)

		run := apitest.Replicate(t, p, policy.ID, apitest.Destination(t, p))
		ended := apitest.ReplicationEnds(t, quiet, run.ID)
		require.Equal(t, []any{api.RunSucceeded, ended.TotalBytes}, []any{ended.Outcome(), ended.Bytes})

		require.NoError(t, p.Service.DeleteBackups(ctx, p.Mine, c.ID, nil))
		require.Eventually(t, func() bool {
			_, err := h.plane.Backup(ctx, p.Mine, backups[0].ID)
			return api.CodeOf(err) == api.NotFound
		}, time.Minute, 10*time.Millisecond)
		require.Empty(t, toldOf(t, p, api.KindBackup, backups[0].ID))
		require.Equal(t, p.Mine.Actor, toldOf(t, p, api.KindBackup, c.ID)[0].Actor, "nobody else deleted it")
	})
}

func TestRecordsThatHaveEndedAreNotAskedForAgainAndAgain(t *testing.T) {
	t.Parallel()
	eachProtected(t, func(t *testing.T, h *here, p, _ apitest.Plane) {
		ctx := t.Context()
		apitest.Files(t, p, map[string]string{"a": "one"})
		policy, to := apitest.Protect(t, p, "nightly", "a"), apitest.Destination(t, p)
		apitest.BackUp(t, p, policy.ID)
		apitest.ReplicationEnds(t, p, apitest.Replicate(t, p, policy.ID, to).ID)

		var all, open atomic.Int64
		next := h.there.server.Config.Handler
		h.there.server.Config.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if strings.HasSuffix(r.URL.Path, "/replication_records") {
				if r.URL.Query().Has("status") {
					open.Add(1)
				} else {
					all.Add(1)
				}
			}
			next.ServeHTTP(w, r)
		})
		seldom := mirror.New(mirror.Options{Plane: h.plane, Backends: h.mirror.Backends, DB: h.db, Age: time.Hour, Wait: 30 * time.Second})
		look := func() {
			_, err := seldom.Refresh(ctx, p.Mine, api.KindReplication, "")
			require.NoError(t, err)
		}
		look()
		require.EqualValues(t, 1, all.Load())
		look()
		look()
		require.Equal(t, []int64{1, 4}, []int64{all.Load(), open.Load()})
	})
}

func TestWhatFailedInARegionIsTriedAgainThere(t *testing.T) {
	t.Parallel()
	eachProtected(t, func(t *testing.T, _ *here, p, _ apitest.Plane) {
		ctx := t.Context()
		folder := apitest.Files(t, p, map[string]string{"a": "one", "b": "two", "c": "three"})
		policy, to := apitest.Protect(t, p, "nightly", "a", "b", "c"), apitest.Destination(t, p)
		_, backups := apitest.BackUp(t, p, policy.ID)
		kept := filepath.Join(folder, ".switchboard", "backups", p.Stores.Mine.Project)
		for _, b := range backups[:2] {
			require.NoError(t, os.Rename(filepath.Join(kept, b.ID), filepath.Join(folder, b.ID)))
		}
		run := apitest.ReplicationEnds(t, p, apitest.Replicate(t, p, policy.ID, to).ID)
		require.Equal(t, []any{2, 1, api.RunPartial}, []any{run.Failed, run.Succeeded, run.Outcome()})
		for _, r := range apitest.Records(t, p, run.ID) {
			if r.Status == api.ReplicationFailed {
				require.Equal(t, []any{api.FaultSourceMissing, "fault.source_missing_hint"}, []any{r.Fault.Code, r.Fault.Hint.Key})
			}
		}
		for _, b := range backups[:2] {
			require.NoError(t, os.Rename(filepath.Join(folder, b.ID), filepath.Join(kept, b.ID)))
			_, err := apitest.ReadBackup(ctx, *p.Stores, b.ID)
			require.NoError(t, err)
		}
		again, err := p.Service.RetryReplication(ctx, p.Mine, run.ID)
		require.NoError(t, err)
		require.Equal(t, []any{2, run.ID, policy.ID}, []any{again.Total, again.RetryOf, again.Policy})
		ended := apitest.ReplicationEnds(t, p, again.ID)
		require.Equal(t, []any{api.RunSucceeded, policy.ID}, []any{ended.Outcome(), ended.Policy})
		runs, err := p.Service.ReplicationRuns(ctx, p.Mine, api.RunQuery{})
		require.NoError(t, err)
		require.Len(t, runs.Items, 2, "its records are in no other run")
	})
}

func TestWhatNoCallOfTheDialectDoesIsRefusedInWords(t *testing.T) {
	t.Parallel()
	eachProtected(t, func(t *testing.T, _ *here, p, over apitest.Plane) {
		ctx := t.Context()
		apitest.Files(t, p, map[string]string{"a": "one"})
		policy := apitest.Protect(t, p, "nightly", "a")
		_, backups := apitest.BackUp(t, p, policy.ID)
		refused := func(err error, key string) {
			t.Helper()
			require.Equal(t, api.Conflict, api.CodeOf(err), "%v", err)
			require.Equal(t, key, err.(*api.Error).Message.Key) //nolint:errorlint // services return it as it is
		}
		_, _, err := p.Service.OpenBackup(ctx, p.Mine, backups[0].ID)
		refused(err, "backup.not_given_out")
		_, err = p.Service.Browse(ctx, p.Mine, "", "", 9)
		refused(err, "region.not_browsed")
		_, err = p.Service.CreateRegion(ctx, p.Mine, apitest.FolderRegion("new"))
		refused(err, "region.of_cloud")

		put := apitest.Block(t, p, apitest.Destination(t, p)) // where a copy cannot end well, it may go on
		run := apitest.Replicate(t, p, policy.ID, apitest.Destination(t, p))
		_, err = p.Service.CancelReplication(ctx, p.Mine, run.ID)
		if api.CodeOf(err) != "" { // it has not ended yet
			refused(err, "replication.not_cancelled")
		}
		ended := apitest.ReplicationEnds(t, p, run.ID)
		put()
		again, err := p.Service.CancelReplication(ctx, p.Mine, run.ID)
		require.NoError(t, err, "what has ended stays what it is")
		require.Equal(t, ended, again)

		regions, err := p.Service.Regions(ctx, p.Mine)
		require.NoError(t, err)
		there, err := over.Service.Regions(ctx, over.Mine)
		require.NoError(t, err)
		require.Equal(t, []any{there[0].Name, there[1].Name, api.StoreCloud, true}, []any{regions[0].Name, regions[1].Name, regions[1].Kind, regions[0].Home})
		require.Equal(t, there[1].Projects, regions[1].Projects)
	})
}

func TestWhatARegionDoesNotKeepOfABackupIsNoted(t *testing.T) {
	t.Parallel()
	eachProtected(t, func(t *testing.T, h *here, p, _ apitest.Plane) {
		ctx := t.Context()
		apitest.Files(t, p, map[string]string{"a": "one"})
		policy := apitest.Protect(t, p, "nightly", "a")
		c, err := p.Service.StartCheckpoint(ctx, p.Mine, api.CheckpointDraft{Policy: policy.ID, Name: "before", Description: "the move"})
		require.NoError(t, err)
		_, backups := apitest.CheckpointEnds(t, p, c.ID)
		require.Regexp(t, "^manualbk_", backups[0].Name)
		lost, err := h.mirror.NotKept(ctx, p.Mine, api.KindBackup, backups[0].ID)
		require.NoError(t, err)
		require.Equal(t, []string{"description", "name"}, lost)

		d := policy.Draft()
		d.Operations = append(d.Operations, api.OperationDraft{
			Type: api.OperationReplication, Pattern: "FREQ=DAILY;BYHOUR=3", Max: "3", Region: "local-2", Project: apitest.Destination(t, p).Project,
		})
		_, err = p.Service.UpdatePolicy(ctx, p.Mine, policy.ID, d, 0)
		require.NoError(t, err)
		lost, err = h.mirror.NotKept(ctx, p.Mine, api.KindPolicy, policy.ID)
		require.NoError(t, err)
		require.Equal(t, []string{"operations"}, lost, "how long copies are kept it does not say")
		d.Operations[0].Max = ""
		_, err = p.Service.UpdatePolicy(ctx, p.Mine, policy.ID, d, 0)
		require.NoError(t, err)
		lost, err = h.mirror.NotKept(ctx, p.Mine, api.KindPolicy, policy.ID)
		require.NoError(t, err)
		require.Empty(t, lost)
	})
}

func TestARegionThatIsAwayKeepsNobodyFromItsBackups(t *testing.T) {
	t.Parallel()
	eachProtected(t, func(t *testing.T, h *here, p, _ apitest.Plane) {
		ctx := t.Context()
		apitest.Files(t, p, map[string]string{"a": "one"})
		policy, to := apitest.Protect(t, p, "nightly", "a"), apitest.Destination(t, p)
		c, backups := apitest.BackUp(t, p, policy.ID)
		_, err := p.Service.Policy(ctx, p.Mine, policy.ID)
		require.NoError(t, err)
		h.there.server.Close()

		found, err := p.Service.Policy(ctx, p.Mine, policy.ID)
		require.NoError(t, err)
		require.Equal(t, c.ID, found.Last.ID)
		b, err := p.Service.Backup(ctx, p.Mine, backups[0].ID)
		require.NoError(t, err)
		require.Equal(t, backups[0].Name, b.Name)
		regions, err := p.Service.Regions(ctx, p.Mine)
		require.NoError(t, err)
		require.Len(t, regions, 2, "where it replicates to it said before")
		for _, kind := range []api.Kind{api.KindPolicy, api.KindBackup, api.KindReplication} {
			f, err := h.mirror.Freshness(ctx, p.Mine, kind, "")
			require.NoError(t, err)
			require.NotZero(t, f.Trouble, "%s", kind)
		}
		away := func(err error) {
			t.Helper()
			require.Equal(t, api.Unavailable, api.CodeOf(err), "%v", err)
		}
		_, err = p.Service.CreatePolicy(ctx, p.Mine, apitest.PolicyDraft("other", "b"))
		away(err)
		_, err = p.Service.UpdatePolicy(ctx, p.Mine, policy.ID, apitest.PolicyDraft("other", "b"), 0)
		away(err)
		away(p.Service.DeletePolicy(ctx, p.Mine, policy.ID, 0))
		_, err = p.Service.StartCheckpoint(ctx, p.Mine, api.CheckpointDraft{Policy: policy.ID})
		away(err)
		away(p.Service.DeleteBackups(ctx, p.Mine, c.ID, nil))
		_, err = p.Service.StartReplication(ctx, p.Mine, api.ReplicationDraft{Policy: policy.ID, Region: to.Region, Project: to.Project})
		away(err)
		_, err = p.Service.ReplicateBackup(ctx, p.Mine, b.ID, api.BackupReplicationDraft{Region: to.Region, Project: to.Project})
		away(err)
		now, err := p.Service.Policy(ctx, p.Mine, policy.ID)
		require.NoError(t, err)
		require.Equal(t, found, now)
		same, err := p.Service.Backup(ctx, p.Mine, b.ID)
		require.NoError(t, err)
		require.Equal(t, b, same)
	})
}

// What a region says is taken for what it is: nothing that it says breaks a page, or
// loses what was known.
func TestNonsenseFromARegionChangesNothing(t *testing.T) {
	t.Parallel()
	eachProtected(t, func(t *testing.T, h *here, p, _ apitest.Plane) {
		ctx := t.Context()
		apitest.Files(t, p, map[string]string{"a": "one"})
		policy := apitest.Protect(t, p, "nightly", "a")
		_, backups := apitest.BackUp(t, p, policy.ID)
		var says string
		nonsense := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if strings.Contains(r.URL.Path, "/policies") || strings.Contains(r.URL.Path, "/checkpoint_items") || strings.Contains(r.URL.Path, "/replication_records") {
				w.Header().Set("Content-Type", "application/json")
				_, _ = w.Write([]byte(says))
			}
		}))
		t.Cleanup(nonsense.Close)
		real := h.there.server.Config.Handler
		h.there.server.Config.Handler = nonsense.Config.Handler
		t.Cleanup(func() { h.there.server.Config.Handler = real })
		for _, says = range []string{
			``, `<html>`, `{}`, `[]`, `null`, `{"policies": null}`, `{"policies": [{}]}`, `{"policies": {"id": 1}}`,
			`{"checkpoint_items": [{"id": 7}]}`, `{"checkpoint_items": [null]}`, `{"replication_records": "x"}`, `{"replication_records": [{}], "count": -1}`,
		} {
			found, err := p.Service.Policy(ctx, p.Mine, policy.ID)
			require.NoError(t, err, says)
			require.Equal(t, "nightly", found.Name)
			_, err = p.Service.Backup(ctx, p.Mine, backups[0].ID)
			require.NoError(t, err, says)
			_, err = p.Service.ReplicationRuns(ctx, p.Mine, api.RunQuery{})
			require.NoError(t, err, says)
			f, err := h.mirror.Freshness(ctx, p.Mine, api.KindPolicy, "")
			require.NoError(t, err)
			require.NotZero(t, f.Trouble, says)
		}
	})
}
