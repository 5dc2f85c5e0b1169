package api

import (
	"context"
	"time"
)

// Backends is where projects live: in the embedded control plane, or in a region of a
// cloud. To say so is for admins of the project; the rest is for whoever may see it.
type Backends interface {
	// Backend returns where the project lives.
	Backend(ctx context.Context, s Scope) (Backend, error)
	// ValidateBackend judges the form alone: Invalid or nil.
	ValidateBackend(ctx context.Context, s Scope, d BackendDraft) error
	// TestBackend signs in to a region as the draft says and asks each service for a
	// list of one. A test that fails is a Check, not an error.
	TestBackend(ctx context.Context, s Scope, d BackendDraft) (Check, error)
	// SetBackend says where the project lives from now on, after a test to that depth.
	// Conflict if there is something in it, unless it stays in the same project of the
	// same region, or comes back: then what was kept of the region is forgotten here, and
	// nothing is touched there. Conflict, too, if somebody was faster: Version is the one
	// that was seen, 0 of a project that lives here.
	SetBackend(ctx context.Context, s Scope, d BackendDraft, depth Depth) (Backend, error)
	// Freshness says how old what is shown of a kind is, or what an object has of it (the
	// entries of a whitelist, say; of is the object's id); a zero Freshness where nothing
	// is kept twice. Refresh reads it from the region again, and waits for that.
	Freshness(ctx context.Context, s Scope, kind Kind, of string) (Freshness, error)
	Refresh(ctx context.Context, s Scope, kind Kind, of string) (Freshness, error)
	// NotKept is what the region did not keep of the last change of an object: paths of
	// its form, none if it kept all.
	NotKept(ctx context.Context, s Scope, kind Kind, id string) ([]string, error)
}

// Backend is where a project lives.
type Backend struct {
	Kind BackendKind
	// The rest is for BackendCloud.
	Cloud     string // one of Clouds
	Region    string
	Project   string // its id in the region
	Base      string // for CloudCustom
	Endpoints map[string]string
	Access    string // access key, or
	Domain    string // account, and
	User      string // name of an IAM user
	HasSecret bool
	Check     *Check // the last test
	Updated   Stamp
	Version   int64
}

// BackendKind says what a project lives on.
type BackendKind string

// The kinds of backends.
const (
	BackendEmbedded BackendKind = "embedded"
	BackendCloud    BackendKind = "cloud"
)

// BackendDraft is a backend as somebody describes it. Paths of problems are "kind",
// "cloud", "region", "project", "endpoints.SERVICE", "access", "domain", "user" and
// "secret", and "base" of CloudCustom. A zero Secret keeps the stored one, which must be given again when anything
// changes that it is sent to (S11).
type BackendDraft struct {
	Kind BackendKind
	// Cloud is one of Clouds; CloudCustom takes Base or endpoints.
	Cloud   string
	Base    string // of everything that Endpoints does not name: https://host[:port]
	Region  string
	Project string
	// Endpoints replace those of the cloud, by service: "iam", "cdm", "dli",
	// "functiongraph", "vpcep", "csbs".
	Endpoints map[string]string
	// Access and Secret are an access key; or Domain, User and Secret are who signs in.
	Access       string
	Domain, User string
	Secret       Secret `json:"-"`
	Version      int64
	// Confirm is the project's name, for a project that comes back from a region.
	Confirm Confirmation `json:"-"`
}

// Freshness says how old what is shown of a kind is.
type Freshness struct {
	Read  time.Time // when the region last said all of it; zero if it never did
	Tried time.Time // when it was last asked
	// Trouble is why asking failed, zero if it did not.
	Trouble Message
}

// The clouds, as endpoint sets name them.
const (
	CloudHuawei = "huaweicloud"
	CloudOTC    = "otc"
	CloudCustom = "custom"
)
