package wire

import (
	"net/http"
	"unicode/utf8"

	"github.com/labstack/echo/v4"

	"switchboard/internal/api"
)

// vpcepRoutes is VPC Endpoint, both sides of it (spec/whitelist.md §1), and
// what the dialect lacks.
func (s *server) vpcepRoutes(e *echo.Echo) {
	vpcep := family{s, vpcepError}
	const services = "/v1/:project/vpc-endpoint-services"
	e.POST(services, vpcep.inProject(s.createEndpointService))
	e.GET(services, vpcep.inProject(s.listEndpointServices))
	e.GET(services+"/describe", vpcep.inProject(s.describeEndpointService))
	e.GET(services+"/:service", vpcep.inService(s.showEndpointService))
	e.PUT(services+"/:service", vpcep.inService(s.updateEndpointService))
	e.DELETE(services+"/:service", vpcep.inService(s.deleteEndpointService))
	e.GET(services+"/:service/connections", vpcep.inService(s.listServiceConnections))
	e.POST(services+"/:service/connections/action", vpcep.inService(s.decideConnection))
	e.GET(services+"/:service/permissions", vpcep.inService(s.listPermissions))
	e.POST(services+"/:service/permissions/batch-create", vpcep.inService(s.addPermissions))
	e.POST(services+"/:service/permissions/batch-delete", vpcep.inService(s.removePermissions))
	e.POST(services+"/:service/permissions/action", vpcep.inService(s.changePermissions))
	e.PUT(services+"/:service/permissions/:permission", vpcep.inService(s.describePermission))
	e.GET("/v1/:project/quotas", vpcep.inProject(s.listQuotas))

	const endpoints = "/v1/:project/vpc-endpoints"
	e.POST(endpoints, vpcep.inProject(s.createEndpoint))
	e.GET(endpoints, vpcep.inProject(s.listEndpoints))
	e.GET(endpoints+"/:endpoint", vpcep.inProject(s.showEndpoint))
	e.DELETE(endpoints+"/:endpoint", vpcep.inProject(s.deleteEndpoint))

	ext := family{s, extensionError}
	e.GET(ownService+"/access", ext.inService(s.showAccess))
	e.POST(judgeRoute, ext.inService(s.judgePermissions))
	e.PUT(ownService+"/permissions/:permission/expiry", ext.inService(s.renewPermission))
	e.POST(additionsRoute, ext.inService(s.startAddition))
	e.GET(additionsRoute+"/:addition", ext.inService(s.showAddition))
	e.POST(additionsRoute+"/:addition/cancel", ext.inService(s.cancelAddition))
}

// ownService is the path of what the dialect lacks of one service.
const ownService = "/switchboard/v1/projects/:project/endpoint-services/:service"

// maxID is how long an id in a path or a body may be, in characters
// (spec/whitelist.md §1).
const maxID = 64

// inService serves what belongs to one endpoint service of a project.
func (f family) inService(h func(c echo.Context, scope api.Scope, service string) error) echo.HandlerFunc {
	return f.inProject(func(c echo.Context, scope api.Scope) error {
		id := param(c, "service")
		if utf8.RuneCountInString(id) > maxID {
			return api.Errorf(api.Invalid, "wire.service_id", "max", maxID)
		}
		return h(c, scope, id)
	})
}

// createEndpointService answers POST …/vpc-endpoint-services: 200, never 201.
func (s *server) createEndpointService(c echo.Context, scope api.Scope) error {
	var body endpointServiceBody
	if err := decodeBody(c, &body); err != nil {
		return err
	}
	draft := api.EndpointServiceDraft{Approval: true, Region: s.Region}
	body.apply(&draft)
	service, err := s.Service.CreateEndpointService(c.Request().Context(), scope, draft)
	if err != nil {
		return err
	}
	return answer(c, http.StatusOK, encodeEndpointService(service))
}

// maxServicePage is the most that lists of services, connections and endpoints
// show at once.
const maxServicePage = 1000

// listEndpointServices answers GET …/vpc-endpoint-services.
func (s *server) listEndpointServices(c echo.Context, scope api.Scope) error {
	p, err := readPage(c, maxServicePage)
	if err != nil {
		return err
	}
	name, err := readText(c, "endpoint_service_name", maxNameText)
	if err != nil {
		return err
	}
	id, err := readText(c, "id", maxID)
	if err != nil {
		return err
	}
	state, err := readChoice(c, "status", endpointServiceStates...)
	if err != nil {
		return err
	}
	q := api.EndpointServiceQuery{
		Search: name, ID: id, State: api.EndpointServiceState(state),
		Sort: p.sort, Desc: p.desc, Offset: p.offset, Limit: p.limit,
	}
	found, err := s.Service.ListEndpointServices(c.Request().Context(), scope, q)
	if err != nil {
		return err
	}
	total, err := s.Service.CountEndpointServices(c.Request().Context(), scope, q)
	if err != nil {
		return err
	}
	return answer(c, http.StatusOK, endpointServicesJSON{each(found.Items, encodeListedService), total})
}

// describeEndpointService answers GET …/vpc-endpoint-services/describe: what
// somebody who may connect may know.
func (s *server) describeEndpointService(c echo.Context, scope api.Scope) error {
	id, name := c.QueryParam("id"), c.QueryParam("endpoint_service_name")
	if (id == "") == (name == "") {
		return api.Errorf(api.Invalid, "wire.describe_one")
	}
	service, err := s.Service.DescribeEndpointService(c.Request().Context(), scope, id, name)
	if err != nil {
		return err
	}
	return answer(c, http.StatusOK, endpointServiceSummaryJSON{
		ID: service.ID, Name: service.Name, Type: service.Type, Created: vpcepTime(service.Created.At),
	})
}

func (s *server) showEndpointService(c echo.Context, scope api.Scope, id string) error {
	service, err := s.Service.EndpointService(c.Request().Context(), scope, id)
	if err != nil {
		return err
	}
	return answer(c, http.StatusOK, encodeEndpointService(service))
}

// updateEndpointService answers PUT …/vpc-endpoint-services/{id}: what is not
// sent stays as it is.
func (s *server) updateEndpointService(c echo.Context, scope api.Scope, id string) error {
	var body endpointServiceBody
	if err := decodeBody(c, &body); err != nil {
		return err
	}
	stored, err := s.Service.EndpointService(c.Request().Context(), scope, id)
	if err != nil {
		return err
	}
	draft := redraft(&stored, s.Region)
	body.apply(&draft)
	service, err := s.Service.UpdateEndpointService(c.Request().Context(), scope, draft)
	if err != nil {
		return err
	}
	return answer(c, http.StatusOK, encodeEndpointService(service))
}

func (s *server) deleteEndpointService(c echo.Context, scope api.Scope, id string) error {
	if err := s.Service.DeleteEndpointService(c.Request().Context(), scope, id, 0); err != nil {
		return err
	}
	return answer(c, http.StatusNoContent, nil)
}
