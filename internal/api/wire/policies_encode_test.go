package wire

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"switchboard/internal/api"
	"switchboard/internal/api/identity"
)

// encoded is the JSON that an answer would be.
func encoded(t *testing.T, v any) string {
	t.Helper()
	text, err := json.Marshal(v)
	require.NoError(t, err)
	return string(text)
}

// zoned is a time with a zone and more digits than the dialect writes.
var zoned = time.Date(2018, 8, 20, 9, 31, 32, 718435999, time.FixedZone("", 2*60*60))

func TestAPolicyAsClientsReadIt(t *testing.T) {
	t.Parallel()
	c := (&server{}).context("GET", "/")
	c.Set(openedProject, identity.Project{ID: "e0b97bac"})
	policy := &api.Policy{
		ID: "d4acdab5", Name: "nightly", Description: "All of it", Parameters: `{"common":{}}`, Created: api.Stamp{At: zoned},
		Resources: []api.Resource{
			{ID: "r1", Type: api.ResourceType, Name: "dumps", Path: "db/dumps", Extra: `{"vendor":1.50}`},
			{ID: "r2", Type: api.ResourceType, Name: "archive", Path: "archive", Adopt: true, Extra: "{}"},
		},
		Operations: []api.Operation{
			{
				ID: "o1", Trigger: "t1", Type: api.OperationBackup, Name: "daily", Enabled: true, Pattern: "BEGIN:VCALENDAR", Start: zoned,
				Retention: api.Retention{Max: 20, Days: api.Unlimited, Daily: 7, Zone: "UTC+08:00"},
			},
			{
				ID: "o2", Trigger: "t2", Type: api.OperationReplication, Name: "copy", Description: "Far away",
				Destination: api.Destination{Region: "cn-east-2", Project: "p2"}, Accelerate: true,
			},
		},
		Tags: []api.Tag{{Key: "team", Value: "tills"}},
	}
	const want = `{"id":"d4acdab5","name":"nightly","description":"All of it","project_id":"e0b97bac",` +
		`"provider_id":"fc4d5750-22e7-4798-8a46-f48f62c4c1da","status":"suspended","created_at":"2018-08-20T07:31:32.718435","parameters":{"common":{}},` +
		`"resources":[{"id":"r1","type":"OS::Nova::Server","name":"dumps","extra_info":{"path":"db/dumps","vendor":1.50}},` +
		`{"id":"r2","type":"OS::Nova::Server","name":"archive","extra_info":{"adopt":true,"path":"archive"}}],` +
		`"scheduled_operations":[{"id":"o1","name":"daily","description":"","enabled":true,"operation_type":"backup",` +
		`"operation_definition":{"max_backups":20,"retention_duration_days":-1,"permanent":false,"day_backups":7,"week_backups":0,"month_backups":0,"year_backups":0,` +
		`"timezone":"UTC+08:00","plan_id":"d4acdab5","provider_id":"fc4d5750-22e7-4798-8a46-f48f62c4c1da"},` +
		`"trigger_id":"t1","trigger":{"id":"t1","name":"default","type":"time","properties":{"pattern":"BEGIN:VCALENDAR","start_time":"2018-08-20 07:31:32","format":"ical"}}},` +
		`{"id":"o2","name":"copy","description":"Far away","enabled":false,"operation_type":"replication",` +
		`"operation_definition":{"destination_region":"cn-east-2","destination_project_id":"p2","enable_acceleration":true,` +
		`"plan_id":"d4acdab5","provider_id":"fc4d5750-22e7-4798-8a46-f48f62c4c1da"},` +
		`"trigger_id":"t2","trigger":{"id":"t2","name":"default","type":"time","properties":{"pattern":"","start_time":"","format":"ical"}}}],` +
		`"tags":[{"key":"team","value":"tills"}]}`
	require.Equal(t, want, encoded(t, encodePolicy(c, policy)))
	require.Contains(t, encoded(t, encodePolicy(c, new(api.Policy))), `"created_at":"","parameters":{},"resources":[],"scheduled_operations":[],"tags":[]`)
}
