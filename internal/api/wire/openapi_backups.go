package wire

import (
	"maps"
	"math"
	"slices"

	"switchboard/internal/api"
)

// csbsPartOf are what lists of CSBS can be asked for.
func csbsPartOf(more ...parameter) []parameter {
	return append(more, whole("limit", 1, math.MaxInt32), whole("offset", 0, math.MaxInt32), text("marker"), short("sort", maxSort))
}

// partOf is the answer of a list of CSBS.
func partOf(name string, items any) keys { return keys{name: items, name + "_links?": []linkRef{}} }

// describedBackups are CSBS, and what it lacks of policies and backups.
func describedBackups() map[string]described {
	filters := []parameter{
		text("name"), choice("status", itemStatuses...), text("resource_id"), text("resource_name"), text("resource_type"), text("policy_id"),
		text("checkpoint_id"), choice("image_type", string(api.BackupOriginal), string(api.BackupReplica)), timeOf("start_time"), timeOf("end_time"),
		text("az"), text("ip"), flag("all_tenants"), flag("dec"),
	}
	const example = `{"policy":{"name":"nightly","provider_id":"` + csbsProvider + `","parameters":{"common":{}},"resources":[{"id":"orders","type":"OS::Nova::Server","name":"orders"}],` +
		`"scheduled_operations":[{"name":"every night","enabled":true,"operation_type":"backup","operation_definition":{"max_backups":7},` +
		`"trigger":{"properties":{"pattern":"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nRRULE:FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR,SA,SU;BYHOUR=2;BYMINUTE=0\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"}}}]}}`
	policy, needs := keys{"policy": policyJSON{}}, []string{"policy"}
	records := partOf("replication_records", []recordJSON{})
	records["count"] = 0
	copied := func(more keys) keys {
		maps.Copy(more, keys{"": placeJSON{}, "project_id": "", "provider_id": ""})
		return keys{"replication": more}
	}
	return map[string]described{
		"CreateCheckpoint": {
			Body: newCheckpointBody{}, Needs: []string{"checkpoint"}, Example: `{"checkpoint":{"plan_id":"","parameters":{"auto_trigger":false,"resources":["orders"]}}}`,
			Answer: keys{"checkpoint": checkpointJSON{}},
		},
		"CopyCheckpoint": {
			Body: newReplicationBody{}, Needs: []string{"replication"}, Answer: copied(keys{"policy_id": "", "checkpoint_items": []queuedJSON{}}),
			Example: `{"replication":{"policy_id":"","destination_region":"","destination_project_id":""}}`,
		},
		"DeleteCheckpoint": {Query: []parameter{text("checkpoint_items")}, Answer: keys{}, Removes: true},
		"CopyCheckpointItem": {
			Body: newReplicationBody{}, Needs: []string{"replication"}, Answer: copied(keys{"checkpoint_item_id": "", "replication_record_id": ""}),
			Example: `{"replication":{"destination_region":"","destination_project_id":"","name":"","description":""}}`,
		},
		"CheckProtectable": {
			Body: checkBody{}, Needs: []string{"check_protectable"},
			Example: `{"check_protectable":[{"resource_id":"orders","resource_type":"OS::Nova::Server"}]}`, Answer: keys{"protectable": []protectableJSON{}},
		},
		"ProtectResource": {
			Body: protectionBody{}, Needs: []string{"protect"}, Example: `{"protect":{"backup_name":"before-the-move","description":""}}`, Answer: keys{"checkpoint": checkpointJSON{}},
		},
		"ListCheckpointItems":         {Query: csbsPartOf(filters...), Answer: partOf("checkpoint_items", []itemJSON{})},
		"CountCheckpointItems":        {Query: slices.Clone(filters), Answer: keys{"count": 0}},
		"ShowCheckpointItem":          {Answer: keys{"checkpoint_item": itemJSON{}}},
		"ShowReplicationCapabilities": {Answer: keys{"regions": []capabilityJSON{}}},
		"ListReplicationRecords": {
			Query:  csbsPartOf(choice("status", recordStatuses...), text("id"), text("plan_id"), text("policy_id"), text("source_checkpoint_item_id"), text("destination_region")),
			Answer: records,
		},
		"ShowReplicationRecord": {Answer: keys{"replication_record": recordJSON{}}},
		"CreatePolicy":          {Body: namedPolicyBody{}, Needs: needs, Example: example, Answer: policy},
		"ListPolicies":          {Query: csbsPartOf(text("name"), flag("all_tenants")), Answer: partOf("policies", []policyJSON{})},
		"ShowPolicy":            {Answer: policy},
		"UpdatePolicy":          {Body: namedPolicyBody{}, Needs: needs, Example: `{"policy":{"description":"told anew"}}`, Answer: policy},
		"DeletePolicy":          {Removes: true},

		"ShowPolicyDetails": {Answer: ownPolicyJSON{}},
		"EnablePolicy":      settled(enabledBody{}, "enabled"),
		"DownloadBackup":    {Type: "application/octet-stream"},
	}
}
