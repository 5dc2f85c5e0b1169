package governance_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"switchboard/internal/api"
	"switchboard/internal/api/apitest"
	"switchboard/internal/api/embedded"
)

// away makes regions, and is a project of the second one, in which ed has a role.
func (r *room) away(t *testing.T, ed api.Role) api.Destination {
	t.Helper()
	require.NoError(t, r.next.(*embedded.Plane).EnsureRegions(t.Context()))
	to := apitest.Destination(t, apitest.Plane{Service: r.next, Mine: r.as("root")})
	r.people["ed@"+to.Project] = ed
	return to
}

// sending is a policy that replicates there every day.
func sending(name string, to api.Destination) api.PolicyDraft {
	d := apitest.PolicyDraft(name, "docs/"+name)
	d.Operations = append(d.Operations, api.OperationDraft{
		Type: api.OperationReplication, Pattern: d.Operations[0].Pattern, Enabled: true, Region: to.Region, Project: to.Project,
	})
	return d
}

func TestCopiesGoWhereTheirSenderMayChangeThings(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *room) {
		to := r.away(t, api.RoleEditor)
		ctx := t.Context()
		ed := r.as("ed")
		policy, err := r.CreatePolicy(ctx, ed, sending("nightly", to))
		require.NoError(t, err)
		start := api.ReplicationDraft{Policy: policy.ID, Region: to.Region, Project: to.Project}
		_, err = r.StartReplication(ctx, ed, start)
		require.NoError(t, err)

		calls := map[string]func(to api.Destination) error{
			"a new policy": func(to api.Destination) error {
				_, err := r.CreatePolicy(ctx, ed, sending("hourly", to))
				return err
			},
			"a policy": func(to api.Destination) error {
				_, err := r.UpdatePolicy(ctx, ed, policy.ID, sending("nightly", to), 0)
				return err
			},
			"a plan": func(to api.Destination) error {
				_, err := r.PlanReplication(ctx, ed, api.ReplicationDraft{Policy: policy.ID, Region: to.Region, Project: to.Project}, "", 1)
				return err
			},
			"a run": func(to api.Destination) error {
				_, err := r.StartReplication(ctx, ed, api.ReplicationDraft{Policy: policy.ID, Region: to.Region, Project: to.Project})
				return err
			},
			"one backup": func(to api.Destination) error {
				_, err := r.ReplicateBackup(ctx, ed, "any", api.BackupReplicationDraft{Region: to.Region, Project: to.Project})
				return err
			},
		}
		r.people["ed@"+to.Project] = api.RoleViewer
		for name, call := range calls {
			err := call(to)
			require.Equal(t, api.Forbidden, api.CodeOf(err), "%s: %v", name, err)
			requireCode(t, err, api.Forbidden, "access.destination")
		}
		requireCode(t, r.EnablePolicy(ctx, ed, policy.ID, true), api.Forbidden, "access.destination")
		require.NoError(t, r.EnablePolicy(ctx, ed, policy.ID, false), "to stop it takes nothing")

		r.people["ed@"+to.Project], r.people["ed@nowhere"] = api.RoleNone, api.RoleNone
		delete(calls, "one backup") // there is none, which is said first
		for name, call := range calls {
			hidden, nowhere := call(to), call(api.Destination{Region: to.Region, Project: "nowhere"})
			require.Equal(t, api.Invalid, api.CodeOf(hidden), "%s: %v", name, hidden)
			require.Equal(t, nowhere, hidden, "%s: what is none of his is not there", name)
		}

		r.people["ed@"+to.Project] = api.RoleEditor
		change(t, r.db, "UPDATE projects SET archived_at = 1 WHERE id = ?", to.Project)
		for _, call := range calls {
			requireCode(t, call(to), api.Conflict, "access.destination_archived")
		}
	})
}

func TestAnApprovedReplicationGoesWhereItsRequesterMayChangeThingsThen(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *room) {
		to := r.away(t, api.RoleEditor)
		r.rule(t, api.ApprovalRule{Kind: api.KindPolicy, Action: api.ActionCreate})
		ask := func(name string) api.Request {
			_, err := r.CreatePolicy(t.Context(), r.as("ed"), sending(name, to))
			return r.approve(t, "ann", r.asked(t, err))
		}
		lost := ask("nightly")
		r.people["ed@"+to.Project] = api.RoleViewer
		r.work(t, time.Now())
		r.refused(t, lost.ID, api.RequestVoid, "access.destination")

		r.people["ed@"+to.Project] = api.RoleEditor
		hidden := ask("hourly")
		r.people["ed@"+to.Project] = api.RoleNone
		r.work(t, time.Now())
		require.Equal(t, api.RequestVoid, r.state(t, hidden.ID).State)

		r.people["ed@"+to.Project] = api.RoleEditor
		r.people["ann@"+to.Project] = api.RoleNone
		kept := ask("weekly")
		r.work(t, time.Now())
		require.Equal(t, api.RequestApplied, r.state(t, kept.ID).State, "the approver approves for his project alone")
	})
}

func TestRegionsNameTheProjectsOfTheReader(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *room) {
		to := r.away(t, api.RoleNone)
		seen := func(user string) (ids []string) {
			regions, err := r.Regions(t.Context(), r.as(user))
			require.NoError(t, err)
			for _, region := range regions {
				one, err := r.Region(t.Context(), r.as(user), region.Name)
				require.NoError(t, err)
				require.Equal(t, region, one)
				for _, p := range region.Projects {
					ids = append(ids, p.ID)
				}
			}
			return ids
		}
		require.Contains(t, seen("root"), to.Project)
		require.NotContains(t, seen("ed"), to.Project)
		require.Contains(t, seen("ed"), project)
		r.people["ed@"+to.Project] = api.RoleViewer
		require.Contains(t, seen("ed"), to.Project)
	})
}
