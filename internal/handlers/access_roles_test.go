package handlers_test

import (
	"strings"

	"github.com/labstack/echo/v4"

	"switchboard/internal/api"
)

// Whom a route is for that takes no role: everybody, or who is signed in.
const (
	anybody  api.Role = -2
	signedIn api.Role = -1
)

// least is the role that routes take: those whose paths are base and one of the rests,
// where "." is nothing. Who adds a route says here whom it is for.
var least = []struct {
	role                api.Role
	method, base, rests string
}{
	{anybody, "GET", "/assets", "/*"},
	{anybody, "GET", "/password", "."},
	{anybody, "POST", "/password", "."},
	{anybody, "POST", "/preferences", "."},
	{anybody, "GET", "/set-up", "."},
	{anybody, "POST", "/set-up", "."},
	{anybody, "GET", "/sign-in", ". /code /oidc /oidc/callback"},
	{anybody, "POST", "/sign-in", ". /code"},
	{anybody, "POST", "/sign-out", "."},
	{signedIn, "GET", "/", "."},
	{signedIn, "GET", "/groups", "/new"},
	{signedIn, "POST", "/groups", "/edit"},
	{signedIn, "GET", "/kit", "."},
	{signedIn, "GET", "/projects", "/new"},
	{signedIn, "POST", "/projects", "/edit"},
	{signedIn, "GET", "/profile", ". /factor /factor/image /keys /keys/:access/delete /keys/new /password /sessions /sessions/end /tokens"},
	{signedIn, "GET", "/profile", "/tokens/:id/delete /tokens/new"},
	{signedIn, "POST", "/profile", "/factor /factor/confirm /factor/remove /keys /keys/:access/delete /keys/edit /password /sessions /sessions/end"},
	{signedIn, "POST", "/profile", "/tokens /tokens/:id/delete /tokens/edit"},
	{api.RoleViewer, "GET", "/p/:project", "."},
	{api.RoleViewer, "GET", "/p/:project/aliases", ". /:id /:id/delete /:id/edit /:id/history /:id/ramp /:id/ramp/events /:id/ramp/new /:id/try /functions"},
	{api.RoleViewer, "GET", "/p/:project/aliases", "/functions/:id /functions/:id/aliases /functions/:id/delete /functions/:id/edit /functions/:id/history"},
	{api.RoleViewer, "GET", "/p/:project/aliases", "/functions/:id/settings /functions/:id/versions/:version /functions/:id/versions/:version/delete /functions/new"},
	{api.RoleViewer, "GET", "/p/:project/aliases", "/new"},
	{api.RoleViewer, "POST", "/p/:project/aliases", "/:id/ramp/edit /:id/try /:id/try/file /edit /functions/:id/edit /functions/:id/versions/:version/edit"},
	{api.RoleViewer, "POST", "/p/:project/aliases", "/functions/edit /try"},
	{api.RoleViewer, "GET", "/p/:project/audit", ". /:change"},
	{api.RoleViewer, "POST", "/p/:project/audit", "/export"},
	{api.RoleViewer, "GET", "/p/:project/connections", ". /:id /:id/again /:id/delete /:id/diagnosis /:id/health /:id/history /:id/queues /:id/tags /new /queues"},
	{api.RoleViewer, "GET", "/p/:project/connections", "/queues/:name/delete /queues/new /runs/:run /runs/:run/events"},
	{api.RoleViewer, "POST", "/p/:project/connections", "/:id/tags/edit /edit /queues/edit"},
	{api.RoleViewer, "GET", "/p/:project/links", ". /:id /:id/delete /:id/edit /:id/health /:id/json /import /new /runs/:run /runs/:run/events"},
	{api.RoleViewer, "POST", "/p/:project/links", "/:id/edit /edit"},
	{api.RoleViewer, "GET", "/p/:project/replication", ". /:id /:id/delete /:id/edit /:id/history /backups /backups/:id /backups/:id/delete /backups/:id/replicate /new"},
	{api.RoleViewer, "GET", "/p/:project/replication", "/regions /regions/:name /regions/:name/delete /regions/:name/edit /regions/new /runs /runs/:id /runs/:id/cancel"},
	{api.RoleViewer, "GET", "/p/:project/replication", "/runs/:id/events /runs/:id/records/:record"},
	{api.RoleViewer, "POST", "/p/:project/replication", "/:id/edit /edit /regions/:name/edit /regions/edit"},
	{api.RoleViewer, "GET", "/p/:project/requests", ". /:id /all /mine"},
	{api.RoleViewer, "GET", "/p/:project/search", "."},
	{api.RoleViewer, "GET", "/p/:project/settings", ". /approvals /people /people/remove"},
	{api.RoleViewer, "POST", "/p/:project/settings", "/edit"},
	{api.RoleViewer, "POST", "/p/:project/views", ". /:id /:id/delete"},
	{api.RoleViewer, "GET", "/p/:project/whitelist", ". /:id /:id/add /:id/additions/:addition /:id/additions/:addition/events /:id/connections /:id/delete /:id/edit"},
	{api.RoleViewer, "GET", "/p/:project/whitelist", "/:id/entries /:id/entries/:entry /:id/everyone /:id/history /:id/settings /new"},
	{api.RoleViewer, "POST", "/p/:project/whitelist", "/:id/add/edit /:id/edit /edit"},
	{api.RoleEditor, "GET", "/p/:project/aliases", "/:id/history/:change /functions/:id/publish"},
	{api.RoleEditor, "POST", "/p/:project/aliases", ". /:id /:id/abort /:id/delete /:id/history/:change /:id/promote /:id/ramp /:id/ramp/steer /:id/ramp/validate"},
	{api.RoleEditor, "POST", "/p/:project/aliases", "/delete /delete/confirmed /functions /functions/:id /functions/:id/delete /functions/:id/publish"},
	{api.RoleEditor, "POST", "/p/:project/aliases", "/functions/:id/publish/edit /functions/:id/publish/validate /functions/:id/validate"},
	{api.RoleEditor, "POST", "/p/:project/aliases", "/functions/:id/versions/:version /functions/:id/versions/:version/delete"},
	{api.RoleEditor, "POST", "/p/:project/aliases", "/functions/:id/versions/:version/validate /functions/validate /review /validate"},
	{api.RoleEditor, "GET", "/p/:project/audit", "/:change/roll-back"},
	{api.RoleEditor, "POST", "/p/:project/audit", "/:change/roll-back /undo"},
	{api.RoleEditor, "POST", "/p/:project/connections", ". /:id/bind /:id/check /:id/delete /:id/diagnosis /:id/reactivate /:id/schedule /:id/tags /:id/tags/validate"},
	{api.RoleEditor, "POST", "/p/:project/connections", "/:id/unbind /check /delete /delete/confirmed /queues /queues/:name/delete /queues/test /queues/validate /runs"},
	{api.RoleEditor, "POST", "/p/:project/connections", "/runs/:run/cancel /schedule /test /validate"},
	{api.RoleEditor, "POST", "/p/:project/links", ". /:id /:id/check /:id/delete /:id/schedule /:id/test /:id/validate /check /delete /delete/confirmed /disable"},
	{api.RoleEditor, "POST", "/p/:project/links", "/enable /export /import /import/apply /new/paste /runs /runs/:run/cancel /schedule /test /validate"},
	{api.RoleEditor, "GET", "/p/:project/replication", "/backups/:id/download"},
	{api.RoleEditor, "POST", "/p/:project/replication", ". /:id /:id/backup /:id/delete /:id/replicate /:id/validate /backup /backups/:id/delete /backups/:id/replicate"},
	{api.RoleEditor, "POST", "/p/:project/replication", "/backups/delete /backups/delete/confirmed /delete /delete/confirmed /disable /enable /runs/:id/cancel"},
	{api.RoleEditor, "POST", "/p/:project/replication", "/runs/:id/retry /validate"},
	{api.RoleEditor, "POST", "/p/:project/requests", "/:id/comment /:id/reason /:id/withdraw"},
	{api.RoleEditor, "POST", "/p/:project/whitelist", ". /:id /:id/add /:id/add/check /:id/add/drop /:id/add/validate /:id/additions/:addition/cancel"},
	{api.RoleEditor, "POST", "/p/:project/whitelist", "/:id/connections/accept /:id/connections/reject /:id/delete /:id/entries/:entry /:id/entries/:entry/describe"},
	{api.RoleEditor, "POST", "/p/:project/whitelist", "/:id/entries/:entry/renew /:id/entries/delete /:id/entries/delete/confirmed /:id/entries/renew"},
	{api.RoleEditor, "POST", "/p/:project/whitelist", "/:id/entries/undo /:id/everyone /:id/validate /validate"},
	{api.RoleApprover, "POST", "/p/:project/requests", "/:id/approve /:id/refuse"},
	{api.RoleAdmin, "GET", "/p/:project/links", "/alerts"},
	{api.RoleAdmin, "POST", "/p/:project/links", "/alerts /alerts/edit /alerts/test"},
	{api.RoleViewer, "GET", "/p/:project/replication", "/:id/replicate"},
	{api.RoleAdmin, "GET", "/p/:project/settings", "/people/find"},
	{api.RoleAdmin, "POST", "/p/:project/settings", "/approvals /people /people/remove"},
	{api.RoleAdministrator, "GET", "/audit", ". /:change"},
	{api.RoleAdministrator, "POST", "/audit", "/export"},
	{api.RoleAdministrator, "GET", "/groups", ". /:id /:id/add /:id/delete /:id/edit"},
	{api.RoleAdministrator, "POST", "/groups", ". /:id /:id/add /:id/delete /:id/edit /:id/remove"},
	{api.RoleAdministrator, "POST", "/p/:project/replication", "/regions /regions/:name /regions/:name/delete /regions/:name/test /regions/:name/validate /regions/test"},
	{api.RoleAdministrator, "POST", "/p/:project/replication", "/regions/validate"},
	{api.RoleAdmin, "POST", "/p/:project/settings", "."},
	{api.RoleAdministrator, "GET", "/people", ". /:id /:id/disable /:id/edit /:id/enable /:id/factor /:id/reset /new"},
	{api.RoleAdministrator, "POST", "/people", ". /:id /:id/disable /:id/edit /:id/enable /:id/factor /:id/reset /edit"},
	{api.RoleAdministrator, "GET", "/projects", ". /:id/archive /:id/restore"},
	{api.RoleAdministrator, "POST", "/projects", ". /:id/archive /:id/restore"},
	{api.RoleAdministrator, "GET", "/settings", "."},
	{api.RoleAdministrator, "POST", "/settings", "/retention /verify"},
}

// leastOf is the role that a route takes.
func leastOf(r *echo.Route) (role api.Role, said bool) {
	for _, l := range least {
		rest, under := strings.CutPrefix(r.Path, l.base)
		if rest == "" {
			rest = "."
		}
		if !under || l.method != r.Method {
			continue
		}
		for one := range strings.FieldsSeq(l.rests) {
			if one == rest || l.base == "/" && one == strings.TrimPrefix(r.Path, "/") {
				return l.role, true
			}
		}
	}
	return 0, false
}
