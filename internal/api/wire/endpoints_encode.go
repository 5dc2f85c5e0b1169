package wire

import "switchboard/internal/api"

// endpointJSON is an endpoint as its consumer reads it.
type endpointJSON struct {
	ID           string            `json:"id"`
	Type         string            `json:"service_type"`
	State        api.EndpointState `json:"status"`
	ActiveStatus [1]string         `json:"active_status"`
	Enabled      string            `json:"enable_status"`
	ServiceName  string            `json:"endpoint_service_name"`
	Marker       int64             `json:"marker_id"`
	Service      string            `json:"endpoint_service_id"`
	DNS          bool              `json:"enable_dns"`
	VPCID        string            `json:"vpc_id"`
	SubnetID     string            `json:"subnet_id"`
	Created      string            `json:"created_at"`
	Updated      string            `json:"updated_at"`
	Project      string            `json:"project_id"`
	Tags         []api.Tag         `json:"tags"`
	Addresses    [0]string         `json:"whitelist"` // of clients; another list than that of accounts
	ByAddress    bool              `json:"enable_whitelist"`
	RouteTables  [0]string         `json:"routetables"`
	Description  string            `json:"description"`
}

func encodeEndpoint(e api.Endpoint) endpointJSON {
	return endpointJSON{
		ID: e.ID, Type: "interface", State: e.State, ActiveStatus: [1]string{"active"}, Enabled: "enable",
		ServiceName: e.ServiceName, Marker: e.Marker, Service: e.Service, VPCID: e.VPCID, SubnetID: e.SubnetID,
		Created: vpcepTime(e.Created.At), Updated: vpcepTime(e.Updated.At), Project: e.Project,
		Tags: array(e.Tags), Description: e.Description,
	}
}

// endpointsJSON is a part of the list of endpoints.
type endpointsJSON struct {
	Endpoints []endpointJSON `json:"endpoints"`
	Total     int            `json:"total_count"`
}

// serviceConnectionJSON is an endpoint as the owner of the service reads it.
type serviceConnectionJSON struct {
	ID          string            `json:"id"`
	Marker      int64             `json:"marker_id"`
	Account     string            `json:"domain_id"`
	State       api.EndpointState `json:"status"`
	Description string            `json:"description"`
	Created     string            `json:"created_at"`
	Updated     string            `json:"updated_at"`
}

type serviceConnectionsJSON struct {
	Connections []serviceConnectionJSON `json:"connections"`
}

// listedServiceConnectionsJSON is a part of a service's connections.
type listedServiceConnectionsJSON struct {
	serviceConnectionsJSON
	Total int `json:"total_count"`
}

func encodeServiceConnections(all ...api.Endpoint) serviceConnectionsJSON {
	return serviceConnectionsJSON{each(all, func(e api.Endpoint) serviceConnectionJSON {
		return serviceConnectionJSON{e.ID, e.Marker, e.Account, e.State, e.Description, vpcepTime(e.Created.At), vpcepTime(e.Updated.At)}
	})}
}

type quotaJSON struct {
	Type  string `json:"type"`
	Unit  string `json:"unit,omitempty"`
	Used  int    `json:"used"`
	Quota int    `json:"quota"`
}

// quotasJSON is the answer about quotas.
type quotasJSON struct {
	Quotas struct {
		Resources []quotaJSON `json:"resources"`
	} `json:"quotas"`
}

// encodeQuotas keeps those of a kind, or all if it is empty.
func encodeQuotas(kind string, all []api.Quota) quotasJSON {
	var body quotasJSON
	for _, q := range all {
		if kind == "" || kind == q.Type {
			body.Quotas.Resources = append(body.Quotas.Resources, quotaJSON{q.Type, q.Unit, q.Used, q.Max})
		}
	}
	return body
}
