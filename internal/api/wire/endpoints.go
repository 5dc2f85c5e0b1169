package wire

import (
	"math"
	"net/http"

	"github.com/labstack/echo/v4"

	"switchboard/internal/api"
)

// endpointBody is the body of a create.
type endpointBody struct {
	Service     string    `json:"endpoint_service_id"`
	VPCID       string    `json:"vpc_id"`
	SubnetID    string    `json:"subnet_id,omitempty"`
	Description string    `json:"description,omitempty"`
	Tags        []api.Tag `json:"tags,omitempty"`
}

// createEndpoint answers POST …/vpc-endpoints: 200, never 201. Fields for what
// is not here (addresses, DNS names, policies) are not read.
func (s *server) createEndpoint(c echo.Context, scope api.Scope) error {
	var body endpointBody
	if err := decodeBody(c, &body); err != nil {
		return err
	}
	endpoint, err := s.Service.CreateEndpoint(c.Request().Context(), scope, api.EndpointDraft(body))
	if err != nil {
		return err
	}
	return answer(c, http.StatusOK, encodeEndpoint(endpoint))
}

// listEndpoints answers GET …/vpc-endpoints.
func (s *server) listEndpoints(c echo.Context, scope api.Scope) error {
	q, err := readEndpoints(c)
	if err != nil {
		return err
	}
	if q.Service, err = readText(c, "endpoint_service_name", maxNameText); err != nil {
		return err
	}
	if q.VPC, err = readText(c, "vpc_id", maxID); err != nil {
		return err
	}
	found, err := s.Service.ListEndpoints(c.Request().Context(), scope, q)
	if err != nil {
		return err
	}
	total, err := s.Service.CountEndpoints(c.Request().Context(), scope, q)
	if err != nil {
		return err
	}
	return answer(c, http.StatusOK, endpointsJSON{each(found.Items, encodeEndpoint), total})
}

func (s *server) showEndpoint(c echo.Context, scope api.Scope) error {
	endpoint, err := s.Service.Endpoint(c.Request().Context(), scope, param(c, "endpoint"))
	if err != nil {
		return err
	}
	return answer(c, http.StatusOK, encodeEndpoint(endpoint))
}

func (s *server) deleteEndpoint(c echo.Context, scope api.Scope) error {
	if err := s.Service.DeleteEndpoint(c.Request().Context(), scope, param(c, "endpoint")); err != nil {
		return err
	}
	return answer(c, http.StatusNoContent, nil)
}

// endpointStates are what lists of connections can be narrowed to; first,
// all. Only one in a region is ever in the last three.
var endpointStates = []string{
	"", string(api.EndpointPending), string(api.EndpointAccepted), string(api.EndpointRejected),
	"creating", "failed", "deleting",
}

// listServiceConnections answers GET …/vpc-endpoint-services/{id}/connections.
func (s *server) listServiceConnections(c echo.Context, scope api.Scope, service string) error {
	q, err := readEndpoints(c)
	if err != nil {
		return err
	}
	state, err := readChoice(c, "status", endpointStates...)
	if err != nil {
		return err
	}
	q.State = api.EndpointState(state)
	marker, err := readNumber(c, "marker_id", 0, 1, math.MaxInt32)
	if err != nil {
		return err
	}
	q.Marker = int64(marker)
	found, err := s.Service.ListServiceConnections(c.Request().Context(), scope, service, q)
	if err != nil {
		return err
	}
	total, err := s.Service.CountServiceConnections(c.Request().Context(), scope, service, q)
	if err != nil {
		return err
	}
	return answer(c, http.StatusOK, listedServiceConnectionsJSON{encodeServiceConnections(found.Items...), total})
}

// decisionBody says what becomes of connections: "receive" or "reject".
type decisionBody struct {
	Endpoints []string `json:"endpoints"`
	Action    string   `json:"action"`
}

// The actions of a decisionBody.
const (
	receiveEndpoint = "receive"
	rejectEndpoint  = "reject"
)

// decideConnection answers POST …/connections/action, for one endpoint at a
// time.
func (s *server) decideConnection(c echo.Context, scope api.Scope, service string) error {
	var body decisionBody
	if err := decodeBody(c, &body); err != nil {
		return err
	}
	if len(body.Endpoints) != 1 {
		return wrong("endpoints", api.M("wire.one_endpoint"))
	}
	decide := s.Service.AcceptConnection
	switch body.Action {
	case receiveEndpoint:
	case rejectEndpoint:
		decide = s.Service.RejectConnection
	default:
		return api.Errorf(api.Invalid, "wire.connection_action")
	}
	decided, err := decide(c.Request().Context(), scope, service, body.Endpoints[0])
	if err != nil {
		return err
	}
	return answer(c, http.StatusOK, encodeServiceConnections(decided))
}

// readEndpoints reads what both lists of endpoints can be asked.
func readEndpoints(c echo.Context) (api.EndpointQuery, error) {
	p, err := readPage(c, maxServicePage)
	if err != nil {
		return api.EndpointQuery{}, err
	}
	id, err := readText(c, "id", maxID)
	return api.EndpointQuery{ID: id, Sort: p.sort, Desc: p.desc, Offset: p.offset, Limit: p.limit}, err
}

// listQuotas answers GET …/quotas?type=: how many services and endpoints a
// project may have and, because CSBS asks on the same path, how many backups.
func (s *server) listQuotas(c echo.Context, scope api.Scope) error {
	kind, err := readChoice(c, "type", "", "endpoint_service", "endpoint", "backup_capacity", "backups")
	if err != nil {
		return err
	}
	ctx := c.Request().Context()
	services, err := s.Service.CountEndpointServices(ctx, scope, api.EndpointServiceQuery{})
	if err != nil {
		return err
	}
	endpoints, err := s.Service.CountEndpoints(ctx, scope, api.EndpointQuery{})
	if err != nil {
		return err
	}
	backups, err := s.Service.BackupQuotas(ctx, scope)
	if err != nil {
		return err
	}
	return answer(c, http.StatusOK, encodeQuotas(kind, append([]api.Quota{
		{Type: "endpoint_service", Used: services, Max: api.MaxEndpointServices},
		{Type: "endpoint", Used: endpoints, Max: api.MaxEndpoints},
	}, backups...)))
}
