package apitest

import (
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"switchboard/internal/api"
)

func replicationOfOne(t *testing.T, p Plane) {
	Files(t, p, map[string]string{"a": "one", "b": "two"})
	policy, to := Protect(t, p, "orders", "a", "b"), Destination(t, p)
	_, backups := BackUp(t, p, policy.ID)
	there := at(p, to)
	for i, c := range []struct{ name, description, want string }{
		{"", "", "manual_rep_from_" + backups[0].ID},
		{"副本_a-1", "for the audit", "副本_a-1"},
	} {
		run, err := p.Service.ReplicateBackup(t.Context(), p.Mine, backups[i].ID, api.BackupReplicationDraft{
			Region: to.Region, Project: to.Project, Name: c.name, Description: c.description, Accelerate: true,
		})
		require.NoError(t, err)
		require.Equal(t, []any{1, "", true}, []any{run.Total, run.Policy, run.Accelerate})
		records := RequireTrue(t, p, ReplicationEnds(t, p, run.ID))
		require.Equal(t, backups[i].ID, records[0].Backup.ID)
		replica, err := there.Service.Backup(t.Context(), there.Mine, records[0].Replica)
		require.NoError(t, err)
		require.Equal(t, []string{c.want, c.description}, []string{replica.Name, replica.Description})
	}
	require.Empty(t, Replicate(t, p, policy.ID, to).ID, "both are there")
}

func replicationOfOneProblems(t *testing.T, p Plane) {
	folder := Files(t, p, map[string]string{"a": "one", "b": "two"})
	policy, to := Protect(t, p, "orders", "a", "b"), Destination(t, p)
	require.NoError(t, os.Remove(filepath.Join(folder, "b")))
	_, backups := BackUp(t, p, policy.ID)
	_, err := p.Service.ReplicateBackup(t.Context(), p.Mine, backups[0].ID, api.BackupReplicationDraft{
		Region: "nowhere", Name: "a b", Description: "<b>",
	})
	if p.has(Knows) {
		require.Equal(t, []string{"region region.destination_unknown", "name replication.name_form", "description backup.description_form"}, paths(err))
	}
	by := api.BackupReplicationDraft{Region: to.Region, Project: to.Project, Name: strings.Repeat("名", api.MaxReplicaName+1)}
	_, err = p.Service.ReplicateBackup(t.Context(), p.Mine, backups[0].ID, by)
	require.Equal(t, []string{"name replication.name_too_long"}, paths(err))
	by.Name = strings.Repeat("名", api.MaxReplicaName)
	run, err := p.Service.ReplicateBackup(t.Context(), p.Mine, backups[0].ID, by)
	require.NoError(t, err)
	record := RequireTrue(t, p, ReplicationEnds(t, p, run.ID))[0]

	_, err = p.Service.ReplicateBackup(t.Context(), p.Mine, backups[1].ID, by)
	requireCode(t, err, api.Conflict) // it failed
	_, err = p.Service.ReplicateBackup(t.Context(), p.Mine, policy.ID, by)
	requireCode(t, err, api.NotFound)
	there := at(p, to)
	home, err := p.Service.Region(t.Context(), p.Mine, "")
	require.NoError(t, err)
	_, err = there.Service.ReplicateBackup(t.Context(), there.Mine, record.Replica, api.BackupReplicationDraft{Region: home.Name, Project: p.Mine.Project})
	require.Equal(t, []string{"backup replication.is_replica"}, paths(err))
}

func replicationProblems(t *testing.T, p Plane) {
	Files(t, p, map[string]string{"a": "one"})
	policy, to := Protect(t, p, "orders", "a"), Destination(t, p)
	BackUp(t, p, policy.ID)
	home, err := p.Service.Region(t.Context(), p.Mine, "")
	require.NoError(t, err)
	for _, c := range []struct {
		to   api.Destination
		want string
	}{
		{api.Destination{}, "region region.destination_required"},
		{api.Destination{Region: home.Name, Project: p.Mine.Project}, "region region.destination_same"},
		{api.Destination{Region: "nowhere", Project: to.Project}, "region region.destination_unknown"},
		{api.Destination{Region: to.Region}, "project region.project_required"},
		{api.Destination{Region: to.Region, Project: p.Mine.Project}, "project region.project_unknown"},
		{api.Destination{Region: to.Region, Project: p.Guest.Project}, "project region.project_unknown"},
	} {
		if c.want == "project region.project_unknown" && (c.to.Project == "" || !p.has(Knows)) {
			continue // there is no other account, or only the region knows
		}
		d := api.ReplicationDraft{Policy: policy.ID, Region: c.to.Region, Project: c.to.Project}
		_, err := p.Service.StartReplication(t.Context(), p.Mine, d)
		require.Equal(t, []string{c.want}, paths(err))
		_, err = p.Service.PlanReplication(t.Context(), p.Mine, d, "", 0)
		require.Equal(t, []string{c.want}, paths(err), "a plan refuses the same")
	}
	_, err = p.Service.StartReplication(t.Context(), p.Mine, api.ReplicationDraft{Policy: home.Name, Region: to.Region, Project: to.Project})
	requireCode(t, err, api.NotFound)
}

// slowly bounds what is copied to a region to a megabyte per second.
func slowly(t *testing.T, p Plane, region string) {
	t.Helper()
	r, err := p.Service.Region(t.Context(), p.Mine, region)
	require.NoError(t, err)
	_, err = p.Service.UpdateRegion(t.Context(), p.Mine, region, api.RegionDraft{Name: region, Kind: r.Kind, Folder: r.Folder, Bandwidth: "1"}, r.Version)
	require.NoError(t, err)
}

// underWay is a run with one small backup that is there at once and large ones that
// take long.
func underWay(t *testing.T, p Plane, large int) (policy api.Policy, run api.ReplicationRun) {
	t.Helper()
	Files(t, p, map[string]string{"first/0": "small"}) // and so the oldest
	contents := map[string]string{}
	for n := range large {
		contents["large/"+strconv.Itoa(n)] = strings.Repeat("x", 8<<20)
	}
	Files(t, p, contents)
	policy = Protect(t, p, "orders", "first*", "large*")
	BackUp(t, p, policy.ID)
	to := Destination(t, p)
	slowly(t, p, to.Region)
	run = Replicate(t, p, policy.ID, to)
	require.Eventually(t, func() bool {
		now, err := p.Service.ReplicationRun(t.Context(), p.Mine, run.ID)
		return err == nil && now.Succeeded == 1 && now.Running > 0 && now.Bytes == int64(len("small"))
	}, time.Minute, 10*time.Millisecond)
	return policy, run
}

func replicationBusy(t *testing.T, p Plane) {
	needs(t, p, TakesOver, Cancels)
	policy, run := underWay(t, p, 3)
	to := run.Destination
	Files(t, p, map[string]string{"first/1": "new"})
	BackUp(t, p, policy.ID)
	_, err := p.Service.StartReplication(t.Context(), p.Mine, api.ReplicationDraft{Policy: policy.ID, Region: to.Region, Project: to.Project})
	requireCode(t, err, api.Conflict)
	require.Equal(t, run.ID, err.(*api.Error).Message.Args["run"]) //nolint:errorlint // services return it as it is
	planned := plan(t, p, policy.ID, to)
	require.Equal(t, []any{run.ID, 3, 1}, []any{planned.Busy, planned.Running, planned.There})
	require.Positive(t, planned.Estimate, "the bandwidth says how fast it can be")

	auto := api.ReplicationDraft{Policy: policy.ID, Region: to.Region, Project: to.Project, Auto: true}
	scheduled, err := p.Service.StartReplication(t.Context(), p.Mine, auto)
	require.NoError(t, err, "one on a schedule may go on beside")
	require.Equal(t, []any{true, 1}, []any{scheduled.Auto, scheduled.Total}, "what is on its way is not copied twice")
	_, err = p.Service.RetryReplication(t.Context(), p.Mine, run.ID)
	requireCode(t, err, api.Conflict)
	_, err = p.Service.CancelReplication(t.Context(), p.Mine, run.ID)
	require.NoError(t, err)
	require.Equal(t, 3, Replicate(t, p, policy.ID, to).Total, "now the next one may")
}

func replicationCancelled(t *testing.T, p Plane) {
	needs(t, p, TakesOver, Cancels)
	policy, run := underWay(t, p, 12)
	before := Records(t, p, run.ID)
	ended, err := p.Service.CancelReplication(t.Context(), p.Mine, run.ID)
	require.NoError(t, err)
	require.False(t, ended.Ended.IsZero())
	require.Equal(t, []any{api.RunStopped, p.Mine.Actor.User, 1, 12}, []any{ended.Outcome(), ended.StoppedBy, ended.Succeeded, ended.Skipped})
	for i, r := range RequireTrue(t, p, ended) {
		if before[i].Status == api.ReplicationSucceeded {
			require.Equal(t, before[i], r)
		} else {
			require.Equal(t, []any{api.ReplicationSkipped, api.FaultCancelled}, []any{r.Status, r.Fault.Code})
		}
	}
	again, err := p.Service.CancelReplication(t.Context(), p.Mine, run.ID)
	require.NoError(t, err)
	require.Equal(t, ended, again)
	requireNothingLeft(t, p, run.Destination, 1)
	require.Equal(t, ended, ReplicationEnds(t, p, run.ID), "nothing comes after it")
	require.Equal(t, 12, plan(t, p, policy.ID, run.Destination).Count)
}

// requireNothingLeft requires that of so many objects of replicas there is nothing
// else of ours in the folder of a region, soon.
func requireNothingLeft(t *testing.T, p Plane, to api.Destination, replicas int) {
	t.Helper()
	region, err := p.Service.Region(t.Context(), p.Mine, to.Region)
	require.NoError(t, err)
	var staged, kept []string
	require.Eventually(t, func() bool {
		staged, kept = filesBelow(t, filepath.Join(region.Folder, ".switchboard", "staging")), filesBelow(t, filepath.Join(region.Folder, ".switchboard", "backups"))
		return len(staged) == 0 && len(kept) == replicas
	}, 30*time.Second, 20*time.Millisecond, "staged %v, kept %v", &staged, &kept)
}

func filesBelow(t *testing.T, folder string) (found []string) {
	t.Helper()
	err := filepath.WalkDir(folder, func(path string, entry os.DirEntry, err error) error {
		if err == nil && !entry.IsDir() {
			found = append(found, path)
		}
		return nil
	})
	require.NoError(t, err)
	return found
}

func replicationRetried(t *testing.T, p Plane) {
	needs(t, p, TakesOver)
	folder := Files(t, p, map[string]string{"daily/1": "one", "daily/2": "two", "daily/3": "three"})
	policy, to := Protect(t, p, "orders", "daily*"), Destination(t, p)
	_, backups := BackUp(t, p, policy.ID)
	require.NoError(t, os.WriteFile(filepath.Join(folder, "daily/2"), []byte("TWO"), 0o600))
	run := ReplicationEnds(t, p, Replicate(t, p, policy.ID, to).ID)
	require.Equal(t, []any{2, 1, api.RunPartial}, []any{run.Succeeded, run.Failed, run.Outcome()})
	RequireTrue(t, p, run)
	retry, err := p.Service.RetryReplication(t.Context(), p.Mine, run.ID)
	require.NoError(t, err)
	require.Equal(t, []any{1, run.ID, policy.ID}, []any{retry.Total, retry.RetryOf, retry.Policy})
	retried := ReplicationEnds(t, p, retry.ID)
	require.Equal(t, 1, retried.Failed, "it is still another one")
	records := RequireTrue(t, p, retried)
	require.Equal(t, backups[1].ID, records[0].Backup.ID)
	require.Equal(t, run, ReplicationEnds(t, p, run.ID), "the earlier run stays what it was")

	put := Block(t, p, to)
	BackUp(t, p, policy.ID) // takes the changed one over, and loses what it was
	failed := ReplicationEnds(t, p, Replicate(t, p, policy.ID, to).ID)
	require.Equal(t, 1, failed.Failed)
	put()
	retry, err = p.Service.RetryReplication(t.Context(), p.Mine, failed.ID)
	require.NoError(t, err)
	retry = ReplicationEnds(t, p, retry.ID)
	require.Equal(t, api.RunSucceeded, retry.Outcome())
	for _, id := range []string{run.ID, failed.ID, retry.ID} {
		_, err = p.Service.RetryReplication(t.Context(), p.Mine, id)
		requireCode(t, err, api.Invalid)
	}
}

func replicationLists(t *testing.T, p Plane) {
	Files(t, p, map[string]string{"a": "one", "b": "two", "c": "three"})
	policy, second, to := Protect(t, p, "orders", "a", "b"), Protect(t, p, "stock", "c"), Destination(t, p)
	var runs []string
	for range 3 {
		for _, of := range []api.Policy{policy, second} {
			BackUp(t, p, of.ID)
			runs = append(runs, ReplicationEnds(t, p, Replicate(t, p, of.ID, to).ID).ID)
		}
	}
	slices.Reverse(runs)
	list := func(q api.RunQuery) []string {
		return walkPages(t, 2, func(cursor string) (api.Page[api.ReplicationRun], error) {
			q.Cursor, q.Limit = cursor, 2
			return p.Service.ReplicationRuns(t.Context(), p.Mine, q)
		}, func(r *api.ReplicationRun) string { return r.ID })
	}
	require.Equal(t, runs, list(api.RunQuery{}))
	require.Equal(t, []string{runs[1], runs[3], runs[5]}, list(api.RunQuery{Policy: policy.ID}))
	require.Empty(t, list(api.RunQuery{Open: true}))

	find := func(q api.RecordQuery) []string {
		t.Helper()
		n, err := p.Service.CountReplicationRecords(t.Context(), p.Mine, q)
		require.NoError(t, err)
		found := walkPages(t, 4, func(cursor string) (api.Page[api.ReplicationRecord], error) {
			q.Cursor, q.Limit = cursor, 4
			return p.Service.ListReplicationRecords(t.Context(), p.Mine, q)
		}, func(r *api.ReplicationRecord) string { return r.ID })
		require.Len(t, found, n)
		return found
	}
	all := find(api.RecordQuery{})
	require.Len(t, all, 9)
	newest := find(api.RecordQuery{Desc: true})
	slices.Reverse(newest)
	require.Equal(t, all, newest)
	require.Len(t, find(api.RecordQuery{Policy: policy.ID}), 6)
	require.Len(t, find(api.RecordQuery{Run: runs[0]}), 1)
	require.Len(t, find(api.RecordQuery{Region: to.Region, Statuses: []api.ReplicationStatus{api.ReplicationSucceeded}}), 9)
	require.Empty(t, find(api.RecordQuery{Statuses: []api.ReplicationStatus{api.ReplicationFailed, api.ReplicationWaiting}}))
	require.Equal(t, all[4:5], find(api.RecordQuery{ID: all[4]}))
	record, err := p.Service.ReplicationRecord(t.Context(), p.Mine, all[4])
	require.NoError(t, err)
	require.Equal(t, all[4:5], find(api.RecordQuery{Backup: record.Backup.ID}))
	page, err := p.Service.ListReplicationRecords(t.Context(), p.Mine, api.RecordQuery{After: all[1], Offset: 2, Limit: 3})
	require.NoError(t, err)
	require.Equal(t, all[4:7], []string{page.Items[0].ID, page.Items[1].ID, page.Items[2].ID})
}

func replicationForeign(t *testing.T, p Plane) {
	Files(t, p, map[string]string{"a": "one"})
	policy, to := Protect(t, p, "orders", "a"), Destination(t, p)
	_, backups := BackUp(t, p, policy.ID)
	run := ReplicationEnds(t, p, Replicate(t, p, policy.ID, to).ID)
	record := Records(t, p, run.ID)[0]
	for _, s := range []api.Scope{p.Other, at(p, to).Mine} {
		missing := func(err error) { requireCode(t, err, api.NotFound) }
		_, err := p.Service.ReplicationRun(t.Context(), s, run.ID)
		missing(err)
		_, err = p.Service.ReplicationRecord(t.Context(), s, record.ID)
		missing(err)
		_, err = p.Service.CancelReplication(t.Context(), s, run.ID)
		missing(err)
		_, err = p.Service.RetryReplication(t.Context(), s, run.ID)
		missing(err)
		_, err = p.Service.ReplicateBackup(t.Context(), s, backups[0].ID, api.BackupReplicationDraft{Region: to.Region, Project: to.Project})
		missing(err)
		d := api.ReplicationDraft{Policy: policy.ID, Region: to.Region, Project: to.Project}
		_, err = p.Service.StartReplication(t.Context(), s, d)
		missing(err)
		_, err = p.Service.PlanReplication(t.Context(), s, d, "", 0)
		missing(err)
		runs, err := p.Service.ReplicationRuns(t.Context(), s, api.RunQuery{Policy: policy.ID})
		require.NoError(t, err)
		require.Empty(t, runs.Items)
		n, err := p.Service.CountReplicationRecords(t.Context(), s, api.RecordQuery{})
		require.NoError(t, err)
		require.Zero(t, n)
		_, err = p.Service.ListReplicationRecords(t.Context(), s, api.RecordQuery{After: record.ID})
		missing(err)
	}
}

func replicationLog(t *testing.T, p Plane) {
	needs(t, p, TakesOver)
	folder := Files(t, p, map[string]string{"daily/1": "one", "daily/2": "two"})
	policy, to := Protect(t, p, "orders", "daily*"), Destination(t, p)
	BackUp(t, p, policy.ID)
	require.NoError(t, os.Remove(filepath.Join(folder, "daily/2")))
	run := ReplicationEnds(t, p, Replicate(t, p, policy.ID, to).ID)
	lines := map[api.ReplicationStatus][]string{}
	for _, r := range RequireTrue(t, p, run) {
		record, err := p.Service.ReplicationRecord(t.Context(), p.Mine, r.ID)
		require.NoError(t, err)
		require.Empty(t, r.Log)
		for i, line := range record.Log {
			lines[r.Status] = append(lines[r.Status], line.Message.Key)
			require.False(t, line.At.IsZero())
			require.True(t, i == 0 || !line.At.Before(record.Log[i-1].At))
		}
		record.Log = nil
		require.Equal(t, r, record)
		require.Equal(t, 1, r.Attempts)
	}
	require.Equal(t, map[api.ReplicationStatus][]string{
		api.ReplicationSucceeded: {"replication.queued", "replication.began", "replication.copied"},
		api.ReplicationFailed:    {"replication.queued", "replication.began", "fault.source_missing"},
	}, lines)
}

func syncs(t *testing.T, p Plane, policy string) []api.Sync {
	t.Helper()
	found, err := p.Service.Policy(t.Context(), p.Mine, policy)
	require.NoError(t, err)
	return found.Syncs
}

func replicationSync(t *testing.T, p Plane) {
	Files(t, p, map[string]string{"a": "one", "b": "two"})
	policy, to := Protect(t, p, "orders", "a"), Destination(t, p)
	Protect(t, p, "stock", "b")
	behind := func(want int) {
		t.Helper()
		n, err := p.Service.BehindPolicies(t.Context(), p.Mine, 10)
		require.NoError(t, err)
		require.Equal(t, want, n)
	}
	BackUp(t, p, policy.ID)
	require.Empty(t, syncs(t, p, policy.ID))
	behind(0)
	run := ReplicationEnds(t, p, Replicate(t, p, policy.ID, to).ID)
	inStep := syncs(t, p, policy.ID)
	require.Len(t, inStep, 1)
	require.Equal(t, []any{to, run.ID, true}, []any{inStep[0].Destination, inStep[0].Run, inStep[0].Oldest.IsZero()})
	require.NotEmpty(t, inStep[0].ProjectName)
	require.False(t, inStep[0].At.Before(run.Started.At))
	behind(0)

	_, fresh := BackUp(t, p, policy.ID)
	BackUp(t, p, policy.ID)
	late := syncs(t, p, policy.ID)
	require.Equal(t, fresh[0].Created, late[0].Oldest)
	require.True(t, late[0].At.Before(late[0].Oldest))
	behind(1)
	put := Block(t, p, to)
	ReplicationEnds(t, p, Replicate(t, p, policy.ID, to).ID)
	put()
	require.Equal(t, fresh[0].Created, syncs(t, p, policy.ID)[0].Oldest)
	behind(1)
	ReplicationEnds(t, p, Replicate(t, p, policy.ID, to).ID)
	require.True(t, syncs(t, p, policy.ID)[0].Oldest.IsZero())
	behind(0)
}

func replicationSyncOld(t *testing.T, p Plane) {
	needs(t, p, TakesOver)
	folder := Files(t, p, map[string]string{"daily/2": "two"})
	policy, to := Protect(t, p, "orders", "daily*"), Destination(t, p)
	BackUp(t, p, policy.ID)
	ReplicationEnds(t, p, Replicate(t, p, policy.ID, to).ID)
	require.True(t, syncs(t, p, policy.ID)[0].Oldest.IsZero())
	// Somebody puts an old dump there.
	Files(t, p, map[string]string{"daily/1": "one"})
	long := time.Now().Add(-48 * time.Hour).UTC().Truncate(time.Second)
	require.NoError(t, os.Chtimes(filepath.Join(folder, "daily/1"), long, long))
	BackUp(t, p, policy.ID)
	late := syncs(t, p, policy.ID)[0]
	require.Equal(t, long, late.Oldest)
	require.True(t, late.At.Before(long))
	ReplicationEnds(t, p, Replicate(t, p, policy.ID, to).ID)
	require.True(t, syncs(t, p, policy.ID)[0].Oldest.IsZero())
}

func replicationSourceChanges(t *testing.T, p Plane) {
	needs(t, p, TakesOver)
	folder := Files(t, p, map[string]string{"daily/1": "one", "daily/2": "two", "daily/3": "three", "own": "four"})
	policy, to := Protect(t, p, "orders", "daily*", "own"), Destination(t, p)
	_, backups := BackUp(t, p, policy.ID)
	require.NoError(t, os.Remove(filepath.Join(folder, "daily/1")))
	require.NoError(t, os.WriteFile(filepath.Join(folder, "daily/2"), []byte("TWO"), 0o600))
	own := filesBelow(t, filepath.Join(folder, ".switchboard", "backups"))
	require.Len(t, own, 1)
	require.NoError(t, os.WriteFile(own[0], []byte("FOUR"), 0o600))
	run := ReplicationEnds(t, p, Replicate(t, p, policy.ID, to).ID)
	why := map[string]api.FaultCode{}
	for _, r := range RequireTrue(t, p, run) {
		if r.Fault != nil {
			why[r.Backup.ID] = r.Fault.Code
		}
	}
	require.Equal(t, map[string]api.FaultCode{
		backups[0].ID: api.FaultSourceMissing, backups[1].ID: api.FaultSourceChanged, backups[3].ID: api.FaultChecksum,
	}, why)
	requireNothingLeft(t, p, to, 1)
}

func replicationChanges(t *testing.T, p Plane) {
	Files(t, p, map[string]string{"a": "one"})
	policy, to := Protect(t, p, "orders", "a"), Destination(t, p)
	BackUp(t, p, policy.ID)
	run := ReplicationEnds(t, p, Replicate(t, p, policy.ID, to).ID)
	require.Equal(t, []string{"end", "start"}, actions(t, p, api.KindReplication, run.ID))
	changes, err := p.Service.Changes(t.Context(), p.Mine, api.KindReplication, run.ID, "", 10)
	require.NoError(t, err)
	require.Equal(t, p.Mine.Actor, changes[1].Actor)
	require.Equal(t, []any{api.WayJob, p.Mine.Actor.User}, []any{changes[0].Actor.Way, changes[0].Actor.User})
	for _, c := range changes {
		require.Equal(t, "orders", c.ObjectName)
	}
	require.Contains(t, string(changes[0].After), `"succeeded":1`)
	there := at(p, to)
	changes, err = there.Service.Changes(t.Context(), there.Mine, "", "", "", 1)
	require.NoError(t, err)
	require.Equal(t, "receive", changes[0].Action, "the project that got them is told as well")
}

func replicationUnstorable(t *testing.T, p Plane) {
	to := Destination(t, p)
	for _, text := range []string{"\x00", "\xff"} {
		_, err := p.Service.StartReplication(t.Context(), p.Mine, api.ReplicationDraft{Policy: text, Region: to.Region, Project: to.Project})
		requireCode(t, err, api.NotFound)
		_, err = p.Service.ReplicationRun(t.Context(), p.Mine, text)
		requireCode(t, err, api.NotFound)
		_, err = p.Service.ReplicationRecord(t.Context(), p.Mine, text)
		requireCode(t, err, api.NotFound)
		_, err = p.Service.CancelReplication(t.Context(), p.Mine, text)
		requireCode(t, err, api.NotFound)
		_, err = p.Service.RetryReplication(t.Context(), p.Mine, text)
		requireCode(t, err, api.NotFound)
		_, err = p.Service.ReplicateBackup(t.Context(), p.Mine, text, api.BackupReplicationDraft{})
		requireCode(t, err, api.NotFound)
		runs, err := p.Service.ReplicationRuns(t.Context(), p.Mine, api.RunQuery{Policy: text})
		require.NoError(t, err)
		require.Empty(t, runs.Items)
		for _, q := range []api.RecordQuery{{Run: text}, {Policy: text}, {Backup: text}, {ID: text}, {Region: text}, {Statuses: []api.ReplicationStatus{api.ReplicationStatus(text)}}} {
			page, err := p.Service.ListReplicationRecords(t.Context(), p.Mine, q)
			require.NoError(t, err)
			require.Empty(t, page.Items)
			n, err := p.Service.CountReplicationRecords(t.Context(), p.Mine, q)
			require.NoError(t, err)
			require.Zero(t, n)
		}
	}
}
