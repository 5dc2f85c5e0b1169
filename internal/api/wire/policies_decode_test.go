package wire

import (
	"encoding/json"
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"switchboard/internal/api"
)

// drafted is what the body of a policy makes of a draft.
func drafted(t *testing.T, body string, d api.PolicyDraft) (api.PolicyDraft, error) {
	t.Helper()
	var b policyBody
	require.NoError(t, json.Unmarshal([]byte(body), &b))
	err := b.apply(&d)
	return d, err
}

func TestNumbersOfDefinitionsMayBeTexts(t *testing.T) {
	t.Parallel()
	want := api.OperationDraft{Name: "n", Pattern: "RRULE", Max: "20", Days: "-1", Permanent: true, Region: "east", Project: "p", Accelerate: true}
	for name, definition := range map[string]string{
		"typed": `{"max_backups":20,"retention_duration_days":-1,"permanent":true,"destination_region":"east","destination_project_id":"p","enable_acceleration":true}`,
		"texts": `{"max_backups":"20","retention_duration_days":"-1","permanent":"true","destination_region":"east","destination_project_id":"p","enable_acceleration":"true"}`,
		"mixed": `{"max_backups":"20","retention_duration_days":-1,"permanent":"true","day_backups":null,"plan_id":"x","destination_region":"east","destination_project_id":"p","enable_acceleration":true}`,
	} {
		d, err := drafted(t, `{"scheduled_operations":[{"name":"n","trigger":{"properties":{"pattern":"RRULE"}},"operation_definition":`+definition+`}]}`, api.PolicyDraft{})
		require.NoError(t, err, name)
		require.Equal(t, []api.OperationDraft{want}, d.Operations, name)
	}
}

func TestWhereAResourceLies(t *testing.T) {
	t.Parallel()
	stored := api.PolicyDraft{Resources: []api.ResourceDraft{{ID: "r1", Type: api.ResourceType, Name: "old", Path: "a/b", Adopt: true, Extra: `{"k":1}`}}}
	for body, want := range map[string]api.ResourceDraft{
		`{"id":"r2","type":"OS::Nova::Server","name":"db"}`:                                  {ID: "r2", Type: api.ResourceType, Name: "db"},
		`{"id":"r2","name":"db","extra_info":null}`:                                          {ID: "r2", Name: "db"},
		`{"id":"r2","name":"db","extra_info":""}`:                                            {ID: "r2", Name: "db"},
		`{"id":"r2","name":"db","extra_info":{"path":"x/y","adopt":true,"vendor":[1.0,{}]}}`: {ID: "r2", Name: "db", Path: "x/y", Adopt: true, Extra: `{"vendor":[1.0,{}]}`},
		`{"id":"r2","name":"db","extra_info":"{\"path\":\"x\",\"adopt\":\"true\"}"}`:         {ID: "r2", Name: "db", Path: "x", Adopt: true, Extra: `{}`},
		`{"id":"r1","name":"new"}`:                                                           {ID: "r1", Type: api.ResourceType, Name: "new", Path: "a/b", Adopt: true, Extra: `{"k":1}`},
		`{"id":"r1","name":"new","extra_info":{"adopt":false}}`:                              {ID: "r1", Type: api.ResourceType, Name: "new", Path: "a/b", Extra: `{}`},
	} {
		d, err := drafted(t, `{"resources":[`+body+`]}`, stored)
		require.NoError(t, err, body)
		require.Equal(t, []api.ResourceDraft{want}, d.Resources, body)
	}
}

func TestWhatAnUpdateDoesNotSayStays(t *testing.T) {
	t.Parallel()
	stored := func() api.PolicyDraft {
		return api.PolicyDraft{
			Name: "n", Description: "d", Parameters: `{"common":{}}`, Tags: []api.Tag{{Key: "a", Value: "b"}},
			Resources:  []api.ResourceDraft{{ID: "r1", Name: "x"}},
			Operations: []api.OperationDraft{{ID: "o1", Type: api.OperationBackup, Name: "o", Enabled: true, Pattern: "P", Max: "20", Zone: "UTC+08:00"}},
		}
	}
	for body, change := range map[string]func(d *api.PolicyDraft){
		`{}`: func(*api.PolicyDraft) {},
		`{"name":null,"description":null,"parameters":null,"resources":null,"scheduled_operations":null,"tags":null}`: func(*api.PolicyDraft) {},
		`{"description":"","tags":[],"resources":[],"parameters":{"common":{"a":1}}}`: func(d *api.PolicyDraft) {
			d.Description, d.Tags, d.Resources, d.Parameters = "", []api.Tag{}, []api.ResourceDraft{}, `{"common":{"a":1}}`
		},
		// What one client sends where only the name changes: the rest is empty, not absent.
		`{"scheduled_operations":[{"id":"o1","name":"other","operation_definition":{},"trigger":{"properties":{"pattern":""}}}]}`: func(d *api.PolicyDraft) {
			d.Operations[0].Name = "other"
		},
		`{"scheduled_operations":[{"id":"o1","enabled":false,"operation_definition":{"permanent":true}}]}`: func(d *api.PolicyDraft) {
			d.Operations[0] = api.OperationDraft{ID: "o1", Type: api.OperationBackup, Name: "o", Pattern: "P", Permanent: true}
		},
		`{"scheduled_operations":[{"name":"new"}]}`: func(d *api.PolicyDraft) { d.Operations = []api.OperationDraft{{Name: "new"}} },
	} {
		want := stored()
		change(&want)
		got, err := drafted(t, body, stored())
		require.NoError(t, err, body)
		require.Equal(t, want, got, body)
	}
}

func TestPoliciesWithWrongTypes(t *testing.T) {
	t.Parallel()
	for body, field := range map[string]string{
		`{"parameters":[]}`:                                                                   "policy.parameters",
		`{"parameters":"x"}`:                                                                  "policy.parameters",
		`{"resources":[{},{"extra_info":5}]}`:                                                 "policy.resources.1.extra_info",
		`{"resources":[{"extra_info":{"path":5}}]}`:                                           "policy.resources.0.extra_info.path",
		`{"resources":[{"extra_info":{"adopt":"maybe"}}]}`:                                    "policy.resources.0.extra_info.adopt",
		`{"resources":[{"extra_info":"[1]"}]}`:                                                "policy.resources.0.extra_info",
		`{"scheduled_operations":[{"operation_definition":{"max_backups":true}}]}`:            "policy.scheduled_operations.0.operation_definition.max_backups",
		`{"scheduled_operations":[{"operation_definition":{"day_backups":[1]}}]}`:             "policy.scheduled_operations.0.operation_definition.day_backups",
		`{"scheduled_operations":[{},{"operation_definition":{"permanent":1}}]}`:              "policy.scheduled_operations.1.operation_definition.permanent",
		`{"scheduled_operations":[{"operation_definition":{"enable_acceleration":"maybe"}}]}`: "policy.scheduled_operations.0.operation_definition.enable_acceleration",
	} {
		_, err := drafted(t, body, api.PolicyDraft{})
		e, ok := errors.AsType[*api.Error](err)
		require.True(t, ok, body)
		require.Equal(t, "wire.body_type", e.Message.Key, body)
		require.Equal(t, field, e.Message.Args["field"], body)
	}
	_, err := drafted(t, `{"provider_id":"c714180d-ca59-4d2a-a1f1-5bd2b7e1e2d5"}`, api.PolicyDraft{})
	require.Equal(t, csbsInvalid.code, csbsError((&server{}).context("GET", "/"), err).body.(flatBody).Code)
}
