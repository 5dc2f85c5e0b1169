package wire

import (
	"time"

	"switchboard/internal/api"
)

// vpcepTime is a moment as VPCEP writes it: in UTC, to the second.
func vpcepTime(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05Z") }

// endpointServiceJSON is a service as its owner reads it (spec/whitelist.md
// §1.6). Ports are numbers, although the samples show strings: SDKs cannot
// read those.
type endpointServiceJSON struct {
	ID          string                   `json:"id"`
	PortID      string                   `json:"port_id"`
	VIPPortID   string                   `json:"vip_port_id"`
	Name        string                   `json:"service_name"`
	ServerType  api.ServerType           `json:"server_type"`
	VPCID       string                   `json:"vpc_id"`
	PoolID      string                   `json:"pool_id"` // none here
	Approval    bool                     `json:"approval_enabled"`
	State       api.EndpointServiceState `json:"status"`
	Type        string                   `json:"service_type"`
	Created     string                   `json:"created_at"`
	Updated     string                   `json:"updated_at"`
	Project     string                   `json:"project_id"`
	CIDRType    string                   `json:"cidr_type"`
	Ports       []api.PortMapping        `json:"ports"`
	TCPProxy    string                   `json:"tcp_proxy"`
	Tags        []api.Tag                `json:"tags"`
	Description string                   `json:"description"`
}

func encodeEndpointService(s api.EndpointService) endpointServiceJSON {
	return endpointServiceJSON{
		ID: s.ID, PortID: s.PortID, VIPPortID: s.VIPPortID, Name: s.Name, ServerType: s.ServerType, VPCID: s.VPCID,
		Approval: s.Approval, State: s.State, Type: s.Type, Project: s.Project, CIDRType: "internal",
		Created: vpcepTime(s.Created.At), Updated: vpcepTime(s.Updated.At),
		Ports: array(s.Ports), TCPProxy: s.TCPProxy, Tags: array(s.Tags), Description: s.Description,
	}
}

// array is all, or an empty list in the place of none: the dialect's arrays are
// never null.
func array[T any](all []T) []T { return append([]T{}, all...) }

// endpointServicesJSON is a part of the list of services.
type endpointServicesJSON struct {
	Services []listedServiceJSON `json:"endpoint_services"`
	Total    int                 `json:"total_count"`
}

// listedServiceJSON is a service as the list has it.
type listedServiceJSON struct {
	endpointServiceJSON
	Account     string `json:"domain_id"`
	Connections int    `json:"connection_count"`
	BorderGroup string `json:"public_border_group"` // none here
}

func encodeListedService(s api.EndpointService) listedServiceJSON {
	return listedServiceJSON{endpointServiceJSON: encodeEndpointService(s), Account: s.Account, Connections: s.Connections}
}

// endpointServiceSummaryJSON is a service as those read it who may connect to
// it. To connect is free of charge here.
type endpointServiceSummaryJSON struct {
	ID      string `json:"id"`
	Name    string `json:"service_name"`
	Type    string `json:"service_type"`
	Created string `json:"created_at"`
	Charge  bool   `json:"is_charge"`
	Policy  bool   `json:"enable_policy"`
}
