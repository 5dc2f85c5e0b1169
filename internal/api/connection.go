package api

import "context"

// Connections is the part of Service that manages classic data source
// connections: through one, a queue reaches a service in the customer's own
// network (spec/connections.md).
type Connections interface {
	// ListConnections returns a page of connections.
	ListConnections(ctx context.Context, s Scope, q ConnectionQuery) (Page[Connection], error)
	// Connection returns one by id, or NotFound. A deleted one stays as a
	// tombstone: its State says so.
	Connection(ctx context.Context, s Scope, id string) (Connection, error)
	// ValidateConnection judges the form alone: Invalid, Conflict or nil.
	ValidateConnection(ctx context.Context, s Scope, d ConnectionDraft) error
	// TestConnection judges service and url and then greets every address of it
	// in the protocol of the service. Only the audit log is written. A check
	// that fails is a Check, not an error.
	TestConnection(ctx context.Context, s Scope, d ConnectionDraft) (Check, error)
	// CreateConnection stores the draft as ConnectionCreating. Its addresses are
	// greeted in the background; then it is ConnectionActive, or
	// ConnectionFailed with the reason.
	CreateConnection(ctx context.Context, s Scope, d ConnectionDraft) (Connection, error)
	// TagConnection replaces the tags; version as in UpdateLink.
	TagConnection(ctx context.Context, s Scope, id string, tags []Tag, version int64) (Connection, error)
	// ReactivateConnection creates an active or failed connection anew: Conflict
	// while it is being created.
	ReactivateConnection(ctx context.Context, s Scope, id string) (Connection, error)
	// BindQueues lets queues use the connection; those that do already stay. All
	// or nothing: Invalid at "queues.N" for one that does not exist or is
	// DefaultQueue.
	BindQueues(ctx context.Context, s Scope, id string, queues []string) (Connection, error)
	// UnbindQueues ends that; queues that are not bound are left out silently.
	UnbindQueues(ctx context.Context, s Scope, id string, queues []string) (Connection, error)
	// DeleteConnection leaves a tombstone. Conflict while it is being created,
	// NotFound if it is one already; version as in DeleteLink.
	DeleteConnection(ctx context.Context, s Scope, id string, version int64) error
	// DiagnoseConnection looks for what can be wrong with a connection, the
	// likely things first, each as a step with its evidence. It goes on after a
	// cause was found, and only the audit log is written.
	DiagnoseConnection(ctx context.Context, s Scope, id string) (Check, error)
}

// Connection is a stored data source connection.
type Connection struct {
	ID              string // UUIDv7
	Name            string
	Service         string // canonical, one of ConnectionServices
	URL             string // the far addresses as given, DLI's "destination"
	SecurityGroupID string
	NetworkID       string // of the subnet, not of the VPC
	Cluster         string // DLI's cluster_name: stored and given back, no more
	Tags            []Tag  // by key
	State           ConnectionState
	// Progress is how much of its creation is done, from 0 to 1; Waiting is set
	// while nobody has begun with it.
	Progress float64
	Waiting  bool
	// Message is why it failed, else zero.
	Message Message
	// Address is what tables use, DLI's connection_url: the addresses that
	// answered when it was made active. Empty before.
	Address string
	Queues  []BoundQueue // by name
	Created Stamp
	Updated Stamp
	Version int64
	Check   *Check // the last one, nil if never checked
	Health  Pulse
}

// ConnectionState is how far a connection is.
type ConnectionState string

// The states, in DLI's words.
const (
	ConnectionCreating ConnectionState = "CREATING"
	ConnectionActive   ConnectionState = "ACTIVE"
	ConnectionFailed   ConnectionState = "FAILED"
	ConnectionDeleted  ConnectionState = "DELETED"
)

// ConnectionStates are all of them, as a list can be filtered by them.
var ConnectionStates = []ConnectionState{ConnectionCreating, ConnectionActive, ConnectionFailed, ConnectionDeleted}

// BoundQueue is a queue that uses a connection.
type BoundQueue struct {
	ID      string // of the bond
	Name    string
	State   ConnectionState // that of the connection
	Updated Stamp
}

// ConnectionDraft is a connection as somebody describes it. Paths of problems
// are "name", "service", "url", "security_group_id", "network_id" and
// "tags.N.key" and "tags.N.value"; of several addresses in the url, the message
// says which.
type ConnectionDraft struct {
	Name            string
	Service         string // canonical or an alias, any case
	URL             string // host:port, or several with commas where the service has many
	SecurityGroupID string
	NetworkID       string
	Cluster         string
	Tags            []Tag
}

// ConnectionQuery asks for a page of connections.
type ConnectionQuery struct {
	Search  string            // text that the name or the url contains, any case
	Service string            // only this one, canonical, if set
	States  []ConnectionState // only these; if empty, all but deleted ones
	Tags    []Tag             // only with all of these; an empty Value is any
	Queue   string            // only those bound to it, if set
	Sort    string            // one of ConnectionSorts, by name if empty
	Desc    bool
	Cursor  string
	Limit   int // 1 … MaxPage, DefaultPage if 0
}

// ConnectionSorts are the columns a list of connections can be sorted by.
var ConnectionSorts = []string{"name", "service", "state", "created"}

// Bounds of connections (spec/connections.md §4; the counts are ours).
const (
	MaxConnections         = 1000 // of a project, without tombstones
	MaxConnectionURL       = 512  // characters
	MaxConnectionAddresses = 16   // in a url
)

// ConnectionService is a kind of service that a connection leads to.
type ConnectionService struct {
	Name    string   // canonical
	Aliases []string // other spellings than other cases of Name
	// Many says that the url lists several members, of which one is enough.
	Many bool
	Port int // the usual one
	// Example is a url as the service's own console shows it.
	Example string
}

// ConnectionServices are all of them (spec/connections.md §1.1).
var ConnectionServices = []ConnectionService{
	{Name: "CloudTable", Aliases: []string{"ct"}, Many: true, Port: 2181,
		Example: "cloudtable-zk1.example.com:2181,cloudtable-zk2.example.com:2181,cloudtable-zk3.example.com:2181"},
	{Name: "CloudTable.OpenTSDB", Port: 4242, Example: "opentsdb-cloudtable.example.com:4242"},
	{Name: "MRS.OpenTSDB", Port: 4242, Example: "192.168.0.12:4242"},
	{Name: "DWS", Port: 8000, Example: "192.168.0.20:8000"},
	{Name: "RDS", Port: 3306, Example: "192.168.0.30:3306"},
	{Name: "CSS", Port: 9200, Example: "192.168.0.40:9200"},
}
