package wire

import "switchboard/internal/api"

// describedRequests are approvals and the audit log.
func describedRequests() map[string]described {
	found := []parameter{
		text("text"), text("kind"), text("action"), text("user"), choice("way", string(api.WayPage), string(api.WayWire), string(api.WayConsole)),
		text("object"), timeOf("from"), timeOf("until"),
	}
	rules := approvalRules{}
	return map[string]described{
		"ListRequests": {
			Query:  paged(choice("state", requestStates...), text("kind"), text("object"), flag("mine"), flag("for_me")),
			Answer: listOf("requests", []requestJSON{}),
		},
		"ShowRequest":    {Answer: requestJSON{}},
		"ExplainRequest": {Body: keys{"reason": ""}, Needs: []string{"reason"}, Answer: requestJSON{}},
		"CommentRequest": {Body: keys{"text": ""}, Needs: []string{"text"}, Answer: requestJSON{}},
		"ApproveRequest": {Body: keys{"digest": "", "comment": ""}, Needs: []string{"digest"}, Answer: requestJSON{}},
		"RefuseRequest":  {Body: keys{"comment": ""}, Optional: true, Answer: requestJSON{}, Removes: true},

		"WithdrawRequest":     {Answer: requestJSON{}, Removes: true},
		"ListApprovalRules":   {Answer: rules},
		"UpdateApprovalRules": {Body: rules, Needs: []string{"rules"}, Example: `{"rules":[{"kind":"permission","action":"everyone"}]}`, Answer: rules},

		"SearchAudit":    {Query: paged(found...), Answer: keys{"entries": []api.AuditLine{}, "next?": "", "prev?": ""}},
		"ExportAudit":    {Query: found, Type: "application/jsonl"},
		"ShowAuditEntry": {Answer: api.AuditLine{}},
	}
}
