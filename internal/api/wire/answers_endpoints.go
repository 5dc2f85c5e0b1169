package wire

import (
	"strings"

	"switchboard/internal/api"
)

// EndpointServiceIn reads the answer about one endpoint service.
func EndpointServiceIn(body []byte) (api.EndpointService, error) {
	var answer listedServiceJSON
	if err := readAnswer(body, &answer); err != nil {
		return api.EndpointService{}, err
	}
	return readOne(&answer, (*listedServiceJSON).service)
}

// EndpointServicesIn reads a part of the list of services, and how many there are in
// all. It tells the account and how many connections there are, too.
func EndpointServicesIn(body []byte) ([]api.EndpointService, int, error) {
	var answer struct {
		Services *[]listedServiceJSON `json:"endpoint_services"`
		Total    int                  `json:"total_count"`
	}
	if err := readAnswer(body, &answer); err != nil {
		return nil, 0, err
	}
	services, err := readEach(answer.Services, (*listedServiceJSON).service)
	return services, answer.Total, err
}

func (a *listedServiceJSON) service() (api.EndpointService, error) {
	return api.EndpointService{
		ID: a.ID, Project: a.Project, Account: a.Account, Name: a.Name, ShortName: shortName(a.Name, a.ID),
		VPCID: a.VPCID, PortID: a.PortID, VIPPortID: a.VIPPortID, ServerType: a.ServerType, Ports: a.Ports, Approval: a.Approval,
		Type: a.Type, TCPProxy: a.TCPProxy, Description: a.Description, Tags: a.Tags, State: a.State,
		Created: stamp(a.Created), Updated: stamp(a.Updated), Connections: a.Connections,
	}, identified(a.ID, a.Name)
}

// shortName is what somebody called a service: its whole name is "region.short.id", or
// "region.id".
func shortName(name, id string) string {
	_, short, _ := strings.Cut(strings.TrimSuffix(name, "."+id), ".")
	return short
}

// Entries are a part of a whitelist. In which service it is, no answer tells.
type Entries struct {
	Items []api.Permission
	Total int // how many there are in all
	// Described says that they say their descriptions, as older regions do not
	// (spec/whitelist.md §1.1).
	Described bool
}

// PermissionsIn reads a part of a whitelist.
func PermissionsIn(body []byte) (found Entries, err error) {
	type entryJSON struct {
		permissionJSON

		Description *string `json:"description"`
	}
	var answer struct {
		Permissions *[]entryJSON `json:"permissions"`
		Total       int          `json:"total_count"`
	}
	if err := readAnswer(body, &answer); err != nil {
		return found, err
	}
	found.Total, found.Described = answer.Total, true
	found.Items, err = readEach(answer.Permissions, func(a *entryJSON) (api.Permission, error) {
		entry := api.Permission{ID: a.ID, Permission: a.Permission, Created: stamp(a.Created)}
		if a.Description != nil {
			entry.Description = *a.Description
		} else {
			found.Described = false
		}
		return entry, identified(a.ID, a.Permission)
	})
	return found, err
}

// ServiceConnectionsIn reads a part of what is connected to a service, and how many
// there are in all.
func ServiceConnectionsIn(body []byte) ([]api.Endpoint, int, error) {
	var answer struct {
		Connections *[]serviceConnectionJSON `json:"connections"`
		Total       int                      `json:"total_count"`
	}
	if err := readAnswer(body, &answer); err != nil {
		return nil, 0, err
	}
	endpoints, err := readEach(answer.Connections, func(a *serviceConnectionJSON) (api.Endpoint, error) {
		return api.Endpoint{
			ID: a.ID, Marker: a.Marker, Account: a.Account, State: a.State, Description: a.Description,
			Created: stamp(a.Created), Updated: stamp(a.Updated),
		}, identified(a.ID)
	})
	return endpoints, answer.Total, err
}

// EndpointIn reads the answer about one endpoint.
func EndpointIn(body []byte) (api.Endpoint, error) {
	var answer endpointJSON
	if err := readAnswer(body, &answer); err != nil {
		return api.Endpoint{}, err
	}
	return readOne(&answer, (*endpointJSON).endpoint)
}

// EndpointsIn reads a part of the list of endpoints, and how many there are in all.
func EndpointsIn(body []byte) ([]api.Endpoint, int, error) {
	var answer struct {
		Endpoints *[]endpointJSON `json:"endpoints"`
		Total     int             `json:"total_count"`
	}
	if err := readAnswer(body, &answer); err != nil {
		return nil, 0, err
	}
	endpoints, err := readEach(answer.Endpoints, (*endpointJSON).endpoint)
	return endpoints, answer.Total, err
}

func (a *endpointJSON) endpoint() (api.Endpoint, error) {
	return api.Endpoint{
		ID: a.ID, Marker: a.Marker, Service: a.Service, ServiceName: a.ServiceName, Project: a.Project, State: a.State,
		VPCID: a.VPCID, SubnetID: a.SubnetID, Description: a.Description, Tags: a.Tags, Created: stamp(a.Created), Updated: stamp(a.Updated),
	}, identified(a.ID)
}
