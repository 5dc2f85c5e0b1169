package api

import (
	"context"
	"time"
)

// Audit is the audit log: what was changed in the projects, and who came in. It is
// kept here, whichever backend a project lives on.
type Audit interface {
	// SearchAudit returns changes, newest first. In a project it shows that project's;
	// with an empty Scope.Project all of them, to administrators only. A page costs no
	// more than another: it may be shorter than asked for, even empty, and lead on with
	// Next, if what was found so far is far apart.
	SearchAudit(ctx context.Context, s Scope, q AuditQuery) (Page[Change], error)
	// AuditEntry returns one change, or NotFound.
	AuditEntry(ctx context.Context, s Scope, id string) (Change, error)
	// ExportAudit calls each with every change that the query finds, oldest first, and
	// records who took them. Cursor and limit do not count.
	ExportAudit(ctx context.Context, s Scope, q AuditQuery, each func(Change) error) error
	// VerifyAudit proves the chain from the oldest entry kept to the newest.
	VerifyAudit(ctx context.Context, s Scope) (AuditProof, error)
	// AuditRetention is how many days entries are kept; 0: for ever.
	AuditRetention(ctx context.Context, s Scope) (int, error)
	// SetAuditRetention changes that; for administrators.
	SetAuditRetention(ctx context.Context, s Scope, days int) error
}

// Bounds of how long entries are kept, in days; ours.
const (
	MinAuditRetention = 30
	MaxAuditRetention = 3650
)

// AuditQuery narrows the audit log; what is empty narrows nothing.
type AuditQuery struct {
	Text   string // the beginning of an object's name, a user's name, a request's id or an address
	Kind   Kind
	Action string
	User   string // name
	Way    Way
	Object string // id
	From   time.Time
	Until  time.Time
	Cursor string // Next or Prev of another page with the same query
	Limit  int    // 1 … MaxPage, DefaultPage if 0
}

// AuditProof is what is known of the audit log's chain. Entries are sealed in the
// order in which they became visible, each with all before it, moments after they
// were written; Waiting is how many are still to be.
type AuditProof struct {
	First, Last int64  // sequence numbers of the oldest entry kept, and of the newest
	Head        string // the newest entry's seal: to be noted elsewhere
	Entries     int64  // that were looked at
	Waiting     int64
	// Broken is the first entry that is not what was sealed, or that is missing; 0 if
	// all are.
	Broken int64
	Why    Message
}
