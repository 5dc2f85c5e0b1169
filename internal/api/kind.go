package api

// Kind names a kind of thing that a project has: in the audit log, in bulk
// actions and where checks are kept.
type Kind string

// The kinds.
const (
	KindLink            Kind = "link"
	KindConnection      Kind = "connection"
	KindQueue           Kind = "queue"
	KindEndpointService Kind = "endpoint_service"
	KindPermission      Kind = "permission" // changes are told of by its service's id
	KindEndpoint        Kind = "endpoint"   // so are these
	KindFunction        Kind = "function"   // changes of its versions are told of by its id
	KindAlias           Kind = "alias"      // so are those of its ramps
	KindRegion          Kind = "region"     // of the console; told of in the project that somebody changed it from
	KindPolicy          Kind = "policy"     // checkpoints are told of by its id
	KindBackup          Kind = "backup"
	KindReplication     Kind = "replication" // a run
	KindRun             Kind = "run"
	KindHook            Kind = "hook"
	KindProject         Kind = "project" // its name, who may do what in it, what has to be approved, and where it lives
	KindRequest         Kind = "request"
	KindAudit           Kind = "audit" // the log itself: exported, shortened
)
