package handlers_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/labstack/echo/v4"
	"github.com/stretchr/testify/require"

	"switchboard/internal/api"
	"switchboard/internal/api/apitest"
	"switchboard/internal/api/probe"
)

// people are those who ask for everything.
var people = map[string]person{
	"nobody":                          {nobody: true},
	"somebody who was disabled":       {role: api.RoleAdmin, disabled: true},
	"somebody without a role":         {},
	"an admin of another project":     {role: api.RoleAdmin, elsewhere: true},
	"an admin of an archived one":     {role: api.RoleAdmin, past: true},
	"a viewer":                        {role: api.RoleViewer},
	"an editor":                       {role: api.RoleEditor},
	"an approver":                     {role: api.RoleApprover},
	"an admin":                        {role: api.RoleAdmin},
	"an administrator of the console": {role: api.RoleAdministrator},
}

// Whoever asks for whatever the console serves gets what his role is for, and nothing
// of a project that is not his; what is refused changes nothing.
func TestEveryRouteAsksWhoIsThere(t *testing.T) {
	t.Parallel()
	for name, who := range people {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newTown(t, who, probe.New(probe.Options{Resolver: new(nowhere), Timeout: time.Second}))
			a := &asking{town: w, person: who, forms: w.forms()}
			before := apitest.Digest(t, w.db)
			a.refused()
			require.Empty(t, apitest.Changed(before, apitest.Digest(t, w.db)), "by what was refused: %v", a.bad)
			a.seen()
			require.Empty(t, apitest.Changed(before, apitest.Digest(t, w.db)), "by what was only looked at: %v", a.bad)
			a.done()
			if who.past {
				after := apitest.Digest(t, w.db)
				after["views"], after["users"] = before["views"], before["users"] // which are his own
				after["access_keys"], after["tokens"] = before["access_keys"], before["tokens"]
				require.Empty(t, apitest.Changed(before, after), "of an archived project")
			}
			require.Empty(t, a.bad, "%d", len(a.bad))
			require.NotContains(t, w.log.String(), "level=ERROR")
			t.Logf("%d requests: %v", a.count, a.statuses())
		})
	}
}

// forms are those of all pages about the first project, as an administrator gets them.
func (w *town) forms() map[string]url.Values {
	found := map[string]url.Values{}
	for _, r := range w.routes() {
		if path, _ := filled(r.Path, w.mine, w.mine, ""); r.Method == http.MethodGet {
			if page := w.askAs(w.root, r.Method, path, nil); strings.HasPrefix(page.Header().Get("Content-Type"), "text/html") {
				for action, values := range forms(w.t.(*testing.T), page.Body.String()) {
					found[action] = values
				}
			}
		}
	}
	return found
}

// asking is a person who asks for everything.
type asking struct {
	*town
	person

	forms map[string]url.Values
	count int
	codes map[int]int
	bad   []string
}

func (a *asking) statuses() map[int]int { return a.codes }

// signedOut reports whether the person is nobody for the console.
func (a *asking) signedOut() bool { return a.nobody || a.disabled }

// home are the goods of the person's own project.
func (a *asking) home() goods {
	switch {
	case a.elsewhere:
		return a.other
	case a.past:
		return a.archive
	}
	return a.mine
}

// may reports whether the person may use a route at home.
func (a *asking) may(needed api.Role) bool {
	switch needed {
	case anybody:
		return true
	case signedIn:
		return !a.signedOut()
	}
	return !a.signedOut() && a.role >= needed
}

// want asks and takes note if the answer has none of the statuses, or tells what is
// foreign.
func (a *asking) want(r *echo.Route, path string, values url.Values, foreign string, statuses ...int) {
	rec := a.ask(r.Method, path, values)
	if a.codes == nil {
		a.codes = map[int]int{}
	}
	a.codes[rec.Code]++
	a.count++
	said := rec.Body.String() + rec.Header().Get("Location")
	what := fmt.Sprintf("%s %s: %d", r.Method, r.Path, rec.Code)
	if foreign != "" && strings.Contains(said, foreign) {
		a.bad = append(a.bad, what+" tells "+foreign)
	}
	fits := len(statuses) == 0 && rec.Code < http.StatusInternalServerError && (rec.Code != http.StatusForbidden || further[r.Path])
	for _, status := range statuses {
		fits = fits || rec.Code == status
	}
	if a.signedOut() && rec.Code == http.StatusSeeOther && !strings.HasPrefix(rec.Header().Get("Location"), "/sign-in?next=") {
		fits = false
	}
	if !fits {
		a.bad = append(a.bad, fmt.Sprint(what, ", not ", statuses))
	}
}

// refused asks for all that is not for the person.
func (a *asking) refused() {
	for _, r := range a.routes() {
		needed, said := leastOf(r)
		require.True(a.t, said, "%s %s: say in least whom it is for", r.Method, r.Path)
		inside := strings.HasPrefix(r.Path, "/p/")
		own, _ := filled(r.Path, a.home(), a.home(), "")
		typed := a.forms[own]
		switch {
		case needed == anybody:
		case a.signedOut():
			a.want(r, own, typed, "", http.StatusSeeOther)
		case !a.may(needed) && inside && a.role == api.RoleNone:
			a.want(r, own, typed, ownWord, http.StatusNotFound)
		case !a.may(needed):
			a.want(r, own, typed, "", refusals(r)...)
		}
		if !a.signedOut() && inside && a.role < api.RoleAdministrator {
			for _, g := range []goods{a.mine, a.other, a.archive} {
				if g.Project != a.home().Project {
					strange, _ := filled(r.Path, g, g, "")
					a.want(r, strange, a.forms[strange], g.Word, http.StatusNotFound)
				}
			}
		}
		if !a.signedOut() && inside && a.may(needed) {
			a.strange(r, typed)
		}
	}
}

// refusals are the statuses of what one may not do. What is about many things, or about
// a form that is not complete, may be told so before.
func refusals(r *echo.Route) []int {
	statuses := []int{http.StatusForbidden}
	if strings.HasPrefix(r.Path, "/p/") || r.Method == http.MethodGet {
		statuses = append(statuses, http.StatusNotFound)
	}
	if early[r.Path] {
		statuses = append(statuses, http.StatusSeeOther, http.StatusUnprocessableEntity, http.StatusOK)
	}
	return statuses
}

// further are the routes that ask for more than a role here: one in the project that
// backups go to, or in any for the names of regions. Of settings, an admin may have
// taken his own role away before.
var further = map[string]bool{
	"/projects/new": true, "/projects/edit": true, "/p/:project/settings": true,
	"/p/:project/replication/:id/replicate": true, "/p/:project/replication/runs/:id/retry": true,
}

// early are the routes that say something else before anybody asks for a role: that
// nothing was chosen, what became of each of many, what is missing.
var early = map[string]bool{
	"/p/:project/settings":                                         true,
	"/p/:project/aliases":                                          true,
	"/p/:project/aliases/:id/abort":                                true,
	"/p/:project/aliases/:id/history/:change":                      true,
	"/p/:project/aliases/:id/promote":                              true,
	"/p/:project/aliases/delete":                                   true,
	"/p/:project/aliases/delete/confirmed":                         true,
	"/p/:project/aliases/functions/:id/versions/:version/validate": true,
	"/p/:project/aliases/validate":                                 true,
	"/p/:project/audit/undo":                                       true,
	"/p/:project/connections/:id/tags/validate":                    true,
	"/p/:project/connections/delete":                               true,
	"/p/:project/connections/delete/confirmed":                     true,
	"/p/:project/connections/runs":                                 true,
	"/p/:project/connections/schedule":                             true,
	"/p/:project/links":                                            true,
	"/p/:project/links/:id/validate":                               true,
	"/p/:project/links/delete":                                     true,
	"/p/:project/links/delete/confirmed":                           true,
	"/p/:project/links/disable":                                    true,
	"/p/:project/links/enable":                                     true,
	"/p/:project/links/export":                                     true,
	"/p/:project/links/import":                                     true,
	"/p/:project/links/import/apply":                               true,
	"/p/:project/links/new/paste":                                  true,
	"/p/:project/links/runs":                                       true,
	"/p/:project/links/schedule":                                   true,
	"/p/:project/links/test":                                       true,
	"/p/:project/links/validate":                                   true,
	"/p/:project/replication/backup":                               true,
	"/p/:project/replication/backups/delete":                       true,
	"/p/:project/replication/backups/delete/confirmed":             true,
	"/p/:project/replication/delete":                               true,
	"/p/:project/replication/delete/confirmed":                     true,
	"/p/:project/replication/disable":                              true,
	"/p/:project/replication/enable":                               true,
	"/p/:project/settings/people":                                  true,
	"/p/:project/whitelist/:id/connections/accept":                 true,
	"/p/:project/whitelist/:id/connections/reject":                 true,
	"/p/:project/whitelist/:id/entries/delete":                     true,
	"/p/:project/whitelist/:id/entries/delete/confirmed":           true,
	"/p/:project/whitelist/:id/entries/renew":                      true,
	"/p/:project/whitelist/:id/entries/undo":                       true,
}

// strange asks for what belongs to another project, by each parameter of the path.
func (a *asking) strange(r *echo.Route, typed url.Values) {
	others := a.other
	if a.elsewhere {
		others = a.mine
	}
	for _, name := range named(r.Path) {
		path, ok := filled(r.Path, a.home(), others, name)
		switch {
		case !ok || name == "project":
		case r.Method == http.MethodGet:
			a.want(r, path, nil, others.Word, http.StatusNotFound, http.StatusSeeOther, http.StatusConflict)
		default:
			a.want(r, path, typed, others.Word, http.StatusNotFound, http.StatusUnprocessableEntity, http.StatusSeeOther, http.StatusConflict)
		}
	}
}

// seen asks for all that the person may look at.
func (a *asking) seen() {
	for _, r := range a.routes() {
		needed, _ := leastOf(r)
		if r.Method == http.MethodGet && a.may(needed) && a.belongs(r) && r.Path != "/sign-in/oidc" {
			path, _ := filled(r.Path, a.home(), a.home(), "")
			a.want(r, path, nil, "")
		}
	}
}

// belongs reports whether a route is outside of projects, or there is one for the person.
func (a *asking) belongs(r *echo.Route) bool {
	return !strings.HasPrefix(r.Path, "/p/") || a.role > api.RoleNone
}

// done does all that the person may do.
func (a *asking) done() {
	for _, r := range a.routes() {
		needed, _ := leastOf(r)
		if r.Method != http.MethodPost || a.signedOut() || !a.may(needed) || !a.belongs(r) {
			continue
		}
		path, _ := filled(r.Path, a.home(), a.home(), "")
		var statuses []int
		if strings.HasSuffix(r.Path, "/reason") || strings.HasSuffix(r.Path, "/withdraw") { // which are the requester's
			statuses = []int{http.StatusForbidden, http.StatusConflict, http.StatusSeeOther}
		}
		a.want(r, path, a.forms[path], "", statuses...)
	}
}
