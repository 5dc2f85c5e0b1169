package wire

import "switchboard/internal/api"

// Whom a call is for that takes no role: everybody, or who has a valid credential.
const (
	anybody  api.Role = -2
	signedIn api.Role = -1
)

// call is a request to a route as it should be, and the least role that it takes.
// Its body is about the goods whose names stand in it in braces.
type call struct {
	role         api.Role
	method, path string // maybe with a query
	body         string
}

// The beginnings of paths.
const (
	cdmAt      = "/v1.1/:project/clusters/:cluster/cdm/link"
	dliAt      = "/v2.0/:project/datasource-connection"
	queuesAt   = "/v1.0/:project/queues"
	servicesAt = "/v1/:project/vpc-endpoint-services"
	csbsAt     = "/v1/:project"
	providerAt = csbsAt + "/providers/:provider"
	ownAt      = "/switchboard/v1/projects/:project"
	ownAlias   = ownFunctionRoute + "/aliases/:alias"
)

// calls are all routes, in an order in which everything can be done: a viewer sees, an
// editor changes, tests and runs, an approver approves what others asked for, an admin
// says what has to be approved, an administrator adds regions. Who adds a route says
// here whom it is for.
var calls = []call{
	{anybody, "GET", documentRoute, ""},
	{anybody, "HEAD", documentRoute, ""},
	{anybody, "GET", "/", ""},
	{anybody, "GET", "/v3", ""},
	{anybody, "GET", "/v3/", ""},
	{signedIn, "GET", "/v3/auth/tokens", ""},
	{signedIn, "HEAD", "/v3/auth/tokens", ""},
	{signedIn, "GET", "/v3/auth/projects", ""},
	{signedIn, "GET", "/v3/auth/domains", ""},
	{signedIn, "GET", "/v3/auth/catalog", ""},
	{signedIn, "GET", "/v3/projects", ""},
	{signedIn, "GET", "/switchboard/v1/connectors", ""},

	{api.RoleViewer, "GET", ownAt + "/requests", ""},
	{api.RoleViewer, "GET", ownAt + "/requests/:request", ""},
	{api.RoleEditor, "POST", ownAt + "/requests/:request/comments", `{"text":"a comment"}`},
	{api.RoleEditor, "PUT", ownAt + "/requests/:request/reason", `{"reason":"another one"}`},
	{api.RoleViewer, "POST", ownAt + "/requests/:request/withdraw", ""},
	{api.RoleApprover, "POST", ownAt + "/requests/:request/approve", `{"digest":"{digest}"}`},
	{api.RoleApprover, "POST", ownAt + "/requests/:request/refuse", ""},

	{api.RoleViewer, "GET", "/v1.1/:project/clusters", ""},
	{api.RoleViewer, "GET", cdmAt + "/all", ""},
	{api.RoleViewer, "GET", cdmAt + "/:link", ""},
	{api.RoleEditor, "POST", cdmAt, sftp("made_by_call")},
	{api.RoleEditor, "POST", cdmAt + "?validate=true", sftp("only_judged")},
	{api.RoleEditor, "PUT", cdmAt + "/:link", mysql("{word}", "linkConfig.host", `"127.0.0.1"`, "linkConfig.port", "1")},
	{api.RoleViewer, "GET", ownAt + "/links/export", ""},
	{api.RoleEditor, "POST", ownAt + "/links/import?apply=true", sftp("imported_by_call")},
	{api.RoleEditor, "PUT", ownAt + "/links/:id/enabled", `{"enabled":false}`},
	{api.RoleEditor, "POST", ownAt + "/links/:id/test", ""},
	{api.RoleViewer, "GET", ownAt + "/links/:id/checks", ""},
	{api.RoleViewer, "GET", ownAt + "/links/:id/episodes", ""},
	{api.RoleEditor, "PUT", ownAt + "/links/:id/schedule", `{"every":"1h"}`},

	{api.RoleViewer, "GET", dliAt, ""},
	{api.RoleViewer, "GET", dliAt + "/:id", ""},
	{api.RoleEditor, "POST", dliAt, connection("made_by_call")},
	{api.RoleViewer, "GET", queuesAt, ""},
	{api.RoleViewer, "GET", queuesAt + "/:queue", ""},
	{api.RoleEditor, "POST", queuesAt, `{"queue_name":"made_by_call","cu_count":16}`},
	{api.RoleEditor, "POST", queuesAt + "/:queue/connection-test", `{"address":"127.0.0.1:9"}`},
	{api.RoleViewer, "GET", queuesAt + "/:queue/connection-test/:task", ""},
	{api.RoleEditor, "POST", dliAt + "/:id/associate-queue", `{"queues":["{queue}"]}`},
	{api.RoleEditor, "POST", dliAt + "/:id/disassociate-queue", `{"queues":["{queue}"]}`},
	{api.RoleEditor, "POST", dliAt + "/:id/reactivate", ""},
	{api.RoleEditor, "POST", ownAt + "/connections/test", connection("only_tested")},
	{api.RoleEditor, "POST", ownAt + "/connections/:id/diagnose", ""},
	{api.RoleViewer, "GET", ownAt + "/connections/:id/tags", ""},
	{api.RoleEditor, "PUT", ownAt + "/connections/:id/tags", `{"tags":[{"key":"team","value":"shop"}]}`},
	{api.RoleEditor, "POST", ownAt + "/connections/:id/test", ""},
	{api.RoleViewer, "GET", ownAt + "/connections/:id/checks", ""},
	{api.RoleViewer, "GET", ownAt + "/connections/:id/episodes", ""},
	{api.RoleEditor, "PUT", ownAt + "/connections/:id/schedule", `{"every":"1h"}`},

	{api.RoleViewer, "GET", servicesAt, ""},
	{api.RoleViewer, "GET", servicesAt + "/describe?id={service}", ""},
	{api.RoleViewer, "GET", servicesAt + "/:service", ""},
	{api.RoleEditor, "POST", servicesAt, serviceBody},
	{api.RoleEditor, "PUT", servicesAt + "/:service", `{"approval_enabled":true}`},
	{api.RoleViewer, "GET", servicesAt + "/:service/connections", ""},
	{api.RoleEditor, "POST", servicesAt + "/:service/connections/action", `{"endpoints":["{endpoint}"],"action":"reject"}`},
	{api.RoleViewer, "GET", servicesAt + "/:service/permissions", ""},
	{api.RoleEditor, "POST", servicesAt + "/:service/permissions/batch-create", batch("iam:domain::aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")},
	{api.RoleEditor, "POST", servicesAt + "/:service/permissions/action", `{"action":"add","permissions":["iam:domain::bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"]}`},
	{api.RoleEditor, "PUT", servicesAt + "/:service/permissions/:permission", `{"permission":{"description":"told anew"}}`},
	{api.RoleViewer, "GET", csbsAt + "/quotas", ""},
	{api.RoleViewer, "GET", csbsAt + "/vpc-endpoints", ""},
	{api.RoleViewer, "GET", csbsAt + "/vpc-endpoints/:endpoint", ""},
	{api.RoleEditor, "POST", csbsAt + "/vpc-endpoints", `{"endpoint_service_id":"{service}","vpc_id":"vpc","subnet_id":"subnet"}`},
	{api.RoleViewer, "GET", ownService + "/access?account=x", ""},
	{api.RoleEditor, "POST", ownService + "/permissions/judge", batch("iam:domain::cccccccccccccccccccccccccccccccc")},
	{api.RoleEditor, "PUT", ownService + "/permissions/:permission/expiry", `{"expires":""}`},
	{api.RoleEditor, "POST", ownService + "/everyone", `{"confirm":"` + region + `.{word}.{service}","reason":"everybody may have it","expires":""}`},
	{api.RoleViewer, "GET", ownService + "/permissions/additions/:addition", ""},
	{api.RoleEditor, "POST", ownService + "/permissions/additions/:addition/cancel", ""},
	{api.RoleEditor, "POST", ownService + "/permissions/additions", batch("iam:domain::dddddddddddddddddddddddddddddddd")},

	{api.RoleViewer, "GET", functionsRoute, ""},
	{api.RoleEditor, "POST", functionsRoute, functionOf("made_by_call")},
	{api.RoleViewer, "GET", functionRoute + "/config", ""},
	{api.RoleEditor, "PUT", functionRoute + "/config", `{"timeout":31}`},
	{api.RoleEditor, "PUT", functionRoute + "/code", `{"code_type":"inline","func_code":{"file":"YQ=="}}`},
	{api.RoleEditor, "POST", functionRoute + "/versions", `{"version":"v3"}`},
	{api.RoleViewer, "GET", functionRoute + "/versions", ""},
	{api.RoleEditor, "POST", functionRoute + "/invocations", `{}`},
	{api.RoleViewer, "GET", functionRoute + "/aliases", ""},
	{api.RoleViewer, "GET", functionRoute + "/aliases/:alias", ""},
	{api.RoleEditor, "POST", functionRoute + "/aliases", `{"name":"made_by_call","version":"v3"}`},
	{api.RoleEditor, "PUT", ownFunctionRoute + "/versions/:version/upstream", `{"upstream":"http://127.0.0.1:1/new"}`},
	{api.RoleViewer, "GET", ownAlias, ""},
	{api.RoleViewer, "POST", ownAlias + "/decide", `{"headers":{"X-Team":"qa"}}`},
	{api.RoleViewer, "GET", ownAlias + "/ramps", ""},
	{api.RoleEditor, "POST", ownAlias + "/ramps/steer", `{"do":"next","at":0}`},
	{api.RoleEditor, "POST", ownAlias + "/promote", ""},
	{api.RoleEditor, "POST", ownAlias + "/ramps", `{"additional":"v1","steps":[{"percent":5,"hold":"1h"},{"percent":100}]}`},
	{api.RoleEditor, "POST", ownAlias + "/abort", ""},
	{api.RoleEditor, "PUT", functionRoute + "/aliases/:alias", `{"version":"v1"}`},
	{api.RoleEditor, "PUT", ownAlias + "/sticky", `{"sticky":{"type":"header","param":"X-User"}}`},

	{api.RoleViewer, "GET", csbsAt + "/policies", ""},
	{api.RoleViewer, "GET", csbsAt + "/policies/:policy", ""},
	{api.RoleEditor, "POST", csbsAt + "/policies", policyBodyOf("made_by_call")},
	{api.RoleEditor, "PUT", csbsAt + "/policies/:policy", `{"policy":{"description":"told anew"}}`},
	{api.RoleViewer, "GET", ownAt + "/policies/:policy", ""},
	{api.RoleEditor, "PUT", ownAt + "/policies/:policy/enabled", `{"enabled":false}`},
	{api.RoleViewer, "GET", csbsAt + "/checkpoint_items", ""},
	{api.RoleViewer, "GET", csbsAt + "/checkpoint_items/count", ""},
	{api.RoleViewer, "GET", csbsAt + "/checkpoint_items/:item", ""},
	{api.RoleViewer, "GET", csbsAt + "/replication_capabilities", ""},
	{api.RoleViewer, "GET", csbsAt + "/replication_records", ""},
	{api.RoleViewer, "GET", csbsAt + "/replication_records/:record", ""},
	{api.RoleEditor, "GET", ownAt + "/backups/:backup/content", ""},
	{api.RoleViewer, "POST", providerAt + "/resources/action", `{"check_protectable":[{"resource_id":"{resource}","resource_type":"OS::Nova::Server"}]}`},
	{api.RoleEditor, "POST", ownAt + "/replications/plan", `{"policy":"{policy}","region":"{region}","project":"{there}"}`},
	{api.RoleViewer, "GET", ownAt + "/replications", ""},
	{api.RoleViewer, "GET", ownAt + "/replications/:run", ""},
	{api.RoleViewer, "GET", ownAt + "/replications/:run/records", ""},
	{api.RoleViewer, "GET", ownAt + "/replications/:run/records/:record", ""},
	{api.RoleEditor, "POST", ownAt + "/replications/:run/cancel", ""},
	{api.RoleEditor, "POST", ownAt + "/replications/:run/retry", ""},
	{api.RoleEditor, "POST", providerAt + "/checkpoint_items/:item/replicate", `{"replication":{"destination_region":"{region}","destination_project_id":"{there}"}}`},
	{api.RoleEditor, "POST", providerAt + "/checkpoints/replicate", `{"replication":{"policy_id":"{policy}","destination_region":"{region}","destination_project_id":"{there}"}}`},
	{api.RoleEditor, "POST", providerAt + "/checkpoints", `{"checkpoint":{"plan_id":"{policy}","parameters":{"resources":["{resource}"]}}}`},
	{api.RoleEditor, "POST", providerAt + "/resources/:resource/action", `{"protect":{"backup_name":"by_call"}}`},
	{api.RoleViewer, "GET", ownAt + "/regions", ""},
	{api.RoleViewer, "GET", ownAt + "/regions/:region", ""},
	{api.RoleAdministrator, "POST", ownAt + "/regions", `{"name":"made-by-call","kind":"folder","folder":"made-by-call"}`},
	{api.RoleAdministrator, "POST", ownAt + "/regions/test", `{"name":"only-tested","kind":"folder","folder":"only-tested"}`},
	{api.RoleAdministrator, "PUT", ownAt + "/regions/:region", `{"name":"spare","kind":"folder","folder":"spare","bandwidth":1}`},
	{api.RoleAdministrator, "POST", ownAt + "/regions/:region/test", `{"name":"spare","kind":"folder","folder":"spare"}`},
	{api.RoleAdministrator, "DELETE", ownAt + "/regions/:region", ""},

	{api.RoleAdmin, "GET", ownAt + "/hook", ""},
	{api.RoleAdmin, "PUT", ownAt + "/hook", `{"url":""}`},

	{api.RoleViewer, "GET", ownAt + "/audit", ""},
	{api.RoleViewer, "GET", ownAt + "/audit/export", ""},
	{api.RoleViewer, "GET", ownAt + "/audit/:entry", ""},
	{api.RoleViewer, "GET", ownAt + "/approval-rules", ""},

	// What ends things, late.
	{api.RoleEditor, "DELETE", providerAt + "/checkpoints/:checkpoint?checkpoint_items={backup}", ""},
	{api.RoleEditor, "DELETE", csbsAt + "/policies/:policy", ""},
	{api.RoleEditor, "DELETE", functionRoute + "/aliases/:alias", ""},
	{api.RoleEditor, "DELETE", functionRoute, ""},
	{api.RoleEditor, "DELETE", csbsAt + "/vpc-endpoints/:endpoint", ""},
	{api.RoleEditor, "POST", servicesAt + "/:service/permissions/batch-delete", `{"permissions":[{"id":"{entry}"}]}`},
	{api.RoleEditor, "DELETE", servicesAt + "/:service", ""},
	{api.RoleEditor, "DELETE", queuesAt + "/:queue", ""},
	{api.RoleEditor, "DELETE", dliAt + "/:id", ""},
	{api.RoleEditor, "DELETE", cdmAt + "/:link", ""},
	{api.RoleAdmin, "PUT", ownAt + "/approval-rules", `{"rules":[{"kind":"permission","action":"everyone"},{"kind":"link"}]}`},
	{anybody, "POST", "/v3/auth/tokens", `{"auth":{"identity":{"methods":["password"],"password":{"user":{"name":"asker","password":"` + password + `","domain":{"name":"default"}}}}}}`},
	{signedIn, "DELETE", "/v3/auth/tokens", ""},
}
