package governance_test

import (
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"switchboard/internal/api"
	"switchboard/internal/api/apitest"
	"switchboard/internal/api/governance"
)

// service makes an endpoint service with nothing on its whitelist.
func (r *room) service(t *testing.T) api.EndpointService {
	t.Helper()
	s, err := r.CreateEndpointService(t.Context(), r.as("ed"), apitest.ServiceDraft("mirror"))
	require.NoError(t, err)
	return s
}

func TestToLetEveryoneInTakesASecondPerson(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *room) {
		ctx, ed, service := t.Context(), r.as("ed"), r.service(t)
		ed.Reason = "" // it stands in the draft
		needs, err := r.NeedsApproval(ctx, ed, api.KindPermission, api.ActionEveryone)
		require.NoError(t, err)
		require.True(t, needs)

		_, err = r.OpenToEveryone(ctx, ed, service.ID, api.EveryoneDraft{Confirm: "another", Reason: apitest.Reason})
		require.Equal(t, api.Invalid, api.CodeOf(err), "what is not confirmed is not asked for")
		_, err = r.OpenToEveryone(ctx, ed, service.ID, api.EveryoneDraft{Confirm: service.Name, Reason: apitest.Reason})
		opened := r.asked(t, err)
		require.Equal(t, api.About{Kind: api.KindPermission, Action: api.ActionEveryone, ID: service.ID, Name: service.Name}, opened.About)
		require.Equal(t, apitest.Reason, opened.Reason)

		_, err = r.AddPermissions(ctx, r.as("eva"), service.ID, api.PermissionBatch{
			Entries: append(apitest.PermissionDrafts(1), api.PermissionDraft{Permission: api.Everyone}), Everyone: true,
		})
		require.Equal(t, api.ActionEveryone, r.asked(t, err).About.Action)
		_, err = r.StartAddition(ctx, ed, service.ID, []api.PermissionDraft{{Permission: api.Everyone}})
		require.Equal(t, api.Invalid, api.CodeOf(err), "never in a list")
		_, err = r.AddPermissions(ctx, ed, service.ID, api.PermissionBatch{Entries: apitest.PermissionDrafts(1)})
		require.NoError(t, err, "others need no approval")

		r.approve(t, "ann", opened)
		r.work(t, time.Now())
		require.Equal(t, api.RequestApplied, r.state(t, opened.ID).State)
		service, err = r.EndpointService(ctx, ed, service.ID)
		require.NoError(t, err)
		require.NotNil(t, service.Everyone)
		require.Equal(t, apitest.Reason, service.Everyone.Reason)
		_, err = r.RemovePermissions(ctx, ed, service.ID, api.PermissionRemoval{IDs: []string{service.Everyone.ID}})
		require.NoError(t, err, "to close it waits for nobody")
	})
}

func TestToStopAcceptingWhileEveryoneIsInTakesASecondPerson(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *room) {
		ctx, ed := t.Context(), r.as("ed")
		d := apitest.ServiceDraft("mirror")
		d.Approval = true
		service, err := r.CreateEndpointService(ctx, ed, d)
		require.NoError(t, err)
		_, err = r.next.OpenToEveryone(ctx, ed, service.ID, api.EveryoneDraft{Confirm: service.Name, Reason: apitest.Reason})
		require.NoError(t, err)
		d.ID, d.Approval, d.Everyone = service.ID, false, true
		_, err = r.UpdateEndpointService(ctx, ed, d)
		q := r.asked(t, err)
		require.Equal(t, api.ActionEveryone, q.About.Action)
		r.approve(t, "ann", q)
		r.work(t, time.Now())
		service, err = r.EndpointService(ctx, ed, service.ID)
		require.NoError(t, err)
		require.False(t, service.Approval)
	})
}

// accepting makes a service whose owner accepts each connection, and the change that
// ends that, by somebody who says nothing against a public service.
func (r *room) accepting(t *testing.T) (api.EndpointService, api.EndpointServiceDraft) {
	t.Helper()
	d := apitest.ServiceDraft("mirror")
	d.Approval = true
	service, err := r.CreateEndpointService(t.Context(), r.as("ed"), d)
	require.NoError(t, err)
	d.ID, d.Approval, d.Everyone = service.ID, false, true
	return service, d
}

// openUp puts everyone on the whitelist, as an approved request does.
func (r *room) openUp(t *testing.T, service api.EndpointService) error {
	t.Helper()
	_, err := r.next.OpenToEveryone(t.Context(), r.as("ed"), service.ID, api.EveryoneDraft{Confirm: service.Name, Reason: apitest.Reason})
	return err
}

func TestEveryoneWhoComesInBetweenIsSeenByTheChangeThatStopsAccepting(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *room) {
		service, d := r.accepting(t)
		process := governance.New(governance.Options{DB: r.db, Keys: r.keys, People: r.people, Next: meanwhile{r.next, func() {
			require.NoError(t, r.openUp(t, service))
		}}})
		_, err := process.UpdateEndpointService(t.Context(), r.as("ed"), d)
		require.Equal(t, api.Invalid, api.CodeOf(err), "error: %v", err)
		service, err = r.EndpointService(t.Context(), r.as("ed"), service.ID)
		require.NoError(t, err)
		require.True(t, service.Approval, "nobody approved that anybody connects at once")

		_, err = r.UpdateEndpointService(t.Context(), r.as("ed"), d)
		require.Equal(t, api.ActionEveryone, r.asked(t, err).About.Action, "who tries again asks for that")
	})
}

func TestOfTwoAtTheSameTimeTheSecondSeesWhatTheFirstDid(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *room) {
		for range 10 {
			service, d := r.accepting(t)
			var both sync.WaitGroup
			var opened, stopped error
			both.Go(func() { opened = r.openUp(t, service) })
			both.Go(func() { _, stopped = r.UpdateEndpointService(t.Context(), r.as("ed"), d) })
			both.Wait()
			require.NoError(t, opened)
			if stopped == nil {
				opens, err := r.next.Changes(t.Context(), r.as("ed"), api.KindPermission, service.ID, "", 1)
				require.NoError(t, err)
				updates, err := r.next.Changes(t.Context(), r.as("ed"), api.KindEndpointService, service.ID, "", 1)
				require.NoError(t, err)
				require.Equal(t, "update", updates[0].Action)
				require.Less(t, updates[0].ID, opens[0].ID, "nobody was let in when it stopped accepting")
				continue
			}
			require.Contains(t, []api.Code{api.Invalid, api.Approval}, api.CodeOf(stopped))
		}
	})
}
