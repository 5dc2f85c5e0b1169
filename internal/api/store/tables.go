package store

// tables are those that a backup holds, each after those that it refers to. Not in
// it are goose's own and the index that SQLite keeps of whitelists, which are made
// again; the queue of the job engine, which the tables fill again; and what lets
// somebody in for a while, or keeps him out: who is signed in signs in again.
var tables = []string{
	"accounts", "key_proofs", "settings", "users", "user_groups", "group_members", "password_links",
	"projects", "project_roles", "project_backends", "backend_places", "mirror_kinds", "mirror_notes", "access_keys", "tokens", "views",
	"audit_chain", "audit", "requests", "request_comments",
	"links", "hooks", "hook_events", "checks", "episodes", "runs", "run_rows",
	"queues", "connections", "connection_tags", "connection_queues", "address_tests",
	"endpoint_services", "permissions", "permission_wishes", "permission_additions", "endpoints",
	"functions", "function_versions", "aliases", "ramps",
	"regions", "policies", "policy_resources", "policy_operations", "checkpoints", "backups",
	"replication_runs", "replication_records", "replication_syncs",
}

// passing are the tables that a backup leaves out, and a restore empties.
var passing = []string{"sessions", "setup_links", "throttles"}
