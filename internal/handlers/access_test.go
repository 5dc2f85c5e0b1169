package handlers_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/labstack/echo/v4"
	"github.com/stretchr/testify/require"

	"switchboard/internal/api"
	"switchboard/internal/api/apitest"
	"switchboard/internal/api/probe"
	"switchboard/internal/testserver"
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
			walk(t, newTown(t, who, unreachable()), who)
		})
	}
}

// What a database answers decides who gets what, so those whom it tells apart walk on
// both.
func TestEveryRouteAsksWhoIsThereOnPostgreSQL(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"a viewer", "an editor", "an admin of another project", "an admin of an archived one"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			db := apitest.Open(t, testserver.PostgreSQL(t).FreshDatabase(t))
			walk(t, townOf(t, people[name], emptySiteOn(t, db, unreachable())), people[name])
		})
	}
}

// unreachable is a prober for which there is nothing outside.
func unreachable() *probe.Prober {
	return probe.New(probe.Options{Resolver: new(nowhere), Timeout: time.Second})
}

// walk asks for everything, what is not for the person first.
func walk(t *testing.T, w *town, who person) {
	t.Helper()
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
	slices.Sort(a.bad)
	a.bad = slices.Compact(a.bad)
	require.Empty(t, a.bad, "%d:\n%s", len(a.bad), strings.Join(a.bad, "\n"))
	require.NotContains(t, w.log.String(), "level=ERROR")
	t.Logf("%d requests: %v", a.count, a.statuses())
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
func (a *asking) want(r *echo.Route, path string, values url.Values, foreign string, statuses ...int) *httptest.ResponseRecorder {
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
	fits := len(statuses) == 0 && rec.Code < http.StatusInternalServerError && rec.Code != http.StatusForbidden
	for _, status := range statuses {
		fits = fits || rec.Code == status
	}
	if a.signedOut() && rec.Code == http.StatusSeeOther && !strings.HasPrefix(rec.Header().Get("Location"), "/sign-in?next=") {
		fits = false
	}
	if !fits {
		a.bad = append(a.bad, fmt.Sprint(what, ", not ", statuses))
	}
	return rec
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
			a.want(r, own, typed, "", http.StatusForbidden)
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
			a.offered(r, a.want(r, path, nil, ""))
		}
	}
}

// offered takes note of what a page offers that is not for the person. In an archived
// project there is only something to see.
func (a *asking) offered(r *echo.Route, page *httptest.ResponseRecorder) {
	reader := *a
	if a.past {
		reader.role = api.RoleViewer
	}
	if a.signedOut() || !strings.HasPrefix(page.Header().Get("Content-Type"), "text/html") {
		return // all that leads to the sign-in page first
	}
	for _, offer := range offers(a.t.(*testing.T), page.Body.String()) {
		if to := a.routeOf(offer.method, offer.path); to != nil {
			if needed, _ := leastOf(to); !reader.may(needed) {
				a.bad = append(a.bad, fmt.Sprintf("%s offers %s %s", r.Path, to.Method, to.Path))
			}
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
