package wire

import (
	"math"
	"net/http"
)

// vpcepPart are what lists of VPCEP can be asked for.
func vpcepPart(most int, more ...parameter) []parameter {
	return append(more,
		whole("limit", 1, int64(most)), whole("offset", 0, math.MaxInt32),
		choice("sort_key", "create_at", "created_at", "update_at"), choice("sort_dir", "desc", "asc"),
	)
}

// describedServices are VPC Endpoint, and what it lacks.
func describedServices() map[string]described {
	const entry = `{"permission":"iam:domain::0123456789abcdef0123456789abcdef","description":"the shop"}`
	entries := described{Body: entriesBody{}, Needs: []string{"permissions"}, Example: `{"permissions":[` + entry + `]}`}
	judged, added := entries, entries
	judged.Answer = keys{"verdicts": []verdictJSON{}}
	added.Status, added.Answer = http.StatusAccepted, additionJSON{}
	id, name := short("id", maxID), short("endpoint_service_name", maxNameText)
	return map[string]described{
		"CreateEndpointService": {
			Body: endpointServiceBody{}, Needs: []string{"port_id", "vpc_id", "server_type", "ports"}, Answer: endpointServiceJSON{},
			Example: `{"port_id":"4189d3c2-8882-4871-a3c2-d380272eed88","vpc_id":"4189d3c2-8882-4871-a3c2-d380272eed80","server_type":"VM","service_name":"orders",` +
				`"approval_enabled":true,"ports":[{"client_port":8080,"server_port":80,"protocol":"TCP"}]}`,
		},
		"ListEndpointService": {
			Query: vpcepPart(maxServicePage, name, id, choice("status", endpointServiceStates...)), Answer: endpointServicesJSON{},
		},
		"ListServiceDescribeDetails": {Query: []parameter{id, name}, Answer: endpointServiceSummaryJSON{}},
		"ListServiceDetails":         {Answer: endpointServiceJSON{}},
		"UpdateEndpointService":      {Body: endpointServiceBody{}, Example: `{"approval_enabled":true,"description":"told anew"}`, Answer: endpointServiceJSON{}},
		"DeleteEndpointService":      {Status: http.StatusNoContent, Removes: true},
		"ListServiceConnections": {
			Query: vpcepPart(maxServicePage, id, choice("status", endpointStates...), whole("marker_id", 1, math.MaxInt32)), Answer: listedServiceConnectionsJSON{},
		},
		"AcceptOrRejectEndpoint": {
			Body: decisionBody{}, Needs: []string{"endpoints", "action"}, Example: `{"endpoints":["4189d3c2-8882-4871-a3c2-d380272eed83"],"action":"receive"}`, Answer: serviceConnectionsJSON{},
		},
		"ListServicePermissionsDetails": {Query: vpcepPart(maxPermissionPage, short("permission", maxPermissionText)), Answer: listedPermissionsJSON{}},
		"BatchAddEndpointServicePermissions": {
			Body: permissionsBody{}, Needs: []string{"permissions"}, Example: `{"permissions":[` + entry + `]}`, Answer: permissionsJSON{},
		},
		"BatchRemoveEndpointServicePermissions": {
			Body: removalBody{}, Needs: []string{"permissions"}, Example: `{"permissions":[{"id":"5f3a1c1d0d3c4a1b9c6b2e1f7a8d9e0f"}]}`, Answer: permissionsJSON{}, Removes: true,
		},
		"AddOrRemoveServicePermissions": {
			Body: actionBody{}, Needs: []string{"permissions", "action"}, Example: `{"permissions":["iam:domain::0123456789abcdef0123456789abcdef"],"action":"add"}`,
			Answer: keys{"permissions": []string{}},
		},
		"UpdateEndpointServicePermissionDesc": {
			Body: descriptionBody{}, Needs: []string{"permission"}, Example: `{"permission":{"description":"told anew"}}`, Answer: permissionsJSON{},
		},
		"ListQuotaDetails": {Query: []parameter{choice("type", "endpoint_service", "endpoint", "backup_capacity", "backups")}, Answer: quotasJSON{}},
		"CreateEndpoint": {
			Body: endpointBody{}, Needs: []string{"endpoint_service_id", "vpc_id"}, Answer: endpointJSON{},
			Example: `{"endpoint_service_id":"4189d3c2-8882-4871-a3c2-d380272eed84","vpc_id":"4189d3c2-8882-4871-a3c2-d380272eed80","subnet_id":"","description":""}`,
		},
		"ListEndpoints":           {Query: vpcepPart(maxServicePage, name, short("vpc_id", maxID), id), Answer: endpointsJSON{}},
		"ListEndpointInfoDetails": {Answer: endpointJSON{}},
		"DeleteEndpoint":          {Status: http.StatusNoContent, Removes: true},

		"ShowEndpointServiceAccess": {
			Query: []parameter{text("account")}, Answer: keys{"account": "", "allowed": false, "owner": false, "approval": false, "by?": entryJSON{}},
		},
		"JudgePermissions": judged,
		"OpenEndpointService": {
			Body: everyoneBody{}, Needs: []string{"confirm", "reason"}, Example: `{"confirm":"","reason":"","expires":"2030-01-01T00:00:00Z"}`, Answer: entryJSON{},
		},
		"RenewPermission":          {Body: expiryBody{}, Needs: []string{"expires"}, Example: `{"expires":"2030-01-01T00:00:00Z"}`, Answer: entryJSON{}},
		"StartPermissionAddition":  added,
		"ShowPermissionAddition":   {Answer: additionJSON{}},
		"CancelPermissionAddition": {Status: http.StatusNoContent, Removes: true},
	}
}
