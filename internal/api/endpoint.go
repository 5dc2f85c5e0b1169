package api

import "context"

// Endpoints is the part of Service about what connects to endpoint services:
// the consumer makes an endpoint, and for the owner it is a connection to
// accept or reject (spec/whitelist.md §0, §1 no. 11). Both see one record.
type Endpoints interface {
	// CreateEndpoint connects the scope's project to a service of any project:
	// Forbidden if its account is not on the whitelist, NotFound if there is no
	// such service. It is accepted at once unless the owner approves.
	CreateEndpoint(ctx context.Context, s Scope, d EndpointDraft) (Endpoint, error)
	// Endpoint returns one of the project's own, or NotFound.
	Endpoint(ctx context.Context, s Scope, id string) (Endpoint, error)
	// ListEndpoints returns a page of the project's own.
	ListEndpoints(ctx context.Context, s Scope, q EndpointQuery) (Page[Endpoint], error)
	// CountEndpoints counts them.
	CountEndpoints(ctx context.Context, s Scope, q EndpointQuery) (int, error)
	// DeleteEndpoint removes one of the project's own, whatever its state.
	DeleteEndpoint(ctx context.Context, s Scope, id string) error

	// ListServiceConnections returns a page of what connects to one of the
	// project's services.
	ListServiceConnections(ctx context.Context, s Scope, service string, q EndpointQuery) (Page[Endpoint], error)
	// CountServiceConnections counts them.
	CountServiceConnections(ctx context.Context, s Scope, service string, q EndpointQuery) (int, error)
	// AcceptConnection lets a pending or rejected endpoint connect: Forbidden if
	// its account is not on the whitelist any more.
	AcceptConnection(ctx context.Context, s Scope, service, endpoint string) (Endpoint, error)
	// RejectConnection ends a pending or accepted one.
	RejectConnection(ctx context.Context, s Scope, service, endpoint string) (Endpoint, error)
}

// Endpoint is a stored endpoint: the consumer's, and the owner's connection.
type Endpoint struct {
	ID          string
	Marker      int64  // a number of its own, for the dialect
	Project     string // of the consumer
	Account     string // of the consumer
	Service     string // id
	ServiceName string
	VPCID       string
	SubnetID    string
	Description string
	Tags        []Tag
	State       EndpointState
	Created     Stamp
	Updated     Stamp
	// Allowed says that the account could connect now as well. Only
	// ListServiceConnections tells.
	Allowed bool
}

// EndpointState is how far an endpoint is.
type EndpointState string

// The states, in the words of the dialect. The last three are those of regions, which take
// their time.
const (
	EndpointPending  EndpointState = "pendingAcceptance"
	EndpointAccepted EndpointState = "accepted"
	EndpointRejected EndpointState = "rejected"
	EndpointCreating EndpointState = "creating"
	EndpointFailed   EndpointState = "failed"
	EndpointDeleting EndpointState = "deleting"
)

// EndpointStates are all of them.
var EndpointStates = []EndpointState{
	EndpointPending, EndpointAccepted, EndpointRejected, EndpointCreating, EndpointFailed, EndpointDeleting,
}

// EndpointDraft is an endpoint as somebody describes it. Paths of problems are
// "endpoint_service_id", "vpc_id", "subnet_id", "description", "tags.N.key",
// "tags.N.value".
type EndpointDraft struct {
	Service     string // id
	VPCID       string
	SubnetID    string
	Description string
	Tags        []Tag
}

// EndpointQuery asks for a page of endpoints.
type EndpointQuery struct {
	ID       string   // only this one, if set
	Marker   int64    // only this one, if not 0
	Service  string   // only those of it: name, or part of it
	VPC      string   // only those in it, if set: id
	Accounts []string // only of these accounts, if any
	State    EndpointState
	// Uncovered asks for those that are accepted and whose account could not
	// connect any more. Only for the connections of a service.
	Uncovered bool
	Sort      string // one of EndpointSorts, by time of creation if empty
	Desc      bool
	Cursor    string
	Offset    int
	Limit     int // 1 … MaxWirePage, DefaultPage if 0
}

// EndpointSorts are the columns endpoints can be sorted by.
var EndpointSorts = []string{"created", "updated"}

// MaxEndpoints bounds the endpoints of a project (spec/whitelist.md §4).
const MaxEndpoints = 50
