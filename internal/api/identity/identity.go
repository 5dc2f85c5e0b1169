// Package identity knows who may come in, and what they may do: accounts (domains),
// projects, users, groups, their roles, sessions, access keys and tokens. Pages, wire
// API and command line ask the same Service.
package identity

import (
	"time"

	"switchboard/internal/api"
	"switchboard/internal/api/keyring"
	"switchboard/internal/api/store"
)

// Service answers every question about identity. Errors are *api.Error unless
// something broke.
type Service struct {
	db      *store.DB
	keys    *keyring.Ring
	now     func() time.Time
	hashing hashing
	ask     questions
}

// Option changes how a Service works.
type Option func(*Service)

// Clock makes the Service tell the time by now instead of time.Now.
func Clock(now func() time.Time) Option { return func(s *Service) { s.now = now } }

// New makes a Service over an open database; keys seal what it must be able to
// read again.
func New(db *store.DB, keys *keyring.Ring, options ...Option) *Service {
	s := &Service{db: db, keys: keys, now: time.Now, hashing: newHashing(), ask: newQuestions(db)}
	for _, option := range options {
		option(s)
	}
	return s
}

// Account is a tenant; the wire dialect calls it a domain.
type Account struct {
	ID   string // 32 lower-case hex digits
	Name string
}

// Project is where resources live. The project named like the region is the
// one that SDKs find by themselves (spec/iam.md §5).
type Project struct {
	ID      string // 32 lower-case hex digits
	Account Account
	Name    string
	Region  string // where its objects are, empty for the one that the console is in
	// Description is for people; Archived says since when the project is only kept, zero
	// for one that is in use: nothing in it is changed or done on a schedule any more.
	Description string
	Archived    time.Time
	// Role is what whoever the project was found for may do in it.
	Role api.Role
}

// User is a person or a program with a password.
type User struct {
	ID      string // 32 lower-case hex digits
	Account Account
	Name    string
	// Lang and Theme are what the user chose in the console, empty if nothing.
	Lang, Theme string
	// Administrator says that the user may do everything, also outside of projects: by
	// himself, or through a group.
	Administrator bool

	proof string // digest of the hash of the password that he just knew, if he did
}

// Session is somebody signed in at the console.
type Session struct {
	ID      string // names the session without opening it: the hash of its token
	User    User
	Expires time.Time // if nothing happens until then
	// Pending says that a second factor is awaited: the session opens nothing until
	// CompleteSignIn.
	Pending bool
}

// AccessKey signs requests (AK/SK).
type AccessKey struct {
	Access  string // 20 upper-case letters and digits
	Secret  api.Secret
	User    User
	Project string // id of the only project it works in, "" for all of the user's
}

// Token is a time-limited credential of the wire API. Project is nil for a
// token whose scope is the account. One with a name was made for a program, and
// without a project it works in all of its user's; one without was got by a sign-in.
type Token struct {
	Name            string
	User            User
	Project         *Project
	Issued, Expires time.Time
}

// Kinds of what the audit log tells of here.
const (
	kindUser    api.Kind = "user" // and of sign-ins
	kindGroup   api.Kind = "group"
	kindProject api.Kind = "project" // and of roles in it
	kindKey     api.Kind = "access_key"
	kindToken   api.Kind = "token"
)

// system is who acts where nobody does: at the first start and in a rotation.
var system = api.Actor{User: "system", Way: api.WayConsole, Role: api.RoleAdministrator}
