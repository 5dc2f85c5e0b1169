package templates

import (
	"context"

	"github.com/a-h/templ"

	"switchboard/internal/api"
	"switchboard/internal/locale"
	"switchboard/web/templates/form"
)

// AuditListView is a page of the audit log.
type AuditListView struct {
	Base    string // path of the log: a project's, or that of all
	Query   api.AuditQuery
	Page    api.Page[api.Change]
	HrefOf  func(api.Change) string // page of what was changed, "" if it has none
	Project func(id string) string  // name of a project; nil in a project
}

// AuditKinds are the kinds that the audit log tells of.
var AuditKinds = []api.Kind{
	api.KindLink, api.KindConnection, api.KindQueue, api.KindFunction, api.KindAlias, api.KindEndpointService, api.KindPermission,
	api.KindEndpoint, api.KindPolicy, api.KindBackup, api.KindReplication, api.KindRegion, api.KindRun, api.KindHook,
	api.KindRequest, api.KindProject, api.KindAudit, "user", "group", "token", "access_key", "account",
}

// AuditActions are the actions that can be looked for by name.
var AuditActions = []string{
	"create", "update", "delete", "enable", "disable", "schedule", "run", "export", "open", "add", "remove", "renew", "expire",
	"publish", "unpublish", "upstream", "promote", "abort", "bind", "unbind", "tag", "ask", "approve", "refuse", "withdraw", "void", "apply", "rules", "backend", "download", "test", "sign_in", "sign_in_failed", "factor_failed", "sign_out", "revoke", "invite", "set_role", "set_administrator", "archive", "restore",
}

// AuditWays are the ways in which something is changed.
var AuditWays = []api.Way{api.WayPage, api.WayWire, api.WayConsole, api.WayJob, api.WayRegion}

// question is what the log is filtered by, as in the address.
func (v *AuditListView) question() []form.Hidden {
	q := &v.Query
	return []form.Hidden{
		{Name: "kind", Value: string(q.Kind)}, {Name: "action", Value: q.Action}, {Name: "user", Value: q.User},
		{Name: "way", Value: string(q.Way)}, {Name: "object", Value: q.Object},
		{Name: "from", Value: dayText(q.From)}, {Name: "until", Value: dayText(q.Until)},
	}
}

func (v *AuditListView) list(ctx context.Context) List {
	l := List{
		Collection: Collection{Base: v.Base, ID: "audit", Words: Words{List: "audit.title", Name: "audit.what", Search: "audit.search"}},
		Search:     v.Query.Text, Filters: v.question(), Chosen: v.chosen(),
		Cursor: v.Query.Cursor, Next: v.Page.Next, Prev: v.Page.Prev, Shown: len(v.Page.Items),
		Blank: noAudit(),
	}
	for _, key := range []string{"audit.what", "audit.who", "audit.difference", "audit.when"} {
		l.Columns = append(l.Columns, ListColumn{Label: locale.T(ctx, key)})
	}
	return l
}

// chosen is the object that the log is narrowed to, which the form has no input for.
func (v *AuditListView) chosen() templ.Component {
	if v.Query.Object == "" {
		return nil
	}
	return auditChosen(v)
}

// all is the address of the log without the object.
func (v *AuditListView) all(ctx context.Context) string {
	rest := *v
	rest.Query.Object, rest.Query.Cursor = "", ""
	l := rest.list(ctx)
	return l.href("", false, "")
}

// next is the address of the page that follows.
func (v *AuditListView) next(ctx context.Context) string {
	l := v.list(ctx)
	return l.href("", false, v.Page.Next)
}

// auditAction is an action as a choice: what it says of anything.
func auditAction(ctx context.Context, action string) string {
	return locale.T(ctx, "change."+action, "kind", api.M("audit.anything"))
}
