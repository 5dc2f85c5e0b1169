package governance_test

import (
	"errors"
	"reflect"
	"testing"

	"github.com/stretchr/testify/require"

	"switchboard/internal/api"
)

// takes is the role that each method of api.Service, api.Requests and api.Backends takes.
var takes = map[api.Role][]string{
	api.RoleViewer: {
		"ListLinks", "Link", "FindLink", "ExportLinks", "ListClusters", "ListConnections", "Connection", "ListQueues", "Queue", "AddressTest",
		"ListEndpointServices", "CountEndpointServices", "EndpointService", "DescribeEndpointService",
		"ListPermissions", "CountPermissions", "Permission", "WhoMayConnect", "Addition", "Additions",
		"Endpoint", "ListEndpoints", "CountEndpoints", "ListServiceConnections", "CountServiceConnections",
		"ListFunctions", "CountFunctions", "Function", "FindFunction", "Versions", "Version",
		"ListAliases", "AliasesOf", "Alias", "FindAlias", "PastAlias", "Ramps",
		"Regions", "Region", "ListPolicies", "Policy", "Checkpoint", "Checkpoints", "ListBackups", "CountBackups", "Backup", "BackupQuotas",
		"PlanReplication", "ReplicationRuns", "ReplicationRun", "ListReplicationRecords", "CountReplicationRecords", "ReplicationRecord", "BehindPolicies",
		"PastChecks", "Episodes", "Run", "Changes", "Find", "Attention",
		"ListRequests", "Request", "CountRequests", "WithdrawRequest", "ApprovalRules", "NeedsApproval",
		"Backend", "Freshness", "Refresh", "NotKept",
	},
	api.RoleEditor: {
		"ValidateLink", "TestLink", "CreateLink", "UpdateLink", "EnableLink", "DeleteLink",
		"ValidateConnection", "TestConnection", "CreateConnection", "TagConnection", "ReactivateConnection", "BindQueues", "UnbindQueues",
		"DeleteConnection", "DiagnoseConnection", "ValidateQueue", "CreateQueue", "DeleteQueue", "TestAddress",
		"ValidateEndpointService", "CreateEndpointService", "UpdateEndpointService", "DeleteEndpointService",
		"JudgePermissions", "AddPermissions", "OpenToEveryone", "ChangePermission", "RemovePermissions", "StartAddition", "CancelAddition",
		"CreateEndpoint", "DeleteEndpoint", "AcceptConnection", "RejectConnection",
		"ValidateFunction", "CreateFunction", "UpdateFunction", "PatchFunction", "DeleteFunction",
		"ValidateVersion", "PublishVersion", "SetUpstream", "DeleteVersion",
		"ValidateAlias", "CreateAlias", "UpdateAlias", "PromoteAlias", "AbortAlias", "DeleteAlias", "StartRamp", "ValidateRamp", "SteerRamp",
		"Invoke", "Browse", "ValidatePolicy", "CreatePolicy", "UpdatePolicy", "EnablePolicy", "DeletePolicy",
		"StartCheckpoint", "DeleteBackups", "OpenBackup", "StartReplication", "ReplicateBackup", "CancelReplication", "RetryReplication",
		"Recheck", "Schedule", "StartRun", "CancelRun", "Reverse",
		"ExplainRequest", "CommentRequest",
	},
	api.RoleApprover:      {"ApproveRequest", "RefuseRequest"},
	api.RoleAdmin:         {"Hook", "SetHook", "TestHook", "SetApprovalRules", "ValidateBackend", "TestBackend", "SetBackend"},
	api.RoleAdministrator: {"ValidateRegion", "TestRegion", "CreateRegion", "UpdateRegion", "DeleteRegion"},
}

// methods are those of api.Service, api.Requests and api.Backends.
func methods(t *testing.T) (names []string) {
	t.Helper()
	for _, of := range []reflect.Type{reflect.TypeFor[api.Service](), reflect.TypeFor[api.Requests](), reflect.TypeFor[api.Backends]()} {
		for m := range of.Methods() {
			names = append(names, m.Name)
		}
	}
	return names
}

// call calls a method with nothing but a scope.
func (r *room) call(t *testing.T, name string, s api.Scope) error {
	t.Helper()
	m := reflect.ValueOf(r.Service).MethodByName(name)
	in := []reflect.Value{reflect.ValueOf(t.Context()), reflect.ValueOf(s)}
	for i := len(in); i < m.Type().NumIn(); i++ {
		in = append(in, reflect.Zero(m.Type().In(i)))
	}
	out := m.Call(in)
	err, _ := out[len(out)-1].Interface().(error)
	return err
}

// kept reports whether somebody was kept out for his role.
func kept(err error) bool {
	e, ok := errors.AsType[*api.Error](err)
	return ok && e.Code == api.Forbidden && (e.Message.Key == "access.role" || e.Message.Key == "access.administrator")
}

func TestEveryMethodTakesARole(t *testing.T) {
	t.Parallel()
	needed := map[string]api.Role{}
	for role, names := range takes {
		for _, name := range names {
			needed[name] = role
		}
	}
	each(t, func(t *testing.T, r *room) {
		names := methods(t)
		require.Len(t, names, len(needed))
		for _, name := range names {
			require.Contains(t, needed, name, "say which role it takes")
			for role := api.RoleNone; role <= api.RoleAdministrator; role++ {
				s := api.Scope{Project: project, Actor: api.Actor{UserID: "u", User: "u", Role: role}}
				require.Equal(t, role < needed[name], kept(r.call(t, name, s)), "%s as %s", name, role)
			}
		}
	})
}

func TestAnArchivedProjectIsOnlyRead(t *testing.T) {
	t.Parallel()
	reads := map[string]bool{}
	for _, name := range takes[api.RoleViewer] {
		reads[name] = true
	}
	reads["Hook"], reads["WithdrawRequest"] = true, false
	each(t, func(t *testing.T, r *room) {
		change(t, r.db, "UPDATE projects SET archived_at = 1 WHERE id = ?", project)
		for _, name := range methods(t) {
			err := r.call(t, name, r.as("root"))
			e, _ := errors.AsType[*api.Error](err)
			require.Equal(t, !reads[name], e != nil && e.Message.Key == "project.archived", "%s: %v", name, err)
		}
	})
}
