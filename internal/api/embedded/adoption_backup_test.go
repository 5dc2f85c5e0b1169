package embedded_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"github.com/uptrace/bun"

	"switchboard/internal/api"
	"switchboard/internal/api/apitest"
	"switchboard/internal/api/embedded"
	"switchboard/internal/api/store"
)

// inRegions is a plane with two projects that live in a region which nobody asks.
func inRegions(t *testing.T, db *store.DB) (apitest.Plane, *embedded.Plane) {
	t.Helper()
	p := plane(t, db, ring(t))
	require.NoError(t, db.InTx(t.Context(), func(ctx context.Context, tx bun.Tx) error {
		for _, s := range []api.Scope{p.Mine, p.Other} {
			_, err := tx.ExecContext(ctx, "INSERT INTO project_backends (project_id, kind, cloud, region, remote, base, endpoints, access, domain, user_name,"+
				" sealed, check_status, checked_at, check_json, updated_at, updated_by, version) VALUES (?, 'cloud', 'custom', 'north-1', ?, '', '{}', '', '', '',"+
				" '', '', 0, '', 0, '', 1)", s.Project, s.Project)
			if err != nil {
				return err
			}
		}
		return nil
	}))
	return p, p.Service.(*embedded.Plane)
}

// entries counts what the audit log has of a project.
func entries(t *testing.T, p apitest.Plane, s api.Scope) int {
	t.Helper()
	found, err := p.Service.Changes(t.Context(), s, "", "", "", 200)
	require.NoError(t, err)
	return len(found)
}

func TestWhatARegionSaysOfPoliciesIsKeptAsFarAsItCanBe(t *testing.T) {
	t.Parallel()
	apitest.EachDatabase(t, func(t *testing.T, db *store.DB) {
		ctx := t.Context()
		p, plane := inRegions(t, db)
		theirs := api.Policy{ID: "theirs", Name: "theirs", Operations: []api.Operation{{ID: "o-theirs", Type: api.OperationBackup, Pattern: "FREQ=DAILY;BYHOUR=2"}}}
		require.NoError(t, plane.AdoptPolicies(ctx, p.Other.Project, []api.Policy{theirs}))
		says := []api.Policy{
			{ID: "theirs", Name: "stolen"},
			{ID: "p1", Name: "a\x00b"}, {ID: "p2"}, {ID: "p3", Name: strings.Repeat("x", 4000)},
			{ID: "p4", Name: "same", Resources: []api.Resource{{ID: "r1", Name: "web"}, {ID: "r2", Name: "web"}, {ID: "r2", Name: "db"}, {}}},
			{ID: "p5", Name: "same"},
			{ID: "p6", Name: "../odd name", Description: strings.Repeat("é", 3000), Parameters: "no object", Resources: []api.Resource{{ID: "r1"}, {ID: "r3", Name: `..\x`}},
				Operations: []api.Operation{{ID: "o-theirs", Type: api.OperationBackup}, {ID: "o1", Type: "restore"}, {ID: "o2", Type: api.OperationReplication, Pattern: "hourly"}}},
			{ID: "p4", Name: "twice"},
		}
		for range 2 {
			require.NoError(t, plane.AdoptPolicies(ctx, p.Mine.Project, says))
			page, err := plane.ListPolicies(ctx, p.Mine, api.PolicyQuery{})
			require.NoError(t, err)
			require.Len(t, page.Items, 2)
			odd, same := page.Items[0], page.Items[1]
			require.Equal(t, []string{"../odd name", "same"}, []string{odd.Name, same.Name})
			require.Equal(t, []string{"web", "r2"}, []string{same.Resources[0].Path, same.Resources[1].Path}, "each lies somewhere else")
			require.Equal(t, "r3", odd.Resources[0].Path)
			require.Len(t, odd.Operations, 1)
			require.Equal(t, []int64{1, 1}, []int64{odd.Version, same.Version})
			require.Equal(t, 2, entries(t, p, p.Mine), "the same is no news")
		}
		kept, err := plane.Policy(ctx, p.Other, "theirs")
		require.NoError(t, err)
		require.Equal(t, []any{"theirs", 1}, []any{kept.Name, len(kept.Operations)})
	})
}

func TestWhatARegionSaysOfBackupsIsKeptAsFarAsItCanBe(t *testing.T) {
	t.Parallel()
	apitest.EachDatabase(t, func(t *testing.T, db *store.DB) {
		ctx := t.Context()
		p, plane := inRegions(t, db)
		long := time.Date(2026, 3, 1, 2, 0, 0, 0, time.UTC)
		require.NoError(t, plane.AdoptBackups(ctx, p.Other.Project, []api.Backup{{ID: "theirs", Checkpoint: "c-theirs", Status: api.BackupAvailable}}, nil))
		require.NoError(t, plane.AdoptPolicies(ctx, p.Mine.Project, []api.Policy{{ID: "p1", Name: "nightly"}}))
		says := []api.Backup{
			{ID: "theirs", Checkpoint: "c1", Status: api.BackupAvailable}, {ID: "b0", Checkpoint: "c-theirs", Status: api.BackupAvailable},
			{ID: "b1", Checkpoint: "c1", Status: "haunted"}, {ID: "b2", Checkpoint: "c1", Status: api.BackupAvailable, Name: "\x00"},
			{ID: "b3", Checkpoint: "c1", Status: api.BackupProtecting, Size: -5, Bytes: 70},
			{ID: "b4", Checkpoint: "c2", Status: api.BackupProtecting, Created: long},
			{ID: "b5", Checkpoint: "c3", Status: api.BackupError, Fault: &api.Fault{Code: api.FaultInternal, Message: api.M("wire.it_said", "text", strings.Repeat("x", 9000))}},
			{ID: "b6", Checkpoint: "c4", Status: "restoring", Kind: api.BackupReplica, CopyFrom: "south-1", Created: long, Size: 9, Bytes: 9},
		}
		for range 2 {
			require.NoError(t, plane.AdoptBackups(ctx, p.Mine.Project, says, map[string]string{"c1": "p1", "c2": "p1", "c3": "nobody's"}))
			page, err := plane.ListBackups(ctx, p.Mine, api.BackupQuery{Sort: "id"})
			require.NoError(t, err)
			var ids []string
			for _, b := range page.Items {
				ids = append(ids, b.ID)
				require.Equal(t, "north-1", b.Region)
			}
			require.Equal(t, []string{"b3", "b4", "b5", "b6"}, ids)
			require.Zero(t, page.Items[0].Size)
			require.Less(t, len(page.Items[2].Fault.Message.Args["text"].(string)), 3000)
			require.Equal(t, []any{api.BackupAvailable, "south-1", ""}, []any{page.Items[3].Status, page.Items[3].CopyFrom, page.Items[3].Source})
			require.Equal(t, 5, entries(t, p, p.Mine), "a policy, and a line for each checkpoint")
		}
		var going int
		for _, id := range []string{"c1", "c2"} {
			c, err := plane.Checkpoint(ctx, p.Mine, id)
			require.NoError(t, err)
			if c.Ended.IsZero() {
				going++
			}
		}
		require.Equal(t, 1, going, "of a policy one goes on at a time")
		_, err := plane.Backup(ctx, p.Other, "theirs")
		require.NoError(t, err)

		require.NoError(t, plane.AdoptBackups(ctx, p.Mine.Project, nil, nil))
		n, err := plane.CountBackups(ctx, p.Mine, api.BackupQuery{})
		require.NoError(t, err)
		require.Zero(t, n)
		_, err = plane.Checkpoint(ctx, p.Mine, "c3")
		require.Equal(t, api.NotFound, api.CodeOf(err), "nothing is left of it")
		require.Equal(t, 9, entries(t, p, p.Mine))
	})
}

func TestWhatARegionSaysOfCopiesIsKeptAsFarAsItCanBe(t *testing.T) {
	t.Parallel()
	apitest.EachDatabase(t, func(t *testing.T, db *store.DB) {
		ctx := t.Context()
		p, plane := inRegions(t, db)
		at := time.Now().Add(-48 * time.Hour).UTC().Truncate(time.Second)
		record := func(id, backup string, status api.ReplicationStatus, after time.Duration) api.ReplicationRecord {
			return api.ReplicationRecord{
				ID: id, Policy: "p1", Backup: api.Used{ID: backup}, Status: status, Source: "north-1", Created: at.Add(after),
				Destination: api.Destination{Region: "south-1", Project: "remote"}, Size: 100, Bytes: 50,
			}
		}
		require.NoError(t, plane.AdoptRecords(ctx, p.Other.Project, []api.ReplicationRecord{record("theirs", "b-theirs", api.ReplicationRunning, 0)}, true))
		require.NoError(t, plane.AdoptBackups(ctx, p.Mine.Project, []api.Backup{{ID: "b1", Checkpoint: "c1", Name: "first", Status: api.BackupAvailable, Size: 400, Bytes: 400}}, nil))
		before := entries(t, p, p.Mine)
		says := func() []api.ReplicationRecord {
			return []api.ReplicationRecord{
				record("theirs", "b1", api.ReplicationSucceeded, 0), record("r0", "b-theirs", api.ReplicationRunning, 0), record("r1", "b1", "haunted", 0),
				record("r2", "b1", api.ReplicationSucceeded, 0), record("r3", "b2", api.ReplicationFailed, time.Second), // a run that is over
				record("r4", "b1", api.ReplicationRunning, time.Hour), record("r5", "b1", api.ReplicationWaiting, time.Hour), // of which one cannot be
			}
		}
		for range 2 {
			require.NoError(t, plane.AdoptRecords(ctx, p.Mine.Project, says(), true))
			runs, err := plane.ReplicationRuns(ctx, p.Mine, api.RunQuery{})
			require.NoError(t, err)
			require.Len(t, runs.Items, 2)
			going, over := runs.Items[0], runs.Items[1]
			if !going.Ended.IsZero() {
				going, over = over, going
			}
			require.Equal(t, []any{1, 1, int64(400), int64(200)}, []any{going.Total, going.Running, going.TotalBytes, going.Bytes})
			require.Equal(t, []any{2, 1, 1, api.RunPartial, at}, []any{over.Total, over.Succeeded, over.Failed, over.Outcome(), over.Started.At})
			require.Equal(t, at.Add(time.Second), over.Ended, "as far as anybody knows")
			require.Equal(t, before+3, entries(t, p, p.Mine), "one began and ended, one began")
			events, err := db.Read.NewSelect().Table("hook_events").Count(ctx)
			require.NoError(t, err)
			require.Zero(t, events, "what failed long ago is no news")
		}

		// What goes on ends, and what is not told of any more stays what it was.
		require.NoError(t, plane.AdoptRecords(ctx, p.Mine.Project, []api.ReplicationRecord{record("r4", "b1", api.ReplicationSucceeded, time.Hour)}, true))
		page, err := plane.ListReplicationRecords(ctx, p.Mine, api.RecordQuery{})
		require.NoError(t, err)
		statuses := map[string]api.ReplicationStatus{}
		for _, r := range page.Items {
			statuses[r.ID] = r.Status
		}
		require.Equal(t, map[string]api.ReplicationStatus{"r2": api.ReplicationSucceeded, "r3": api.ReplicationFailed, "r4": api.ReplicationSucceeded}, statuses)
		open, err := plane.ReplicationRuns(ctx, p.Mine, api.RunQuery{Open: true})
		require.NoError(t, err)
		require.Empty(t, open.Items)
		kept, err := plane.ReplicationRecord(ctx, p.Other, "theirs")
		require.NoError(t, err)
		require.Equal(t, api.ReplicationRunning, kept.Status)
	})
}
