package mirror_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"switchboard/internal/api"
	"switchboard/internal/api/apitest"
	"switchboard/internal/api/store"
)

// eachProtected is a town whose objects lie in the region, on each database; over is a plane
// that works there, past this console.
func eachProtected(t *testing.T, test func(t *testing.T, h *here, p, over apitest.Plane)) {
	t.Helper()
	apitest.EachFresh(t, func(t *testing.T, open func(t *testing.T) *store.DB) {
		h, p := protectedTown(t, open(t))
		test(t, h, p, *p.Stores)
	})
}

// toldOf are the last changes of something here, newest first.
func toldOf(t *testing.T, p apitest.Plane, kind api.Kind, id string) (found []api.Change) {
	t.Helper()
	found, err := p.Service.Changes(t.Context(), p.Mine, kind, id, "", 9)
	require.NoError(t, err)
	return found
}

func requireOver(t *testing.T, c api.Change, action string) {
	t.Helper()
	require.Equal(t, []any{action, api.WayRegion, ""}, []any{c.Action, c.Actor.Way, c.Actor.User})
}

func TestAPolicyThatIsChangedInItsRegionIsChangedHere(t *testing.T) {
	t.Parallel()
	eachProtected(t, func(t *testing.T, _ *here, p, over apitest.Plane) {
		ctx := t.Context()
		there := apitest.Protect(t, over, "nightly", "a", "b")
		here, err := p.Service.Policy(ctx, p.Mine, there.ID)
		require.NoError(t, err)
		require.Equal(t, []any{"nightly", there.Resources}, []any{here.Name, here.Resources})
		requireOver(t, toldOf(t, p, api.KindPolicy, there.ID)[0], "create")

		// Two swap their names, and a resource changes hands.
		other := apitest.Protect(t, over, "weekly", "c")
		_, err = p.Service.Policy(ctx, p.Mine, other.ID)
		require.NoError(t, err)
		first, second := there.Draft(), other.Draft()
		first.Name, second.Name = "between", "nightly"
		moved := first.Resources[1]
		first.Resources = first.Resources[:1]
		_, err = over.Service.UpdatePolicy(ctx, over.Mine, there.ID, first, 0)
		require.NoError(t, err)
		second.Resources = append(second.Resources, moved)
		_, err = over.Service.UpdatePolicy(ctx, over.Mine, other.ID, second, 0)
		require.NoError(t, err)
		first.Name = "weekly"
		_, err = over.Service.UpdatePolicy(ctx, over.Mine, there.ID, first, 0)
		require.NoError(t, err)
		page, err := p.Service.ListPolicies(ctx, p.Mine, api.PolicyQuery{})
		require.NoError(t, err)
		require.Equal(t, []string{other.ID, there.ID}, []string{page.Items[0].ID, page.Items[1].ID})
		require.Len(t, page.Items[0].Resources, 2)
		requireOver(t, toldOf(t, p, api.KindPolicy, there.ID)[0], "update")
		before := len(toldOf(t, p, api.KindPolicy, there.ID))

		require.NoError(t, over.Service.DeletePolicy(ctx, over.Mine, there.ID, 0))
		_, err = p.Service.Policy(ctx, p.Mine, there.ID)
		require.Equal(t, api.NotFound, api.CodeOf(err))
		changes := toldOf(t, p, api.KindPolicy, there.ID)
		requireOver(t, changes[0], "delete")
		require.Len(t, changes, before+1, "and to look again is told of by nothing")
	})
}

func TestWhatARegionBacksUpByItselfIsFoundHere(t *testing.T) {
	t.Parallel()
	eachProtected(t, func(t *testing.T, _ *here, p, over apitest.Plane) {
		ctx := t.Context()
		apitest.Files(t, p, map[string]string{"a": "one", "b": "two"})
		policy := apitest.Protect(t, p, "nightly", "a", "b")
		there, backups := apitest.BackUp(t, over, policy.ID)
		alone, err := over.Service.StartCheckpoint(ctx, over.Mine, api.CheckpointDraft{Resources: []string{policy.Resources[0].ID}})
		require.NoError(t, err)
		apitest.CheckpointEnds(t, over, alone.ID)

		c, found := apitest.CheckpointEnds(t, p, there.ID)
		require.Equal(t, []any{policy.ID, "nightly", 2, api.BackupAvailable}, []any{c.Policy, c.PolicyName, c.Available, c.Status()})
		require.Equal(t, []string{backups[0].ID, backups[1].ID}, []string{found[0].ID, found[1].ID})
		require.Equal(t, []any{"a", policy.ID, policy.Resources[0].ID}, []any{found[0].Path, found[0].Policy, found[0].Resource.ID})
		requireOver(t, toldOf(t, p, api.KindPolicy, policy.ID)[0], "back_up")
		lone, err := p.Service.Checkpoint(ctx, p.Mine, alone.ID)
		require.NoError(t, err)
		require.Empty(t, lone.Policy)
		last, err := p.Service.Policy(ctx, p.Mine, policy.ID)
		require.NoError(t, err)
		require.Equal(t, there.ID, last.Last.ID)

		require.NoError(t, over.Service.DeleteBackups(ctx, over.Mine, there.ID, []string{backups[0].ID}))
		require.Eventually(t, func() bool {
			_, err := p.Service.Backup(ctx, p.Mine, backups[0].ID)
			return api.CodeOf(err) == api.NotFound
		}, time.Minute, 10*time.Millisecond)
		changes := toldOf(t, p, api.KindBackup, backups[0].ID)
		require.Len(t, changes, 1)
		requireOver(t, changes[0], "delete")
	})
}

func TestAReplicationThatSomebodyBeganInTheRegionIsARunHere(t *testing.T) {
	t.Parallel()
	eachProtected(t, func(t *testing.T, _ *here, p, over apitest.Plane) {
		ctx := t.Context()
		apitest.Files(t, p, map[string]string{"a": "one", "b": "two"})
		policy := apitest.Protect(t, p, "nightly", "a", "b")
		apitest.BackUp(t, p, policy.ID)
		there := apitest.ReplicationEnds(t, over, apitest.Replicate(t, over, policy.ID, apitest.Destination(t, over)).ID)

		page, err := p.Service.ReplicationRuns(ctx, p.Mine, api.RunQuery{})
		require.NoError(t, err)
		require.Len(t, page.Items, 1)
		run := page.Items[0]
		require.Equal(t, []any{policy.ID, "nightly", there.Destination, 2, 2, api.RunSucceeded, ""},
			[]any{run.Policy, run.PolicyName, run.Destination, run.Total, run.Succeeded, run.Outcome(), run.Started.By})
		require.Equal(t, there.Started.At, run.Started.At)
		changes := toldOf(t, p, api.KindReplication, run.ID)
		requireOver(t, changes[0], "end")
		requireOver(t, changes[1], "start")
		in, err := p.Service.Policy(ctx, p.Mine, policy.ID)
		require.NoError(t, err)
		require.Len(t, in.Syncs, 1)
		require.True(t, in.Syncs[0].Oldest.IsZero())
		for i, r := range apitest.Records(t, p, run.ID) {
			require.Equal(t, apitest.Records(t, over, there.ID)[i].Replica, r.Replica)
		}
	})
}
