package api

import "context"

// EndpointServices is the part of Service that manages VPC endpoint services:
// a backend in one's own network, offered to other accounts
// (spec/whitelist.md §1.6).
type EndpointServices interface {
	// ListEndpointServices returns a page of them.
	ListEndpointServices(ctx context.Context, s Scope, q EndpointServiceQuery) (Page[EndpointService], error)
	// CountEndpointServices counts what a query finds; cursor, offset and limit
	// do not matter.
	CountEndpointServices(ctx context.Context, s Scope, q EndpointServiceQuery) (int, error)
	// EndpointService returns one by id, or NotFound.
	EndpointService(ctx context.Context, s Scope, id string) (EndpointService, error)
	// DescribeEndpointService finds one by its id or by its whole name, in any
	// project, for somebody who may connect to it. Others get NotFound.
	DescribeEndpointService(ctx context.Context, s Scope, id, name string) (EndpointService, error)
	// ValidateEndpointService judges the form alone: Invalid or nil.
	ValidateEndpointService(ctx context.Context, s Scope, d EndpointServiceDraft) error
	// CreateEndpointService stores one: Limit if there are
	// MaxEndpointServices.
	CreateEndpointService(ctx context.Context, s Scope, d EndpointServiceDraft) (EndpointService, error)
	// UpdateEndpointService replaces what the draft can say of the service that
	// d.ID names; d.Version as in UpdateLink. VPC and kind of backend are fixed.
	UpdateEndpointService(ctx context.Context, s Scope, d EndpointServiceDraft) (EndpointService, error)
	// DeleteEndpointService removes one with its whitelist: Conflict while an
	// endpoint is accepted or being created; version as in DeleteLink. From then
	// on nothing finds it; its records are taken away soon after, in the
	// background.
	DeleteEndpointService(ctx context.Context, s Scope, id string, version int64) error
}

// EndpointService is a stored endpoint service.
type EndpointService struct {
	ID         string // UUIDv7
	Project    string
	Account    string // the owner's account id; it may always connect
	Name       string // "region.short.id" or "region.id"
	ShortName  string // as given, may be empty
	VPCID      string
	PortID     string
	VIPPortID  string
	ServerType ServerType
	Ports      []PortMapping
	// Approval says that the owner accepts each connection.
	Approval    bool
	Type        string // "interface"
	TCPProxy    string // one of TCPProxies
	Description string
	Tags        []Tag
	State       EndpointServiceState
	Created     Stamp
	Updated     Stamp
	Version     int64
	Permissions int         // entries of the whitelist that are in force
	Expiring    int         // of these, that end within ExpirySoon
	Everyone    *Permission // the entry "*" if there is one, else nil
	Connections int         // endpoints accepted or being created
	// Uncovered is how many of the accepted endpoints are of accounts that could
	// not connect any more. Lists do not count them.
	Uncovered int
}

// EndpointServiceState is how far a service is.
type EndpointServiceState string

// The states. The embedded control plane has nothing to wait for: a service is
// available when it is stored.
const (
	EndpointServiceCreating  EndpointServiceState = "creating"
	EndpointServiceAvailable EndpointServiceState = "available"
	EndpointServiceFailed    EndpointServiceState = "failed"
	EndpointServiceDeleting  EndpointServiceState = "deleting"
)

// ServerType is the kind of backend behind a service.
type ServerType string

// The kinds of backend.
const (
	ServerVM  ServerType = "VM"
	ServerVIP ServerType = "VIP"
	ServerLB  ServerType = "LB"
)

// ServerTypes are all of them.
var ServerTypes = []ServerType{ServerLB, ServerVM, ServerVIP}

// TCPProxies are how the client's address is told to the backend; the first is
// the default.
var TCPProxies = []string{"close", "toa_open", "proxy_open", "open", "proxy_vni"}

// PortMapping leads one port that clients use to one of the backend.
type PortMapping struct {
	Client   int    `json:"client_port"` // 1 … 65535
	Server   int    `json:"server_port"` // 1 … 65535
	Protocol string `json:"protocol"`    // "TCP"
}

// EndpointServiceDraft is a service as somebody describes it. Paths of problems
// are the names of the wire: "port_id", "vpc_id", "server_type", "service_name",
// "ports.N.client_port", "ports.N.server_port", "ports.N.protocol", "tcp_proxy",
// "vip_port_id", "approval_enabled", "service_type", "description", "tags.N.key", "tags.N.value".
type EndpointServiceDraft struct {
	ShortName   string
	VPCID       string
	PortID      string
	VIPPortID   string
	ServerType  ServerType
	Ports       []PortMapping
	Approval    bool
	Type        string // "interface" if empty
	TCPProxy    string // TCPProxies[0] if empty
	Description string
	Tags        []Tag
	Region      string // begins the whole name
	// Everyone allows Approval to be turned off while every account is on the
	// whitelist, which makes the service public. The dialect cannot ask; the
	// console has the service closed to everyone first.
	Everyone bool
	// ID is the service that the draft edits, empty for a new one, and Version
	// the version of it that was seen.
	ID      string
	Version int64
}

// EndpointServiceQuery asks for a page of endpoint services.
type EndpointServiceQuery struct {
	Search string               // text that name or id contains, any case
	ID     string               // only this one, if set
	State  EndpointServiceState // only these, if set
	Sort   string               // one of EndpointServiceSorts, by name if empty
	Desc   bool
	Cursor string
	Offset int // rows to skip: the dialect pages so, the console does not
	Limit  int // 1 … MaxWirePage, DefaultPage if 0
}

// EndpointServiceSorts are the columns a list of services can be sorted by.
var EndpointServiceSorts = []string{"name", "created", "updated"}

// Bounds of endpoint services (spec/whitelist.md §1.6, §4).
const (
	MaxEndpointServices = 100 // of a project
	MaxServicePorts     = 200
	MaxShortName        = 16  // characters
	MaxDescription      = 512 // characters
	MaxWirePage         = 1000
)
