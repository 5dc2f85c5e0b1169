package wire

import (
	"testing"

	"github.com/stretchr/testify/require"

	"switchboard/internal/api"
	"switchboard/internal/api/apitest"
)

// destined is a policy's draft with two operations, one of which replicates.
func destined(t *testing.T, st *stage) api.PolicyDraft {
	t.Helper()
	to := apitest.Destination(t, st.plane())
	d := apitest.PolicyDraft("nightly", "a_"+st.word, "b_"+st.word)
	d.Parameters = `{"common":{}}`
	d.Resources[1].Extra, d.Resources[1].Name = `{"cost":"low"}`, "second"
	d.Operations[0].Weekly, d.Operations[0].Zone = "4", "UTC+08:00"
	d.Operations = append(d.Operations, api.OperationDraft{
		Name: "copy", Type: api.OperationReplication, Pattern: "FREQ=WEEKLY;BYDAY=MO;BYHOUR=4", Region: to.Region, Project: to.Project, Accelerate: true,
	})
	return d
}

func (st *stage) protected(t *testing.T) api.Policy {
	t.Helper()
	policy, err := st.Service.CreatePolicy(t.Context(), st.s, destined(t, st))
	require.NoError(t, err)
	return policy
}

// backedUp is a policy, its checkpoint and its backups.
func (st *stage) backedUp(t *testing.T) (api.Policy, []api.Backup) {
	t.Helper()
	p, of := st.plane(), st.Service
	apitest.Files(t, p, map[string]string{"a_" + st.word: "aaa", "b_" + st.word: "bbb"})
	policy := st.protected(t)
	checkpoint, err := of.StartCheckpoint(t.Context(), st.s, api.CheckpointDraft{Policy: policy.ID, Name: "kept"})
	require.NoError(t, err)
	st.work(t, func() bool {
		found, err := of.Checkpoint(t.Context(), st.s, checkpoint.ID)
		return err == nil && !found.Ended.IsZero()
	})
	_, backups := apitest.CheckpointEnds(t, p, checkpoint.ID)
	require.Len(t, backups, 2)
	return policy, backups
}

var policyExamples = []example{
	{"a policy is created", func(t *testing.T, st *stage) api.Deed { return api.CreatePolicy{Draft: destined(t, st)} }},
	{"a policy is replaced", func(t *testing.T, st *stage) api.Deed {
		policy := st.protected(t)
		d := policy.Draft()
		d.Name, d.Description, d.Tags, d.Parameters = "weekly", "", nil, "{}"
		d.Resources = append(d.Resources[1:], api.ResourceDraft{Path: "c_" + st.word, Adopt: true})
		d.Resources[0].Path, d.Resources[0].Extra = "moved_"+st.word, "{}"
		d.Operations[0].Max, d.Operations[0].Days, d.Operations[0].Weekly, d.Operations[0].Zone = "", "", "", ""
		d.Operations[0].Permanent, d.Operations[0].Description, d.Operations[0].Enabled = true, "for good", false
		d.Operations[1].Accelerate, d.Operations[1].Pattern = false, "FREQ=DAILY;BYHOUR=5"
		d.Operations = append(d.Operations, api.OperationDraft{Name: "new", Pattern: "FREQ=DAILY;BYHOUR=9", Max: "3", Enabled: true})
		return api.UpdatePolicy{ID: policy.ID, Draft: d}
	}},
	{"a policy is disabled", func(t *testing.T, st *stage) api.Deed { return api.EnablePolicy{ID: st.protected(t).ID} }},
	{"a policy is deleted", func(t *testing.T, st *stage) api.Deed { return api.DeletePolicy{ID: st.protected(t).ID} }},
}

var backupExamples = []example{
	{"a policy is backed up", func(t *testing.T, st *stage) api.Deed {
		policy := st.protected(t)
		return api.StartCheckpoint{Draft: api.CheckpointDraft{Policy: policy.ID, Auto: true, Resources: []string{policy.Resources[1].ID}}}
	}},
	{"a resource is backed up without its policy", func(t *testing.T, st *stage) api.Deed {
		return api.StartCheckpoint{Draft: api.CheckpointDraft{
			Resources: []string{st.protected(t).Resources[0].ID}, Name: "by-hand", Description: "before the change",
		}}
	}},
	{"a policy is replicated", func(t *testing.T, st *stage) api.Deed {
		policy, _ := st.backedUp(t)
		to := policy.Operations[1].Destination
		return api.StartReplication{Draft: api.ReplicationDraft{Policy: policy.ID, Region: to.Region, Project: to.Project, Accelerate: true}}
	}},
	{"a replication is tried again", func(t *testing.T, st *stage) api.Deed {
		policy, _ := st.backedUp(t)
		run := apitest.Replicate(t, st.plane(), policy.ID, policy.Operations[1].Destination)
		_, err := st.Service.CancelReplication(t.Context(), st.s, run.ID)
		require.NoError(t, err)
		return api.RetryReplication{Run: run.ID}
	}},
	{"a backup is replicated", func(t *testing.T, st *stage) api.Deed {
		policy, backups := st.backedUp(t)
		to := policy.Operations[1].Destination
		return api.ReplicateBackup{Backup: backups[0].ID, Draft: api.BackupReplicationDraft{
			Region: to.Region, Project: to.Project, Name: "far-away", Description: "in case",
		}}
	}},
	{"some backups are deleted", func(t *testing.T, st *stage) api.Deed {
		_, backups := st.backedUp(t)
		return api.DeleteBackups{Checkpoint: backups[0].Checkpoint, IDs: []string{backups[1].ID}}
	}},
	{"all backups of a checkpoint are deleted", func(t *testing.T, st *stage) api.Deed {
		_, backups := st.backedUp(t)
		return api.DeleteBackups{Checkpoint: backups[0].Checkpoint}
	}},
}

func (st *stage) region(t *testing.T) api.Region {
	t.Helper()
	region, err := st.Service.CreateRegion(t.Context(), st.s, apitest.BucketRegion("spare-"+st.word))
	require.NoError(t, err)
	return region
}

var consoleExamples = []example{
	{"a region in a bucket is created", func(_ *testing.T, st *stage) api.Deed {
		return api.CreateRegion{Draft: apitest.BucketRegion("spare-" + st.word)}
	}},
	{"a region is replaced, its secret stays", func(t *testing.T, st *stage) api.Deed {
		region := st.region(t)
		d := apitest.BucketRegion(region.Name)
		d.Secret, d.Bandwidth, d.PathStyle = api.Secret{}, "", false
		return api.UpdateRegion{Name: region.Name, Draft: d, Version: region.Version}
	}},
	{"a region is deleted", func(t *testing.T, st *stage) api.Deed { return api.DeleteRegion{Name: st.region(t).Name} }},
	{"changes are told somewhere", func(*testing.T, *stage) api.Deed {
		return api.SetHook{Draft: api.HookDraft{URL: "https://example.com/hook?a=b", Enabled: true, Secret: api.NewSecret(canary)}}
	}},
	{"changes are told nowhere any more", func(t *testing.T, st *stage) api.Deed {
		require.NoError(t, st.Service.SetHook(t.Context(), st.s, api.HookDraft{URL: "https://example.com", Secret: api.NewSecret(canary)}))
		return api.SetHook{}
	}},
}
