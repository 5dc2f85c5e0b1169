package apitest

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"switchboard/internal/api"
)

// Replications says what the replications of any Service are like. open returns an
// empty one that works in the background, with the project in a region that is a
// folder and a second region beside.
func Replications(t *testing.T, open func(t *testing.T) Plane) {
	for name, test := range map[string]func(*testing.T, Plane){
		"what was backed up is at the destination, and is what it was":        replicationCopies,
		"what is at the destination is not copied again":                      replicationOnce,
		"a plan tells what a run would do":                                    replicationPlanned,
		"a plan tells in pages what would be copied, the oldest first":        replicationPlanPages,
		"a replica that was deleted comes back by hand, not by its policy":    replicationOnceOnly,
		"what failed is copied by the next run":                               replicationAfterFailure,
		"one backup is replicated by itself, with a name of its own":          replicationOfOne,
		"of one backup all problems are reported at once":                     replicationOfOneProblems,
		"a replication goes to a project of another region, and nowhere else": replicationProblems,
		"one replication of a policy by hand goes on at a time":               replicationBusy,
		"a cancelled run ends at once, and what ended before stays":           replicationCancelled,
		"only what is left over is tried again":                               replicationRetried,
		"runs and records are listed, narrowed down and counted":              replicationLists,
		"runs and records of another project are not there":                   replicationForeign,
		"a record tells how it went":                                          replicationLog,
		"a policy is in step with a destination until something new is there": replicationSync,
		"an old backup that comes late takes its policy out of step":          replicationSyncOld,
		"a source that is gone, or changed, is no success":                    replicationSourceChanges,
		"changes tell of replications":                                        replicationChanges,
		"what no database can hold is no replication":                         replicationUnstorable,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, open(t))
		})
	}
}

// Destination is a project of another region than the project's own.
func Destination(t testing.TB, p Plane) api.Destination {
	t.Helper()
	regions, err := p.Service.Regions(t.Context(), p.Mine)
	require.NoError(t, err)
	for _, r := range regions {
		if !r.Home && len(r.Projects) > 0 {
			return api.Destination{Region: r.Name, Project: r.Projects[0].ID}
		}
	}
	require.Fail(t, "there is no other region")
	return api.Destination{}
}

// Replicate begins to replicate a policy.
func Replicate(t testing.TB, p Plane, policy string, to api.Destination) api.ReplicationRun {
	t.Helper()
	run, err := p.Service.StartReplication(t.Context(), p.Mine, api.ReplicationDraft{Policy: policy, Region: to.Region, Project: to.Project})
	require.NoError(t, err)
	return run
}

// ReplicationEnds waits for the end of a run.
func ReplicationEnds(t testing.TB, p Plane, id string) api.ReplicationRun {
	t.Helper()
	var run api.ReplicationRun
	require.Eventually(t, func() bool {
		var err error
		run, err = p.Service.ReplicationRun(t.Context(), p.Mine, id)
		return err == nil && !run.Ended.IsZero()
	}, 2*time.Minute, 10*time.Millisecond)
	return run
}

// Records are all records of a run.
func Records(t testing.TB, p Plane, run string) (all []api.ReplicationRecord) {
	t.Helper()
	for cursor := ""; ; {
		page, err := p.Service.ListReplicationRecords(t.Context(), p.Mine, api.RecordQuery{Run: run, Cursor: cursor, Limit: api.MaxWirePage})
		require.NoError(t, err)
		all = append(all, page.Items...)
		if cursor = page.Next; cursor == "" {
			return all
		}
	}
}

// at is a plane in the project of a destination.
func at(p Plane, to api.Destination) Plane {
	p = stores(p)
	p.Mine.Project = to.Project
	return p
}

// RequireTrue requires that the figures of a run that ended are those of its records,
// that each of these that succeeded has a replica which is what its source is, and
// that the others have none. It returns the records.
func RequireTrue(t testing.TB, p Plane, run api.ReplicationRun) []api.ReplicationRecord {
	t.Helper()
	records := Records(t, p, run.ID)
	counted := map[api.ReplicationStatus]int{}
	var bytes, total int64
	for i := range records {
		r := &records[i]
		counted[r.Status]++
		total += r.Size
		if r.Status == api.ReplicationSucceeded {
			bytes += r.Bytes
			requireReplica(t, p, r)
		} else {
			require.Empty(t, r.Replica)
			require.NotNil(t, r.Fault)
			require.Less(t, r.Percent(), 100)
		}
		require.False(t, r.Ended.IsZero())
	}
	require.Equal(t, []int{len(records), run.Succeeded, run.Failed, run.Skipped, 0, 0}, []int{
		run.Total, counted[api.ReplicationSucceeded], counted[api.ReplicationFailed], counted[api.ReplicationSkipped], run.Running, run.Waiting(),
	})
	require.Equal(t, []int64{total, bytes}, []int64{run.TotalBytes, run.Bytes})
	return records
}

func requireReplica(t testing.TB, p Plane, r *api.ReplicationRecord) {
	t.Helper()
	there := at(p, r.Destination)
	p = stores(p)
	source, err := p.Service.Backup(t.Context(), p.Mine, r.Backup.ID)
	require.NoError(t, err)
	replica, err := there.Service.Backup(t.Context(), there.Mine, r.Replica)
	require.NoError(t, err)
	content, err := ReadBackup(t.Context(), there, r.Replica)
	require.NoError(t, err)
	require.Equal(t, sumOf(content), replica.Sum)
	require.Equal(t, replica.Sum, source.Sum)
	require.Equal(t, api.BackupReplica, replica.Kind)
	require.Equal(t, api.BackupAvailable, replica.Status)
	require.Equal(t, []any{source.ID, source.Region, r.Destination.Region, r.ReplicaCheckpoint, source.Size, source.Created, source.Resource, source.Path},
		[]any{replica.Source, replica.CopyFrom, replica.Region, replica.Checkpoint, replica.Size, replica.Created, replica.Resource, replica.Path})
	require.False(t, replica.Adopted)
	checkpoint, err := there.Service.Checkpoint(t.Context(), there.Mine, r.ReplicaCheckpoint)
	require.NoError(t, err)
	require.NotZero(t, checkpoint.Available)
	require.False(t, checkpoint.Ended.IsZero())
}

func replicationCopies(t *testing.T, p Plane) {
	Files(t, p, map[string]string{"orders/a": "one", "orders/b": "", "dump.sql": strings.Repeat("x", 3<<20), "daily/1.tgz": "first", "daily/2.tgz": "second"})
	protected := []string{"orders", "dump.sql", "daily*"}
	if !p.has(TakesOver) {
		protected = []string{"orders", "dump.sql", "daily/1.tgz", "daily/2.tgz"}
	}
	policy := Protect(t, p, "orders", protected...)
	_, backups := BackUp(t, p, policy.ID)
	require.Len(t, backups, 4)
	to := Destination(t, p)

	began := Replicate(t, p, policy.ID, to)
	require.Equal(t, []any{policy.ID, "orders", to, 4, p.Mine.Actor.User}, []any{began.Policy, began.PolicyName, began.Destination, began.Total, began.Started.By})
	require.NotEmpty(t, began.ProjectName)
	run := ReplicationEnds(t, p, began.ID)
	require.Equal(t, api.RunSucceeded, run.Outcome())
	require.Equal(t, []int{4, 0}, []int{run.Succeeded, run.Failed + run.Skipped})
	require.Equal(t, run.TotalBytes, run.Bytes)
	require.Positive(t, run.Rate)
	records := RequireTrue(t, p, run)
	checkpoints := map[string]bool{}
	for _, r := range records {
		checkpoints[r.ReplicaCheckpoint] = true
		require.Equal(t, 100, r.Percent())
		require.Nil(t, r.Fault)
	}
	require.Len(t, checkpoints, 1, "backups of a checkpoint stay together")

	there := at(p, to)
	n, err := there.Service.CountBackups(t.Context(), there.Mine, api.BackupQuery{})
	require.NoError(t, err)
	require.Equal(t, 4, n)
	seen, err := p.Service.Backup(t.Context(), p.Mine, backups[0].ID)
	require.NoError(t, err)
	require.Equal(t, api.CopyDone, seen.CopyStatus())
	require.Len(t, seen.Records, 1)
}

func replicationOnce(t *testing.T, p Plane) {
	Files(t, p, map[string]string{"a": "one"})
	policy := Protect(t, p, "orders", "a")
	to := Destination(t, p)
	nothing := func() {
		run := Replicate(t, p, policy.ID, to)
		require.Empty(t, run.ID)
		require.Zero(t, run.Total)
		require.False(t, run.Ended.IsZero())
		require.Equal(t, to, run.Destination)
	}
	nothing()
	for n := range 3 {
		BackUp(t, p, policy.ID)
		run := ReplicationEnds(t, p, Replicate(t, p, policy.ID, to).ID)
		require.Equal(t, []int{1, 1}, []int{run.Total, run.Succeeded})
		nothing()
		page, err := p.Service.ReplicationRuns(t.Context(), p.Mine, api.RunQuery{})
		require.NoError(t, err)
		require.Len(t, page.Items, n+1)
	}
}

func plan(t *testing.T, p Plane, policy string, to api.Destination) api.ReplicationPlan {
	t.Helper()
	found, err := p.Service.PlanReplication(t.Context(), p.Mine, api.ReplicationDraft{Policy: policy, Region: to.Region, Project: to.Project}, "", 0)
	require.NoError(t, err)
	return found
}

func replicationPlanned(t *testing.T, p Plane) {
	folder := Files(t, p, map[string]string{"a": "four", "b": "eight888", "c": "c"})
	policy, to := Protect(t, p, "orders", "a", "b"), Destination(t, p)
	empty := plan(t, p, policy.ID, to)
	require.Zero(t, empty.Count)
	require.Empty(t, empty.Backups.Items)
	require.Empty(t, empty.Skipped)
	home, err := p.Service.Region(t.Context(), p.Mine, "")
	require.NoError(t, err)
	require.Equal(t, home.Name, empty.Source)

	_, backups := BackUp(t, p, policy.ID)
	planned := plan(t, p, policy.ID, to)
	require.Equal(t, 2, planned.Count)
	if p.has(Opens) {
		require.EqualValues(t, 12, planned.Bytes)
	}
	require.Len(t, planned.Backups.Items, 2)
	for _, b := range planned.Backups.Items {
		require.True(t, slices.ContainsFunc(backups, func(of api.Backup) bool { return of.ID == b.ID }))
	}
	require.Empty(t, planned.Busy)
	ReplicationEnds(t, p, Replicate(t, p, policy.ID, to).ID)

	require.NoError(t, os.Remove(filepath.Join(folder, "b")))
	_, backups = BackUp(t, p, policy.ID)
	require.Equal(t, api.BackupError, backups[1].Status)
	planned = plan(t, p, policy.ID, to)
	require.Equal(t, []int{1, 2, 0}, []int{planned.Count, planned.There, planned.Running})
	require.Equal(t, map[api.FaultCode]int{api.FaultBackupFailed: 1}, planned.Skipped)
	require.Equal(t, backups[0].ID, planned.Backups.Items[0].ID)
	require.Positive(t, planned.Estimate, "the run before says how fast it is")
	// A plan of replicas, in their project, has nothing to copy.
	there := at(p, to)
	_, err = there.Service.PlanReplication(t.Context(), there.Mine, api.ReplicationDraft{Policy: policy.ID, Region: home.Name, Project: p.Mine.Project}, "", 0)
	requireCode(t, err, api.NotFound)
}

func replicationPlanPages(t *testing.T, p Plane) {
	needs(t, p, TakesOver)
	contents := map[string]string{}
	for n := range 23 {
		contents[fmt.Sprintf("daily/%02d", n)] = strings.Repeat("x", n)
	}
	Files(t, p, contents)
	policy, to := Protect(t, p, "orders", "daily*"), Destination(t, p)
	BackUp(t, p, policy.ID)
	found := walkPages(t, 5, func(cursor string) (api.Page[api.Backup], error) {
		planned, err := p.Service.PlanReplication(t.Context(), p.Mine, api.ReplicationDraft{Policy: policy.ID, Region: to.Region, Project: to.Project}, cursor, 5)
		require.Equal(t, 23, planned.Count)
		return planned.Backups, err
	}, func(b *api.Backup) string { return b.ID })
	run := ReplicationEnds(t, p, Replicate(t, p, policy.ID, to).ID)
	copied := make([]string, 0, len(found))
	for _, r := range RequireTrue(t, p, run) {
		copied = append(copied, r.Backup.ID)
	}
	require.Equal(t, found, copied, "what was planned was done, in the same order")
}

// deleteReplica deletes a replica and waits until it is gone.
func deleteReplica(t *testing.T, p Plane, r *api.ReplicationRecord) {
	t.Helper()
	there := at(p, r.Destination)
	require.NoError(t, there.Service.DeleteBackups(t.Context(), there.Mine, r.ReplicaCheckpoint, []string{r.Replica}))
	require.Eventually(t, func() bool {
		_, err := there.Service.Backup(t.Context(), there.Mine, r.Replica)
		return api.CodeOf(err) == api.NotFound
	}, time.Minute, 10*time.Millisecond)
}

func replicationOnceOnly(t *testing.T, p Plane) {
	Files(t, p, map[string]string{"a": "one"})
	policy, to := Protect(t, p, "orders", "a"), Destination(t, p)
	_, backups := BackUp(t, p, policy.ID)
	run := ReplicationEnds(t, p, Replicate(t, p, policy.ID, to).ID)
	first := RequireTrue(t, p, run)[0]
	by := api.BackupReplicationDraft{Region: to.Region, Project: to.Project}
	_, err := p.Service.ReplicateBackup(t.Context(), p.Mine, backups[0].ID, by)
	if p.has(Knows) {
		require.Equal(t, []string{"region replication.there"}, paths(err))
	} else {
		requireCode(t, err, api.Conflict)
	}

	deleteReplica(t, p, &first)
	require.Empty(t, Replicate(t, p, policy.ID, to).ID, "by its policy once only")
	require.Equal(t, 1, plan(t, p, policy.ID, to).There)
	again, err := p.Service.ReplicateBackup(t.Context(), p.Mine, backups[0].ID, by)
	require.NoError(t, err)
	second := RequireTrue(t, p, ReplicationEnds(t, p, again.ID))[0]
	require.NotEqual(t, first.Replica, second.Replica)
	require.Empty(t, second.Policy)
	kept, err := p.Service.ReplicationRecord(t.Context(), p.Mine, first.ID)
	require.NoError(t, err)
	require.Equal(t, api.ReplicationSucceeded, kept.Status, "what was, was")
	require.Empty(t, Replicate(t, p, policy.ID, to).ID)
}

// Block takes the folder of the destination away until the returned function puts it
// back.
func Block(t testing.TB, p Plane, to api.Destination) (put func()) {
	t.Helper()
	p = stores(p)
	region, err := p.Service.Region(t.Context(), p.Mine, to.Region)
	require.NoError(t, err)
	require.NoError(t, os.Rename(region.Folder, region.Folder+".away"))
	return func() { require.NoError(t, os.Rename(region.Folder+".away", region.Folder)) }
}

func replicationAfterFailure(t *testing.T, p Plane) {
	Files(t, p, map[string]string{"a": "one", "b": "two"})
	policy, to := Protect(t, p, "orders", "a", "b"), Destination(t, p)
	BackUp(t, p, policy.ID)
	put := Block(t, p, to)
	run := ReplicationEnds(t, p, Replicate(t, p, policy.ID, to).ID)
	require.Equal(t, []any{2, 2, api.RunFailed}, []any{run.Total, run.Failed, run.Outcome()})
	for _, r := range RequireTrue(t, p, run) {
		require.Equal(t, api.FaultDestinationGone, r.Fault.Code)
	}
	put()
	planned := plan(t, p, policy.ID, to)
	require.Equal(t, []int{2, 0, 0}, []int{planned.Count, planned.There, len(planned.Skipped)})
	run = ReplicationEnds(t, p, Replicate(t, p, policy.ID, to).ID)
	require.Equal(t, api.RunSucceeded, run.Outcome())
	RequireTrue(t, p, run)
}
