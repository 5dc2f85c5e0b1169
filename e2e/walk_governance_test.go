package e2e

import (
	"net/http"
	"path"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// TestWalkAmongPeople is TestWalk for the pages of people, requests, the audit log and
// the console itself.
func TestWalkAmongPeople(t *testing.T) {
	t.Parallel()
	walks(t, func(k *walk) {
		k.people()
		k.profile()
		k.project()
		k.requests()
		k.auditLog()
		k.finding()
		k.explorer()
		k.visit(k.home)
		k.look("the overview with concerns")
		k.visit("/settings")
		k.look("the settings of the console")
		k.submitOn("form[action='/settings/verify'] button")
		k.look("a log that was verified")
	})
}

// people leads through the pages of people, groups and projects.
func (k *walk) people() {
	k.t.Helper()
	k.visit("/groups/new")
	k.submitOn(mainButton)
	k.query("[aria-invalid=true]")
	k.look("a refused group")
	group := "the-team-that-looks-after-the-north-" + path.Base(k.t.Name())
	k.fillIn("#name", group)
	k.clickOn(mainButton)
	k.query("a[href$='/add']")
	at := k.path()
	k.looks(map[string]string{
		"groups": "/groups", "a group": at, "a group's form": at + "/edit", "the deletion of a group": at + "/delete", "a group's new members": at + "/add?q=a",
	})

	k.visit("/people/new")
	k.look("an invitation")
	k.submitOn(mainButton)
	k.query("[aria-invalid=true]")
	k.look("a refused invitation")
	k.fillIn("#name", "vera.von-und-zu-"+path.Base(k.t.Name()))
	k.fillIn("#fullname", "Vera Katharina von und zu Hohenlohe-Langenburg")
	k.fillIn("#email", "vera.katharina.hohenlohe@department.example.com")
	k.clickOn(mainButton)
	k.query("#link")
	k.look("somebody who was invited")
	link := k.eval(`document.querySelector("#link").innerText.trim()`)[len(k.base):]
	k.visit("/people?q=vera.von-und-zu-" + path.Base(k.t.Name()))
	k.look("people")
	k.clickOn("tbody .row-link")
	k.query("a[href$='/disable']")
	at = k.path()
	k.looks(map[string]string{
		"a person": at, "a person's form": at + "/edit", "the end of a person": at + "/disable", "a person's new password": at + "/reset",
		"people in vain": "/people?q=nobody-of-that-name", "projects": "/projects", "a new project": "/projects/new",
		"the end of a project": "/projects/" + k.c.project + "/archive", "a one-time link": link,
	})
}

// profile leads through what somebody can do about himself.
func (k *walk) profile() {
	k.t.Helper()
	k.looks(map[string]string{
		"a profile": "/profile", "a profile's password": "/profile/password", "a profile without a second factor": "/profile/factor",
		"a profile's sessions": "/profile/sessions", "the end of all sessions": "/profile/sessions/end",
		"a new key": "/profile/keys/new", "a new token": "/profile/tokens/new",
	})
	k.visit("/profile/factor")
	k.clickOn("main form[action='/profile/factor'] button")
	k.query("#factor-key")
	k.look("a second factor to be set up")
	for part, id := range map[string]string{"keys": "secret", "tokens": "token"} {
		k.visit("/profile/" + part + "/new")
		k.fillIn("#name", "a program with a name of a length that people give")
		k.clickOn(mainButton)
		k.query("#" + id)
		k.look("one of the " + part + " once")
		k.visit("/profile/" + part)
		k.look("a profile's " + part)
	}
}

// project leads through a project's own settings.
func (k *walk) project() {
	k.t.Helper()
	settings := k.home + "/settings"
	k.visit(settings + "/people")
	k.look("nobody in a project")
	k.p.addPerson(k.t, "ed-"+k.name(), k.name(), "editor")
	k.p.addPerson(k.t, "ann-"+k.name(), k.name(), "approver")
	k.looks(map[string]string{
		"a project": settings, "people of a project": settings + "/people", "new people of a project": settings + "/people/find?q=vera",
		"what has to be approved": settings + "/approvals",
	})
	k.visit(settings + "/people")
	k.clickOn("a[href*='/people/remove']")
	k.query(".confirm")
	k.look("a role to be taken away")
}

// name is the project's.
func (k *walk) name() string { return path.Base(k.t.Name()) }

// requests leads through requests in each of their states.
func (k *walk) requests() {
	k.t.Helper()
	all := k.home + "/requests"
	k.looks(map[string]string{"no request for me": all, "no request of mine": all + "/mine", "no request": all + "/all"})
	service := k.c.offer("orders_for_all")
	k.c.addAll(service, []map[string]any{{"permission": "iam:domain::" + accountID(1), "description": "A customer on trial", "expires": time.Now().Add(36 * time.Hour).Format(time.RFC3339)}})
	k.c.ask(http.MethodPut, k.c.own("/approval-rules"), http.StatusOK, map[string]any{"rules": []any{
		map[string]any{"kind": "link"}, map[string]any{"kind": "permission", "action": "everyone"},
	}}, nil)
	asks := k.p.callAs(k.t, "ed-"+k.name(), k.name())
	open := asks.request(http.MethodPost, asks.services()+"/"+service+"/permissions/batch-create", map[string]any{"permissions": []any{map[string]any{"permission": "*"}}})
	refused := asks.request(http.MethodPost, asks.links(), linkBody("a_link_to_be_made_if_somebody_agrees_to_that", k.good))
	moved := asks.request(http.MethodDelete, asks.links()+"/answers", nil)
	asks.explain(moved, "Nobody uses it.")
	asks.explain(open, "Trade fair in Hanover, ticket 4711: every customer wants to see it, and nobody knows their accounts before.")
	k.looks(map[string]string{
		"requests for me": all, "all requests": all + "/all", "a request to be approved": all + "/" + open, "a request without a reason": all + "/" + refused,
		"the form of what has to be approved": k.home + "/links/new?connector=mysql",
	})
	k.visit(all + "/" + refused)
	k.submitOn("#request-refuse")
	k.look("a refused request")
	k.visit(all + "/" + moved)
	k.clickOn("#request-approve")
	k.query("#request-now .notice-success")
	k.look("a request that was applied")
	k.visit(k.home + "/links")
	k.clickOn("[data-tick-all]")
	k.clickOn(".bulk-bar button[formaction$='/delete']")
	k.clickOn(".confirm button[type=submit]")
	k.query(".table-outcome")
	k.look("an outcome that waits")
	k.visit(all + "/mine")
	k.look("requests of mine")
	k.clickOn("tbody .row-link")
	k.query("#request-withdraw")
	k.look("a request of mine")
	k.submitOn("#request-withdraw")
	k.look("a withdrawn request")
}

// request makes a change that has to be approved, and returns the request's id.
func (c *caller) request(method, at string, body any) string {
	c.t.Helper()
	told := c.send(method, at, body)
	id := requestID.FindString(told.body)
	require.NotEmpty(c.t, id, "%d %s", told.status, told.body)
	return id
}

// explain says why a request is needed.
func (c *caller) explain(request, why string) {
	c.t.Helper()
	c.ask(http.MethodPut, c.own("/requests/"+request+"/reason"), http.StatusOK, map[string]any{"reason": why}, nil)
}

// auditLog leads through the audit log, of the project and of all.
func (k *walk) auditLog() {
	k.t.Helper()
	log := k.home + "/audit"
	k.looks(map[string]string{"the audit log": log, "the audit log of all": "/audit", "nothing in the audit log": log + "?q=nothing-like-this"})
	for _, what := range []string{"link&action=delete", "endpoint_service&action=create", "request&action=refuse"} {
		k.visit(log + "?kind=" + what)
		k.clickOn("tbody .row-link")
		k.query(".crumbs, nav ol")
		k.look("an entry of the log about a " + path.Base(what[:4]))
	}
	k.visit(log + "?kind=link&action=delete")
	k.clickOn("tbody .row-link")
	k.clickOn("#roll-back")
	k.query("#roll-back-form")
	k.look("a change to be rolled back")
	k.submitOn("#roll-back")
	k.query("[aria-invalid=true]")
	k.look("a roll back without its secrets")
}

// finding leads through the search and the views that people save.
func (k *walk) finding() {
	k.t.Helper()
	k.looks(map[string]string{
		"the search": k.home + "/search", "what was found": k.home + "/search?q=orders", "nothing found": k.home + "/search?q=nothing-like-this",
	})
	k.visit(k.home + "/links?q=a&enabled=true")
	k.clickOn("#links-views summary")
	k.fillIn("#links-views input[name=name]", "Those of the north")
	k.clickOn("#links-views .popup-panel button")
	k.query("#links-views a[aria-current=page]")
	k.look("a saved view")
}

// explorer leads through the pages that call the API.
func (k *walk) explorer() {
	k.t.Helper()
	k.looks(map[string]string{
		"all operations": k.home + "/api", "operations in vain": k.home + "/api?q=no-such-operation",
		"an operation to create": k.home + "/api/CreateVersionAlias",
	})
	k.visit(k.home + "/api/ListQueues")
	k.submitOn(mainButton)
	k.query(".code pre")
	k.look("an answer of the API")
	k.visit(k.home + "/links/new?connector=mysql")
	k.answered(func() { k.clickOn("details.sample > summary") })
	k.query(".sample pre")
	k.look("a form with its code")
}
