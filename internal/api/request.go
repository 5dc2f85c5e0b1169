package api

import (
	"context"
	"time"
)

// Approval is the code of the error that a change ends in which has to be approved
// first: it was not made, and a request for it was. Its message has the request's id
// as the argument "request".
const Approval Code = "approval"

// Requests are changes that somebody asked for and somebody else approves. What a
// request would do never changes: who wants something else asks again. An approval
// signs the deed, the secrets that go with it and the state that it was seen against;
// if that has moved, the request is void.
type Requests interface {
	// ListRequests returns requests of the project, newest first.
	ListRequests(ctx context.Context, s Scope, q RequestQuery) (Page[Request], error)
	// Request returns one request with its comments, or NotFound.
	Request(ctx context.Context, s Scope, id string) (Request, error)
	// CountRequests says how many requests wait for the actor, at most Limit+1 of each.
	CountRequests(ctx context.Context, s Scope) (RequestCounts, error)
	// ExplainRequest sets the reason; for the requester, while the request is open.
	// Who approved it before has approved something else: the approval is taken back.
	ExplainRequest(ctx context.Context, s Scope, id, reason string) (Request, error)
	// CommentRequest adds a comment.
	CommentRequest(ctx context.Context, s Scope, id, text string) (Request, error)
	// ApproveRequest approves what was seen: digest is Request.Digest. Forbidden for
	// the requester, Conflict if the request or its object have moved meanwhile, or
	// nobody has said why it is needed.
	ApproveRequest(ctx context.Context, s Scope, id, digest, comment string) (Request, error)
	// RefuseRequest ends a request; a comment says why.
	RefuseRequest(ctx context.Context, s Scope, id, comment string) (Request, error)
	// WithdrawRequest ends one's own request.
	WithdrawRequest(ctx context.Context, s Scope, id string) (Request, error)

	// ApprovalRules are the changes that have to be approved in the project.
	ApprovalRules(ctx context.Context, s Scope) ([]ApprovalRule, error)
	// SetApprovalRules replaces them. Who drops what has to be approved by default
	// confirms it by the project's name.
	SetApprovalRules(ctx context.Context, s Scope, rules []ApprovalRule, confirm Confirmation) error
	// NeedsApproval says whether such a change would become a request.
	NeedsApproval(ctx context.Context, s Scope, kind Kind, action Action) (bool, error)
}

// ApprovalRule is a change that has to be approved. An empty Action is all of them.
type ApprovalRule struct {
	Kind   Kind
	Action Action
}

// DefaultApproval is what has to be approved unless the project's admins say
// otherwise: to let everybody in (S21).
var DefaultApproval = []ApprovalRule{{KindPermission, ActionEveryone}}

// Approvable are the kinds and actions that rules can name, in menu order. Rules of a
// kind are also about what belongs to it: queues to connections, services to
// permissions, functions and ramps to aliases, backups and runs to policies.
var Approvable = []ApprovalRule{
	{KindLink, ActionCreate},
	{KindLink, ActionUpdate},
	{KindLink, ActionDelete},
	{KindConnection, ActionCreate},
	{KindConnection, ActionUpdate},
	{KindConnection, ActionDelete},
	{KindAlias, ActionCreate},
	{KindAlias, ActionUpdate},
	{KindAlias, ActionDelete},
	{KindPermission, ActionCreate},
	{KindPermission, ActionUpdate},
	{KindPermission, ActionDelete},
	{KindPermission, ActionEveryone},
	{KindPolicy, ActionCreate},
	{KindPolicy, ActionUpdate},
	{KindPolicy, ActionDelete},
	{KindPolicy, ActionRun},
}

// RequestState is how far a request is.
type RequestState string

// The states. The last six never change again.
const (
	RequestOpen      RequestState = "open"
	RequestApproved  RequestState = "approved" // and about to be applied
	RequestApplied   RequestState = "applied"
	RequestFailed    RequestState = "failed" // the service refused it; Fault says why
	RequestVoid      RequestState = "void"   // its object moved, or somebody lost the right to it; Fault says what
	RequestRefused   RequestState = "refused"
	RequestWithdrawn RequestState = "withdrawn"
	RequestExpired   RequestState = "expired"
)

// Over reports whether nothing becomes of it any more.
func (s RequestState) Over() bool { return s != RequestOpen && s != RequestApproved }

// RequestLife is how long a request waits for an approval.
const RequestLife = 14 * 24 * time.Hour

// Bounds of what people write to requests, in characters; ours.
const (
	MaxRequestReason = 1000
	MaxComment       = 2000
)

// Request is a change that somebody asked for.
type Request struct {
	ID        string
	Project   string
	About     About
	State     RequestState
	Reason    string
	Requester Actor
	Created   time.Time
	Expires   time.Time
	// Before and After are the object as the audit log would have it, nil where there
	// is none; Payload is the call itself, with the names of secrets in place of them.
	Before, After, Payload []byte
	Secrets                []string // paths of those that go with it
	// Digest names exactly this: call, secrets, and state of the object. Drifted says
	// that the object has moved since; then it cannot be approved.
	Digest   string
	Drifted  bool
	Decided  Stamp // approved or refused
	Ended    time.Time
	Fault    *Error // with RequestFailed and RequestVoid
	Comments []RequestComment
}

// RequestComment is what somebody wrote to a request, or did with it: Event is empty
// for a comment, else the state that it got.
type RequestComment struct {
	By    string
	At    time.Time
	Event RequestState
	Text  string
}

// RequestQuery asks for a page of requests.
type RequestQuery struct {
	State  RequestState // only these, if set
	Kind   Kind
	Mine   bool // only the actor's own
	ForMe  bool // only those that the actor can approve
	Object string
	Cursor string
	Limit  int // 1 … MaxPage, DefaultPage if 0
}

// RequestCounts are open requests that concern somebody: at most MaxRequestCount+1.
type RequestCounts struct {
	ForMe int // he can approve
	Mine  int // he asked for
}

// MaxRequestCount is how far requests are counted.
const MaxRequestCount = 99
