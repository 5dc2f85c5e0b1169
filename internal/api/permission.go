package api

import (
	"context"
	"time"
)

// Whitelist is the part of Service about who may connect to an endpoint
// service (spec/whitelist.md §1). An entry that has expired is not there for
// any of its methods, from that moment on; the record is taken away soon after,
// in the background.
type Whitelist interface {
	// ListPermissions returns a page of a service's entries.
	ListPermissions(ctx context.Context, s Scope, service string, q PermissionQuery) (Page[Permission], error)
	// CountPermissions counts what a query finds; cursor, offset and limit do
	// not matter.
	CountPermissions(ctx context.Context, s Scope, service string, q PermissionQuery) (int, error)
	// Permission returns one entry by id, or NotFound.
	Permission(ctx context.Context, s Scope, service, id string) (Permission, error)
	// JudgePermissions says of each draft what AddPermissions would: the zero
	// Verdict if it can be added. It writes nothing and takes MaxAddition of
	// them.
	JudgePermissions(ctx context.Context, s Scope, service string, drafts []PermissionDraft) ([]Verdict, error)
	// AddPermissions adds all of the batch or nothing, in its order. Problems
	// are at "permissions.N.permission", "permissions.N.description" and
	// "permissions.N.expires". Conflict if all that is wrong is that some are
	// there already, Limit above MaxBatch or if the whitelist is full.
	AddPermissions(ctx context.Context, s Scope, service string, b PermissionBatch) ([]Permission, error)
	// OpenToEveryone adds Everyone, which takes a typed confirmation and a
	// reason (S21). If it is there already it gets the new reason and the new
	// end. Problems are at "confirm", "reason" and "expires".
	OpenToEveryone(ctx context.Context, s Scope, service string, d EveryoneDraft) (Permission, error)
	// ChangePermission changes all of an entry that the change names, or
	// nothing. Everyone may only be made to end sooner: that it stays longer
	// takes OpenToEveryone. Problems are at "description" and "expires".
	ChangePermission(ctx context.Context, s Scope, service, id string, c PermissionChange) (Permission, error)
	// RemovePermissions removes all of the entries and returns them. If one is
	// unknown, nothing is removed: NotFound. Limit above MaxSelection. Connections
	// stay as they are.
	RemovePermissions(ctx context.Context, s Scope, service string, r PermissionRemoval) ([]Permission, error)
	// WhoMayConnect says whether an account may connect, and why.
	WhoMayConnect(ctx context.Context, s Scope, service, account string) (Access, error)

	// StartAddition adds many entries in the background, batch after batch.
	// Drafts with a verdict are refused as a whole: Invalid.
	StartAddition(ctx context.Context, s Scope, service string, drafts []PermissionDraft) (Addition, error)
	// Addition returns one by id, or NotFound.
	Addition(ctx context.Context, s Scope, service, id string) (Addition, error)
	// Additions returns the latest of a service, newest first and without what
	// they refused, of which there are Done less Added; limit bounds how many.
	Additions(ctx context.Context, s Scope, service string, limit int) ([]Addition, error)
	// CancelAddition stops one; what was added stays. To cancel what has ended
	// changes nothing.
	CancelAddition(ctx context.Context, s Scope, service, id string) error
}

// Permission is an entry of a whitelist.
type Permission struct {
	ID          string // UUIDv7
	Service     string
	Permission  string // "iam:domain::ID" or Everyone
	Description string
	Expires     time.Time // zero if it does not
	Created     Stamp
	Updated     Stamp
	// Reason is why Everyone was added in the console; empty otherwise.
	Reason string
}

// Everyone is the entry that lets every account connect. AccountPrefix is how
// the others begin.
const (
	Everyone      = "*"
	AccountPrefix = "iam:domain::"
)

// PermissionDraft is an entry as somebody describes it.
type PermissionDraft struct {
	Permission  string
	Description string
	Expires     time.Time `json:",omitzero"` // zero: never
}

// PermissionChange is what becomes of an entry; what is nil stays as it is.
type PermissionChange struct {
	Description *string
	Expires     *time.Time // zero: never
}

// PermissionBatch is what is added at once.
type PermissionBatch struct {
	Entries []PermissionDraft
	// Everyone allows Everyone among them. The dialect has no other way to add
	// it; the console has OpenToEveryone.
	Everyone bool
	// Repeat makes entries that are there already no error: they are left as
	// they are, as the older action call does (spec/whitelist.md §7.1).
	Repeat bool
}

// PermissionRemoval is what is removed at once.
type PermissionRemoval struct {
	IDs []string
	// Repeat makes entries that are gone already no error: the others are removed.
	Repeat bool
}

// Verdict is what is wrong with a draft; each message is zero if nothing is.
type Verdict struct {
	Permission  Message // malformed, twice in the batch, there already, Everyone
	Description Message
	Expires     Message
	// Note is worth knowing and no reason to refuse: one's own account is
	// allowed without an entry.
	Note Message
}

// Fine reports whether the draft can be added.
func (v *Verdict) Fine() bool {
	return v.Permission.IsZero() && v.Description.IsZero() && v.Expires.IsZero()
}

// EveryoneDraft is the wish to let every account connect.
type EveryoneDraft struct {
	Confirm string // the service's whole name, typed
	Reason  string
	Expires time.Time `json:",omitzero"` // zero: never
}

// Access is whether an account may connect to a service, and why.
type Access struct {
	Account string // as it was understood, without prefix
	Allowed bool
	Owner   bool        // it is the owner's account
	By      *Permission // the entry that allows it: its own before Everyone
	// Approval says that the owner still has to accept the connection.
	Approval bool
}

// PermissionQuery asks for a page of entries.
type PermissionQuery struct {
	Permission string   // text that the permission contains, as written
	Search     string   // text that permission or description contain, any case
	Only       []string // only those that say just one of these, if any
	Expiring   bool     // only those that end within ExpirySoon
	Sort       string   // one of PermissionSorts, by time of creation if empty
	Desc       bool
	Cursor     string
	Offset     int // rows to skip: the dialect pages so, the console does not
	Limit      int // 1 … MaxWirePage, DefaultPage if 0
}

// PermissionSorts are the columns a whitelist can be sorted by.
var PermissionSorts = []string{"created", "updated", "permission", "expires"}

// Bounds of whitelists (spec/whitelist.md §1.2, §4; those marked are ours).
const (
	MaxBatch          = 50      // entries of one AddPermissions
	MaxAddition       = 20_000  // entries of one StartAddition; ours
	MaxPermissions    = 100_000 // entries of a service; ours
	MaxPermission     = 64      // characters
	MaxPermissionText = 256     // characters of a description
	MaxReason         = 500     // characters; ours
)

// ExpirySoon is how long before its end an entry is pointed out.
const ExpirySoon = 7 * 24 * time.Hour

// Addition is many entries on their way into a whitelist.
type Addition struct {
	ID      string
	Service string
	Started Stamp
	Ended   time.Time // zero while it goes on
	Stopped bool      // somebody cancelled it
	Total   int       // drafts
	Done    int       // of these, looked at
	Added   int       // of these, added
	// Refused are drafts that could be added when it was started and could not
	// any more when it was their turn.
	Refused []RefusedPermission
}

// RefusedPermission is a draft that was not added.
type RefusedPermission struct {
	Draft   PermissionDraft
	Message Message
}
