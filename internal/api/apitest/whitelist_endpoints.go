package apitest

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"switchboard/internal/api"
)

var endpointTests = map[string]func(*testing.T, Plane){
	"only who is on the whitelist connects":                    onlyAdmitted,
	"an endpoint waits for the owner, if he approves":          ownerApproves,
	"who left the whitelist stays connected, but not for ever": acceptAdmitsAgain,
	"endpoints and connections are listed for their side":      endpointsListed,
	"connections whose account was removed are told apart":     uncovered,
	"all that is wrong with an endpoint is said at once":       endpointProblems,
	"a project has so many endpoints and no more":              endpointLimit,
}

// EndpointDraft is a well-formed draft of an endpoint.
func EndpointDraft(service string) api.EndpointDraft {
	return api.EndpointDraft{
		Service: service, VPCID: "3da03c6e-1b0f-4d6b-9f0c-7a3c4d2f8e11", SubnetID: "6d2a1b34-1f51-4e57-9a08-2d2c1b7f4c55",
		Description: "from the build farm", Tags: []api.Tag{{Key: "team", Value: "build"}},
	}
}

func connect(t *testing.T, p Plane, s api.Scope, service string) api.Endpoint {
	t.Helper()
	endpoint, err := p.Service.CreateEndpoint(t.Context(), s, EndpointDraft(service))
	require.NoError(t, err)
	return endpoint
}

// admit puts the guest's account on the whitelist.
func admit(t *testing.T, p Plane, service string) api.Permission {
	t.Helper()
	d := ServiceDraft("probe")
	d.Approval = false
	own, err := p.Service.CreateEndpointService(t.Context(), p.Guest, d)
	require.NoError(t, err)
	return addPermissions(t, p, service, api.PermissionDraft{Permission: api.AccountPrefix + own.Account})[0]
}

func onlyAdmitted(t *testing.T, p Plane) {
	d := ServiceDraft("mirror")
	d.Approval = false
	svc := createService(t, p, d)
	_, err := p.Service.CreateEndpoint(t.Context(), p.Guest, EndpointDraft(svc.ID))
	requireCode(t, err, api.Forbidden)
	_, err = p.Service.CreateEndpoint(t.Context(), p.Guest, EndpointDraft("unknown"))
	requireCode(t, err, api.NotFound)
	require.Equal(t, api.EndpointAccepted, connect(t, p, p.Other, svc.ID).State, "the owner's account needs no entry")

	entry := admit(t, p, svc.ID)
	endpoint := connect(t, p, p.Guest, svc.ID)
	require.Equal(t, api.EndpointAccepted, endpoint.State)
	require.Equal(t, svc.Name, endpoint.ServiceName)
	require.Equal(t, api.AccountPrefix+endpoint.Account, entry.Permission)
	require.Positive(t, endpoint.Marker)
	require.LessOrEqual(t, endpoint.Marker, int64(1)<<31)
	require.Equal(t, 2, getService(t, p, svc.ID).Connections)

	mine, err := p.Service.Changes(t.Context(), p.Mine, api.KindEndpoint, svc.ID, "", 1)
	require.NoError(t, err)
	require.Len(t, mine, 1, "the owner learns who connects")
	require.Contains(t, string(mine[0].After), endpoint.Account)
	require.Contains(t, string(mine[0].After), endpoint.ID)
	require.Empty(t, mine[0].Actor.User+mine[0].Actor.Addr, "but not which person")
	theirs, err := p.Service.Changes(t.Context(), p.Guest, api.KindEndpoint, svc.ID, "", 5)
	require.NoError(t, err)
	require.Equal(t, p.Guest.Actor, theirs[0].Actor)
}

func ownerApproves(t *testing.T, p Plane) {
	svc := createService(t, p, ServiceDraft("mirror"))
	admit(t, p, svc.ID)
	endpoint := connect(t, p, p.Guest, svc.ID)
	require.Equal(t, api.EndpointPending, endpoint.State)
	for _, c := range []struct {
		settle func() (api.Endpoint, error)
		want   api.EndpointState
	}{
		{func() (api.Endpoint, error) {
			return p.Service.RejectConnection(t.Context(), p.Mine, svc.ID, endpoint.ID)
		}, api.EndpointRejected},
		{func() (api.Endpoint, error) {
			return p.Service.AcceptConnection(t.Context(), p.Mine, svc.ID, endpoint.ID)
		}, api.EndpointAccepted},
		{func() (api.Endpoint, error) {
			return p.Service.AcceptConnection(t.Context(), p.Mine, svc.ID, endpoint.ID)
		}, api.EndpointAccepted},
		{func() (api.Endpoint, error) {
			return p.Service.RejectConnection(t.Context(), p.Mine, svc.ID, endpoint.ID)
		}, api.EndpointRejected},
	} {
		settled, err := c.settle()
		require.NoError(t, err)
		require.Equal(t, c.want, settled.State)
		seen, err := p.Service.Endpoint(t.Context(), p.Guest, endpoint.ID)
		require.NoError(t, err)
		require.Equal(t, c.want, seen.State)
	}
	require.Equal(t, []string{"reject", "accept", "reject", "create"}, actions(t, p, api.KindEndpoint, svc.ID), "the history of the service has them")

	second := createService(t, p, ServiceDraft("second"))
	for _, c := range []struct {
		scope   api.Scope
		service string
	}{{p.Other, svc.ID}, {p.Guest, svc.ID}, {p.Mine, second.ID}} {
		_, err := p.Service.AcceptConnection(t.Context(), c.scope, c.service, endpoint.ID)
		requireCode(t, err, api.NotFound)
		_, err = p.Service.RejectConnection(t.Context(), c.scope, c.service, endpoint.ID)
		requireCode(t, err, api.NotFound)
	}
}

func acceptAdmitsAgain(t *testing.T, p Plane) {
	svc := createService(t, p, ServiceDraft("mirror"))
	entry := admit(t, p, svc.ID)
	first, second := connect(t, p, p.Guest, svc.ID), connect(t, p, p.Guest, svc.ID)
	_, err := p.Service.AcceptConnection(t.Context(), p.Mine, svc.ID, first.ID)
	require.NoError(t, err)
	removeEntries(t, p, svc.ID, []string{entry.ID})

	page, err := p.Service.ListServiceConnections(t.Context(), p.Mine, svc.ID,
		api.EndpointQuery{Accounts: []string{first.Account}, State: api.EndpointAccepted})
	require.NoError(t, err)
	require.Len(t, page.Items, 1)
	require.Equal(t, first.ID, page.Items[0].ID)
	_, err = p.Service.AcceptConnection(t.Context(), p.Mine, svc.ID, second.ID)
	requireCode(t, err, api.Forbidden)
	_, err = p.Service.RejectConnection(t.Context(), p.Mine, svc.ID, first.ID)
	require.NoError(t, err)
	_, err = p.Service.AcceptConnection(t.Context(), p.Mine, svc.ID, first.ID)
	requireCode(t, err, api.Forbidden)
}

func uncovered(t *testing.T, p Plane) {
	svc := createService(t, p, ServiceDraft("mirror"))
	entry := admit(t, p, svc.ID)
	own, accepted, pending := connect(t, p, p.Other, svc.ID), connect(t, p, p.Guest, svc.ID), connect(t, p, p.Guest, svc.ID)
	for _, e := range []api.Endpoint{own, accepted} {
		_, err := p.Service.AcceptConnection(t.Context(), p.Mine, svc.ID, e.ID)
		require.NoError(t, err)
	}
	allowed := func() map[string]bool {
		page, err := p.Service.ListServiceConnections(t.Context(), p.Mine, svc.ID, api.EndpointQuery{})
		require.NoError(t, err)
		found := map[string]bool{}
		for _, e := range page.Items {
			found[e.ID] = e.Allowed
		}
		return found
	}
	left := func() (ids []string) {
		page, err := p.Service.ListServiceConnections(t.Context(), p.Mine, svc.ID, api.EndpointQuery{Uncovered: true})
		require.NoError(t, err)
		for _, e := range page.Items {
			ids = append(ids, e.ID)
		}
		n, err := p.Service.CountServiceConnections(t.Context(), p.Mine, svc.ID, api.EndpointQuery{Uncovered: true})
		require.NoError(t, err)
		require.Len(t, ids, n)
		require.Equal(t, n, getService(t, p, svc.ID).Uncovered)
		return ids
	}
	require.Equal(t, map[string]bool{own.ID: true, accepted.ID: true, pending.ID: true}, allowed())
	require.Empty(t, left())

	removeEntries(t, p, svc.ID, []string{entry.ID})
	require.Equal(t, map[string]bool{own.ID: true, accepted.ID: false, pending.ID: false}, allowed())
	require.Equal(t, []string{accepted.ID}, left(), "the owner's account needs no entry, and what waits is not connected")

	end := time.Now().Add(p.short())
	addPermissions(t, p, svc.ID, api.PermissionDraft{Permission: entry.Permission, Expires: end})
	require.Empty(t, left())
	time.Sleep(time.Until(end))
	require.Equal(t, []string{accepted.ID}, left(), "its entry has expired")
	addPermissions(t, p, svc.ID, api.PermissionDraft{Permission: api.Everyone})
	require.Empty(t, left())
	require.True(t, allowed()[accepted.ID])
}

func endpointsListed(t *testing.T, p Plane) {
	svc, second := createService(t, p, ServiceDraft("mirror")), createService(t, p, ServiceDraft("second"))
	admit(t, p, svc.ID)
	mine, theirs, elsewhere := connect(t, p, p.Mine, svc.ID), connect(t, p, p.Guest, svc.ID), connect(t, p, p.Mine, second.ID)
	ids := func(page api.Page[api.Endpoint], err error) []string {
		require.NoError(t, err)
		found := make([]string, len(page.Items))
		for i, e := range page.Items {
			found[i] = e.ID
		}
		return found
	}
	inNetwork := []string{mine.ID, theirs.ID}
	if !p.has(TellsNetworks) {
		inNetwork = inNetwork[:1] // of one's own the network is known
	}
	for _, c := range []struct {
		query            api.EndpointQuery
		endpoints, conns []string
	}{
		{api.EndpointQuery{}, []string{mine.ID, elsewhere.ID}, []string{mine.ID, theirs.ID}},
		{api.EndpointQuery{Desc: true}, []string{elsewhere.ID, mine.ID}, []string{theirs.ID, mine.ID}},
		{api.EndpointQuery{Sort: "updated"}, []string{mine.ID, elsewhere.ID}, []string{mine.ID, theirs.ID}},
		{api.EndpointQuery{ID: mine.ID}, []string{mine.ID}, []string{mine.ID}},
		{api.EndpointQuery{Marker: theirs.Marker}, []string{}, []string{theirs.ID}},
		{api.EndpointQuery{Service: "SECOND"}, []string{elsewhere.ID}, []string{}},
		{api.EndpointQuery{VPC: mine.VPCID}, []string{mine.ID, elsewhere.ID}, inNetwork},
		{api.EndpointQuery{VPC: mine.VPCID[:8]}, []string{}, []string{}},
		{api.EndpointQuery{Accounts: []string{theirs.Account, "x"}}, []string{}, []string{theirs.ID}},
		{api.EndpointQuery{State: api.EndpointRejected}, []string{}, []string{}},
		{api.EndpointQuery{Offset: 1}, []string{elsewhere.ID}, []string{theirs.ID}},
		{api.EndpointQuery{ID: "\x00"}, []string{}, []string{}},
		{api.EndpointQuery{Service: strings.Repeat("%a", 100_000)}, []string{}, []string{}},
	} {
		require.Equal(t, c.endpoints, ids(p.Service.ListEndpoints(t.Context(), p.Mine, c.query)), "%+v", c.query)
		require.Equal(t, c.conns, ids(p.Service.ListServiceConnections(t.Context(), p.Mine, svc.ID, c.query)), "%+v", c.query)
		if c.query.Offset == 0 {
			n, err := p.Service.CountEndpoints(t.Context(), p.Mine, c.query)
			require.NoError(t, err)
			require.Equal(t, len(c.endpoints), n)
			n, err = p.Service.CountServiceConnections(t.Context(), p.Mine, svc.ID, c.query)
			require.NoError(t, err)
			require.Equal(t, len(c.conns), n)
		}
	}
	_, err := p.Service.Endpoint(t.Context(), p.Mine, theirs.ID)
	requireCode(t, err, api.NotFound)
	requireCode(t, p.Service.DeleteEndpoint(t.Context(), p.Mine, theirs.ID), api.NotFound)
	require.NoError(t, p.Service.DeleteEndpoint(t.Context(), p.Guest, theirs.ID))
	require.Equal(t, []string{mine.ID}, ids(p.Service.ListServiceConnections(t.Context(), p.Mine, svc.ID, api.EndpointQuery{})))
}

func endpointProblems(t *testing.T, p Plane) {
	_, err := p.Service.CreateEndpoint(t.Context(), p.Mine, api.EndpointDraft{
		VPCID: "a b", SubnetID: "\x00", Description: "<", Tags: []api.Tag{{}},
	})
	requireCode(t, err, api.Invalid)
	require.Equal(t, []string{
		"endpoint_service_id endpoint.service_required", "vpc_id endpoint.vpc_form", "subnet_id endpoint.subnet_form",
		"description vpcep.description_brackets", "tags.0.key tag.key_required",
	}, paths(err))
}

func endpointLimit(t *testing.T, p Plane) {
	svc := createService(t, p, ServiceDraft("mirror"))
	for range api.MaxEndpoints {
		connect(t, p, p.Mine, svc.ID)
	}
	_, err := p.Service.CreateEndpoint(t.Context(), p.Mine, EndpointDraft(svc.ID))
	requireCode(t, err, api.Limit)
	connect(t, p, p.Other, svc.ID)
}
