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
	Search
	Overview
}

// Scope says where a call acts and on whose behalf.
type Scope struct {
	Project string
	Actor   Actor
	// Reason is why, as far as somebody said it: for a change that has to be approved.
	Reason string
	// Grant is the approval that a change is made by, zero for what needs none.
	Grant Grant
}

// Grant lets a change be made that was asked for and approved: once, because the
// transaction that makes it also notes that it was made (store.Record).
type Grant struct {
	Request string // id
	Try     string // names the attempt: what it has made before is no other's
}

// Actor is who does something, and from where; it is what the audit log keeps.
type Actor struct {
	UserID    string
	User      string // the name, kept beside the id because users can be renamed
	Way       Way
	Addr      string // the remote IP address, empty for the command line
	RequestID string
	// Role is what the actor may do where the call acts, established by whoever let
	// him in. It is judged at the door (Allow) and is not kept.
	Role Role `json:"-"`
	// Limited says that he came by a credential which works in this project only: in
	// others he has no role.
	Limited bool `json:"-"`
}

// Way is the door through which a change came in.
type Way string

// The ways in.
const (
	WayPage    Way = "page"
	WayWire    Way = "wire"
	WayConsole Way = "cli"
	WayJob     Way = "job" // the console itself, on a schedule or in the background
	// WayRegion is past this console: it was found in the region that a project lives in.
	WayRegion Way = "region"
)

// Stamp says when something was done and by whom.
type Stamp struct {
	At time.Time
	By string // user name
}

// By is who changed something, as an argument of messages: whoever changes things in a
// region, and not through this console, has no name here.
func By(user string) any {
	if user == "" {
		return M("change.outsider")
	}
	return user
}

// Page is a slice of a list with the cursors that lead on; an empty cursor
// means there is nothing in that direction. Lists are never counted: the cost
// of a page does not depend on what it does not show.
type Page[T any] struct {
	Items      []T
	Next, Prev string
}
