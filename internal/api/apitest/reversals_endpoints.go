package apitest

import (
	"testing"

	"github.com/stretchr/testify/require"

	"switchboard/internal/api"
)

// endpointTakenBack is an endpoint of the project's own: made, it is removed; removed,
// it is not made again, because that is for whoever needs it.
func endpointTakenBack(t *testing.T, p Plane) {
	svc := createService(t, p, ServiceDraft("mirror"))
	endpoint := connect(t, p, p.Mine, svc.ID)
	r := takeBack(t, p, api.KindEndpoint)
	require.Equal(t, api.DeleteEndpoint{ID: endpoint.ID}, r.Deed)
	_, err := p.Service.Endpoint(t.Context(), p.Mine, endpoint.ID)
	requireCode(t, err, api.NotFound)
	requireFinal(t, p, api.KindEndpoint, "reverse.endpoint")
}

// answerTakenBack is what the owner of a service says to somebody's endpoint.
func answerTakenBack(t *testing.T, p Plane) {
	svc := createService(t, p, ServiceDraft("mirror"))
	endpoint := connect(t, p, p.Other, svc.ID)
	state := func() api.EndpointState {
		e, err := p.Service.Endpoint(t.Context(), p.Other, endpoint.ID)
		require.NoError(t, err)
		return e.State
	}
	require.Equal(t, api.EndpointPending, state())
	requireFinal(t, p, api.KindEndpoint, "reverse.endpoint") // it is not the owner's to remove

	_, err := p.Service.AcceptConnection(t.Context(), p.Mine, svc.ID, endpoint.ID)
	require.NoError(t, err)
	requireFinal(t, p, api.KindEndpoint, "reverse.endpoint") // it cannot be made to wait again
	_, err = p.Service.RejectConnection(t.Context(), p.Mine, svc.ID, endpoint.ID)
	require.NoError(t, err)
	takeBack(t, p, api.KindEndpoint)
	require.Equal(t, api.EndpointAccepted, state())
	takeBack(t, p, api.KindEndpoint)
	require.Equal(t, api.EndpointRejected, state())

	changes, err := p.Service.Changes(t.Context(), p.Other, api.KindEndpoint, svc.ID, "", 1)
	require.NoError(t, err)
	_, err = p.Service.Reverse(t.Context(), p.Other, changes[0].ID, nil)
	require.ErrorContains(t, err, "reverse.endpoint", "who connects cannot take back what the owner said")

	require.NoError(t, p.Service.DeleteEndpoint(t.Context(), p.Other, endpoint.ID))
	changes, err = p.Service.Changes(t.Context(), p.Mine, api.KindEndpoint, svc.ID, "", 2)
	require.NoError(t, err)
	_, err = p.Service.Reverse(t.Context(), p.Mine, changes[1].ID, nil)
	require.ErrorContains(t, err, "reverse.gone")
}
