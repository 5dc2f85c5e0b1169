package api

import (
	"context"
	"time"
)

// Policies is the part of Service about backup policies: what is protected, when,
// and for how long (spec/replication.md §1.7).
type Policies interface {
	// ListPolicies returns a page of the project's policies.
	ListPolicies(ctx context.Context, s Scope, q PolicyQuery) (Page[Policy], error)
	// Policy returns one by id, or NotFound.
	Policy(ctx context.Context, s Scope, id string) (Policy, error)
	// ValidatePolicy judges the form alone; id is the policy that the draft edits,
	// empty for a new one.
	ValidatePolicy(ctx context.Context, s Scope, id string, d PolicyDraft) error
	// CreatePolicy stores a policy. Conflict at "name" if that is taken, and at
	// "resources.N" if a resource is in another policy; Limit above MaxPolicies.
	CreatePolicy(ctx context.Context, s Scope, d PolicyDraft) (Policy, error)
	// UpdatePolicy replaces a policy; operations are known by their ids, those
	// without one are new. Version as for links.
	UpdatePolicy(ctx context.Context, s Scope, id string, d PolicyDraft, version int64) (Policy, error)
	// EnablePolicy lets the schedules of a policy run, or not.
	EnablePolicy(ctx context.Context, s Scope, id string, enabled bool) error
	// DeletePolicy removes a policy; its backups stay. Conflict while it is backed
	// up or replicated.
	DeletePolicy(ctx context.Context, s Scope, id string, version int64) error
}

// Policy is a stored policy.
type Policy struct {
	ID               string // UUIDv7
	Name             string
	Description      string
	Resources        []Resource
	Operations       []Operation
	Parameters       string // JSON of a program's own, "{}" if there is none
	Tags             []Tag
	Created, Updated Stamp
	Version          int64
	// Last is its latest checkpoint, nil before the first.
	Last *Checkpoint
	// Syncs are its destinations, by region: those of its operations, and those
	// that it was replicated to.
	Syncs []Sync
}

// Enabled reports whether any of its schedules runs.
func (p *Policy) Enabled() bool {
	for i := range p.Operations {
		if p.Operations[i].Enabled {
			return true
		}
	}
	return false
}

// Operation returns the first operation of a type, or nil.
func (p *Policy) Operation(kind OperationType) *Operation {
	for i := range p.Operations {
		if p.Operations[i].Type == kind {
			return &p.Operations[i]
		}
	}
	return nil
}

// Resource is what a policy protects: a folder of the region, which becomes an
// archive (tar), or one object, which is copied as it is.
type Resource struct {
	ID   string
	Type string // "OS::Nova::Server" in the dialect
	Name string
	Path string // of the project's region, without a slash at its ends
	// Adopt says that the objects below Path are backups that somebody else makes:
	// they are taken over where they are, each as one.
	Adopt bool
	Extra string // JSON object of a program's own, "{}" if there is none
}

// ResourceType is the type of resource that the dialect knows.
const ResourceType = "OS::Nova::Server"

// Operation is something that a policy does on a schedule.
type Operation struct {
	ID          string
	Trigger     string // id of its trigger
	Type        OperationType
	Name        string
	Description string
	Enabled     bool
	Pattern     string // iCalendar, in UTC
	Start       time.Time
	Next        time.Time // zero if it is not enabled
	Retention   Retention
	// Destination is where OperationReplication copies to.
	Destination Destination
	Accelerate  bool
}

// OperationType says what an operation does.
type OperationType string

// The types.
const (
	OperationBackup      OperationType = "backup"
	OperationReplication OperationType = "replication"
)

// Destination is a project of a region.
type Destination struct {
	Region, Project string
}

// Retention says how long backups of a policy are kept. Unlimited is no bound.
// What one of the bounds keeps is kept: the last Max, those younger than Days, and
// the last of each of as many days, weeks, months and years in Zone. If all are 0
// or unlimited nothing is ever removed.
type Retention struct {
	Max                            int
	Days                           int
	Permanent                      bool
	Daily, Weekly, Monthly, Yearly int
	Zone                           string // as UTC+08:00, empty for UTC
}

// PolicyDraft is a policy as somebody describes it. Paths of problems are "name",
// "description", "resources" (all of them), "resources.N.{id,type,name,path}",
// "operations", "operations.N.{name,description,type,pattern,…}" with the names of
// OperationDraft's fields in lower case, and "tags.N.{key,value}".
type PolicyDraft struct {
	Name        string
	Description string
	Resources   []ResourceDraft
	Operations  []OperationDraft
	Parameters  string
	Tags        []Tag
}

// ResourceDraft is a resource as somebody describes it.
type ResourceDraft struct {
	ID    string // a new one if empty
	Type  string // ResourceType if empty
	Name  string // that of the path's last part if empty
	Path  string // the name if empty
	Adopt bool
	Extra string
}

// OperationDraft is an operation as somebody describes it; numbers are texts as
// typed or sent, empty for what is not said.
type OperationDraft struct {
	ID          string
	Type        OperationType // OperationBackup if empty
	Name        string
	Description string
	Enabled     bool
	Pattern     string
	Max         string // max_backups
	Days        string // retention_duration_days
	Permanent   bool
	Daily       string
	Weekly      string
	Monthly     string
	Yearly      string
	Zone        string
	Region      string // of the destination
	Project     string
	Accelerate  bool
}

// PolicyQuery asks for a page of policies.
type PolicyQuery struct {
	Search string // text that the name or a resource's name contains, any case
	Name   string // exact, if set
	Sort   string // one of PolicySorts, by name if empty
	Desc   bool
	Cursor string
	After  string // id of the last one of the page before, instead of Cursor
	Offset int
	Limit  int // 1 … MaxPage, DefaultPage if 0
}

// PolicySorts are the columns a list of policies can be sorted by.
var PolicySorts = []string{"name", "created", "updated"}

// Bounds of policies (spec/replication.md §1.7, §4).
const (
	MaxPolicies   = 32
	MaxResources  = 64 // of a policy
	MaxOperations = 16 // of a policy; ours
	MaxPattern    = 10240
	MaxPolicyName = 255
)
