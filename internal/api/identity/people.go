package identity

import (
	"time"

	"switchboard/internal/api"
)

// Person is a user as administrators see one.
type Person struct {
	User
	FullName, Email string
	// Appointed says that the person is an administrator by himself; User.Administrator
	// is also true for members of a group of administrators.
	Appointed bool
	Disabled  bool
	Invited   bool      // has no password yet, or none since a reset
	External  bool      // signs in at the OpenID provider
	Factor    bool      // has a second factor
	Seen      time.Time // last sign-in or request, to the minute; zero for never
	Created   time.Time
	Groups    []Group       // by name
	Roles     []ProjectRole // the person's own, by project
}

// Group is some people who have the same roles.
type Group struct {
	ID          string
	Name        string
	Description string
	// Claim is the value of the OpenID provider's group claim that makes somebody a
	// member at sign-in, empty for none.
	Claim         string
	Administrator bool // its members are administrators
	Members       int
}

// ProjectRole is what a user or a group, one of both, may do in a project.
type ProjectRole struct {
	Project Project
	User    User
	Group   Group
	Role    api.Role
	Since   api.Stamp
}

// Holder is who gets a role: the id of a user or of a group, one of both.
type Holder struct{ User, Group string }

// NewPerson is somebody to be added.
type NewPerson struct {
	Name, FullName, Email string
	Administrator         bool
	Groups                []string            // ids
	Roles                 map[string]api.Role // by project id
}

// PeopleQuery asks for a page of people, by name.
type PeopleQuery struct {
	Search string // part of a name, a full name or an address
	Group  string // id: its members only
	Cursor string
	Limit  int // 1 … api.MaxPage, api.DefaultPage if 0
}

// PasswordLink is what a one-time link is for.
type PasswordLink struct {
	User   User
	Invite bool // else a reset
}

// SessionInfo is a session as its user sees it.
type SessionInfo struct {
	ID, Addr, Agent        string
	Created, Seen, Expires time.Time
}

// KeyInfo is an access key without its secret. Project is zero for one that works in
// all of its user's.
type KeyInfo struct {
	Access, Name  string
	Project       Project
	Created, Seen time.Time // Seen is zero for a key that was never used
}

// APIToken is a token that somebody made for a program. Project is nil for one that
// works in all of its user's.
type APIToken struct {
	ID, Name               string
	Project                *Project
	Created, Expires, Seen time.Time
}

// MaxTokenLife is the longest life of an API token.
const MaxTokenLife = 366 * 24 * time.Hour

// Bounds of what one person gives to programs; ours. A token that has expired does not
// count.
const (
	MaxKeys      = 20 // access keys
	MaxAPITokens = 20
)

// FactorSetup is a second factor that was not confirmed yet: its key for typing
// (base32), and the same as an otpauth address.
type FactorSetup struct{ Key, URI api.Secret }

// External is somebody whom an OpenID provider knows.
type External struct {
	Issuer, Subject       string // which together never change
	Name, FullName, Email string
	// Groups are the values of the group claim, empty if there are none. Nil says that
	// the provider left the claim out, so that nobody knows.
	Groups []string
}
