package api

import (
	"context"
	"time"
)

// Queues is the part of Service about DLI queues, so far as connections need
// them: what uses a connection, and from where an address is to be reached
// (spec/connections.md §1.7).
type Queues interface {
	// ListQueues returns the project's queues by name, DefaultQueue first.
	ListQueues(ctx context.Context, s Scope) ([]Queue, error)
	// Queue returns the queue of that name, in any case, or NotFound.
	Queue(ctx context.Context, s Scope, name string) (Queue, error)
	// ValidateQueue judges the form alone: Invalid, Conflict or nil.
	ValidateQueue(ctx context.Context, s Scope, d QueueDraft) error
	// CreateQueue stores a queue.
	CreateQueue(ctx context.Context, s Scope, d QueueDraft) (Queue, error)
	// DeleteQueue removes one; Conflict while connections are bound to it, and
	// for DefaultQueue.
	DeleteQueue(ctx context.Context, s Scope, name string) error
	// TestAddress tries whether host:port can be connected to, for a queue, and
	// keeps the result for an hour. What lies in the queue's own network cannot.
	TestAddress(ctx context.Context, s Scope, queue, address string) (AddressTest, error)
	// AddressTest returns the result of an earlier test, or NotFound.
	AddressTest(ctx context.Context, s Scope, queue, id string) (AddressTest, error)
}

// DefaultQueue is the built-in queue. It belongs to everybody, so connections
// cannot be bound to it.
const DefaultQueue = "default"

// MaxQueues bounds the queues of a project.
const MaxQueues = 100

// Queue is where jobs run.
type Queue struct {
	ID          string
	Name        string // lower case
	Description string
	Type        QueueType
	CUs         int // compute units
	// CIDR is the queue's own network. Addresses in it cannot be reached through
	// a connection: they would be looked for among the queue's own machines.
	CIDR        string
	Tags        []Tag
	Created     Stamp  // By is the owner
	Connections []Used // those bound to it, by name
}

// Used names something that uses, or is used by, something else.
type Used struct{ ID, Name string }

// QueueType says what runs in a queue.
type QueueType string

// The types.
const (
	QueueSQL     QueueType = "sql"
	QueueGeneral QueueType = "general"
)

// QueueDraft is a queue as somebody describes it. Paths of problems are "name",
// "description", "type", "cu_count", "cidr", "tags.N.key" and "tags.N.value".
type QueueDraft struct {
	Name        string
	Description string
	Type        QueueType // QueueSQL if empty
	CUs         int       // one of QueueCUs
	CIDR        string    // DefaultQueueCIDR if empty
	Tags        []Tag
}

// DefaultQueueCIDR is the network of a queue that names none.
const DefaultQueueCIDR = "172.16.0.0/18"

// AddressTest is whether an address could be connected to.
type AddressTest struct {
	ID      string // a whole number from 1, in decimal: SDKs read it as an int64
	Queue   string
	Address string // host:port
	Check   Check  // the steps that were taken
	At      time.Time
}

// Reachable reports whether it could.
func (t *AddressTest) Reachable() bool { return t.Check.Status != Failed }
