package api

import (
	"cmp"
	"strings"
)

// AuditedEndpointService is an endpoint service as the audit log keeps it. What its
// whitelist came to is said where that ends with it.
type AuditedEndpointService struct {
	Name        string             `json:"name"`
	VPCID       string             `json:"vpc_id"`
	PortID      string             `json:"port_id"`
	VIPPortID   string             `json:"vip_port_id,omitempty"`
	ServerType  ServerType         `json:"server_type"`
	Ports       []PortMapping      `json:"ports"`
	Approval    bool               `json:"approval_enabled"`
	TCPProxy    string             `json:"tcp_proxy"`
	Description string             `json:"description,omitempty"`
	Tags        []Tag              `json:"tags,omitempty"`
	Permissions *int               `json:"permissions,omitempty"` // entries in force
	Everyone    *AuditedPermission `json:"everyone,omitempty"`
}

// Audited is the service for the audit log, without its whitelist.
func (v *EndpointService) Audited() AuditedEndpointService {
	return AuditedEndpointService{
		Name: v.Name, VPCID: v.VPCID, PortID: v.PortID, VIPPortID: v.VIPPortID, ServerType: v.ServerType, Ports: v.Ports,
		Approval: v.Approval, TCPProxy: v.TCPProxy, Description: v.Description, Tags: v.Tags,
	}
}

// AuditedOpen is the service for the audit log, with the entry that opens it to
// everyone, if there is one.
func (v *EndpointService) AuditedOpen() AuditedEndpointService {
	a := v.Audited()
	if v.Everyone != nil {
		a.Everyone = new(v.Everyone.Audited())
	}
	return a
}

// audited is the service that the draft makes, out of a stored one or nil.
func (d EndpointServiceDraft) audited(stored *EndpointService) AuditedEndpointService {
	d = d.Complete()
	a := AuditedEndpointService{
		Name: d.ShortName, VPCID: d.VPCID, PortID: d.PortID, VIPPortID: d.VIPPortID, ServerType: d.ServerType, Ports: d.Ports,
		Approval: d.Approval, TCPProxy: d.TCPProxy, Description: d.Description, Tags: d.Tags,
	}
	if stored == nil {
		return a
	}
	region := strings.TrimSuffix(stored.Name, EndpointServiceName("", stored.ShortName, stored.ID))
	a.Name = EndpointServiceName(strings.TrimSuffix(region, "."), d.ShortName, stored.ID)
	a.VPCID, a.ServerType = stored.VPCID, cmp.Or(d.ServerType, stored.ServerType)
	return a
}

// Draft describes the service of that id as it was, whose whole name is
// "region.short.id" or less.
func (a *AuditedEndpointService) Draft(id string) EndpointServiceDraft {
	d := EndpointServiceDraft{
		VPCID: a.VPCID, PortID: a.PortID, VIPPortID: a.VIPPortID, ServerType: a.ServerType, Ports: a.Ports, Approval: a.Approval,
		TCPProxy: a.TCPProxy, Description: a.Description, Tags: a.Tags,
	}
	rest := strings.TrimSuffix(strings.TrimSuffix(a.Name, id), ".")
	d.Region, d.ShortName, _ = strings.Cut(rest, ".")
	return d
}

// AuditedEndpoint is an endpoint as the audit log keeps it.
type AuditedEndpoint struct {
	ID          string        `json:"id,omitempty"`
	Account     string        `json:"account,omitempty"`
	Service     string        `json:"service"`
	Description string        `json:"description,omitempty"`
	State       EndpointState `json:"state,omitempty"`
}

// Audited is the endpoint for the audit log.
func (e *Endpoint) Audited() AuditedEndpoint {
	return AuditedEndpoint{e.ID, e.Account, e.ServiceName, e.Description, e.State}
}
