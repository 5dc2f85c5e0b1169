package handlers_test

import (
	"path"
	"strings"

	"github.com/labstack/echo/v4"

	"switchboard/internal/api"
)

// Whom a route is for that takes no role: everybody, or who is signed in.
const (
	anybody  api.Role = -2
	signedIn api.Role = -1
)

// rules say whom a route is for; the first that names it counts. A route is named by
// its method and its path, in which * is any one part, and ... at the end whatever may
// follow, also nothing.
var rules = []struct {
	because string
	role    api.Role
	routes  string
}{
	{
		"somebody who is not signed in has to be able to come in, and to read what he sees",
		anybody, "* /assets/... * /set-up * /sign-in/... POST /sign-out * /password POST /preferences",
	},
	{
		"what is about oneself takes being signed in",
		signedIn, "GET / GET /kit * /profile/...",
	},
	{
		"administrators of the console look after people, groups, projects and the console itself",
		api.RoleAdministrator, "* /people/... * /groups/... * /projects/... * /audit/... * /settings/...",
	},
	{
		"they add regions, which projects share and only see",
		api.RoleAdministrator, "POST /p/*/replication/regions/... GET /p/*/replication/regions/new " +
			"GET /p/*/replication/regions/*/edit GET /p/*/replication/regions/*/delete",
	},
	{
		"an admin says who may do what in the project, what has to be approved, and who is told of failures",
		api.RoleAdmin, "POST /p/*/settings/... GET /p/*/settings/people/find GET /p/*/settings/people/remove * /p/*/links/alerts/...",
	},
	{
		"an approver approves what others ask for",
		api.RoleApprover, "POST /p/*/requests/*/approve POST /p/*/requests/*/refuse",
	},
	{
		"whoever may not change anything any more may take back what he asked for",
		api.RoleViewer, "POST /p/*/requests/*/withdraw",
	},
	{
		"a list kept under a name is one's own",
		api.RoleViewer, "POST /p/*/views/...",
	},
	{
		"a file of what is to be seen holds nothing else; the bench of an alias calls nobody",
		api.RoleViewer, "POST /p/*/audit/export POST /p/*/links/export POST /p/*/aliases/*/try/...",
	},
	{
		"what a region has is read again for whoever may see it",
		api.RoleViewer, "POST /p/*/refresh",
	},
	{
		"what is asked in the API explorer is judged by who is asked, with one's own rights",
		api.RoleViewer, "POST /p/*/api/...",
	},
	{
		"an editor changes things, tests and runs them, and asks for what has to be approved",
		api.RoleEditor, "POST /p/...",
	},
	{
		"a form, and the question before something is done, is for who may send it",
		api.RoleEditor, "GET /p/*/*/new GET /p/*/*/*/new GET /p/*/aliases/*/ramp/new GET /p/*/*/*/edit GET /p/*/*/*/*/edit " +
			"GET /p/*/*/*/delete GET /p/*/*/*/*/delete GET /p/*/aliases/functions/*/versions/*/delete GET /p/*/links/import " +
			"GET /p/*/connections/*/again GET /p/*/connections/*/tags GET /p/*/whitelist/*/add GET /p/*/whitelist/*/everyone " +
			"GET /p/*/aliases/functions/*/publish GET /p/*/replication/*/replicate GET /p/*/replication/backups/*/replicate " +
			"GET /p/*/replication/runs/*/cancel GET /p/*/aliases/*/history/* GET /p/*/audit/*/roll-back",
	},
	{
		"objects are not to be seen by viewers",
		api.RoleEditor, "GET /p/*/replication/backups/*/download",
	},
	{
		"a viewer sees everything else",
		api.RoleViewer, "GET /p/...",
	},
}

// leastOf is the role that a route takes.
func leastOf(r *echo.Route) (role api.Role, said bool) {
	for _, rule := range rules {
		methods := strings.Fields(rule.routes)
		for i := 0; i < len(methods); i += 2 {
			if (methods[i] == "*" || methods[i] == r.Method) && fits(methods[i+1], r.Path) {
				return rule.role, true
			}
		}
	}
	return 0, false
}

// fits reports whether a rule's path is that of a route.
func fits(rule, route string) bool {
	if base, more := strings.CutSuffix(rule, "/..."); more {
		for path.Dir(route) != route && strings.Count(route, "/") > strings.Count(base, "/") {
			route = path.Dir(route)
		}
		rule = base
	}
	ok, err := path.Match(rule, route)
	return ok && err == nil
}
