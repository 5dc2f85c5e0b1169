package api

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"
)

// stored are entries as the audit log has had them since there is one. They are
// sealed: what they say, and how, stays.
var stored = map[string]struct {
	text string
	into any
}{
	"a link": {
		`{"cluster":"c1","name":"orders","connector":"mysql","enabled":true,"inputs":{"linkConfig.host":"db1"},` +
			`"secrets":{"linkConfig.password":true},"typed":["linkConfig.password"],"extended":"0123456789abcdef","check":"ok"}`, new(AuditedLink),
	},
	"a link without secrets": {
		`{"cluster":"c1","name":"orders","connector":"mysql","enabled":false,"inputs":null,"secrets":null}`, new(AuditedLink),
	},
	"where a project lives": {
		`{"kind":"cloud","cloud":"custom","region":"eu-de","project":"0a0a","base":"https://cloud.example.com",` +
			`"endpoints":{"dli":"https://dli.example.com"},"access":"AK","secret":true,"secret_typed":true,"check":"passed"}`, new(AuditedBackend),
	},
	"where a project lives, signed in": {
		`{"kind":"cloud","cloud":"otc","region":"eu-de","project":"0a0a","domain":"acme","user":"ada","secret":true}`, new(AuditedBackend),
	},
	"a project that lives here": {`{"kind":"embedded"}`, new(AuditedBackend)},
	"a connection": {
		`{"name":"dws","service":"DWS","url":"db:8000","security_group_id":"sg","network_id":"net","cluster_name":"k",` +
			`"tags":[{"key":"team","value":"orders"}],"state":"ACTIVE","connection_url":"db:8000","queues":["q1","q2"]}`, new(AuditedConnection),
	},
	"a queue": {
		`{"name":"q1","description":"of orders","type":"sql","cu_count":16,"cidr":"172.16.0.0/18","tags":null}`, new(AuditedQueue),
	},
	"an endpoint service": {
		`{"name":"local-1.orders.id","vpc_id":"vpc","port_id":"port","vip_port_id":"vip","server_type":"LB",` +
			`"ports":[{"client_port":80,"server_port":8080,"protocol":"TCP"}],"approval_enabled":true,"tcp_proxy":"close",` +
			`"description":"orders","tags":[{"key":"k","value":"v"}],"permissions":2,` +
			`"everyone":{"id":"e","permission":"*","reason":"a public service"}}`, new(AuditedEndpointService),
	},
	"an endpoint": {
		`{"id":"e1","account":"a1","service":"local-1.orders.id","description":"ours","state":"accepted"}`, new(AuditedEndpoint),
	},
	"entries of a whitelist": {
		`{"permissions":[{"id":"1","permission":"*","expires":"2026-12-01T00:00:00Z","reason":"a public service"},` +
			`{"id":"2","permission":"iam:domain::a","description":"b"}],"count":2}`, new(AuditedPermissions),
	},
	"many entries of a whitelist": {
		`{"permissions":[{"permission":"iam:domain::a"},{"permission":"iam:domain::b"}],"count":2,"first":"1","last":"2"}`, new(AuditedPermissions),
	},
	"a function": {
		`{"package":"default","func_name":"orders","version":"latest","description":"d","runtime":"Go1.x","handler":"main",` +
			`"memory_size":128,"user_data":"","xrole":"","app_xrole":"","type":"v2","enterprise_project_id":"","concurrency":0,` +
			`"kept":{"vpc_config":"{}"},"timeout":30,"code_type":"inline","code_url":"","code_filename":"index","code_size":9,` +
			`"digest":"00","upstream":"https://orders","versions":["v1","v2"]}`, new(AuditedFunction),
	},
	"a version": {
		`{"version":"v1","version_description":"why","description":"","runtime":"Go1.x","handler":"main","memory_size":128,` +
			`"user_data":"","xrole":"","app_xrole":"","type":"v2","enterprise_project_id":"","timeout":3,"code_type":"inline",` +
			`"code_url":"","code_filename":"","code_size":0,"digest":"00"}`, new(AuditedVersion),
	},
	"an alias with weights and a ramp": {
		`{"function":"default:orders","name":"prod","version":"v1","description":"","additional_version_weights":{"v2":10},` +
			`"sticky":{"type":"header","param":"X-User"},"ramp":{"additional":"v2","state":"paused","step":1,` +
			`"steps":[{"percent":10,"hold":"15m0s"},{"percent":50}],"promote":true,"message":{"key":"ramp.overtaken","args":{"by":"ann"}}}}`, new(AuditedAlias),
	},
	"an alias with rules": {
		`{"function":"default:orders","name":"prod","version":"v1","description":"d","additional_version_strategy":{"v2":` +
			`{"combine_type":"and","rules":[{"rule_type":"Header","param":"X-Team","op":"=","value":"q"}]}}}`, new(AuditedAlias),
	},
	"a policy": {
		`{"name":"nightly","description":"d","resources":[{"id":"r1","name":"a","path":"a/b"},` +
			`{"id":"r2","type":"X","name":"c","path":"c","adopt":true,"extra_info":"{\"k\":1}"}],"scheduled_operations":[` +
			`{"id":"o1","operation_type":"backup","name":"n","description":"d","enabled":true,"pattern":"BEGIN","max_backups":7,` +
			`"retention_duration_days":-1,"permanent":true,"day_backups":1,"week_backups":2,"month_backups":3,"year_backups":4,` +
			`"timezone":"UTC+08:00"},{"id":"o2","operation_type":"replication","enabled":false,"pattern":"BEGIN","max_backups":-1,` +
			`"retention_duration_days":-1,"destination_region":"local-2","destination_project_id":"p2","enable_acceleration":true}],` +
			`"parameters":"{\"a\":1}","tags":[{"key":"k","value":"v"}]}`, new(AuditedPolicy),
	},
	"a checkpoint":    {`{"auto":true,"checkpoint":"c1","resources":["a","b"]}`, new(AuditedCheckpoint)},
	"a backup":        {`{"name":"b","checkpoint_id":"c1","resource_name":"a","path":"a/b","status":"available","size":12,"sha256":"00"}`, new(AuditedBackup)},
	"deleted backups": {`{"checkpoint":"c1","backups":2,"size":24,"names":["b","c"]}`, new(AuditedDeletion)},
	"a replication": {
		`{"policy":"nightly","source_region":"local-1","destination_region":"local-2","destination_project_id":"p2",` +
			`"enable_acceleration":true,"auto_trigger":true,"retry_of":"r0","stopped_by":"ann","total":3,"succeeded":1,"failed":1,` +
			`"skipped":1,"total_bytes":36,"bytes":12}`, new(AuditedReplication),
	},
	"a replication of one backup, begun": {
		`{"source_region":"local-1","destination_region":"local-2","destination_project_id":"p2","total":1,"succeeded":0,` +
			`"failed":0,"skipped":0,"total_bytes":0,"bytes":0}`, new(AuditedReplication),
	},
	"a region in a bucket": {
		`{"kind":"s3","endpoint":"https://s3","bucket":"b","prefix":"p/","signing":"us-east-1","path_style":true,` +
			`"access_key":"AK","secret":true,"secret_typed":true,"bandwidth":1048576}`, new(AuditedRegion),
	},
	"a region in a folder": {`{"kind":"folder","folder":"/srv"}`, new(AuditedRegion)},
	"a hook":               {`{"destination":"https://hooks:443","enabled":true,"url_mark":"0123456789abcdef","secret_typed":true}`, new(AuditedHook)},
}

func TestWhatTheAuditLogHasStaysReadableAndIsWrittenAsBefore(t *testing.T) {
	t.Parallel()
	for name, entry := range stored {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			require.NoError(t, json.Unmarshal([]byte(entry.text), entry.into))
			require.Equal(t, entry.text, encoded(t, entry.into))
		})
	}
}

func encoded(t *testing.T, object any) string {
	t.Helper()
	text, err := json.Marshal(object)
	require.NoError(t, err)
	return string(text)
}

// read is what the log says of a thing, as entries name it above.
func read[T any](t *testing.T, name string) T {
	t.Helper()
	var object T
	require.NoError(t, json.Unmarshal([]byte(stored[name].text), &object))
	return object
}

func TestADraftOfWhatTheLogHasMakesTheSameAgain(t *testing.T) {
	t.Parallel()
	link := read[AuditedLink](t, "a link without secrets")
	link.Inputs, link.Secrets = map[string]string{}, map[string]bool{}
	drafted := link.Draft()
	require.Equal(t, link, drafted.audited(nil))

	connection := read[AuditedConnection](t, "a connection")
	connection.State, connection.Address, connection.Queues = "", "", nil
	require.Equal(t, connection, connection.Draft().audited())

	queue := read[AuditedQueue](t, "a queue")
	require.Equal(t, queue, AuditedQueue(QueueDraft(queue).Normalised()))

	service := read[AuditedEndpointService](t, "an endpoint service")
	service.Permissions, service.Everyone = nil, nil
	made := service.Draft("id").audited(nil)
	require.Equal(t, "orders", made.Name)
	made.Name = service.Name
	require.Equal(t, service, made)

	function := read[AuditedFunction](t, "a function")
	function.Versions = nil
	require.Equal(t, encoded(t, function), encoded(t, function.Draft().audited(function.FunctionCode)))

	for _, name := range []string{"an alias with weights and a ramp", "an alias with rules"} {
		alias := read[AuditedAlias](t, name)
		was := alias.Draft()
		again := AuditedAlias{Function: alias.Function, Name: was.Name, Description: *was.Description, Ramp: alias.Ramp}
		again.lead(was.route())
		require.Equal(t, alias, again)
	}

	policy := read[AuditedPolicy](t, "a policy")
	require.Equal(t, policy, policy.Draft().audited())

	folder := read[AuditedRegion](t, "a region in a folder")
	require.Equal(t, folder, folder.Draft("local-2", Secret{}).audited(nil))
	bucket := read[AuditedRegion](t, "a region in a bucket")
	require.Equal(t, bucket, bucket.Draft("local-2", NewSecret("typed")).audited(nil))
}
