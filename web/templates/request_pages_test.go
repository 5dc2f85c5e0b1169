package templates_test

import (
	"context"
	"time"

	"github.com/a-h/templ"

	"switchboard/internal/api"
	"switchboard/web/templates"
)

// requestPages are the pages about requests, the audit log and roll back.
func requestPages(ctx context.Context, f templates.Frame) map[string]templ.Component {
	f.Approval = true
	f.Flashes = append(f.Flashes, templates.Flash{Kind: templates.Info, Message: api.M("requests.approved"), Href: "/p/1/audit/c1", Label: api.M("rollback.to_entry")})
	change := api.Change{
		ID: "c1", At: time.Unix(0, 0), Actor: api.Actor{User: markup, Way: api.WayPage, Addr: "192.0.2.1", RequestID: "r1"},
		Action: "update", Kind: api.KindLink, ObjectID: "l1", ObjectName: markup, Before: []byte(`{"name":"a"}`), After: []byte(`{"name":"<b>"}`), Project: "1", Seq: 7,
	}
	request := api.Request{
		ID: "q1", About: api.About{Kind: api.KindLink, Action: api.ActionUpdate, ID: "l1", Name: markup}, State: api.RequestOpen, Reason: markup,
		Requester: api.Actor{User: markup, Way: api.WayPage}, Created: time.Unix(0, 0), Expires: time.Unix(0, 0).Add(api.RequestLife),
		Before: change.Before, After: change.After, Payload: []byte(`{"Name":"<b>"}`), Secrets: []string{"linkConfig.password"}, Digest: "0123456789abcdef",
		Comments: []api.RequestComment{{By: markup, Text: markup}, {By: markup, Event: api.RequestApproved}},
	}
	page := func(state api.RequestState, mine bool) templ.Component {
		v := templates.RequestView{Base: "/p/1/requests", Request: request, Mine: mine, Decides: !mine, Moved: []api.Change{change}, Object: "/p/1/links/l1"}
		v.Request.State, v.Request.Drifted = state, mine
		v.Request.Fault = api.Errorf(api.Conflict, "request.drifted")
		v.Reason, v.Decision, v.Comment = templates.RequestForms(ctx, v.Path(), &v.Request)
		return templates.RequestPage(f, v)
	}
	list := templates.RequestListView{Base: "/p/1/requests", Rules: "/p/1/settings/approvals", Tab: templates.RequestsAll, Counts: api.RequestCounts{ForMe: 100, Mine: 2}}
	full := list
	full.Page.Items = []api.Request{request}
	rules := templates.ApprovalView{Requests: "/p/1/requests", Form: templates.ApprovalForm(ctx, "/p/1/settings/approvals", markup, true)}
	rules.Form.Values = templates.ApprovalValues(api.DefaultApproval)
	log := templates.AuditListView{Base: "/p/1/audit", Query: api.AuditQuery{Object: "l1", Text: markup}}
	logged, further := log, log
	logged.Page.Items, further.Page.Next = []api.Change{change}, "c0"
	entry := templates.AuditEntryView{Base: "/audit", Change: change, Project: templates.ProjectView{Name: markup, Href: "/p/1/audit/c1"}, RollBack: "/p/1/audit/c1/roll-back"}
	reversal := api.Reversal{Change: change, Now: change.After, Then: change.Before, Asks: []string{"linkConfig.password"}, Notes: []api.Message{api.M("request.drifted")}}
	back := templates.RollBackView{Log: "/p/1/audit", Reversal: reversal, Form: templates.RollBackForm(ctx, &reversal), Changed: true}
	back.Form.Action = back.Path()
	return map[string]templ.Component{
		"requests": templates.RequestList(f, full), "no requests": templates.RequestList(f, list),
		"open request": page(api.RequestOpen, false), "own request": page(api.RequestOpen, true), "approved request": page(api.RequestApproved, true),
		"void request": page(api.RequestVoid, false), "approval rules": templates.ApprovalPage(f, rules),
		"audit log": templates.AuditList(f, logged), "empty audit log": templates.AuditList(f, log), "audit log, further": templates.AuditList(f, further),
		"audit entry": templates.AuditEntry(f, entry), "roll back": templates.RollBack(f, back), "roll back refused": templates.RollBackRefused(f, entry),
	}
}
