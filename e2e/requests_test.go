package e2e

import (
	"net/http"
	"regexp"
	"testing"

	"github.com/huaweicloud/huaweicloud-sdk-go-v3/services/vpcep/v1/model"
	"github.com/stretchr/testify/require"
)

// An editor cannot open a service to everyone: it becomes a request, which somebody
// else approves who was sent its address.
func TestRequestToOpenAService(t *testing.T) {
	t.Parallel()
	bothWays(t, start(t), "asked", func(j *journey) {
		editor, approver := j.colleague("ed", "editor"), j.colleague("ann", "approver")
		owner := j.vpcep()
		service := offer(j.t, owner)
		named, err := owner.ListServiceDetails(&model.ListServiceDetailsRequest{VpcEndpointServiceId: service})
		require.NoError(j.t, err)
		at := j.home + "/whitelist/" + service

		editor.visit(at + "/everyone")
		editor.sees("This change has to be approved.")
		editor.fill("Confirm with the whole name of the service", *named.ServiceName)
		editor.fill("Reason", "Trade fair in Hanover, ticket 4711")
		editor.click("button", "Open to every account")
		editor.sees("This change has to be approved by somebody else.")
		request := editor.path()
		require.Contains(j.t, request, j.home+"/requests/")
		editor.sees("It waits for somebody else to approve it.")
		require.Empty(j.t, editor.all("button", "Approve"), "nobody approves what he asked for himself")
		require.Empty(j.t, whitelist(j.t, owner, service), "nothing was done yet")

		approver.visit(j.home)
		approver.sees("Awaits your approval")
		approver.visit(request)
		approver.sees("Trade fair in Hanover, ticket 4711")
		approver.find("heading", "What would change")
		approver.open("The exact call, as JSON")
		require.Contains(j.t, approver.eval(`document.querySelector("#request-payload").innerText`), service)
		approver.picture("request-" + j.key.ProjectName)
		approver.click("button", "Approve")
		approver.sees("approved it, and the change was made.") // the page follows, by itself
		require.Equal(j.t, []string{"*"}, whitelist(j.t, owner, service))
		approver.picture("request-applied-" + j.key.ProjectName)
		approver.click("link", "Open what it is about")
		approver.sees("Every account can ask to connect to this service.")
		editor.visit(j.home + "/requests/mine")
		editor.clickOn("tbody .row-link")
		editor.sees("approved it, and the change was made.")
		editor.at(request)
	})
}

// colleague adds somebody with a role in the journey's project, who has signed in
// with a browser of his own.
func (j *journey) colleague(name, role string) *tab {
	j.t.Helper()
	name += "-" + j.key.ProjectName
	j.p.addPerson(j.t, name, j.key.ProjectName, role)
	w := j.another()
	w.signInAs(name, adminPassword)
	return w
}

// say tells why a request is needed, of which nobody knows that yet.
func (w *tab) say(why string) {
	w.t.Helper()
	w.sees("It waits for your reason")
	w.fill("Why is it needed?", why)
	w.click("button", "Save the reason")
	w.sees("It waits for somebody else to approve it.")
}

// Several things that are deleted under a rule become a request each; what has
// changed meanwhile is not what was asked for any more.
func TestRequestsToDelete(t *testing.T) {
	t.Parallel()
	bothWays(t, start(t, checkingForm), "deletions", func(j *journey) {
		j.c.ask(http.MethodPut, j.c.own("/approval-rules"), http.StatusOK, map[string]any{"rules": []any{
			map[string]any{"kind": "link", "action": "delete"}, map[string]any{"kind": "permission", "action": "everyone"},
		}}, nil)
		for _, name := range []string{"anna", "bert", "carl"} {
			j.c.create(name, somewhere(nil))
		}
		editor, approver := j.colleague("ed", "editor"), j.colleague("ann", "approver")
		editor.visit(j.home + "/links")
		editor.tick("anna", "bert")
		editor.click("button", "Delete")
		editor.click("button", "Delete 2 links")
		editor.query(".table-outcome")
		for _, name := range []string{"anna", "bert"} {
			require.Equal(j.t, "Waits for approval", editor.cell(name, "Outcome"))
		}
		editor.picture("requests-of-many-" + j.key.ProjectName)
		outcome := [2]string{}
		for i := range outcome {
			outcome[i] = editor.eval(`document.querySelectorAll("tbody a[href*='/requests/']")[` + string(rune('0'+i)) + `].getAttribute("href")`)
		}
		for _, request := range outcome {
			editor.visit(request)
			editor.say("Nobody uses it.")
		}
		changed := j.c.send(http.MethodPut, j.c.links()+"/anna", linkBody("anna", somewhere(map[string]string{"database": "other"})))
		require.Equal(j.t, http.StatusOK, changed.status, changed.body)

		approver.visit(outcome[0])
		approver.sees("was changed since")
		approver.find("heading", "What was changed since")
		require.Equal(j.t, "true", approver.eval(`document.querySelector("#request-approve")?.disabled ?? true`))
		approver.picture("request-moved-" + j.key.ProjectName)
		approver.visit(outcome[1])
		approver.click("button", "Approve")
		approver.sees("approved it, and the change was made.")
		editor.visit(j.home + "/links")
		editor.seesRows(2, "anna")
		require.Equal(j.t, "there is no such row", editor.cell("bert", "Name"))
	})
}

var requestID = regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f-]{22}`)

// A program is told in its service's own way that its change waits, and for what; a
// program of somebody else approves.
func TestRequestsByProgram(t *testing.T) {
	t.Parallel()
	p := start(t)
	p.addPerson(t, "ed", regionName, "editor")
	p.addPerson(t, "ann", regionName, "approver")
	p.addPerson(t, "vic", regionName, "viewer")
	asks, approves, looks := p.callAs(t, "ed", regionName), p.callAs(t, "ann", regionName), p.callAs(t, "vic", regionName)
	client := vpcepClient(t, p, p.keyOf(t, "ed"))
	service := offer(t, client)
	add := &model.BatchAddEndpointServicePermissionsRequest{
		VpcEndpointServiceId: service,
		Body:                 &model.BatchAddEndpointServicePermissionsRequestBody{Permissions: []model.EpsAddPermissionRequest{{Permission: "*"}}},
	}

	_, err := client.BatchAddEndpointServicePermissions(add)
	told := refusal(t, err)
	require.Equal(t, http.StatusForbidden, told.StatusCode)
	require.Equal(t, "EndPoint.0004", told.ErrorCode)
	id := requestID.FindString(told.ErrorMessage)
	require.NotEmpty(t, id, told.ErrorMessage)
	require.Empty(t, whitelist(t, client, service))

	var request struct{ State, Digest, Requester string }
	at := asks.own("/requests/" + id)
	asks.ask(http.MethodPut, at+"/reason", http.StatusOK, map[string]any{"reason": "Trade fair"}, &request)
	require.Equal(t, "open", request.State)
	require.Equal(t, http.StatusForbidden, asks.send(http.MethodPost, at+"/approve", map[string]any{"digest": request.Digest}).status, "not his own")
	require.Equal(t, http.StatusForbidden, looks.send(http.MethodPost, at+"/approve", map[string]any{"digest": request.Digest}).status)
	approves.ask(http.MethodGet, at, http.StatusOK, nil, &request)
	require.Equal(t, "ed", request.Requester)
	require.Equal(t, http.StatusConflict, approves.send(http.MethodPost, at+"/approve", map[string]any{"digest": "another"}).status)
	approves.ask(http.MethodPost, at+"/approve", http.StatusOK, map[string]any{"digest": request.Digest}, &request)
	eventually(t, "the request to be applied", func() (string, bool) {
		approves.ask(http.MethodGet, at, http.StatusOK, nil, &request)
		return request.State, request.State == "applied"
	})
	require.Equal(t, []string{"*"}, whitelist(t, client, service))

	refused := looks.send(http.MethodPost, looks.links(), linkBody("mine", somewhere(nil)))
	require.Equal(t, http.StatusForbidden, refused.status)
	require.Contains(t, refused.body, `"errCode":"Cdm.`, "the service's own words")
	_, err = vpcepClient(t, p, p.keyOf(t, "vic")).BatchAddEndpointServicePermissions(add)
	require.Equal(t, "EndPoint.0004", refusal(t, err).ErrorCode)
	require.Equal(t, http.StatusForbidden, refusal(t, err).StatusCode)
	require.Len(t, whitelist(t, vpcepClient(t, p, p.keyOf(t, "vic")), service), 1, "looking is allowed")
}
