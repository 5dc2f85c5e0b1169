package wire

import (
	"encoding/json"
	"net/http"

	"switchboard/internal/api"
)

// describedConnections are DLI, and what it lacks.
func describedConnections() map[string]described {
	const example = `{"name":"orders","service":"RDS","url":"db.example.com:3306","security_group_id":"","network_id":""}`
	done := dliOutcome{}
	queues := described{Body: queuesBody{}, Needs: []string{"queues"}, Example: `{"queues":["q1"]}`, Answer: done}
	needs := []string{"name", "service", "url"}
	all := map[string]described{
		"CreateDatasourceConnection": {
			Body: connectionBody{}, Needs: needs, Example: example, Status: http.StatusCreated, Answer: keys{"": done, "connection_id": ""},
		},
		"ListDatasourceConnections": {
			Query:  []parameter{text("name"), choice("status", connectionStates...), text("tags"), index("offset"), index("limit")},
			Answer: keys{"": done, "connections": []connectionJSON{}, "count": 0},
		},
		"ShowDatasourceConnection":                  {Answer: connectionJSON{}},
		"DeleteDatasourceConnection":                {Answer: done, Removes: true},
		"AssociateQueueToDatasourceConnection":      queues,
		"DisassociateQueueFromDatasourceConnection": queues,
		"ReactivateDatasourceConnection":            {Answer: done},

		"CreateQueue": {
			Body: queueBody{}, Needs: []string{"queue_name", "cu_count"}, Answer: keys{"": done, "queue_name": ""},
			Example: `{"queue_name":"q1","queue_type":"general","cu_count":16,"cidr_in_vpc":"10.0.0.0/16"}`,
		},
		"ListQueues": {
			Query:  []parameter{choice("queue_type", "sql", "general", "all"), text("tags"), flag("with-priv"), flag("with-charge-info")},
			Answer: keys{"": done, "queues": []queueJSON{}},
		},
		"ShowQueue":   {Answer: shownQueueJSON{}},
		"DeleteQueue": {Answer: done, Removes: true},
		"CreateConnectivityTask": {
			Body: keys{"address": ""}, Needs: []string{"address"}, Example: `{"address":"db.example.com:3306"}`,
			Answer: keys{"": done, "task_id": json.Number("")},
		},
		"ShowConnectivityTask": {Answer: keys{"": done, "connectivity": ""}},

		"TestConnectionDraft":  {Body: connectionBody{}, Needs: needs, Example: example, Answer: api.Check{}},
		"DiagnoseConnection":   {Answer: api.Check{}},
		"ShowConnectionTags":   {Answer: tagsJSON{}},
		"UpdateConnectionTags": {Body: tagsJSON{}, Needs: []string{"tags"}, Example: `{"tags":[{"key":"team","value":"shop"}]}`, Status: http.StatusNoContent},
	}
	describeWatched(all, "Connection")
	return all
}
