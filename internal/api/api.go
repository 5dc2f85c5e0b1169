// Package api is the domain of Switchboard: the things it manages, the rules
// they obey and the one interface, Service, that every caller (pages, wire API,
// command line, jobs) uses and every backend (embedded control plane, cloud
// region) implements. It knows no database, no HTTP and no language.
package api

import "time"

// Service is everything a project can do, on whichever backend it lives.
// Every method takes the Scope it acts in; an id that belongs to another
// project is not found. Errors are *Error unless something broke.
type Service interface {
	Links
	Connections
	Queues
	EndpointServices
	Whitelist
	Endpoints
	Functions
	Aliases
	Ramps
	Invocations
	Regions
	Policies
	Backups
	Replications
	Health
	History
}

// Scope says where a call acts and on whose behalf. The caller has already
// established that the actor may use the project.
type Scope struct {
	Project string
	Actor   Actor
}

// Actor is who does something, and from where; it is what the audit log keeps.
type Actor struct {
	UserID    string
	User      string // the name, kept beside the id because users can be renamed
	Way       Way
	Addr      string // the remote IP address, empty for the command line
	RequestID string
	Limited   bool `json:",omitempty"` // to the scope's project, by the key that was used
}

// Way is the door through which a change came in.
type Way string

// The ways in.
const (
	WayPage    Way = "page"
	WayWire    Way = "wire"
	WayConsole Way = "cli"
	WayJob     Way = "job" // the console itself, on a schedule or in the background
)

// Stamp says when something was done and by whom.
type Stamp struct {
	At time.Time
	By string // user name
}

// Page is a slice of a list with the cursors that lead on; an empty cursor
// means there is nothing in that direction. Lists are never counted: the cost
// of a page does not depend on what it does not show.
type Page[T any] struct {
	Items      []T
	Next, Prev string
}
