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
	serve(e, "CreateEndpointService", vpcep.inProject(s.createEndpointService))
	serve(e, "ListEndpointService", vpcep.inProject(s.listEndpointServices))
	serve(e, "ListServiceDescribeDetails", vpcep.inProject(s.describeEndpointService))
	serve(e, "ListServiceDetails", vpcep.inService(s.showEndpointService))
	serve(e, "UpdateEndpointService", vpcep.inService(s.updateEndpointService))
	serve(e, "DeleteEndpointService", vpcep.inService(s.deleteEndpointService))
	serve(e, "ListServiceConnections", vpcep.inService(s.listServiceConnections))
	serve(e, "AcceptOrRejectEndpoint", vpcep.inService(s.decideConnection))
	serve(e, "ListServicePermissionsDetails", vpcep.inService(s.listPermissions))
	serve(e, "BatchAddEndpointServicePermissions", vpcep.inService(s.addPermissions))
	serve(e, "BatchRemoveEndpointServicePermissions", vpcep.inService(s.removePermissions))
	serve(e, "AddOrRemoveServicePermissions", vpcep.inService(s.changePermissions))
	serve(e, "UpdateEndpointServicePermissionDesc", vpcep.inService(s.describePermission))
	serve(e, "ListQuotaDetails", vpcep.inProject(s.listQuotas))

	serve(e, "CreateEndpoint", vpcep.inProject(s.createEndpoint))
	serve(e, "ListEndpoints", vpcep.inProject(s.listEndpoints))
	serve(e, "ListEndpointInfoDetails", vpcep.inProject(s.showEndpoint))
	serve(e, "DeleteEndpoint", vpcep.inProject(s.deleteEndpoint))

	ext := family{s, extensionError}
	serve(e, "ShowEndpointServiceAccess", ext.inService(s.showAccess))
	serve(e, "JudgePermissions", ext.inService(s.judgePermissions))
	serve(e, "RenewPermission", ext.inService(s.renewPermission))
	serve(e, "OpenEndpointService", ext.inService(s.openToEveryone))
	serve(e, "StartPermissionAddition", ext.inService(s.startAddition))
	serve(e, "ShowPermissionAddition", ext.inService(s.showAddition))
	serve(e, "CancelPermissionAddition", ext.inService(s.cancelAddition))
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
