package api

import (
	"cmp"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

var (
	// cloudID is what may stand for a resource of the cloud that we only name.
	cloudID   = regexp.MustCompile(`^[A-Za-z0-9_-]{1,64}$`)
	shortName = regexp.MustCompile(`^[A-Za-z0-9_-]*$`)
)

// serviceType is the one type of service that people can make.
const serviceType = "interface"

const (
	maxPort      = 65535
	portProtocol = "TCP"
)

// Complete fills in what was left out.
func (d EndpointServiceDraft) Complete() EndpointServiceDraft {
	d.Type = cmp.Or(d.Type, serviceType)
	d.TCPProxy = cmp.Or(d.TCPProxy, TCPProxies[0])
	d.Ports = slices.Clone(d.Ports)
	for i := range d.Ports {
		d.Ports[i].Protocol = strings.ToUpper(cmp.Or(d.Ports[i].Protocol, portProtocol))
	}
	return d
}

// Problems judges a complete draft. stored is the service that it edits, or nil.
func (d *EndpointServiceDraft) Problems(stored *EndpointService) []Problem {
	problems := fieldProblems("",
		fieldProblem{"service_name", d.nameProblem()},
		fieldProblem{"vpc_id", d.vpcProblem(stored)},
		fieldProblem{"server_type", d.serverProblem(stored)},
		fieldProblem{"port_id", idProblem(d.PortID, M("endpoint_service.port_id_required"), M("endpoint_service.port_id_form"))},
		fieldProblem{"vip_port_id", d.vipProblem()},
		fieldProblem{"approval_enabled", d.approvalProblem(stored)},
		fieldProblem{"service_type", d.typeProblem()},
		fieldProblem{"tcp_proxy", d.proxyProblem()},
		fieldProblem{"description", descriptionProblem(d.Description, MaxDescription)})
	problems = append(problems, d.portsProblems()...)
	return append(problems, EndpointServiceTags.Problems("tags", d.Tags)...)
}

func idProblem(id string, required, form Message) Message {
	switch {
	case id == "":
		return required
	case !cloudID.MatchString(id):
		return form
	}
	return Message{}
}

func (d *EndpointServiceDraft) nameProblem() Message {
	switch {
	case !shortName.MatchString(d.ShortName):
		return M("endpoint_service.name_form")
	case len(d.ShortName) > MaxShortName:
		return M("endpoint_service.name_too_long", "max", MaxShortName)
	}
	return Message{}
}

func (d *EndpointServiceDraft) vpcProblem(stored *EndpointService) Message {
	if stored != nil && stored.VPCID != d.VPCID {
		return M("endpoint_service.vpc_fixed")
	}
	return idProblem(d.VPCID, M("endpoint_service.vpc_required"), M("endpoint_service.vpc_form"))
}

func (d *EndpointServiceDraft) serverProblem(stored *EndpointService) Message {
	switch {
	case stored != nil && stored.ServerType != d.ServerType:
		return M("endpoint_service.server_type_fixed")
	case d.ServerType == "":
		return M("endpoint_service.server_type_required")
	case !slices.Contains(ServerTypes, d.ServerType):
		return M("endpoint_service.server_type_unknown")
	}
	return Message{}
}

func (d *EndpointServiceDraft) vipProblem() Message {
	switch {
	case d.VIPPortID == "":
		return Message{}
	case d.ServerType != ServerVIP:
		return M("endpoint_service.vip_port_only")
	}
	return idProblem(d.VIPPortID, Message{}, M("endpoint_service.vip_port_form"))
}

// approvalProblem keeps one click from making a service public. Without
// approval it is the whitelist alone that keeps others out.
func (d *EndpointServiceDraft) approvalProblem(stored *EndpointService) Message {
	if stored != nil && stored.Approval && !d.Approval && stored.Everyone != nil && !d.Everyone {
		return M("endpoint_service.approval_open")
	}
	return Message{}
}

func (d *EndpointServiceDraft) typeProblem() Message {
	if d.Type != serviceType {
		return M("endpoint_service.type_unknown")
	}
	return Message{}
}

func (d *EndpointServiceDraft) proxyProblem() Message {
	if !slices.Contains(TCPProxies, d.TCPProxy) {
		return M("endpoint_service.tcp_proxy_unknown")
	}
	return Message{}
}

func (d *EndpointServiceDraft) portsProblems() []Problem {
	switch {
	case len(d.Ports) == 0:
		return []Problem{{"ports", M("endpoint_service.ports_required")}}
	case len(d.Ports) > MaxServicePorts:
		return []Problem{{"ports", M("endpoint_service.ports_too_many", "max", MaxServicePorts)}}
	}
	var problems []Problem
	seen := make(map[int]bool, len(d.Ports))
	for i, port := range d.Ports {
		problems = append(problems, fieldProblems("ports."+strconv.Itoa(i)+".",
			fieldProblem{"client_port", clientPortProblem(port.Client, seen[port.Client])},
			fieldProblem{"server_port", portProblem(port.Server)},
			fieldProblem{"protocol", protocolProblem(port.Protocol)})...)
		seen[port.Client] = true
	}
	return problems
}

func portProblem(port int) Message {
	if port < 1 || port > maxPort {
		return M("endpoint_service.port_range", "max", maxPort)
	}
	return Message{}
}

func clientPortProblem(port int, taken bool) Message {
	if m := portProblem(port); !m.IsZero() {
		return m
	}
	if taken {
		return M("endpoint_service.port_twice", "port", strconv.Itoa(port))
	}
	return Message{}
}

func protocolProblem(protocol string) Message {
	if protocol != portProtocol {
		return M("endpoint_service.protocol_unknown")
	}
	return Message{}
}

// EndpointServiceName is a service's whole name, "region.short.id", or less if there is
// less.
func EndpointServiceName(region, short, id string) string {
	parts := []string{region, short, id}
	return strings.Join(slices.DeleteFunc(parts, func(part string) bool { return part == "" }), ".")
}
