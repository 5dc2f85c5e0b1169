package wire

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/labstack/echo/v4"
	"github.com/stretchr/testify/require"

	"switchboard/internal/api"
	"switchboard/internal/api/apitest"
)

// people are those who call everything.
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

// Whoever calls whatever the dialect has, with whatever credential, gets what his role
// is for, and nothing of a project that is not his. What is refused has the form of the
// service's own errors, and changes nothing.
func TestEveryCallAsksWhoIsThere(t *testing.T) {
	t.Parallel()
	for name, who := range people {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := &asking{town: newTown(t, who), codes: map[int]int{}}
			before := apitest.Digest(t, a.db)
			a.refused()
			require.Empty(t, apitest.Changed(before, apitest.Digest(t, a.db)), "by what was refused: %v", a.bad)
			a.seen()
			require.Empty(t, apitest.Changed(before, apitest.Digest(t, a.db)), "by what was only looked at: %v", a.bad)
			a.done()
			if who.past {
				after := apitest.Digest(t, a.db)
				after["tokens"] = before["tokens"] // which are his own
				require.Empty(t, apitest.Changed(before, after), "of an archived project")
			}
			require.Empty(t, a.bad, "%d", len(a.bad))
			require.NotContains(t, a.log.String(), "level=ERROR")
			t.Logf("%d requests: %v", a.count, a.codes)
		})
	}
}

// Every route is among the calls, and every call is one of a route.
func TestEveryRouteSaysWhomItIsFor(t *testing.T) {
	t.Parallel()
	e := echo.New()
	new(server).routes(e)
	var routes, said []string
	for _, r := range e.Routes() {
		routes = append(routes, r.Method+" "+r.Path)
	}
	for _, c := range calls {
		said = append(said, c.String())
	}
	slices.Sort(said)
	require.ElementsMatch(t, routes, slices.Compact(said))
}

// String is the route of a call.
func (c call) String() string {
	path, _, _ := strings.Cut(c.path, "?")
	return c.method + " " + path
}

// inside reports whether a call is about a project.
func (c call) inside() bool { return strings.Contains(c.path, "/:project") }

// asking is a person who calls everything.
type asking struct {
	*town

	count int
	codes map[int]int
	bad   []string
}

// out reports whether the person is nobody for the dialect.
func (a *asking) out() bool { return a.who.nobody || a.who.disabled }

// home are the goods of the person's own project.
func (a *asking) home() goods {
	switch {
	case a.who.elsewhere:
		return a.foreign
	case a.who.past:
		return a.archive
	}
	return a.mine
}

// strangers are the goods of projects that are not the person's.
func (a *asking) strangers() []goods {
	all := []goods{a.mine, a.foreign, a.archive}
	return slices.DeleteFunc(all, func(g goods) bool { return g.Project == a.home().Project })
}

// may reports whether the person may do that at home with that credential.
func (a *asking) may(c call, with credential) bool {
	role := a.who.role
	if with.inside {
		role = min(role, api.RoleAdmin)
	}
	return c.role == anybody || !a.out() && role >= c.role
}

// want calls and takes note if the answer has none of the statuses, if it is a refusal
// of another form, or tells what is foreign.
func (a *asking) want(with credential, c call, target, body string, statuses ...int) {
	rec := a.ask(with, c.method, target, body)
	a.codes[rec.Code]++
	a.count++
	what := fmt.Sprintf("%s with %s: %d", c, with.name, rec.Code)
	if !slices.Contains(statuses, rec.Code) {
		a.bad = append(a.bad, fmt.Sprintf("%s, not %v: %.500s", what, statuses, rec.Body))
	}
	if fault := misshapen(c, rec); rec.Code >= http.StatusBadRequest && fault != "" {
		a.bad = append(a.bad, what+" "+fault)
	}
	if !c.inside() && a.who.role == api.RoleAdministrator {
		return
	}
	for _, g := range a.strangers() {
		for _, word := range append(g.IDs(), g.Word, g.Request, g.Own) {
			if strings.Contains(rec.Body.String(), word) && !strings.Contains(target+body, word) {
				a.bad = append(a.bad, what+" tells "+word)
			}
		}
	}
}

// refused calls all that is not for the person.
func (a *asking) refused() {
	for _, c := range calls {
		own, body, _ := a.about(c, a.home(), goods{}, "")
		for _, with := range a.credentials {
			switch {
			case a.may(c, with):
			case a.out():
				a.want(with, c, own, body, http.StatusUnauthorized)
			case with.inside && further[c.String()]:
				a.want(with, c, own, body, http.StatusForbidden, http.StatusBadRequest)
			default:
				a.want(with, c, own, body, http.StatusForbidden)
			}
		}
		if !c.inside() || a.out() {
			continue
		}
		for _, with := range a.narrow {
			a.want(with, c, own, body, http.StatusForbidden)
		}
		a.strange(c)
	}
}

// strange calls what belongs to others: their project, or what theirs has, by each name
// in turn.
func (a *asking) strange(c call) {
	for _, g := range a.strangers() {
		target, body, _ := a.about(c, g, goods{}, "")
		for _, with := range a.credentials {
			if a.who.role < api.RoleAdministrator || with.inside {
				a.want(with, c, target, body, http.StatusForbidden)
			}
		}
		for _, name := range c.named(a.town) {
			target, body, ok := a.about(c, a.home(), g, name)
			if !ok || a.who.role == api.RoleNone || offered[c.String()] {
				continue
			}
			statuses := []int{http.StatusNotFound, http.StatusBadRequest, http.StatusConflict}
			if !a.may(c, a.credentials[0]) {
				statuses = append(statuses, http.StatusForbidden)
			}
			if vain[c.String()] {
				statuses = append(statuses, http.StatusOK)
			}
			a.want(a.credentials[0], c, target, body, statuses...)
		}
	}
}

// seen calls all that the person may look at, with every credential.
func (a *asking) seen() {
	for _, c := range calls {
		target, body, _ := a.about(c, a.home(), goods{}, "")
		for _, with := range a.credentials {
			if (c.method == http.MethodGet || c.method == http.MethodHead) && a.may(c, with) && (c.role != api.RoleEditor || !a.who.past) {
				a.want(with, c, target, body, http.StatusOK)
			}
		}
	}
}

// done calls all that the person may do.
func (a *asking) done() {
	for _, c := range calls {
		with := a.credentials[0]
		if c.method == http.MethodGet || c.method == http.MethodHead || !a.may(c, with) {
			continue
		}
		statuses := []int{http.StatusOK, http.StatusCreated, http.StatusAccepted, http.StatusNoContent}
		switch other := otherwise[c.String()]; {
		case a.who.disabled:
			statuses = []int{http.StatusUnauthorized}
		case a.who.past && c.inside(): // what changes nothing can be done
			statuses = []int{http.StatusConflict, http.StatusBadRequest, http.StatusOK}
		case other != 0:
			statuses = []int{other}
		}
		target, body, _ := a.about(c, a.home(), goods{}, "")
		a.want(with, c, target, body, statuses...)
	}
}
